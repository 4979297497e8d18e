"""Multiply-adds and floating-point operations of one call."""

from math import prod

from resnet_viz.graph.calls import Call
from resnet_viz.records.analysis import Geometry
from resnet_viz.records.kinds import KINDS


def macs(call: Call) -> int:
    """Multiply-adds of a convolution or linear layer, bias not counted; 0 for the others.

    The convention of He et al. 2015 and of torchvision.
    """
    if call.operation.kind == "conv":
        window = _geometry(call)
        return prod(call.output) * (call.input_shapes[0][1] // window.groups) * window.kernel**2
    if call.operation.kind == "linear":
        return prod(call.output) * call.input_shapes[0][-1]
    return 0


def flops(call: Call) -> int:
    """2 × MACs, or what an elementwise layer does: norm 2, act 1, add 1 an element, max pool k² an output element,
    average pool 1 an input element; moving data (padding, flatten) is 0.
    """
    if call.operation.kind == "pool":
        window = call.operation.geometry
        return prod(call.input_shapes[0]) if window is None else prod(call.output) * window.kernel**2
    return 2 * macs(call) + KINDS[call.operation.kind].flops_per_output * prod(call.output)


def _geometry(call: Call) -> Geometry:
    assert call.operation.geometry is not None
    return call.operation.geometry
