"""The modules: torchvision's names, real gradients, and the residual as the papers write it."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import nn

from resnet_viz.model.resnet import build
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import preset

DIGESTS = {
    "resnet18": "ce88913d6e5bbfc8e89996766700cb45115f439632c9fdc01ffe426ea25387a9",
    "resnet50": "218340f9d3037deac0e029064817e2434f9a638034693f6134277670d9fbfddf",
    "resnext50_32x4d": "513ad3b3dc34e0942a285a237179a0ec67c22658aaec21fb23d104712091fd00",
}
TEN = {  # blocks, bottleneck?, inner width of the first stage, groups
    "resnet18": ((2, 2, 2, 2), False, 64, 1),
    "resnet34": ((3, 4, 6, 3), False, 64, 1),
    "resnet50": ((3, 4, 6, 3), True, 64, 1),
    "resnet101": ((3, 4, 23, 3), True, 64, 1),
    "resnet152": ((3, 8, 36, 3), True, 64, 1),
    "resnext50_32x4d": ((3, 4, 6, 3), True, 128, 32),
    "resnext101_32x8d": ((3, 4, 23, 3), True, 256, 32),
    "resnext101_64x4d": ((3, 4, 23, 3), True, 256, 64),
    "wide_resnet50_2": ((3, 4, 6, 3), True, 128, 1),
    "wide_resnet101_2": ((3, 4, 23, 3), True, 128, 1),
}
Entry = tuple[str, list[int]]


def _norm(name: str, channels: int) -> Iterator[Entry]:
    for part in ("weight", "bias", "running_mean", "running_var"):
        yield f"{name}.{part}", [channels]
    yield f"{name}.num_batches_tracked", []


def _torchvision_entries(name: str) -> Iterator[Entry]:
    """The state dict of torchvision's network, written from torchvision's own rule."""
    counts, bottleneck, inner, groups = TEN[name]
    yield "conv1.weight", [64, 3, 7, 7]
    yield from _norm("bn1", 64)
    channels = 64
    for stage, count in enumerate(counts):
        mid, out = inner * 2**stage, 64 * 2**stage * (4 if bottleneck else 1)
        for block in range(count):
            prefix = f"layer{stage + 1}.{block}"
            shapes = [[mid, channels, 3, 3], [out, mid, 3, 3]]
            if bottleneck:
                shapes = [[mid, channels, 1, 1], [mid, mid // groups, 3, 3], [out, mid, 1, 1]]
            for number, shape in enumerate(shapes, start=1):
                yield f"{prefix}.conv{number}.weight", shape
                yield from _norm(f"{prefix}.bn{number}", shape[0])
            if channels != out or (stage and not block):
                yield f"{prefix}.downsample.0.weight", [out, channels, 1, 1]
                yield from _norm(f"{prefix}.downsample.1", out)
            channels = out
    yield "fc.weight", [1000, channels]
    yield "fc.bias", [1000]


@pytest.mark.parametrize("name", TEN)
def test_state_dict_is_torchvisions(name: str) -> None:
    entries = [[key, list(value.shape)] for key, value in build(preset(name)).state_dict().items()]
    assert entries == [list(entry) for entry in _torchvision_entries(name)]
    if name in DIGESTS:
        assert hashlib.sha256(json.dumps(entries).encode()).hexdigest() == DIGESTS[name]


def _spec(**changes: Any) -> ResNetSpec:
    small = ResNetSpec(block="basic", blocks=(2, 1), width=8, stem="cifar", classes=5, input=(2, 3, 8, 8))
    return small.but(**changes)


def _parts(network: Any, x: torch.Tensor) -> tuple[torch.Tensor, Any]:
    """What the first block of stage 2 reads, and that block."""
    x = network.layer1(network.relu(network.bn1(network.conv1(x))))
    return x, network.layer2[0]


@pytest.mark.parametrize("shortcut", ["A", "B", "none"])
def test_a_post_activation_block_computes_what_the_paper_says(shortcut: str) -> None:
    network: Any = build(_spec(shortcut=shortcut), "cpu").eval()
    x, block = _parts(network, torch.randn(2, 3, 8, 8))
    inner = torch.relu(block.bn1(block.conv1(x)))
    expected = block.bn2(block.conv2(inner))
    if shortcut == "A":
        zeros = torch.zeros(2, 8, 4, 4)
        expected = expected + torch.cat([x[:, :, ::2, ::2], zeros], dim=1)
    if shortcut == "B":
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
    x, block = _parts(network, torch.randn(2, 3, 8, 8))
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


def test_projections_stand_where_each_shortcut_wants_them() -> None:
    def projected(shortcut: str) -> list[str]:
        names = [name for name, _ in build(_spec(shortcut=shortcut)).named_modules()]
        return [name for name in names if name.endswith("downsample")]

    assert projected("none") == []
    assert projected("A") == projected("B") == ["layer2.0.downsample"]
    assert projected("C") == ["layer1.0.downsample", "layer1.1.downsample", "layer2.0.downsample"]


def test_dilation_keeps_the_resolution_as_torchvision_does() -> None:
    network: Any = build(_spec(block="bottleneck", blocks=(1, 2, 2), dilate=(False, True)), "meta")
    convs = {name: module for name, module in network.named_modules() if isinstance(module, nn.Conv2d)}
    assert (convs["layer3.0.conv2"].dilation, convs["layer3.0.conv2"].stride) == ((1, 1), (1, 1))
    assert (convs["layer3.1.conv2"].dilation, convs["layer3.1.conv2"].padding) == ((2, 2), (2, 2))


def test_it_learns() -> None:
    torch.manual_seed(0)
    network: Any = build(_spec(), "cpu")
    x, y = torch.randn(16, 3, 8, 8), torch.arange(16) % 5
    optimizer = torch.optim.SGD(network.parameters(), lr=0.05, momentum=0.9)
    losses = []
    for _ in range(40):
        loss = nn.functional.cross_entropy(network(x), y)
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 2
    assert all(parameter.grad is not None for parameter in network.parameters())


def test_initialisation_is_kaiming_fan_out() -> None:
    torch.manual_seed(0)
    network: Any = build(ResNetSpec(block="basic", blocks=(1,), width=64), "cpu")
    weight = network.layer1[0].conv1.weight
    assert weight.std().item() == pytest.approx((2 / (64 * 9)) ** 0.5, rel=0.02)
    assert torch.equal(network.bn1.weight, torch.ones(64))
