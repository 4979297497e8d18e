"""Norms by their papers' formulas, channel by channel."""

from typing import get_args

import pytest
import torch
from torch import nn

from resnet_viz.model.norms import (
    BatchNorm2d,
    EvoNorm2dS0,
    FilterResponseNormTlu2d,
    GroupNorm,
    make_activated_norm,
    make_norm,
)
from resnet_viz.spec.network import NormKind
from tests.model.test_operations import filled, image

FP32 = 2e-6
"""The relative error of statistics in fp32, which timm computes in every dtype."""


def test_group_norm_has_the_statistics_of_each_of_32_groups() -> None:
    module = filled(GroupNorm(64))
    x = image(2, 64, 3, 5)
    y = module(x)
    for number in range(2):
        for group in range(32):
            two = x[number, 2 * group : 2 * group + 2]
            scaled = (two - two.mean()) / (two.var(unbiased=False) + 1e-5).sqrt()
            for channel in (2 * group, 2 * group + 1):
                expected = scaled[channel % 2] * module.weight[channel] + module.bias[channel]
                torch.testing.assert_close(y[number, channel], expected, rtol=1e-10, atol=1e-10)


def test_evonorm_s0_divides_by_the_deviation_of_each_of_32_groups() -> None:
    module = filled(EvoNorm2dS0(64))
    x = 3 + image(2, 64, 3, 5)
    y = module(x)
    for number in range(2):
        for channel in range(64):
            group = x[number, channel // 2 * 2 : channel // 2 * 2 + 2]
            deviation = (group.square().mean() - group.mean().square() + 1e-5).sqrt()
            one = x[number, channel]
            swished = one / (1 + torch.exp(-module.v[channel] * one))
            expected = swished / deviation * module.weight[channel] + module.bias[channel]
            torch.testing.assert_close(y[number, channel], expected, rtol=FP32, atol=FP32)


def test_filter_response_norm_divides_by_the_root_mean_square_of_each_map_and_has_a_threshold() -> None:
    module = filled(FilterResponseNormTlu2d(6))
    x = 2 + image(2, 6, 3, 5)
    y = module(x)
    assert torch.any(y == module.tau.view(1, -1, 1, 1))  # the threshold is reached somewhere
    for number in range(2):
        for channel in range(6):
            one = x[number, channel]
            scaled = one / (sum(pixel**2 for pixel in one.flatten()) / 15 + 1e-5) ** 0.5
            affine = scaled * module.weight[channel] + module.bias[channel]
            expected = torch.where(affine < module.tau[channel], module.tau[channel], affine)
            torch.testing.assert_close(y[number, channel], expected, rtol=FP32, atol=FP32)


@pytest.mark.parametrize(
    ("module", "values"),
    [
        (GroupNorm(32), {"weight": 1.0, "bias": 0.0}),
        (EvoNorm2dS0(32), {"weight": 1.0, "bias": 0.0, "v": 1.0}),
        (FilterResponseNormTlu2d(32), {"weight": 1.0, "bias": 0.0, "tau": 0.0}),
    ],
)
def test_parameters_have_timms_names_order_and_first_values(module: nn.Module, values: dict[str, float]) -> None:
    state = module.state_dict()
    assert list(state) == list(values)
    for name, value in values.items():
        assert torch.equal(state[name], torch.full((32,), value))


def test_a_norm_that_activates_has_no_activation_behind_it() -> None:
    kinds = {
        kind: tuple(None if module is None else type(module) for module in make_activated_norm(kind, 32))
        for kind in get_args(NormKind)
    }
    assert kinds == {
        "batch": (BatchNorm2d, nn.ReLU), "group": (GroupNorm, nn.ReLU), "evonorm": (EvoNorm2dS0, None),
        "frn": (FilterResponseNormTlu2d, None), "none": (None, nn.ReLU),
    }  # fmt: skip


def test_where_no_activation_follows_there_is_batch_or_group_norm_or_none() -> None:
    norms = make_norm("batch", 64), make_norm("group", 64), make_norm("none", 64)
    assert [type(norm) for norm in norms] == [BatchNorm2d, GroupNorm, type(None)]
    kinds: tuple[NormKind, ...] = ("evonorm", "frn")
    for kind in kinds:
        with pytest.raises(ValueError, match=kind):
            make_norm(kind, 64)
