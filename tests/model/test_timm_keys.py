"""The names of timm's ResNetV2 parameters."""

import pytest

from resnet_viz.model.resnet import build
from resnet_viz.model.timm_keys import our_key, timm_key
from resnet_viz.spec.presets import preset

PAIRS = {
    "stem.conv.weight": "conv1.weight",
    "stem.conv1.weight": "conv1.0.weight",
    "stem.norm1.running_mean": "conv1.1.running_mean",
    "stem.conv2.weight": "conv1.3.weight",
    "stem.norm2.v": "conv1.4.v",
    "stem.conv3.weight": "conv1.6.weight",
    "stages.0.blocks.0.downsample.conv.weight": "layer1.0.downsample.0.weight",
    "stages.2.blocks.21.norm3.weight": "layer3.21.bn3.weight",
    "stages.3.blocks.1.conv2.weight": "layer4.1.conv2.weight",
    "norm.bias": "norm.bias",
    "head.fc.weight": "fc.weight",
}


@pytest.mark.parametrize("theirs", PAIRS)
def test_each_name_has_its_counterpart(theirs: str) -> None:
    assert our_key(theirs) == PAIRS[theirs]
    assert timm_key(PAIRS[theirs]) == theirs


@pytest.mark.parametrize("name", ["resnetv2_18", "resnetv2_50d_evos", "resnetv2_50x1_bit"])
def test_the_names_of_a_network_lead_there_and_back(name: str) -> None:
    keys = [*build(preset(name)).state_dict()]
    theirs = [timm_key(key) for key in keys]
    assert [our_key(key) for key in theirs] == keys
    assert {key.split(".")[0] for key in theirs} == {"stem", "stages", "norm", "head"}


def test_names_of_timms_resnet_are_ours_already() -> None:
    keys = [*build(preset("resnet50d")).state_dict()]
    assert [our_key(key) for key in keys] == keys
