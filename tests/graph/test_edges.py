"""The edges of hand-made calls: a gate's edge names the layer whose output the gate reads."""

from resnet_viz.graph.calls import INPUT, Call, Operation
from resnet_viz.graph.edges import edges
from resnet_viz.records.analysis import EdgeRecord, Kind, Role


def call(name: str, kind: Kind, *inputs: str, role: Role = "main") -> Call:
    """A call of a layer that keeps the shape."""
    shape = (1, 8, 4, 4)
    return Call(name, Operation(kind, kind, 0, None), 1, 0, role, inputs, (shape,) * len(inputs), shape)


def test_a_gate_edge_enters_the_multiplication_and_names_its_fork() -> None:
    calls = [
        call("bn", "norm", INPUT),
        call("pool", "pool", "bn", role="gate"),
        call("conv", "conv", "pool", role="gate"),
        call("multiply", "multiply", "bn", "conv"),
    ]
    assert edges(calls) == (
        EdgeRecord("bn", "pool"),
        EdgeRecord("pool", "conv"),
        EdgeRecord("bn", "multiply"),
        EdgeRecord("conv", "multiply", "gate", "bn"),
    )


def test_a_pool_before_the_projection_leaves_it_a_projection() -> None:
    calls = [
        call("relu", "act", INPUT),
        call("conv", "conv", "relu"),
        call("pool", "pool", "relu", role="shortcut"),
        call("projection", "conv", "pool", role="shortcut"),
        call("add", "add", "conv", "projection"),
    ]
    assert edges(calls)[-1] == EdgeRecord("projection", "add", "projection", "relu")
