"""What a traced network consists of: operations and their calls, as plain values."""

from dataclasses import dataclass

from resnet_viz.records.analysis import Analysis, Geometry, GroupLevel, Kind, Role, Shape

INPUT = ""
"""The id that stands for the network's input among a call's inputs."""


@dataclass(frozen=True)
class Operation:
    """One module's type, parameters and window; two modules that compute alike have equal operations."""

    type: str
    kind: Kind
    params: int = 0
    geometry: Geometry | None = None


@dataclass(frozen=True)
class Call:
    """One operation applied once: where it stands, what it reads (ids in argument order) and the shapes."""

    id: str
    operation: Operation
    stage: int | None
    block: int | None
    role: Role
    inputs: tuple[str, ...]
    input_shapes: tuple[Shape, ...]
    output: Shape


def id_of_group(stage: int | None, block: int | None, level: GroupLevel) -> str:
    """The id of the block (`layer1.0`) or stage (`layer1`) that a layer belongs to; `stem` and `head` for the rest."""
    if stage is None:
        return "head"
    if stage == 0:
        return "stem"
    return f"layer{stage}" if level == "stage" or block is None else f"layer{stage}.{block}"


def sources(analysis: Analysis, layer_id: str) -> tuple[str, ...]:
    """The ids of the layers that a layer reads, in the order of its inputs; INPUT for the one that reads the image."""
    return tuple(edge.source for edge in analysis.edges_into[layer_id]) or (INPUT,)
