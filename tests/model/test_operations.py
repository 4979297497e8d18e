"""Operations by formulas written out in plain torch, and the tables of all operations."""

from typing import TypeVar, get_args

import pytest
import torch
from torch import nn
from torch.nn import functional

from resnet_viz.model.norms import EvoNorm2dS0, FilterResponseNormTlu2d, GroupNorm
from resnet_viz.model.operations import (
    OPERATIONS,
    VARIANTS,
    ChannelConv1d,
    Conv2d,
    Linear,
    Multiply,
    StandardizedConv2d,
    multiply_adds_per_output,
)
from resnet_viz.model.pools import BlurPool2d
from resnet_viz.records.analysis import Kind
from resnet_viz.records.kinds import KINDS

ModuleT = TypeVar("ModuleT", bound=nn.Module)


def filled(module: ModuleT, seed: int = 0) -> ModuleT:
    """The module in fp64 with random numbers in every parameter."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator))
    return module.double()


def image(*shape: int) -> torch.Tensor:
    """Random numbers of this shape in fp64."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


def test_standardized_filters_have_mean_zero_and_variance_one_over_their_fan_in() -> None:
    module = filled(StandardizedConv2d(4, 6, 3, stride=2, padding=1, groups=2))
    x = image(2, 4, 7, 6)
    weights = []
    for one in module.weight:
        centered = one - one.mean()
        weights.append(centered / (centered.square().mean() + 1e-8).sqrt())
    expected = functional.conv2d(x, torch.stack(weights), module.bias, stride=2, padding=1, groups=2)
    torch.testing.assert_close(module(x), expected, rtol=1e-12, atol=1e-12)


def test_a_standardized_convolution_keeps_its_weights() -> None:
    module = filled(StandardizedConv2d(2, 2, 1))
    before = module.weight.clone()
    module.train()(image(1, 2, 3, 3))
    assert torch.equal(module.weight, before)
    assert list(module.state_dict()) == ["weight", "bias"]


def test_a_convolution_over_channels_reads_the_neighbors_of_each_channel() -> None:
    module = filled(ChannelConv1d(5))
    x = image(2, 7, 1, 1)
    left, before, own, after, right = module.weight.flatten()
    padded = [torch.zeros(2)] * 2 + [x[:, channel, 0, 0] for channel in range(7)] + [torch.zeros(2)] * 2
    for channel in range(7):
        two_left, one_left, middle, one_right, two_right = padded[channel : channel + 5]
        expected = left * two_left + before * one_left + own * middle + after * one_right + right * two_right
        torch.testing.assert_close(module(x)[:, channel, 0, 0], expected)
    assert {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()} == {"weight": (1, 1, 5)}


def test_the_gate_multiplies_each_channel_by_its_number() -> None:
    x, gate = image(2, 3, 4, 5), image(2, 3, 1, 1)
    y = Multiply()(x, gate)
    for number in range(2):
        for channel in range(3):
            assert torch.equal(y[number, channel], x[number, channel] * gate[number, channel].item())


def test_only_pools_have_a_variant_throughout_and_all_kinds_have_facts() -> None:
    assert {*OPERATIONS.values()} == {*get_args(Kind)} - {"unknown"}
    assert {*VARIANTS} <= {*OPERATIONS}
    assert {kind for kind in OPERATIONS if OPERATIONS[kind] == "pool"} <= {*VARIANTS}
    assert {VARIANTS.get(operation, kind) for operation, kind in OPERATIONS.items()} <= {*KINDS}


@pytest.mark.parametrize(
    ("module", "multiply_adds"),
    [
        (Conv2d(8, 6, 3, groups=2), 4 * 9),
        (StandardizedConv2d(8, 6, 1), 8),
        (ChannelConv1d(7), 7),
        (Linear(11, 3), 11),
        (BlurPool2d(), 9),
        (nn.AvgPool2d(2), 0),
        (GroupNorm(32), 0),
    ],
)
def test_the_multiply_adds_of_one_output_element(module: nn.Module, multiply_adds: int) -> None:
    assert multiply_adds_per_output(module) == multiply_adds


@pytest.mark.parametrize(
    "make",
    [
        lambda: ChannelConv1d(3),
        lambda: GroupNorm(64),
        lambda: EvoNorm2dS0(64),
        lambda: FilterResponseNormTlu2d(64),
        BlurPool2d,
    ],
)
def test_on_the_meta_device_everything_has_a_shape_and_no_data(make: type[nn.Module]) -> None:
    with torch.device("meta"):
        module = make()
    assert all(tensor.is_meta for tensor in [*module.parameters(), *module.buffers()])
    real = make()
    assert [tensor.shape for tensor in module.state_dict().values()] == [
        tensor.shape for tensor in real.state_dict().values()
    ]
