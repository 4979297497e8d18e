"""Every ResNet and ResNetV2 of timm: parameters, MACs, keys in order and shapes as timm's, and outputs as published.

`tests/campaigns/compare_with_timm.py` compares the outputs of all of them where timm is installed.
"""

import json

import pytest
import torch

from resnet_viz.model.resnet import build
from resnet_viz.pipeline import analyse
from resnet_viz.spec.presets import preset
from tests.campaigns.extent import IS_LONG
from tests.golden.sines import sine_image, sine_state
from tests.golden.update_families import FAMILIES, keys_digest

GOLDEN = json.loads(FAMILIES.read_text("utf8"))
DAILY = ("test_resnet", "resnet10t", "ecaresnet50d_pruned", "resnetblur50", "resnetrs50", "resnetv2_50x1_bit")
FP32_STATISTICS = {"resnetv2_50d_frn": 2e-2}
"""Tolerances of networks whose norms take their statistics in fp32 in every dtype, as timm's do.

A statistic that is rounded the other way on another processor changes the outputs by up to a percent.
"""


@pytest.mark.parametrize("name", GOLDEN["networks"])
def test_a_network_has_the_parameters_macs_and_keys_of_timms(name: str) -> None:
    spec, expected = preset(name), GOLDEN["networks"][name]
    state, totals = build(spec).state_dict(), analyse(spec).totals
    assert (totals.params, totals.macs) == (expected["parameters"], expected["macs"])
    assert (len(state), keys_digest(state)) == (expected["entries"], expected["keys"])


@pytest.mark.parametrize("name", GOLDEN["outputs"] if IS_LONG else DAILY)
@torch.no_grad()
def test_the_outputs_are_the_published_ones(name: str) -> None:
    network, expected = build(preset(name), "cpu").double().eval(), GOLDEN["outputs"][name]
    network.load_state_dict(sine_state(network.state_dict()))
    outputs = network(sine_image())[0]
    tolerance = FP32_STATISTICS.get(name, 1e-9)
    assert outputs[:8].tolist() == pytest.approx(expected["first"], rel=0, abs=tolerance * expected["largest"])
    assert outputs.abs().max().item() == pytest.approx(expected["largest"], rel=max(1e-6, tolerance))
