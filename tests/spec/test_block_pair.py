"""The setting of a comparison of two blocks: its fields, the values it refuses, and the networks it gives."""

from typing import Any

import msgspec
import pytest

from resnet_viz.errors import SpecError
from resnet_viz.spec.block_pair import BlockSetting

DEFAULTS = {
    "channels": 256, "size": 56, "stride": 1, "batch": 1, "groups": 1, "order": "post", "stride_in": "3x3",
    "shortcut": "B", "match": "channels", "solve": "bottleneck",
}  # fmt: skip


def test_the_fields_and_their_defaults() -> None:
    assert msgspec.to_builtins(BlockSetting()) == DEFAULTS


@pytest.mark.parametrize(
    ("change", "accepted"),
    [
        ({"order": "both"}, "give one of post, pre"),
        ({"stride_in": "5x5"}, "give one of 3x3, 1x1"),
        ({"shortcut": "E"}, "give one of A, B, C, D, none"),
        ({"match": "speed"}, "give one of channels, params, macs, latency"),
        ({"solve": "both"}, "give one of basic, bottleneck"),
        ({"channels": 0}, "from 1 to 65,536"), ({"channels": 65_537}, "from 1 to 65,536"),
        ({"size": 0}, "from 1 to 65,536"), ({"size": 65_537}, "from 1 to 65,536"),
        ({"stride": 0}, "from 1 to 8"), ({"stride": 9}, "from 1 to 8"),
        ({"batch": 0}, "from 1 to 1,000,000"), ({"batch": 1_000_001}, "from 1 to 1,000,000"),
        ({"groups": 0}, "from 1 to 65,536"), ({"groups": 65_537}, "from 1 to 65,536"),
    ],
)  # fmt: skip
def test_a_bad_value_is_refused(change: dict[str, Any], accepted: str) -> None:
    with pytest.raises(SpecError) as caught:
        BlockSetting(**change)
    assert caught.value.field == next(iter(change))
    assert accepted in str(caught.value)


@pytest.mark.parametrize(
    ("change", "accepted"),
    [
        ({"solve": "basic", "channels": 30}, "a bottleneck block needs a multiple of 4, such as 28 or 32"),
        ({"solve": "basic", "channels": 3}, "a bottleneck block needs a multiple of 4, such as 4"),
        ({"solve": "basic", "channels": 30, "groups": 2}, "with 2 groups needs a multiple of 8, such as 24 or 32"),
        ({"channels": 255, "groups": 2}, "a basic block with 2 groups needs a multiple of 2, such as 254 or 256"),
        ({"channels": 65_530, "groups": 1_000}, "needs a multiple of 1000, such as 65,000"),
        ({"channels": 65_535, "groups": 2}, "needs a multiple of 2, such as 65,534 or 65,536"),
    ],
)
def test_the_channels_must_be_a_whole_width_that_the_groups_divide(change: dict[str, Any], accepted: str) -> None:
    with pytest.raises(SpecError) as caught:
        BlockSetting(**change)
    assert caught.value.field == "channels"
    assert str(caught.value).endswith(f"{accepted}.")


def test_the_largest_values_are_accepted() -> None:
    largest: dict[str, Any] = {"channels": 65_536, "size": 65_536, "stride": 8, "batch": 1_000_000, "groups": 65_536}
    assert msgspec.to_builtins(BlockSetting(**largest)) == {**DEFAULTS, **largest}


def test_the_fixed_block_is_the_one_that_is_not_solved_for() -> None:
    setting = BlockSetting()
    assert (setting.fixed, setting.fixed_width) == ("basic", 256)
    assert (setting.but(solve="basic").fixed, setting.but(solve="basic").fixed_width) == ("bottleneck", 64)


def test_settings_that_differ_in_channels_alone() -> None:
    setting = BlockSetting()
    assert setting.differs_in_channels_alone(setting.but(channels=64))
    assert setting.differs_in_channels_alone(setting)
    assert not setting.differs_in_channels_alone(setting.but(size=28))
    assert not setting.differs_in_channels_alone(setting.but(channels=64, solve="basic"))


def test_the_network_of_a_block_has_it_in_its_second_stage() -> None:
    setting = BlockSetting(size=14, stride=2, batch=3, groups=2, order="pre", stride_in="1x1", shortcut="C")
    spec = setting.spec_of("bottleneck", 16)
    assert (spec.block, spec.blocks, spec.stem, spec.head) == ("bottleneck", (1, 1), "cifar", False)
    assert (spec.width, spec.widths, spec.stage_strides) == (64, (16, 16), (1, 2))
    assert (spec.order, spec.stride_in, spec.shortcut, spec.groups) == ("pre", "1x1", "C", 2)
    assert spec.input == (3, 3, 14, 14)
    assert setting.spec_of("basic", 16).width == 16
