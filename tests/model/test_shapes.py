"""Shapes by formula are those that the modules give, and windows those of the modules."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from resnet_viz.model.norms import BatchNorm2d, EvoNorm2dS0, FilterResponseNormTlu2d, GroupNorm
from resnet_viz.model.operations import Add, ChannelConv1d, Multiply, StandardizedConv2d, ZeroPad
from resnet_viz.model.pools import BlurPool2d, SamePaddedAvgPool2d, ZeroPaddedMaxPool2d
from resnet_viz.model.shapes import geometry, output_shape
from resnet_viz.records.analysis import Geometry

SMALL = st.integers(1, 4)
SIDES = st.integers(1, 12)


@given(kernel=SMALL, stride=SMALL, padding=st.integers(0, 4), dilation=SMALL, height=SIDES, width=SIDES)
def test_the_shape_after_a_window_is_that_of_torch(
    kernel: int, stride: int, padding: int, dilation: int, height: int, width: int
) -> None:
    for module in (
        nn.Conv2d(2, 4, kernel, stride=stride, padding=padding, dilation=dilation),
        nn.MaxPool2d(kernel, stride=stride, padding=min(padding, kernel // 2)),
        ZeroPad(5, stride),
        BlurPool2d(stride),
        ZeroPaddedMaxPool2d(kernel, stride=stride, padding=padding),
        SamePaddedAvgPool2d(),
        *(
            pool(kernel, stride=stride, padding=min(padding, kernel // 2), ceil_mode=rounds_up)
            for pool in (nn.MaxPool2d, nn.AvgPool2d)
            for rounds_up in (False, True)
        ),
    ):
        try:
            expected = tuple(module(torch.zeros(3, 2, height, width)).shape)
        except RuntimeError:  # the window does not fit
            continue
        assert output_shape(module, ((3, 2, height, width),)) == expected


@pytest.mark.parametrize(
    ("module", "shapes", "output"),
    [
        (nn.AdaptiveAvgPool2d(1), ((1, 4, 9, 8),), (1, 4, 1, 1)),
        (nn.AdaptiveAvgPool2d(2), ((1, 4, 9, 8),), (1, 4, 2, 2)),
        (nn.Flatten(), ((2, 4, 3, 5),), (2, 60)),
        (nn.Linear(4, 7), ((2, 4),), (2, 7)),
        (nn.AvgPool2d(2), ((1, 4, 9, 8),), (1, 4, 4, 4)),
        (Add(), ((1, 4, 9, 8),) * 2, (1, 4, 9, 8)),
        (BatchNorm2d(4), ((1, 4, 9, 8),), (1, 4, 9, 8)),
        (nn.ReLU(), ((1, 4, 9, 8),), (1, 4, 9, 8)),
        (GroupNorm(32), ((1, 32, 9, 8),), (1, 32, 9, 8)),
        (EvoNorm2dS0(32), ((1, 32, 9, 8),), (1, 32, 9, 8)),
        (FilterResponseNormTlu2d(4), ((1, 4, 9, 8),), (1, 4, 9, 8)),
        (nn.Sigmoid(), ((1, 4, 1, 1),), (1, 4, 1, 1)),
        (ChannelConv1d(3), ((2, 4, 1, 1),), (2, 4, 1, 1)),
        (Multiply(), ((2, 4, 9, 8), (2, 4, 1, 1)), (2, 4, 9, 8)),
        (nn.MaxPool2d(3, stride=2, ceil_mode=True), ((1, 4, 112, 111),), (1, 4, 56, 55)),
    ],
)
def test_the_shape_after_other_operations(
    module: nn.Module, shapes: tuple[tuple[int, ...], ...], output: tuple[int, ...]
) -> None:
    assert output_shape(module, shapes) == output


@pytest.mark.parametrize(
    ("module", "window"),
    [
        (nn.Conv2d(4, 8, 3, stride=2, padding=4, dilation=5, groups=2), Geometry(3, 2, 4, 5, 2, bias=True)),
        (nn.Conv2d(4, 8, 1, bias=False), Geometry(1, 1, 0)),
        (nn.MaxPool2d(3, stride=2, padding=1), Geometry(3, 2, 1)),
        (nn.MaxPool2d((2, 2), (3, 3), (1, 1)), Geometry(2, 3, 1)),
        (ZeroPad(8, 2), Geometry(1, 2, 0)),
        (StandardizedConv2d(4, 8, 3, stride=2, padding=1, bias=False), Geometry(3, 2, 1)),
        (nn.MaxPool2d(3, stride=2, ceil_mode=True), Geometry(3, 2, 0, ceil=True)),
        (nn.AvgPool2d(2, ceil_mode=True, count_include_pad=False), Geometry(2, 2, 0, ceil=True)),
        (SamePaddedAvgPool2d(), Geometry(2, 1, 0, end_padding=1)),
        (ZeroPaddedMaxPool2d(3, stride=2, padding=1), Geometry(3, 2, 1)),
        (BlurPool2d(), Geometry(3, 2, 1)),
        (ChannelConv1d(5), None),
        (nn.AdaptiveAvgPool2d(1), None),
        (nn.ReLU(), None),
    ],
)
def test_the_window_of_a_module(module: nn.Module, window: Geometry | None) -> None:
    assert geometry(module) == window
