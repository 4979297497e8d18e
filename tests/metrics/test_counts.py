"""Multiply-adds and floating-point operations of one layer of each kind, worked out by hand."""

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from resnet_viz.model.resnet import build
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import LayerRecord
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import preset
from tests.spec.family_specs import FAMILIES
from tests.spec.random_specs import random_specs

RESNEXT = analyse(preset("resnext50_32x4d").but(input=(2, 3, 224, 192)))


@pytest.mark.parametrize(
    ("layer", "macs", "flops"),
    [
        ("conv1", 2 * 64 * 112 * 96 * 3 * 7 * 7, 2 * (2 * 64 * 112 * 96 * 3 * 7 * 7)),
        ("bn1", 0, 2 * (2 * 64 * 112 * 96)),
        ("relu", 0, 2 * 64 * 112 * 96),
        ("maxpool", 0, 3 * 3 * (2 * 64 * 56 * 48)),
        ("layer1.0.conv2", 2 * 128 * 56 * 48 * 4 * 3 * 3, 2 * (2 * 128 * 56 * 48 * 4 * 3 * 3)),
        ("layer1.0.add", 0, 2 * 256 * 56 * 48),
        ("avgpool", 0, 2 * 2048 * 7 * 6),
        ("flatten", 0, 0),
        ("fc", 2 * 2048 * 1000, 2 * (2 * 2048 * 1000)),
    ],
)
def test_the_operations_of_a_layer(layer: str, macs: int, flops: int) -> None:
    record = RESNEXT.layer_by_id[layer]
    assert (record.macs, record.flops) == (macs, flops)


def test_zero_padding_takes_no_operation() -> None:
    record = analyse(preset("resnet20_cifar")).layer_by_id["layer2.0.downsample"]
    assert (record.kind, record.macs, record.flops) == ("pad", 0, 0)


def test_a_bias_changes_no_count() -> None:
    """The convention of the paper and of torchvision."""
    for spec in random_specs(10, seed=31):
        counts = [[(layer.macs, layer.flops) for layer in _layers(spec.but(bias=bias))] for bias in (False, True)]
        assert counts[0] == counts[1]


@pytest.mark.parametrize("spec", FAMILIES.values(), ids=FAMILIES)
def test_each_layer_of_every_family_has_the_shape_and_the_multiply_adds_of_its_module(spec: ResNetSpec) -> None:
    network = build(spec).eval()
    shapes: dict[str, tuple[int, ...]] = {}
    for name, module in network.named_modules():
        module.register_forward_hook(lambda *call, name=name: shapes.update({name: tuple(call[2].shape)}))
    counter = FlopCounterMode(display=False)
    with counter, torch.no_grad():
        network(torch.empty(spec.input, device="meta"))
    counted = {name: sum(counts.values()) for name, counts in counter.get_flop_counts().items()}
    layers = _layers(spec)
    assert {layer.id: layer.output for layer in layers} == {layer.id: shapes[layer.id] for layer in layers}
    assert {layer.id: 2 * layer.macs for layer in layers} == {
        layer.id: counted.get(f"ResNet.{layer.id}", 0) for layer in layers
    }


@pytest.mark.parametrize(
    ("family", "layer", "flops"),
    [
        ("squeeze and excitation", "layer1.0.se.pool", 2 * 32 * 9 * 12),
        ("squeeze and excitation", "layer1.0.se.fc1", 2 * (2 * 8 * 32)),
        ("squeeze and excitation", "layer1.0.se.sigmoid", 2 * 32),
        ("squeeze and excitation", "layer1.0.se.multiply", 2 * 32 * 9 * 12),
        ("efficient channel attention", "layer1.0.se.conv", 2 * (2 * 64 * 3)),
        ("average in place of strides", "layer2.0.aa", 2 * 2 * (16 * 4 * 4)),
        ("blur in place of strides", "layer2.0.aa", 2 * (2 * 16 * 5 * 6 * 9)),
        ("group norm", "bn1", 5 * (2 * 32 * 17 * 23)),
        ("EvoNorm", "norm", 9 * (2 * 256 * 5 * 6)),
        ("filter response norm", "norm", 6 * (2 * 64 * 5 * 6)),
    ],
)
def test_the_operations_of_a_layer_of_a_family(family: str, layer: str, flops: int) -> None:
    assert analyse(FAMILIES[family]).layer_by_id[layer].flops == flops


def _layers(spec: ResNetSpec) -> tuple[LayerRecord, ...]:
    return analyse(spec).layers
