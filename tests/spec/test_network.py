"""A spec: the values that it accepts and refuses, and what follows from them."""

import msgspec
import numpy
import pytest

from resnet_viz.errors import SpecError
from resnet_viz.spec.network import BlockKind, ResNetSpec, default_strides

BAD = [
    ("blocks", {"blocks": (3, 0, 6, 3)}, "from 1 to 2,000"),
    ("blocks", {"blocks": (10**9,)}, "from 1 to 2,000"),
    ("blocks", {"blocks": ()}, "1 to 6 stages"),
    ("blocks", {"blocks": (1,) * 7}, "1 to 6 stages"),
    ("blocks", {"blocks": (True, 1)}, "whole number"),
    ("blocks", {"blocks": (1.5,)}, "from 1 to 2,000"),
    ("blocks", {"blocks": [3, 4]}, "such as 3,4,6,3"),
    ("blocks", {"blocks": (2_001,)}, "from 1 to 2,000"),
    ("width", {"width": 65_537}, "from 1 to 65,536"),
    ("width", {"width": 8_193}, "the last stage would have 262,176 channels"),
    ("width", {"width": 32_769, "block": "basic"}, "would have 262,152 channels"),
    ("stage_widths", {"stage_widths": (65_537,) * 4}, "from 1 to 65,536"),
    ("groups", {"groups": 0}, "from 1 to 65,536"),
    ("groups", {"groups": 65_537}, "from 1 to 65,536"),
    ("groups", {"groups": 5, "stage_widths": (64, 128, 250, 512)}, "must divide the 64 channels"),
    ("groups", {"groups": 8, "stage_widths": (64, 128, 250, 512)}, "must divide the 250 channels"),
    ("groups", {"groups": 8, "width": 60, "block": "basic", "stage_widths": (64,) * 4}, "divide the 60 channels"),
    ("width_per_group", {"width_per_group": 65_537}, "from 1 to 65,536"),
    ("width_per_group", {"stage_widths": (64, 60, 64, 64), "width_per_group": 1}, "at least 2"),
    ("dilate", {"blocks": (1,), "dilate": (True,)}, "blocks has 1 stages, so give 0 values"),
    ("classes", {"classes": 10_000_001}, "from 1 to 10,000,000"),
    ("head", {"head": 0}, "true or false"),
    ("stem_pool_stride", {"stem_pool_stride": 0}, "from 1 to 2"),
    ("input", {"input": [1, 3, 224, 224]}, "such as 1x3x224x224"),
    (
        "input",
        {"input": (1_000_001, 3, 224, 224)},
        "1000001x3x224x224 is not accepted; give",
    ),
    ("input", {"input": (1, 0, 224, 224)}, "1x0x224x224 is not accepted; give"),
    ("input", {"input": (1, 65_537, 224, 224)}, "from 1 to 65,536"),
    ("input", {"input": (1, 3, 224, 65_537)}, "from 1 to 65,536"),
    ("input", {"input": (1, 3, 224, 1.5)}, "from 1 to 65,536"),
    (
        "shortcut",
        {"shortcut": "A", "width": 1_024, "stage_widths": (128, 256, 512, 512)},
        "narrow 1024 channels to 512",
    ),
    ("stem_widths", {"stem_widths": (32,)}, "such as 32,32"),
    ("stem_widths", {"stem_widths": (32, 0)}, "from 1 to 65,536"),
    ("stem_widths", {"stem_widths": 32}, "such as 32,32"),
    ("stem_pool", {"stem_pool": "avg"}, "max, average, blur, conv"),
    ("stem_pool_padding", {"stem_pool_padding": "same"}, "both, zero, end"),
    ("stem_pool_stride", {"stem_pool": "average", "stem_pool_stride": 1}, "average pool needs the stride 2"),
    ("stem_pool_stride", {"stem_pool_padding": "end", "stem_pool_stride": 1}, "needs the stride 2"),
    ("attention", {"attention": None}, "none, se, eca"),
    ("attention_reduction", {"attention": "se", "attention_reduction": 0}, "from 1 to 65,536"),
    ("antialias", {"antialias": True}, "none, average, blur"),
    ("norm", {"norm": "evonorm"}, "needs the order pre"),
    ("norm", {"norm": "frn"}, "needs the order pre"),
    ("norm", {"norm": "group", "stem_widths": (24, 32)}, "one has 24"),
    ("norm", {"norm": "group", "width": 48, "stage_widths": (64,) * 4}, "one has 48"),
    ("norm", {"norm": "evonorm", "order": "pre", "width_per_group": 65}, "one has 65"),
    ("weight_standardization", {"weight_standardization": 1}, "true or false"),
    ("first_activation", {"first_activation": "pool"}, "stem, block"),
    ("projection_kernel", {"projection_kernel": 2}, "give 1 or 3"),
    ("projection_kernel", {"projection_kernel": True}, "give 1 or 3"),
    ("reduce_first", {"reduce_first": 3}, "from 1 to 2"),
    ("reduce_first", {"reduce_first": 2, "width": 1}, "1 channel inside, so give 1"),
    ("stage_blocks", {"stage_blocks": ("basic",)}, "give 4 values"),
    ("stage_blocks", {"stage_blocks": ("basic", "plain", "basic", "basic")}, "basic or bottleneck for each stage"),
    ("stage_outputs", {"stage_outputs": (19, 171, 818)}, "give 4 values"),
    ("stage_outputs", {"stage_outputs": (19, 171, 818, 262_145)}, "from 1 to 262,144"),
    ("shortcut", {"shortcut": "A", "stage_outputs": (256, 128, 256, 512)}, "narrow 256 channels to 128"),
    ("block_widths", {"block_widths": ((),)}, "give 4 values"),
    ("block_widths", {"blocks": (2,), "block_widths": (((8, 8),),)}, "each block of stage 1"),
    ("block_widths", {"blocks": (1,), "block_widths": (((8,),),)}, "but the last: 64,64."),
    ("block_widths", {"blocks": (1,), "block": "basic", "block_widths": (((8, 8),),)}, "but the last: 64."),
    ("block_widths", {"blocks": (1,), "block_widths": (((8, 0),),)}, "from 1 to 262,144"),
    ("groups", {"blocks": (1,), "groups": 4, "block_widths": (((8, 6),),)}, "must divide the 6 channels"),
    ("groups", {"groups": 64, "reduce_first": 2}, "must divide the 32 channels"),
    ("input", {"antialias": "average", "input": (1, 3, 240, 224)}, "give 1x3x224x224 or 1x3x253x224"),
    ("input", {"antialias": "blur", "input": (1, 3, 16, 16)}, "give 1x3x17x17"),
    ("input", {"stem_pool": "average", "input": (1, 3, 2, 64)}, "give 1x3x3x64"),
    ("input", {"stem_pool_padding": "end", "input": (1, 3, 1, 1)}, "give 1x3x3x3"),
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
    ("shortcut", {"shortcut": "E"}, "A, B, C, D, none"),
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
    ("width_per_group", {"width_per_group": 65_536, "groups": 64}, "would have 33,554,432 channels inside"),
    ("width_per_group", {"width_per_group": 32_769}, "would have 262,152 channels inside, of at most 262,144"),
    ("strides", {"strides": 5}, "a tuple of whole numbers"),
    ("strides", {"strides": [1, 2, 2, 2]}, "a tuple of whole numbers"),
    ("strides", {"strides": False}, "a tuple of whole numbers"),
    ("stage_widths", {"stage_widths": {64}}, "{64} is not accepted; give a tuple of whole numbers"),
    ("stage_widths", {"stage_widths": "64"}, "a tuple of whole numbers"),
    ("dilate", {"dilate": "abc"}, "a tuple of true and false"),
    ("dilate", {"dilate": ("0", "0", "1")}, "a tuple of true and false"),
    ("dilate", {"dilate": (0.0, 1.0, 0.0)}, "a tuple of true and false"),
    ("bias", {"bias": "no"}, "true or false"),
    ("width", {"width": 64.0}, "64.0 is not accepted; give a whole number"),
    ("width", {"width": "64"}, "'64' is not accepted; give a whole number"),
    ("width", {"width": numpy.int64(64)}, "int64(64) is not accepted; give a whole number"),
    ("width", {"width": None}, "None is not accepted"),
    ("width", {"width": 10**5_000}, "an integer of more than 400 digits is not accepted"),
    ("block", {"block": ["basic"]}, "basic, bottleneck"),
    ("block", {"block": numpy.array([1, 2])}, "basic, bottleneck"),
]


