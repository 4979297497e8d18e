"""Receptive fields against published ones and against the gradient."""

import torch
from torch import nn

from resnet_viz.model.resnet import build
from resnet_viz.pipeline import analyse
from resnet_viz.presets import preset
from resnet_viz.spec import ResNetSpec
from tests.random_specs import random_specs


def test_published_fields() -> None:
    layers = analyse(preset("resnet50")).layer_by_id
    assert layers["layer4.2.conv2"].receptive_field == 427
    assert layers["layer1.2.conv2"].receptive_field == 35
    assert layers["layer4.2.conv2"].jump == 32
    assert analyse(preset("resnet50_v1")).totals.receptive_field == 483


def _seen_by_the_gradient(spec: ResNetSpec, size: int) -> int:
    """The height in input pixels on which the middle output pixel of the last feature map depends."""
    network = build(spec.but(input=(1, spec.input[1], size, size), head=False), "cpu").double().eval()
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.uniform_(module.weight, 0.5, 1)  # nothing cancels, and no ReLU closes
    if spec.stem == "imagenet":  # the gradient of a maximum reaches one pixel only
        network.maxpool = nn.AvgPool2d(3, stride=spec.stem_pool_stride, padding=1)
    x = torch.rand(1, spec.input[1], size, size, dtype=torch.float64, requires_grad=True)
    output = network(x)
    middle = output.shape[2] // 2
    output[0, :, middle, middle].sum().backward()
    assert x.grad is not None
    rows = x.grad[0].abs().sum((0, 2)).nonzero()
    return int(rows.max() - rows.min()) + 1


def test_random_networks_see_what_the_gradient_says() -> None:
    compared = 0
    for spec in random_specs(200, seed=5):
        small = spec.but(bias=False, input=(1, 2, 9, 9))
        field = analyse(small.but(head=False)).totals.receptive_field
        uneven = any(stride == 3 for stride in spec.stage_strides)
        if field > 120 or small.shortcut == "A" or uneven or small.strides is not None:
            continue
        assert _seen_by_the_gradient(small, 2 * field + 65) == field, small
        compared += 1
    assert compared >= 20
