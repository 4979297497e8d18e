"""Both blocks over a range of channels: the counts of blocks that are built, and crossings where the lines meet."""

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz.compare.channel_sweep import crossings, figures_at, geometric_range, sweep
from resnet_viz.metrics.conventions import CONVENTIONS
from resnet_viz.pipeline import compare_blocks
from resnet_viz.records.block_pair import ChannelPoint, ClosedFormCost, Crossing, operations
from resnet_viz.spec.block_pair import BlockSetting, Match

EQUAL = ClosedFormCost(64, 10, 10, 10, 10, 10)


def timed(channels: int, basic_us: float | None, bottleneck_us: float | None, slack: float = 0.0) -> ChannelPoint:
    """A point at which only the times differ."""
    return ChannelPoint(channels, EQUAL, EQUAL, slack, basic_us, bottleneck_us)


def latency_crossings(*points: ChannelPoint) -> list[Crossing]:
    """The crossings of times over these points."""
    return list(crossings(BlockSetting(), points))


@pytest.mark.parametrize("match", ["channels", "params", "macs"])
def test_a_sweep_has_the_figures_of_blocks_that_are_built(match: Match) -> None:
    setting = BlockSetting(size=14, stride=2, match=match)
    swept = sweep(setting, (16, 40, 66, 256))
    assert [point.channels for point in swept.points] == [16, 40, 64, 256]
    for point in swept.points:
        built = compare_blocks(setting.but(channels=point.channels))
        for counts, side in ((point.basic, built.basic), (point.bottleneck, built.bottleneck)):
            assert msgspec.structs.asdict(counts) == {
                field: getattr(side if field == "channels" else side.figures, field)
                for field in ClosedFormCost.__struct_fields__
            }
        assert point.slack == pytest.approx(abs(built.agreement.remainder) / built.agreement.target)


def test_channels_are_rounded_down_to_those_that_both_blocks_can_have() -> None:
    assert [point.channels for point in sweep(BlockSetting(), (3, 4, 5, 7, 8, 8)).points] == [4, 8]
    grouped = sweep(BlockSetting(channels=32, groups=8, solve="basic"), (31, 32, 63, 64))
    assert [point.channels for point in grouped.points] == [32, 64]


def test_channels_that_no_width_matches_are_left_out() -> None:
    swept = sweep(BlockSetting(match="params"), (64, 65_536))
    assert [point.channels for point in swept.points] == [64]
    assert sweep(BlockSetting(channels=64, groups=32), (32, 100)).points == ()


@given(st.integers(1, 5_000), st.integers(0, 60_000), st.integers(2, 60))
def test_a_geometric_range_grows_by_a_constant_ratio(low: int, more: int, count: int) -> None:
    found = geometric_range(low, low + more, count)
    assert (found[0], found[-1]) == (low, low + more)
    assert list(found) == sorted(set(found))
    assert len(found) <= count
    ratio = ((low + more) / low) ** (1 / (count - 1))
    assert all(after <= (before + 0.5) * ratio + 0.501 for before, after in pairwise(found))


def test_a_geometric_range_of_one_octave_a_step() -> None:
    assert geometric_range(16, 2_048, 8) == (16, 32, 64, 128, 256, 512, 1_024, 2_048)
    assert geometric_range(7, 9, 1) == (7,)


def test_a_crossing_lies_where_the_lines_meet() -> None:
    points = timed(16, 10.0, 20.0), timed(32, 20.0, 25.0), timed(64, 60.0, 40.0), timed(128, 200.0, 90.0)
    (found,) = latency_crossings(*points)
    assert (found.figure, found.lesser_above) == ("latency", "bottleneck")
    assert found.channels == pytest.approx(32 + 32 * 5 / 25)


def test_every_change_of_the_lesser_block_is_a_crossing() -> None:
    found = latency_crossings(timed(10, 30.0, 10.0), timed(20, 10.0, 20.0), timed(40, 10.0, 5.0))
    assert [crossing.lesser_above for crossing in found] == ["basic", "bottleneck"]
    assert [crossing.channels for crossing in found] == pytest.approx([10 + 10 * 20 / 30, 20 + 20 * 10 / 15])


def test_points_without_times_are_passed_over() -> None:
    found = latency_crossings(timed(16, 10.0, 20.0), timed(32, None, 1.0), timed(40, 1.0, None), timed(48, 20.0, 10.0))
    assert [crossing.channels for crossing in found] == [32]


@pytest.mark.parametrize(("times", "crosses"), [((104.9, 100.0), False), ((106.0, 100.0), True)])
def test_figures_within_five_percent_do_not_cross(times: tuple[float, float], crosses: bool) -> None:
    above, below = timed(16, *times), timed(32, *times[::-1])
    assert bool(latency_crossings(above, below)) == crosses


@pytest.mark.parametrize(("slack", "crosses"), [(0.09, True), (0.11, False)])
def test_figures_within_twice_the_slack_of_the_match_do_not_cross(slack: float, crosses: bool) -> None:
    """A whole width misses the match by the slack, and its other figures by about as much."""
    above, below = timed(16, 100.0, 80.0, slack), timed(32, 80.0, 100.0, slack)
    assert bool(latency_crossings(above, below)) == crosses


@pytest.mark.parametrize(
    ("match", "equal"), [("macs", {"macs", "twice"}), ("params", {"params"}), ("latency", {"latency"})]
)
def test_the_matched_quantity_crosses_nowhere(match: Match, equal: set[str]) -> None:
    low, high = ClosedFormCost(64, *[100] * 5), ClosedFormCost(64, *[200] * 5)
    points = ChannelPoint(16, low, high, 0.0, 1.0, 2.0), ChannelPoint(32, high, low, 0.0, 2.0, 1.0)
    found = {crossing.figure for crossing in crossings(BlockSetting(match=match), points)}
    assert found == {"params", *CONVENTIONS, "kept", "latency"} - equal


def test_no_count_crosses_when_the_channels_agree() -> None:
    for size, stride in ((7, 1), (56, 2)):
        swept = sweep(BlockSetting(size=size, stride=stride), geometric_range(16, 2_048, 50))
        assert len(swept.points) > 40
        assert swept.crossings == ()
        assert all(point.basic.params > point.bottleneck.params for point in swept.points)


def test_a_sweep_states_where_its_counts_cross() -> None:
    swept = sweep(BlockSetting(match="params"), geometric_range(16, 2_048, 50))
    assert swept.crossings == tuple(crossings(swept.setting, swept.points))


def test_a_convention_stands_for_its_operations() -> None:
    point = sweep(BlockSetting(size=7), (64,)).points[0]
    for convention in CONVENTIONS:
        expected = operations(point.basic, convention), operations(point.bottleneck, convention)
        assert figures_at(point, convention) == expected
    assert figures_at(point, "kept") == (point.basic.kept, point.bottleneck.kept)
    assert figures_at(point, "latency") is None
    assert figures_at(timed(16, 1.0, 2.0), "latency") == (1.0, 2.0)
