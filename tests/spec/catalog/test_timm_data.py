"""The facts of timm's release: weights with their preprocessing, and former names."""

import re

from resnet_viz.spec.catalog.record import Pretrained
from resnet_viz.spec.catalog.timm_data import ALIASES, PRETRAINED, RELEASE
from resnet_viz.spec.presets import PRESETS, preset


def test_the_release_is_named() -> None:
    assert re.fullmatch(r"timm \d+\.\d+\.\d+", RELEASE)


def test_weights_have_their_preprocessing() -> None:
    """The lines of `default_cfgs` in timm/models/resnet.py and resnetv2.py."""
    by_name = {f"{name}.{found.tag}": found for name, weights in PRETRAINED.items() for found in weights}
    assert by_name["resnet50.a1_in1k"] == Pretrained("a1_in1k", 224, 288, 0.95, 1.0)
    assert by_name["resnet50.tv2_in1k"] == Pretrained("tv2_in1k", 176, 224, 0.875, 0.965, "bilinear")
    assert by_name["resnetrs50.tf_in1k"] == Pretrained("tf_in1k", 160, 224, 0.91, 0.91)
    assert by_name["resnetv2_50x1_bit.goog_in21k"] == Pretrained(
        "goog_in21k", interpolation="bilinear", mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5), classes=21_843
    )
    assert by_name["resnet200.untrained"] == Pretrained("untrained", 224, 288, 0.875, 0.95, has_weights=False)
    assert by_name["resnet50.bamboo"].classes == 0


def test_every_set_of_weights_belongs_to_a_network_that_takes_its_images() -> None:
    tagged = [(name, found) for name, weights in PRETRAINED.items() for found in weights]
    assert len(tagged) == len({(name, found.tag) for name, found in tagged}) > 180
    for name, found in tagged:
        spec = preset(f"{name}.{found.tag}")
        assert spec.input == (1, 3, found.test_size, found.test_size)
        assert spec.classes == (found.classes or 1000)
        preset(name).but(input=(1, 3, found.train_size, found.train_size))
    assert all(PRESETS[name].pretrained == weights for name, weights in PRETRAINED.items())


def test_a_former_name_is_no_name_of_today() -> None:
    assert len(ALIASES) == 57
    assert not {*ALIASES} & {*PRESETS}
    assert all(preset(former) == preset(now) for former, now in ALIASES.items())
    assert ALIASES["ig_resnext101_32x16d"].startswith("resnext101_32x16d.")
