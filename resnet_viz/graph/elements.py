"""What a traced network consists of: operations and their calls, as plain values."""

from dataclasses import dataclass

from resnet_viz.records import Geometry, Kind, Role, Shape

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
