"""The network: torchvision's names of parameters, its operations, its initialization, and that it learns."""

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


def test_initialization_is_kaiming_fan_out_for_convolutions_and_torchs_for_the_classifier() -> None:
    torch.manual_seed(0)
    network: Any = build(ResNetSpec(block="basic", blocks=(1,), width=64, bias=True), "cpu")
    weight = network.layer1[0].conv1.weight
    assert weight.std().item() == pytest.approx((2 / (64 * 9)) ** 0.5, rel=0.02)
    assert torch.equal(network.layer1[0].conv1.bias, torch.zeros(64))
    assert torch.equal(network.bn1.weight, torch.ones(64))
    assert torch.equal(network.bn1.running_var, torch.ones(64))
    assert 0.12 < network.fc.weight.abs().max().item() <= 1 / 64**0.5
    assert network.fc.bias.abs().max().item() > 0.1


def test_without_a_device_the_network_has_shapes_and_no_data() -> None:
    assert {value.device.type for value in build(_spec()).state_dict().values()} == {"meta"}


def test_zero_padding_shows_its_arguments() -> None:
    assert "(downsample): ZeroPad(channels=16, stride=2)" in str(build(_spec(shortcut="A")))


def test_the_stem_and_head_have_the_operations_of_the_spec() -> None:
    def names(spec: ResNetSpec) -> list[str]:
        return [name for name, _ in build(spec).named_children() if not name.startswith("layer")]

    assert names(_spec()) == ["conv1", "bn1", "relu", "avgpool", "flatten", "fc"]
    assert names(_spec(stem="imagenet", head=False)) == ["conv1", "bn1", "relu", "maxpool"]
    assert names(_spec(order="pre")) == ["conv1", "bn1", "relu", "norm", "relu_last", "avgpool", "flatten", "fc"]
    assert names(_spec(order="pre", head=False)) == ["conv1", "bn1", "relu", "norm", "relu_last"]
    imagenet: Any = build(ResNetSpec(stem_pool_stride=1, bias=True))
    assert (imagenet.conv1.kernel_size, imagenet.conv1.stride, imagenet.conv1.padding) == ((7, 7), (2, 2), (3, 3))
    assert (imagenet.maxpool.kernel_size, imagenet.maxpool.stride, imagenet.maxpool.padding) == (3, 1, 1)
    cifar: Any = build(_spec())
    assert (cifar.conv1.kernel_size, cifar.conv1.stride, cifar.conv1.padding) == ((3, 3), (1, 1), (1, 1))
    assert cifar.fc.out_features == 5
