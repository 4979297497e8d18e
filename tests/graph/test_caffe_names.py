"""Caffe's names."""

from resnet_viz.graph.caffe_names import block_letters, caffe_name
from resnet_viz.pipeline import analyse
from resnet_viz.spec.presets import preset

GATE = ("pool", "fc1", "relu", "fc2", "sigmoid", "multiply")


def test_names_of_the_released_models() -> None:
    expected = {
        "conv1": "conv1", "bn1": "bn_conv1", "relu": "conv1_relu", "maxpool": "pool1",
        "layer1.0.conv1": "res2a_branch2a", "layer1.0.bn3": "bn2a_branch2c", "layer1.0.downsample.0": "res2a_branch1",
        "layer1.0.downsample.1": "bn2a_branch1", "layer1.0.add": "res2a", "layer1.0.relu1": "res2a_branch2a_relu",
        "layer1.0.relu3": "res2a_relu", "layer4.2.conv3": "res5c_branch2c", "avgpool": "pool5", "fc": "fc1000",
    }  # fmt: skip
    layers = analyse(preset("resnet50")).layer_by_id
    assert {name: layers[name].caffe_name for name in expected} == expected
    assert caffe_name("layer1.0.relu2", "act", 2) == "res2a_relu"
    assert layers["flatten"].caffe_name is None


def test_parts_that_the_released_models_do_not_have_have_no_name() -> None:
    layers = analyse(preset("resnetaa50").but(shortcut="D", attention="se", stem_widths=(8, 8))).layer_by_id
    assert [layers[f"layer2.0.downsample.{index}"].caffe_name for index in range(3)] == [
        None, "res3a_branch1", "bn3a_branch1",
    ]  # fmt: skip
    unnamed = {name.split(".", 2)[-1] for name, layer in layers.items() if layer.stage and layer.caffe_name is None}
    assert unnamed == {"aa", "downsample.0", *(f"se.{part}" for part in GATE)}
    assert layers["conv1.3"].caffe_name is None


def test_each_stage_has_the_letters_of_its_own_blocks() -> None:
    layers = analyse(preset("test_resnet")).layer_by_id
    assert layers["layer1.0.relu2"].caffe_name == "res2a_relu"
    assert layers["layer3.0.relu2"].caffe_name == "res4a_branch2b_relu"
    assert layers["layer3.0.relu3"].caffe_name == "res4a_relu"


def test_letters_never_repeat() -> None:
    letters = [block_letters(index) for index in range(2_000)]
    assert letters[:3] == ["a", "b", "c"]
    assert letters[25:28] == ["z", "aa", "ab"]
    assert len(set(letters)) == 2_000
