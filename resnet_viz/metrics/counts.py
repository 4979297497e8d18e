"""Multiply-adds and floating-point operations of one call."""

from math import prod

from resnet_viz.graph.calls import Call
from resnet_viz.records.kinds import facts_of_variant


def macs(call: Call) -> int:
    """Count the multiply-adds of a convolution, linear layer or blur, bias not counted; 0 for any other layer.

    This is the convention of He et al. 2015 and of torchvision, which have no blur.
    """
    return prod(call.output) * call.operation.multiply_adds


def flops(call: Call) -> int:
    """Count the floating-point operations of a call: 2 × MACs, or those of an elementwise layer.

    A max or average pool takes k² per output element, a global average pool 1 per input element; `records.kinds` has
    the operations of the others. Moving data (padding, flattening) takes 0.
    """
    operation = call.operation
    if operation.kind == "pool" and not operation.multiply_adds:
        window = operation.geometry
        return prod(call.input_shapes[0]) if window is None else prod(call.output) * window.kernel**2
    facts = facts_of_variant(operation.kind, operation.variant, is_windowed=operation.geometry is not None)
    return 2 * macs(call) + facts.flops_per_output * prod(call.output)
