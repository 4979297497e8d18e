"""The output shape of an operation, by the formula in torch's documentation.

A meta tensor would give the same shape, but the first one through a convolution and a pool takes two seconds.
"""

from math import prod

import torch
from torch import nn

from resnet_viz.model.operations import Add, BatchNorm2d, ZeroPad
from resnet_viz.records.analysis import Geometry, Shape

SHAPE_KEEPING = (BatchNorm2d, nn.ReLU, Add)


def output_shape(module: nn.Module, inputs: tuple[Shape, ...]) -> Shape:
    """Return the output shape of `module` for inputs of these shapes: N, C, H, W before flattening, N, C after it."""
    first = inputs[0]
    if isinstance(module, SHAPE_KEEPING):
        return first
    if isinstance(module, nn.Conv2d):
        return (first[0], module.out_channels, *_slid(first, module))
    if isinstance(module, nn.MaxPool2d):
        return (*first[:2], *_slid(first, module))
    if isinstance(module, ZeroPad):
        return (first[0], module.channels, *_slid(first, module))
    if isinstance(module, nn.AdaptiveAvgPool2d) and module.output_size == 1:
        return (*first[:2], 1, 1)
    if isinstance(module, nn.Flatten):
        return (first[0], prod(first[1:]))
    if isinstance(module, nn.Linear):
        return (*first[:-1], module.out_features)
    with torch.no_grad():
        return tuple(module(*(torch.empty(shape, device="meta") for shape in inputs)).shape)


def geometry(module: nn.Module) -> Geometry | None:
    """Return the sliding window of a convolution, max pool or zero-padding shortcut; None for other modules."""
    if isinstance(module, nn.Conv2d):
        return Geometry(
            kernel=module.kernel_size[0], stride=module.stride[0], padding=int(module.padding[0]),
            dilation=module.dilation[0], groups=module.groups, bias=module.bias is not None,
        )  # fmt: skip
    if isinstance(module, nn.MaxPool2d):
        return Geometry(kernel=_side(module.kernel_size), stride=_side(module.stride), padding=_side(module.padding))
    if isinstance(module, ZeroPad):
        return Geometry(kernel=1, stride=module.stride, padding=0)
    return None


def _slid(shape: Shape, module: nn.Module) -> Shape:
    window = geometry(module)
    assert window is not None
    reach = window.dilation * (window.kernel - 1) + 1
    return tuple((size + 2 * window.padding - reach) // window.stride + 1 for size in shape[2:])


def _side(value: int | tuple[int, ...]) -> int:
    return value if isinstance(value, int) else value[0]
