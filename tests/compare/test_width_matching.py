"""Counts of blocks in closed form, and the width at which two blocks agree in channels, parameters or MACs."""

import pytest

from resnet_viz.compare.width_matching import closed_form_cost, matched_value, solved_width
from resnet_viz.errors import SpecError
from resnet_viz.pipeline import compare_blocks
from resnet_viz.records.block_pair import ClosedFormCost
from resnet_viz.spec.block_pair import BlockSetting, Match
from resnet_viz.spec.limits import MAX_CHANNELS
from resnet_viz.spec.network import BlockKind
from tests.spec.block_settings import compared_blocks, random_settings

TRIED_WIDTHS = 200
"""The best width is found by trying all widths up to this one."""


def test_closed_forms_are_the_counts_of_the_traced_network() -> None:
    for compared in compared_blocks():
        for side in (compared.basic, compared.bottleneck):
            figures = side.figures
            expected = ClosedFormCost(
                side.channels, figures.params, figures.macs, figures.elementwise, figures.folded, figures.kept
            )
            assert closed_form_cost(side.kind, side.width, compared.setting) == expected, compared.setting


def test_the_solved_width_is_the_best_there_is() -> None:
    for setting in random_settings(400, seed=5):
        target = matched_value(setting.fixed, setting.fixed_width, setting)
        widths = range(setting.groups, TRIED_WIDTHS, setting.groups)
        reached = {width: matched_value(setting.solve, width, setting) for width in widths}
        if not min(reached.values()) <= target:
            with pytest.raises(SpecError, match="narrowest"):
                solved_width(setting)
            continue
        assert max(reached.values()) > 2 * target  # else the range would be too small to judge by
        best = min(reached, key=lambda width: (abs(reached[width] - target), width))
        assert solved_width(setting) == best, setting


@pytest.mark.parametrize("match", ["channels", "params", "macs"])
@pytest.mark.parametrize("solve", ["basic", "bottleneck"])
def test_every_width_from_16_to_2048_has_no_better_neighbor(match: str, solve: BlockKind) -> None:
    for channels in range(16, 2_049, 4):
        setting = BlockSetting(channels=channels, match=match, solve=solve)  # type: ignore[arg-type]
        width = solved_width(setting)
        target = matched_value(setting.fixed, setting.fixed_width, setting)
        off = abs(matched_value(solve, width, setting) - target)
        assert all(off <= abs(matched_value(solve, near, setting) - target) for near in (width - 1, width + 1) if near)


def test_channels_that_both_blocks_can_have_agree_exactly() -> None:
    for channels in (16, 64, 256, 2_048):
        agreement = compare_blocks(BlockSetting(channels=channels, size=7)).agreement
        assert agreement.remainder == 0
    odd = compare_blocks(BlockSetting(channels=18, size=7))
    assert (odd.basic.channels, odd.bottleneck.channels, odd.agreement.remainder) == (18, 16, -2)


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"channels": 18, "solve": "basic"}, "channels: 18 is not accepted; a bottleneck block needs a multiple of 4"),
        ({"channels": 20, "groups": 3}, "needs a multiple of 3, such as 18 or 21"),
        ({"channels": 32, "groups": 32, "match": "params"}, " in the narrowest bottleneck block"),
        ({"channels": 65_536, "match": "params"}, " in the widest bottleneck block"),
        ({"channels": 2}, "channels: 2 in the basic block, 4 in the narrowest bottleneck block"),
        ({"channels": 0}, "give a whole number from 1 to 65,536"),
        ({"size": 0}, "size: 0 is not accepted"),
        ({"stride": 9}, "give a whole number from 1 to 8"),
        ({"match": "looks"}, "give one of channels, params, macs, latency"),
    ],
)
def test_an_impossible_setting_is_refused_with_the_reason(changes: dict[str, object], part: str) -> None:
    with pytest.raises(SpecError) as refused:
        compare_blocks(BlockSetting(**changes))  # type: ignore[arg-type]
    assert part in str(refused.value)
    assert "\n" not in str(refused.value)


def test_the_widest_block_can_be_the_match() -> None:
    assert solved_width(BlockSetting(channels=MAX_CHANNELS, match="channels")) == MAX_CHANNELS // 4


@pytest.mark.parametrize(
    ("match", "values"),
    [
        ("params", "parameters: 176 in the basic block, 680 in"),
        ("macs", "MACs: 451,584 in the basic block, 1,831,424 in"),
        ("channels", "channels: 8 in the basic block, 32 in"),
    ],
)
def test_a_match_out_of_reach_names_the_quantity_and_both_values(match: Match, values: str) -> None:
    with pytest.raises(SpecError) as refused:
        solved_width(BlockSetting(channels=8, match=match, solve="bottleneck", groups=8))
    assert f"{values} the narrowest bottleneck block; give other channels" in str(refused.value)
