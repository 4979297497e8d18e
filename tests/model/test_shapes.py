"""Shapes by formula are those that the modules give, and windows those of the modules."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from resnet_viz.model.operations import Add, BatchNorm2d, ZeroPad
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
        (nn.AdaptiveAvgPool2d(1), None),
        (nn.ReLU(), None),
    ],
)
def test_the_window_of_a_module(module: nn.Module, window: Geometry | None) -> None:
    assert geometry(module) == window
