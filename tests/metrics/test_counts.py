"""Multiply-adds and floating-point operations of one layer of each kind, worked out by hand."""

import pytest

from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import LayerRecord
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import preset
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


def _layers(spec: ResNetSpec) -> tuple[LayerRecord, ...]:
    return analyse(spec).layers
