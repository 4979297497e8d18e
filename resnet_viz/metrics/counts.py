"""Multiply-adds and floating-point operations of one call."""

from math import prod

from resnet_viz.graph.calls import Call
from resnet_viz.records.analysis import Geometry
from resnet_viz.records.kinds import KINDS


def macs(call: Call) -> int:
    """Count the multiply-adds of a convolution or linear layer, bias not counted; 0 for any other layer.

    This is the convention of He et al. 2015 and of torchvision.
    """
    if call.operation.kind == "conv":
        window = _geometry(call)
        return prod(call.output) * (call.input_shapes[0][1] // window.groups) * window.kernel**2
    if call.operation.kind == "linear":
        return prod(call.output) * call.input_shapes[0][-1]
    return 0


def flops(call: Call) -> int:
    """Count the floating-point operations of a call: 2 × MACs, or those of an elementwise layer.

    A norm takes 2 per element, an activation or addition 1, a max pool k² per output element, an average pool 1 per
    input element; moving data (padding, flattening) takes 0.
    """
    if call.operation.kind == "pool":
        window = call.operation.geometry
        return prod(call.input_shapes[0]) if window is None else prod(call.output) * window.kernel**2
    return 2 * macs(call) + KINDS[call.operation.kind].flops_per_output * prod(call.output)


def _geometry(call: Call) -> Geometry:
    assert call.operation.geometry is not None
    return call.operation.geometry
