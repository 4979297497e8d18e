"""The texts on and under node boxes."""

import pytest

from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import Analysis
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.text.layers import (
    channels,
    cost_caption,
    layer_label,
    layer_note,
    shortcut_label,
    side,
    size_caption,
    stem_label,
)

RESNET = analyse(preset("resnet50"))
PADDED = analyse(preset("resnet34_v1"))
GROUPED = analyse(ResNetSpec().but(groups=32, width_per_group=4, dilate=(False, False, True)))


@pytest.mark.parametrize(
    ("analysis", "name", "label", "in_stem", "note"),
    [
        (RESNET, "conv1", "7×7, 64", "conv 7×7, 64", "stride 2"),
        (RESNET, "maxpool", "max pool 3×3", "max pool 3×3", "stride 2"),
        (RESNET, "bn1", "BN", "BN", ""),
        (RESNET, "relu", "ReLU", "ReLU", ""),
        (RESNET, "fc", "fc, 1000", "fc, 1000", ""),
        (RESNET, "layer2.1.conv3", "1×1, 512", "conv 1×1, 512", ""),
        (PADDED, "layer2.0.downsample", "zero padding, 128", "zero padding, 128", "stride 2"),
        (GROUPED, "layer3.0.conv2", "3×3, 512", "conv 3×3, 512", "stride 2 · 32 groups"),
        (GROUPED, "layer4.1.conv2", "3×3, 1024", "conv 3×3, 1024", "32 groups · dilated 2"),
    ],
)
def test_a_layer_has_a_label_and_a_note(analysis: Analysis, name: str, label: str, in_stem: str, note: str) -> None:
    layer = analysis.layer_by_id[name]
    assert (layer_label(layer), stem_label(layer), layer_note(layer)) == (label, in_stem, note)


def test_zero_padding_that_keeps_the_size_has_no_stride() -> None:
    analysis = analyse(ResNetSpec().but(block="basic", blocks=(1, 1), strides=(1, 1), shortcut="A"))
    assert layer_note(analysis.layer_by_id["layer2.0.downsample"]) == ""


def test_a_layer_on_a_shortcut_has_its_stride_on_the_same_line() -> None:
    assert shortcut_label(RESNET.layer_by_id["layer2.0.downsample.0"]) == "1×1, 512 /2"
    assert shortcut_label(RESNET.layer_by_id["layer1.0.downsample.0"]) == "1×1, 256"
    assert shortcut_label(RESNET.layer_by_id["layer2.0.downsample.1"]) == "BN"


@pytest.mark.parametrize(
    ("shape", "n", "length", "caption"),
    [
        ((1, 64, 112, 112), 64, 112.0, "112²"),
        ((2, 64, 4, 9), 64, 6.0, "4×9"),
        ((1, 2048, 1, 1), 2048, 1.0, ""),
        ((8, 1000), 1000, 1.0, ""),
        ((8,), 1, 1.0, ""),
    ],
)
def test_a_shape_has_channels_a_side_and_a_size(shape: tuple[int, ...], n: int, length: float, caption: str) -> None:
    assert (channels(shape), side(shape), size_caption(shape)) == (n, length, caption)


def test_operations_are_written_short_and_none_not_at_all() -> None:
    assert (cost_caption(217_600_000), cost_caption(0), cost_caption(1)) == ("218 M", "", "1")
