"""Receptive fields are those that were published, and those that the gradient shows."""

import pytest
import torch
from torch import nn

from resnet_viz.metrics.receptive_field import extents, receptive_field_box
from resnet_viz.model.resnet import build
from resnet_viz.pipeline import analyse
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import preset
from tests.spec.family_specs import FAMILIES
from tests.spec.random_specs import random_specs


def test_receptive_fields_are_the_published_ones() -> None:
    layers = analyse(preset("resnet50")).layer_by_id
    assert layers["layer4.2.conv2"].receptive_field == 427
    assert layers["layer1.2.conv2"].receptive_field == 35
    assert layers["layer4.2.conv2"].jump == 32
    assert analyse(preset("resnet50_v1")).totals.receptive_field == 483


def _seen_by_the_gradient(spec: ResNetSpec, height: int) -> int:
    """The height in input pixels on which the middle output pixel of the last feature map depends."""
    _, top, _, bottom = _box_of_the_gradient(spec.but(input=(1, spec.input[1], height, 1)))
    return bottom - top + 1


def _box_of_the_gradient(spec: ResNetSpec, at: tuple[int, int] | None = None) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the input pixels on which an output pixel of the last feature map depends."""
    network = build(spec.but(head=False), "cpu").double().eval()
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.uniform_(module.weight, 0.5, 1)  # so that no gradients cancel out and no ReLU outputs 0
    for name, module in list(network.named_modules()):
        if isinstance(module, nn.MaxPool2d):  # the gradient of a maximum reaches only one pixel
            average = nn.AvgPool2d(3, stride=module.stride, padding=module.padding, ceil_mode=module.ceil_mode)
            network.set_submodule(name, average)
    x = torch.rand(spec.input, dtype=torch.float64, requires_grad=True)
    output = network(x)
    row, column = at or (output.shape[2] // 2, output.shape[3] // 2)
    output[0, :, row, column].sum().backward()
    assert x.grad is not None
    rows, columns = (x.grad[0].abs().sum((0, side)).nonzero() for side in (2, 1))
    return int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max())


def test_the_receptive_field_is_the_extent_of_the_gradient() -> None:
    compared = 0
    for spec in random_specs(100, seed=5):
        small = spec.but(bias=False, input=(1, 2, 9, 9))
        if small.shortcut == "A" or small.strides is not None:
            continue
        field = analyse(small.but(head=False)).totals.receptive_field
        if field > 120:
            continue
        assert _seen_by_the_gradient(small, 2 * field + 65) == field, small
        compared += 1
    assert compared >= 20


def test_the_box_bounds_the_gradient() -> None:
    """This holds in the middle and at two corners, where the edges of the image cut the box off."""
    compared = 0
    for spec in random_specs(150, seed=6):
        small = spec.but(bias=False, head=False, input=(1, 2, 9, 9))
        if small.shortcut == "A" or small.strides is not None:
            continue
        field = analyse(small).totals.receptive_field
        if field > 60:
            continue
        tall = small.but(input=(1, 2, field + 30, 20))
        analysis = analyse(tall)
        rows, columns = analysis.layers[-1].output[2:]
        for at in ((rows // 2, columns // 2), (0, columns - 1), (rows - 1, 0)):
            box = receptive_field_box(analysis, analysis.layers[-1].id, at)
            assert box.inside == _box_of_the_gradient(tall, at), (tall, at)
        compared += 1
    assert compared >= 20


SPATIAL = [name for name, spec in FAMILIES.items() if spec.attention == "none" and spec.norm in ("batch", "none")]


@pytest.mark.parametrize("name", SPATIAL)
def test_the_receptive_field_of_a_family_is_the_extent_of_the_gradient(name: str) -> None:
    spec = FAMILIES[name].but(head=False, bias=False, weight_standardization=False)
    field = analyse(spec).totals.receptive_field
    tall = spec.but(input=(1, 3, 32 * (field // 16 + 2), 32))
    rows, columns = analyse(tall).layers[-1].output[2:]
    at = (rows // 2, columns // 2)
    _, top, _, bottom = _box_of_the_gradient(tall, at)
    box = receptive_field_box(analyse(tall), analyse(tall).layers[-1].id, at)
    assert (top, bottom) == (box.top, box.bottom)
    assert bottom - top + 1 == field


def test_a_gate_sees_the_whole_map_and_its_multiplication_does_not() -> None:
    spec = FAMILIES["squeeze and excitation"]
    layers = analyse(spec).layer_by_id
    for block in ("layer1.0", "layer2.1"):
        before, pooled = layers[f"{block}.bn3"], layers[f"{block}.se.pool"]
        side = before.output[3]
        assert layers[f"{block}.se.sigmoid"].receptive_field == pooled.receptive_field
        assert pooled.receptive_field == before.receptive_field + (side - 1) * before.jump
        multiplied = layers[f"{block}.se.multiply"]
        assert (multiplied.receptive_field, multiplied.jump) == (before.receptive_field, before.jump)
    without = analyse(spec.but(attention="none"))
    assert analyse(spec).totals.receptive_field == without.totals.receptive_field
    assert without.layers == tuple(layer for layer in layers.values() if ".se." not in layer.id)


def test_the_box_is_as_large_as_the_field() -> None:
    analysis = analyse(preset("resnet50"))
    for layer in analysis.layers:
        box = receptive_field_box(analysis, layer.id)
        assert box.right - box.left + 1 == box.bottom - box.top + 1 == layer.receptive_field, layer.id
    box = receptive_field_box(analysis, "layer1.2.conv2")
    assert (box.left + box.right) / 2 == pytest.approx(112, abs=4)
    whole = receptive_field_box(analyse(preset("resnet50").but(input=(1, 3, 100, 300))), "fc")
    assert whole.inside == (0, 0, 299, 99)


def test_unknown_pixels_and_layers_raise_an_error() -> None:
    analysis = analyse(preset("resnet20_cifar"))
    with pytest.raises(IndexError, match="8 × 8"):
        receptive_field_box(analysis, "layer3.0.conv1", (8, 0))
    with pytest.raises(KeyError):
        receptive_field_box(analysis, "layer9.0.conv1")


def test_a_box_reaches_over_the_edges_by_the_padding() -> None:
    """The stem's 7×7 convolution has a padding of 3 and a stride of 2: pixel 0 starts at -3, and the next one at -1."""
    analysis = analyse(preset("resnet18").but(input=(1, 3, 64, 96)))
    first, second = (receptive_field_box(analysis, "conv1", (0, column)) for column in (0, 1))
    assert (first.id, first.row, first.column) == ("conv1", 0, 0)
    assert (first.left, first.top, first.right, first.bottom) == (-3, -3, 3, 3)
    assert (second.left, second.top, second.right, second.bottom) == (-1, -3, 5, 3)
    assert (first.height, first.width) == (64, 96)
    assert first.inside == (0, 0, 3, 3)
    last = receptive_field_box(analysis, "conv1", (31, 47))
    assert last.inside == (91, 59, 95, 63)


