"""The least memory traffic of a layer: exact bytes by hand, and pixels that no window covers."""

import pytest

from resnet_viz.metrics.traffic import moved_bytes
from resnet_viz.pipeline import analyse
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import preset
from tests.spec.family_specs import FAMILIES

RESNET50 = analyse(preset("resnet50"))
SMALL = analyse(ResNetSpec(block="basic", blocks=(1, 1), width=4, stem="cifar", classes=10, input=(2, 3, 8, 8)))


@pytest.mark.parametrize(
    ("layer", "elements"),
    [
        ("conv1", 2 * 3 * 64 + 3 * 4 * 9 + 2 * 4 * 64),
        ("bn1", 2 * 4 * 64 + 4 * 4 + 2 * 4 * 64),  # weight, bias, mean and variance
        ("relu", 2 * (2 * 4 * 64)),
        ("layer1.0.add", 3 * (2 * 4 * 64)),
        ("avgpool", 2 * 8 * 16 + 2 * 8),
        ("flatten", 0),
        ("fc", 2 * 8 + 8 * 10 + 10 + 2 * 10),
    ],
)
def test_a_layer_moves_its_inputs_weights_and_output(layer: str, elements: int) -> None:
    for size in (4, 2):
        assert moved_bytes(SMALL.layer_by_id[layer], size) == size * elements


def test_a_strided_pointwise_convolution_reads_every_fourth_pixel() -> None:
    layer = RESNET50.layer_by_id["layer2.0.downsample.0"]
    assert moved_bytes(layer, 4) == 4 * (256 * 28 * 28 + 256 * 512 + 512 * 28 * 28)


def test_a_strided_zero_padding_reads_every_fourth_pixel() -> None:
    layer = analyse(preset("resnet20_cifar")).layer_by_id["layer2.0.downsample"]
    assert moved_bytes(layer, 2) == 2 * (16 * 16 * 16 + 32 * 16 * 16)


def test_windows_that_cover_every_pixel_read_the_whole_input() -> None:
    layers = RESNET50.layer_by_id
    assert moved_bytes(layers["conv1"], 1) == 3 * 224 * 224 + 64 * 3 * 49 + 64 * 112 * 112
    assert moved_bytes(layers["maxpool"], 1) == 64 * 112 * 112 + 64 * 56 * 56


def test_a_stride_beyond_the_window_leaves_out_rows_and_columns() -> None:
    """Stride 3 on 10 × 7 pixels: 4 × 3 windows of one pixel each."""
    spec = ResNetSpec(block="bottleneck", blocks=(1,), width=4, strides=(3,), stem="cifar", input=(1, 3, 10, 7))
    projection = analyse(spec).layer_by_id["layer1.0.downsample.0"]
    assert moved_bytes(projection, 1) == 4 * 4 * 3 + 4 * 16 + 16 * 4 * 3


@pytest.mark.parametrize(
    ("family", "layer", "elements"),
    [
        ("squeeze and excitation", "layer1.0.se.multiply", 2 * (2 * 32 * 9 * 12) + 2 * 32),
        ("efficient channel attention", "layer1.0.se.conv", 2 * (2 * 64) + 3),
        ("group norm", "bn1", 2 * (2 * 32 * 17 * 23) + 2 * 32),  # no running statistics
        ("EvoNorm", "norm", 2 * (2 * 256 * 5 * 6) + 3 * 256),
        ("stem pool padded at its end", "maxpool", 2 * 8 * 17 * 23 + 2 * 8 * 8 * 11),
    ],
)
def test_a_layer_of_a_family_moves_its_inputs_weights_and_output(family: str, layer: str, elements: int) -> None:
    assert moved_bytes(analyse(FAMILIES[family]).layer_by_id[layer], 4) == 4 * elements
