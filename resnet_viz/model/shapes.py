"""The output shape of an operation, by the formula in torch's documentation.

A meta tensor would give the same shape, but the first one through a convolution and a pool takes two seconds.
"""

from math import prod

import torch
from torch import nn

from resnet_viz.model.norms import BatchNorm2d, EvoNorm2dS0, FilterResponseNormTlu2d, GroupNorm
from resnet_viz.model.operations import Add, ChannelConv1d, Multiply, ZeroPad
from resnet_viz.model.pools import BlurPool2d, SamePaddedAvgPool2d
from resnet_viz.records.analysis import Geometry, Shape

NORMS = (BatchNorm2d, GroupNorm, EvoNorm2dS0, FilterResponseNormTlu2d)
SHAPE_KEEPING = (*NORMS, nn.ReLU, nn.Sigmoid, Add, Multiply, ChannelConv1d)
"""Operations whose output has the shape of their first input."""


def output_shape(module: nn.Module, inputs: tuple[Shape, ...]) -> Shape:
    """Return the output shape of `module` for inputs of these shapes: N, C, H, W before flattening, N, C after it."""
    first = inputs[0]
    if isinstance(module, SHAPE_KEEPING):
        return first
    if isinstance(module, nn.Conv2d):
        return (first[0], module.out_channels, *_slid(first, module))
    if isinstance(module, nn.MaxPool2d | nn.AvgPool2d | BlurPool2d):
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
    """Return the sliding window of a convolution, windowed pool or zero-padding shortcut; None for other modules."""
    if isinstance(module, nn.Conv2d):
        return Geometry(
            kernel=module.kernel_size[0], stride=module.stride[0], padding=int(module.padding[0]),
            dilation=module.dilation[0], groups=module.groups, bias=module.bias is not None,
        )  # fmt: skip
    if isinstance(module, nn.MaxPool2d | nn.AvgPool2d):
        return Geometry(
            kernel=_side(module.kernel_size), stride=_side(module.stride), padding=_side(module.padding),
            ceil=module.ceil_mode, end_padding=int(isinstance(module, SamePaddedAvgPool2d)),
        )  # fmt: skip
    if isinstance(module, BlurPool2d):
        return Geometry(kernel=3, stride=module.stride, padding=1)
    if isinstance(module, ZeroPad):
        return Geometry(kernel=1, stride=module.stride, padding=0)
    return None


def _slid(shape: Shape, module: nn.Module) -> Shape:
    window = geometry(module)
    assert window is not None
    return tuple(_steps(size, window) for size in shape[2:])


def _steps(size: int, window: Geometry) -> int:
    """Return the positions of a window along a side of so many pixels."""
    reach = window.dilation * (window.kernel - 1) + 1
    free = size + 2 * window.padding + window.end_padding - reach
    if not window.ceil:
        return free // window.stride + 1
    steps = -(-free // window.stride) + 1
    starts_outside = (steps - 1) * window.stride >= size + window.padding
    return steps - 1 if starts_outside else steps


def _side(value: int | tuple[int, ...]) -> int:
    return value if isinstance(value, int) else value[0]