GOOD: list[dict[str, object]] = [
    {"blocks": (2_000,)}, {"blocks": (1,) * 6}, {"stem_pool_stride": 1}, {"width": 1}, {"width": 8_192},
    {"width": 32_768, "block": "basic"}, {"stage_widths": (65_536,) * 4}, {"strides": (8, 1, 1, 1)},
    {"groups": 64}, {"groups": 3, "width_per_group": 1}, {"width": 2, "width_per_group": 32},
    {"dilate": (True, False, True)}, {"classes": 1}, {"classes": 10_000_000}, {"input": (1_000_000, 1, 1, 1)},
    {"input": (1, 65_536, 65_536, 65_536)}, {"width_per_group": 32_768}, {"dilate": (0, 1, 0)},
    {"shortcut": "A", "stage_widths": (16, 32, 32, 32)}, {"blocks": (1,)},
]  # fmt: skip


@pytest.mark.parametrize("change", GOOD)
def test_a_value_at_its_limit_is_accepted(change: dict[str, object]) -> None:
    spec = ResNetSpec().but(**{"stage_widths": None} | change)
    assert all(getattr(spec, field) == value for field, value in change.items())


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


def test_the_first_stages_keep_the_fields_of_those_stages() -> None:
    spec = ResNetSpec(stage_widths=(8, 8, 16, 16), strides=(2, 2, 1, 1), dilate=(False, True, False))
    cut = spec.with_stages(2)
    assert (cut.blocks, cut.stage_widths, cut.strides, cut.dilate) == ((3, 4), (8, 8), (2, 2), None)
    assert spec.with_stages(3).dilate == (False, True)
    assert spec.with_stages(4) == spec
    assert spec.with_stages(1).blocks == (3,)
    for count in (0, 5):
        with pytest.raises(SpecError, match=f"stages: {count} is not accepted; this network has 4: give 1 to 4"):
            spec.with_stages(count)


