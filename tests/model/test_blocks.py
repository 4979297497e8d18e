"""The residual blocks compute what the papers say."""

from typing import Any

import pytest
import torch
from torch import nn

from resnet_viz.model.resnet import build
from resnet_viz.spec.network import ResNetSpec


def _spec(**changes: Any) -> ResNetSpec:
    small = ResNetSpec(block="basic", blocks=(2, 1), width=8, stem="cifar", classes=5, input=(2, 3, 8, 8))
    return small.but(**changes)


def _second_stage(network: Any, x: torch.Tensor) -> tuple[torch.Tensor, Any]:
    """Return the input of the first block of stage 2, and that block."""
    x = network.layer1(network.relu(network.bn1(network.conv1(x))))
    return x, network.layer2[0]


@pytest.mark.parametrize("kind", ["basic", "bottleneck"])
@pytest.mark.parametrize("shortcut", ["A", "B", "C", "none"])
def test_a_post_activation_block_computes_what_the_paper_says(kind: str, shortcut: str) -> None:
    network: Any = build(_spec(shortcut=shortcut, block=kind), "cpu").eval()
    x, block = _second_stage(network, torch.randn(2, 3, 8, 8))
    expected = block.bn2(block.conv2(torch.relu(block.bn1(block.conv1(x)))))
    if kind == "bottleneck":
        expected = block.bn3(block.conv3(torch.relu(expected)))
    if shortcut == "A":
        raw = x[:, :, ::2, ::2]
        expected = expected + torch.cat([raw, torch.zeros(2, expected.shape[1] - raw.shape[1], 4, 4)], dim=1)
    if shortcut in "BC":
        expected = expected + block.downsample[1](block.downsample[0](x))
    torch.testing.assert_close(block(x), torch.relu(expected))


def test_the_identity_block_adds_x_itself() -> None:
    network: Any = build(_spec(), "cpu").eval()
    block = network.layer1[1]
    x = torch.randn(2, 8, 8, 8)
    expected = torch.relu(block.bn2(block.conv2(torch.relu(block.bn1(block.conv1(x))))) + x)
    torch.testing.assert_close(block(x), expected)


@pytest.mark.parametrize("kind", ["basic", "bottleneck"])
@pytest.mark.parametrize("shortcut", ["A", "B", "C", "none"])
def test_a_preactivation_block_computes_what_the_paper_says(kind: str, shortcut: str) -> None:
    network: Any = build(_spec(order="pre", shortcut=shortcut, block=kind), "cpu").eval()
    x, block = _second_stage(network, torch.randn(2, 3, 8, 8))
    active = torch.relu(block.bn1(x))
    expected = block.conv2(torch.relu(block.bn2(block.conv1(active))))
    if kind == "bottleneck":
        expected = block.conv3(torch.relu(block.bn3(expected)))
    if shortcut == "A":
        raw = x[:, :, ::2, ::2]
        expected = expected + torch.cat([raw, torch.zeros(2, expected.shape[1] - raw.shape[1], 4, 4)], dim=1)
    if shortcut in "BC":
        expected = expected + block.downsample[0](active)
    torch.testing.assert_close(block(x), expected)


def test_each_shortcut_has_its_projections() -> None:
    def projected(shortcut: str) -> list[str]:
        names = [name for name, _ in build(_spec(shortcut=shortcut)).named_modules()]
        return [name for name in names if name.endswith("downsample")]

    assert projected("none") == []
    assert projected("A") == projected("B") == ["layer2.0.downsample"]
    assert projected("C") == ["layer1.0.downsample", "layer1.1.downsample", "layer2.0.downsample"]


def test_the_first_block_of_a_preactivation_network_reads_the_activation_of_the_stem() -> None:
    network: Any = build(_spec(order="pre"), "cpu").eval()
    x = torch.randn(2, 8, 8, 8)
    first, second = network.layer1
    torch.testing.assert_close(first(x), first.conv2(torch.relu(first.bn2(first.conv1(x)))) + x)
    active = torch.relu(second.bn1(x))
    torch.testing.assert_close(second(x), second.conv2(torch.relu(second.bn2(second.conv1(active)))) + x)


