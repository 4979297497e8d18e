"""Caffe's names."""

from resnet_viz.graph.caffe_names import block_letters, caffe_name


def test_names_of_the_released_models() -> None:
    expected = {
        "conv1": "conv1", "bn1": "bn_conv1", "relu": "conv1_relu", "maxpool": "pool1",
        "layer1.0.conv1": "res2a_branch2a", "layer1.0.bn3": "bn2a_branch2c", "layer1.0.downsample.0": "res2a_branch1",
        "layer1.0.downsample.1": "bn2a_branch1", "layer1.0.add": "res2a", "layer1.0.relu1": "res2a_branch2a_relu",
        "layer1.0.relu3": "res2a_relu", "layer4.2.conv3": "res5c_branch2c", "avgpool": "pool5", "fc": "fc1000",
    }  # fmt: skip
    assert {layer: caffe_name(layer, 3) for layer in expected} == expected
    assert caffe_name("layer1.0.relu2", 2) == "res2a_relu"
    for absent in ("flatten", "layer1.0.se.fc1", "layer1.0.se.multiply", "layer2.0.aa"):
        assert caffe_name(absent, 3) is None


def test_letters_never_repeat() -> None:
    letters = [block_letters(index) for index in range(2_000)]
    assert letters[:3] == ["a", "b", "c"]
    assert letters[25:28] == ["z", "aa", "ab"]
    assert len(set(letters)) == 2_000