def test_widths_strides_and_dilation_follow_from_the_defaults() -> None:
    spec = ResNetSpec(width=16, dilate=(False, True, True))
    assert spec.outputs == (64, 128, 256, 512)
    assert spec.but(block="basic").outputs == spec.widths
    assert spec.widths == (16, 32, 64, 128)
    assert spec.but(stage_widths=(8, 8, 8, 8)).widths == (8, 8, 8, 8)
    assert spec.stage_strides == default_strides(4) == (1, 2, 2, 2)
    assert spec.but(strides=(2, 1, 1, 2)).stage_strides == (2, 1, 1, 2)
    assert spec.dilated == (False, False, True, True)
    assert ResNetSpec().dilated == (False,) * 4


def test_a_width_per_group_of_64_is_the_default_only_without_groups() -> None:
    assert ResNetSpec(width_per_group=64).width_per_group is None
    assert ResNetSpec(width_per_group=64, groups=2).inner_widths == (128, 256, 512, 1024)
    assert ResNetSpec(width_per_group=32, groups=2).width_per_group == 32


def test_depth_counts_weighted_layers_as_the_paper() -> None:
    assert ResNetSpec().depth == 50
    assert ResNetSpec(block="basic", blocks=(2, 2, 2, 2)).depth == 18


def test_the_block_of_each_stage_gives_its_outputs_and_the_depth() -> None:
    kinds: tuple[BlockKind, ...] = ("basic", "basic", "bottleneck", "basic")
    spec = ResNetSpec(stage_blocks=kinds, blocks=(1, 2, 3, 1), stage_widths=(32, 48, 48, 96))
    assert (spec.stage_kinds, spec.block) == (kinds, "basic")
    assert spec.outputs == (32, 48, 192, 96)
    assert spec.depth == 2 + 2 + 4 + 9 + 2
    assert spec.widths_inside(1, 0) == (48,)
    assert spec.widths_inside(2, 0) == (48, 48)
    assert ResNetSpec(stage_blocks=("basic",) * 4) == ResNetSpec(block="basic")


def test_the_widths_of_a_pruned_network_are_those_given_for_each_block() -> None:
    widths = (((8, 9),), ((10, 11), (12, 13)))
    spec = ResNetSpec(blocks=(1, 2), block_widths=widths, stage_outputs=(19, 171))
    assert spec.widths_inside(1, 1) == (12, 13)
    assert (spec.outputs, spec.unpruned_outputs) == ((19, 171), (256, 512))
    assert spec.with_stages(1).block_widths == widths[:1]
    assert spec.with_stages(1).outputs == (19,)
    assert ResNetSpec(stage_outputs=(256, 512, 1024, 2048)) == ResNetSpec()


def test_half_as_wide_first_convolutions() -> None:
    spec = ResNetSpec(reduce_first=2, groups=64, width_per_group=4)
    assert spec.widths_inside(0, 0) == (128, 256)


@pytest.mark.parametrize("size", range(221, 230))
def test_a_size_is_refused_only_where_an_average_pool_rounds_otherwise_than_the_shortcut(size: int) -> None:
    spec = ResNetSpec(antialias="average", stem_pool="average")
    assert spec.but(shortcut="none", input=(1, 3, size, size)).input[2] == size
    if size % 32 in (31, 0, 1, 2):
        assert spec.but(input=(1, 3, size, 64)).input[2] == size
    else:
        with pytest.raises(SpecError, match="input: "):
            spec.but(input=(1, 3, size, 64))
