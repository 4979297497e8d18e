"""The question: what it refuses, and what it says."""

import msgspec
import pytest

from resnet_viz.errors import SpecError
from resnet_viz.spec.network import ResNetSpec

BAD = [
    ("blocks", {"blocks": (3, 0, 6, 3)}, "from 1 to 2,000"),
    ("blocks", {"blocks": (10**9,)}, "from 1 to 2,000"),
    ("blocks", {"blocks": ()}, "1 to 6 stages"),
    ("blocks", {"blocks": (1,) * 7}, "1 to 6 stages"),
    ("blocks", {"blocks": (True, 1)}, "whole number"),
    ("width", {"width": -64}, "from 1 to"),
    ("width", {"width": 65_536}, "smaller width"),
    ("stage_widths", {"stage_widths": (64, 128)}, "give 4 values"),
    ("stage_widths", {"stage_widths": (64, 0, 1, 1)}, "from 1 to"),
    ("strides", {"strides": (1, 2, 2)}, "give 4 values"),
    ("strides", {"strides": (1, 2, 2, 9)}, "from 1 to 8"),
    ("stem_pool_stride", {"stem_pool_stride": 3}, "from 1 to 2"),
    ("groups", {"groups": 3}, "must divide the 64 channels"),
    ("groups", {"groups": 3, "block": "basic"}, "must divide the 64 channels"),
    ("width_per_group", {"width_per_group": 0}, "from 1 to"),
    ("width_per_group", {"width": 1, "width_per_group": 1}, "at least 64"),
    ("dilate", {"dilate": (False, True)}, "give 3 values"),
    ("shortcut", {"shortcut": "D"}, "A, B, C, none"),
    (
        "shortcut",
        {"shortcut": "A", "block": "basic", "stage_widths": (64, 32, 64, 64)},
        "cannot narrow 64 channels to 32",
    ),
    ("order", {"order": "both"}, "post, pre"),
    ("stride_in", {"stride_in": "5x5"}, "3x3, 1x1"),
    ("block", {"block": "wide"}, "basic, bottleneck"),
    ("stem", {"stem": "deep"}, "imagenet, cifar"),
    ("bias", {"bias": 1}, "true or false"),
    ("classes", {"classes": 0}, "from 1 to"),
    ("input", {"input": (1, 3, 0, 224)}, "the smallest input of this network is 1x3x1x1"),
    ("input", {"input": (1, 3, 224, -5)}, "the smallest input of this network is 1x3x1x1"),
    ("input", {"input": (0, 3, 224, 224)}, "from 1 to"),
    ("input", {"input": (1, 3, 224)}, "N×C×H×W"),
]


@pytest.mark.parametrize(("field", "change", "accepted"), BAD)
def test_a_bad_value_is_refused_in_one_sentence(field: str, change: dict[str, object], accepted: str) -> None:
    with pytest.raises(SpecError) as caught:
        ResNetSpec().but(**change)
    assert caught.value.field == field
    assert accepted in str(caught.value)
    assert str(caught.value).startswith(f"{field}: ")
    assert "\n" not in str(caught.value)


def test_the_error_is_a_value_error_with_its_parts() -> None:
    with pytest.raises(ValueError, match="width") as caught:
        ResNetSpec(width=0)
    assert isinstance(caught.value, SpecError)
    assert (caught.value.field, caught.value.value) == ("width", 0)


def test_values_that_repeat_the_default_make_an_equal_spec() -> None:
    written = ResNetSpec(
        stage_widths=(64, 128, 256, 512), strides=(1, 2, 2, 2), dilate=(False,) * 3, width_per_group=64
    )
    assert written == ResNetSpec()
    assert hash(written) == hash(ResNetSpec())


def test_json_there_and_back() -> None:
    spec = ResNetSpec(block="basic", blocks=(1, 2), dilate=(True,), groups=2, shortcut="C", order="pre")
    assert msgspec.json.decode(msgspec.json.encode(spec), type=ResNetSpec) == spec


def test_the_inner_width_follows_torchvision() -> None:
    assert ResNetSpec(groups=32, width_per_group=4).inner_widths == (128, 256, 512, 1024)
    assert ResNetSpec(width_per_group=128).inner_widths == (128, 256, 512, 1024)
    assert ResNetSpec(groups=32).inner_widths == (64, 128, 256, 512)


def test_leaving_out_stages_cuts_every_field() -> None:
    spec = ResNetSpec(stage_widths=(8, 8, 16, 16), strides=(2, 2, 1, 1), dilate=(False, True, False))
    cut = spec.with_stages(2)
    assert (cut.blocks, cut.stage_widths, cut.strides, cut.dilate) == ((3, 4), (8, 8), (2, 2), None)
    with pytest.raises(SpecError, match="give 1 to 4"):
        spec.with_stages(5)


def test_depth_counts_weighted_layers_as_the_paper() -> None:
    assert ResNetSpec().depth == 50
    assert ResNetSpec(block="basic", blocks=(2, 2, 2, 2)).depth == 18