def test_the_box_of_a_layer_behind_the_pooling_is_that_of_all_pixels() -> None:
    """The last feature map has 2 × 3 pixels, 32 of the image apart, each of which sees 435."""
    analysis = analyse(preset("resnet18").but(input=(1, 3, 64, 96)))
    box = receptive_field_box(analysis, "fc")
    assert (box.row, box.column) == (0, 0)
    assert (box.right - box.left + 1, box.bottom - box.top + 1) == (435 + 64, 435 + 32)
    for pixel in ((0, 1), (1, 0)):
        with pytest.raises(IndexError, match="fc has 1 × 1 pixels"):
            receptive_field_box(analysis, "fc", pixel)


def test_boxes_of_known_extents_are_the_same() -> None:
    analysis = analyse(preset("resnet18").but(input=(1, 3, 64, 96)))
    known = extents(analysis)
    for layer in analysis.layers:
        assert receptive_field_box(analysis, layer.id, known=known) == receptive_field_box(analysis, layer.id)
    assert receptive_field_box(analysis, "layer1.0.conv1") == receptive_field_box(analysis, "layer1.0.conv1", (8, 12))


@pytest.mark.parametrize(("size", "side"), [((64, 96), 96), ((96, 64), 96)])
def test_a_global_pooling_adds_the_longer_side_of_its_input(size: tuple[int, int], side: int) -> None:
    """The last feature map has a pixel for every 32 of the image, and each sees 435."""
    analysis = analyse(preset("resnet18").but(input=(1, 3, *size)))
    before, pooled = analysis.layer_by_id["layer4.1.relu2"], analysis.layer_by_id["avgpool"]
    assert (before.receptive_field, before.jump, pooled.jump) == (435, 32, 32)
    assert pooled.receptive_field == 435 + (side // 32 - 1) * 32
    assert analysis.layer_by_id["fc"].receptive_field == pooled.receptive_field


def test_a_dilated_convolution_reaches_further_at_the_same_jump() -> None:
    layers = analyse(preset("resnet50").but(dilate=(False, True, True))).layer_by_id
    for name, dilation, jump in (("layer3.1.conv2", 2, 8), ("layer4.1.conv2", 4, 8)):
        before = layers[name.replace("conv2", "relu1")]
        assert layers[name].receptive_field == before.receptive_field + 2 * dilation * jump
        assert layers[name].jump == before.jump == jump


@pytest.mark.parametrize("pixel", [(-1, 0), (0, -1), (8, 0), (0, 8)])
def test_each_edge_of_the_feature_map_is_checked(pixel: tuple[int, int]) -> None:
    with pytest.raises(IndexError, match=r"layer3\.0\.conv1 has 8 × 8 pixels"):
        receptive_field_box(analyse(preset("resnet20_cifar")), "layer3.0.conv1", pixel)
