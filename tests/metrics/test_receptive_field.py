"""Receptive fields against published ones and against the gradient."""

import pytest
import torch
from torch import nn

from resnet_viz.metrics.receptive_field import receptive_field_box
from resnet_viz.model.resnet import build
from resnet_viz.pipeline import analyse
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import preset
from tests.spec.random_specs import random_specs


def test_published_fields() -> None:
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
            nn.init.uniform_(module.weight, 0.5, 1)  # nothing cancels, and no ReLU closes
    if spec.stem == "imagenet":  # the gradient of a maximum reaches one pixel only
        network.maxpool = nn.AvgPool2d(3, stride=spec.stem_pool_stride, padding=1)
    x = torch.rand(spec.input, dtype=torch.float64, requires_grad=True)
    output = network(x)
    row, column = at or (output.shape[2] // 2, output.shape[3] // 2)
    output[0, :, row, column].sum().backward()
    assert x.grad is not None
    rows, columns = (x.grad[0].abs().sum((0, side)).nonzero() for side in (2, 1))
    return int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max())


def test_random_networks_see_what_the_gradient_says() -> None:
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


def test_the_box_lies_where_the_gradient_is() -> None:
    """In the middle and at two corners, where the padding cuts it off."""
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


def test_the_box_is_as_large_as_the_field() -> None:
    analysis = analyse(preset("resnet50"))
    for layer in analysis.layers:
        box = receptive_field_box(analysis, layer.id)
        assert box.right - box.left + 1 == box.bottom - box.top + 1 == layer.receptive_field, layer.id
    box = receptive_field_box(analysis, "layer1.2.conv2")
    assert (box.left + box.right) / 2 == pytest.approx(112, abs=4)
    whole = receptive_field_box(analyse(preset("resnet50").but(input=(1, 3, 100, 300))), "fc")
    assert whole.inside == (0, 0, 299, 99)


def test_a_pixel_that_is_not_there() -> None:
    analysis = analyse(preset("resnet20_cifar"))
    with pytest.raises(IndexError, match="8 × 8"):
        receptive_field_box(analysis, "layer3.0.conv1", (8, 0))
    with pytest.raises(KeyError):
        receptive_field_box(analysis, "layer9.0.conv1")
