"""Operations and their calls, the parts of a traced network, as plain values."""

from dataclasses import dataclass

from resnet_viz.records.analysis import Analysis, Geometry, GroupLevel, Kind, Role, Shape

INPUT = ""
"""The id that stands for the network's input among a call's inputs."""


@dataclass(frozen=True)
class Operation:
    """The type, number of parameters and window of a module; equal for modules that differ only in their weights.

    `multiply_adds` are those for one output element.
    """

    type: str
    kind: Kind
    params: int
    geometry: Geometry | None
    variant: str = ""
    multiply_adds: int = 0


@dataclass(frozen=True)
class Call:
    """A call of an operation: its position in the network, the ids of its inputs in argument order, and shapes."""

    id: str
    operation: Operation
    stage: int | None
    block: int | None
    role: Role
    inputs: tuple[str, ...]
    input_shapes: tuple[Shape, ...]
    output: Shape


def id_of_group(stage: int | None, block: int | None, level: GroupLevel) -> str:
    """Return the id of a layer's block (`layer1.0`) or stage (`layer1`); `stem` or `head` outside the stages."""
    if stage is None:
        return "head"
    if stage == 0:
        return "stem"
    return f"layer{stage}" if level == "stage" or block is None else f"layer{stage}.{block}"


def sources(analysis: Analysis, layer_id: str) -> tuple[str, ...]:
    """Return the ids of the layers that a layer reads, in the order of its inputs; INPUT for the network's input."""
    return tuple(edge.source for edge in analysis.edges_into[layer_id]) or (INPUT,)