Window = tuple[int, int, int, int, int]
WINDOWS: dict[str, tuple[dict[str, Any], list[list[Window]]]] = {
    "basic": ({"groups": 2}, [[(3, 1, 1, 1, 2)] * 2, [(3, 2, 1, 1, 2), (3, 1, 1, 1, 2)], [(3, 1, 1, 1, 2)] * 2]),
    "basic, dilated": (
        {"dilate": (True,)}, [[(3, 1, 1, 1, 1)] * 2, [(3, 1, 1, 1, 1), (3, 1, 2, 2, 1)], [(3, 1, 2, 2, 1)] * 2],
    ),
    "bottleneck": (
        {"block": "bottleneck", "groups": 4},
        [
            [(1, 1, 0, 1, 1), (3, 1, 1, 1, 4), (1, 1, 0, 1, 1)],
            [(1, 1, 0, 1, 1), (3, 2, 1, 1, 4), (1, 1, 0, 1, 1)],
            [(1, 1, 0, 1, 1), (3, 1, 1, 1, 4), (1, 1, 0, 1, 1)],
        ],
    ),
    "bottleneck, dilated": (
        {"block": "bottleneck", "dilate": (True,)},
        [
            [(1, 1, 0, 1, 1), (3, 1, 1, 1, 1), (1, 1, 0, 1, 1)],
            [(1, 1, 0, 1, 1), (3, 1, 1, 1, 1), (1, 1, 0, 1, 1)],
            [(1, 1, 0, 1, 1), (3, 1, 2, 2, 1), (1, 1, 0, 1, 1)],
        ],
    ),
    "bottleneck, stride in 1×1": (
        {"block": "bottleneck", "stride_in": "1x1", "strides": (1, 3)},
        [
            [(1, 1, 0, 1, 1), (3, 1, 1, 1, 1), (1, 1, 0, 1, 1)],
            [(1, 3, 0, 1, 1), (3, 1, 1, 1, 1), (1, 1, 0, 1, 1)],
            [(1, 1, 0, 1, 1), (3, 1, 1, 1, 1), (1, 1, 0, 1, 1)],
        ],
    ),
    "bottleneck, dilated, stride in 1×1": (
        {"block": "bottleneck", "stride_in": "1x1", "dilate": (True,)},
        [
            [(1, 1, 0, 1, 1), (3, 1, 1, 1, 1), (1, 1, 0, 1, 1)],
            [(1, 1, 0, 1, 1), (3, 1, 2, 2, 1), (1, 1, 0, 1, 1)],
            [(1, 1, 0, 1, 1), (3, 1, 2, 2, 1), (1, 1, 0, 1, 1)],
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("order", ["post", "pre"])
@pytest.mark.parametrize("name", WINDOWS)
def test_the_convolutions_have_kernel_stride_padding_dilation_and_groups(name: str, order: str) -> None:
    """One block in the first stage, two in the second."""
    changes, expected = WINDOWS[name]
    network: Any = build(_spec(blocks=(1, 2), order=order, **changes))
    for block, windows in zip([*network.layer1, *network.layer2], expected, strict=True):
        convs = [module for key, module in block.named_children() if key.startswith("conv")]
        found = [(c.kernel_size[0], c.stride[0], c.padding[0], c.dilation[0], c.groups) for c in convs]
        assert found == windows


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("kind", ["basic", "bottleneck"])
def test_all_convolutions_have_a_bias_or_none_has(kind: str, bias: bool) -> None:
    modules = build(_spec(block=kind, bias=bias)).modules()
    assert {module.bias is not None for module in modules if isinstance(module, nn.Conv2d)} == {bias}
