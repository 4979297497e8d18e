"""Blocks over their channels and networks over their depth, against each block built and each network analysed."""

import msgspec
import pytest

from resnet_viz.compare.channel_sweep import crossings, geometric_range, sweep
from resnet_viz.metrics.conventions import CONVENTIONS, costs
from resnet_viz.metrics.saved_for_backward import saved_bytes
from resnet_viz.pipeline import analyse, compare_blocks, compare_depths
from resnet_viz.records.block_pair import ChannelPoint, ClosedFormCost, operations
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import preset

NOTHING = ClosedFormCost(64, 10, 10, 10, 10, 10)


def timed(channels: int, basic_us: float | None, bottleneck_us: float | None) -> ChannelPoint:
    """A point of which the times alone matter."""
    return ChannelPoint(channels, NOTHING, NOTHING, 0.0, basic_us, bottleneck_us)


def test_a_sweep_has_the_figures_of_blocks_that_are_built() -> None:
    for match in ("channels", "params", "macs"):
        setting = BlockSetting(size=14, stride=2, match=match)
        found = sweep(setting, (16, 40, 66, 256))
        assert [point.channels for point in found.points] == [16, 40, 64, 256]
        for point in found.points:
            built = compare_blocks(setting.but(channels=point.channels))
            for counts, side in ((point.basic, built.basic), (point.bottleneck, built.bottleneck)):
                figures = side.figures
                assert msgspec.structs.asdict(counts) == {
                    field: getattr(side if field == "channels" else figures, field)
                    for field in ClosedFormCost.__struct_fields__
                }


def test_channels_that_no_width_matches_are_left_out() -> None:
    found = sweep(BlockSetting(match="params"), (64, 65_536))
    assert [point.channels for point in found.points] == [64]
    assert sweep(BlockSetting(channels=64, groups=32), (32, 100)).points == ()


def test_the_numbers_of_a_range_are_even_in_their_ratio() -> None:
    found = geometric_range(16, 2_048, 8)
    assert found == (16, 32, 64, 128, 256, 512, 1_024, 2_048)
    assert geometric_range(7, 7, 50) == (7,)


def test_a_crossing_lies_where_the_lines_meet() -> None:
    points = [timed(16, 10.0, 20.0), timed(32, 20.0, 25.0), timed(64, 60.0, 40.0), timed(128, 200.0, 90.0)]
    (found,) = crossings(BlockSetting(), points)
    assert (found.figure, found.lesser_above) == ("latency", "bottleneck")
    assert found.channels == pytest.approx(32 + 32 * 5 / 25)


def test_figures_that_are_nearly_alike_do_not_cross() -> None:
    points = [timed(16, 100.0, 101.0), timed(32, 101.0, 100.0), timed(64, None, 3.0), timed(128, 100.0, 102.0)]
    assert list(crossings(BlockSetting(), points)) == []


def test_what_is_counted_crosses_nowhere_when_channels_agree() -> None:
    for size, stride in ((7, 1), (56, 2)):
        found = sweep(BlockSetting(size=size, stride=stride), geometric_range(16, 2_048, 50))
        assert len(found.points) > 40
        assert found.crossings == ()
        assert all(point.basic.params > point.bottleneck.params for point in found.points)


def test_networks_of_a_series_cost_what_they_cost_alone() -> None:
    found = compare_depths(ResNetSpec())
    every = [*found.basic, *found.bottleneck, *(side for pair in found.pairs for side in (pair.basic, pair.bottleneck))]
    assert {point.name for point in every} >= {
        "resnet18",
        "resnet34",
        "resnet50",
        "resnet101",
        "resnet152",
        "resnet200",
    }
    for point in {point.spec: point for point in every}.values():
        analysis = analyse(point.spec)
        kept = saved_bytes(analysis.layers, analysis.edges)
        assert (point.params, point.macs, point.kept_bytes) == (analysis.totals.params, analysis.totals.macs, kept)
        for convention in CONVENTIONS:
            assert operations(point, convention) == costs(analysis, convention).total


@pytest.mark.parametrize("match", ["depth", "params", "macs"])
def test_a_partner_is_the_nearest_there_is(match: str) -> None:
    for pair in compare_depths(ResNetSpec()).pairs:
        if pair.match != match:
            continue
        published, partner = pair.basic, pair.bottleneck
        if published.name not in ("resnet18", "resnet34"):
            published, partner = partner, published
        assert published.spec == preset(str(published.name))
        off = abs(getattr(partner, match) - getattr(published, match))
        step = 2 if partner.spec.block == "basic" else 3
        for depth in (partner.depth - step, partner.depth + step):
            near = analyse(preset(f"resnet{depth}", partner.spec.block))
            value = depth if match == "depth" else getattr(near.totals, match)
            assert off <= abs(value - getattr(published, match))


def test_a_series_of_another_network_keeps_its_fields() -> None:
    base = ResNetSpec(order="pre", shortcut="C", width=16, input=(2, 3, 64, 64))
    for point in compare_depths(base).bottleneck[:3]:
        assert (point.spec.order, point.spec.shortcut, point.spec.input) == ("pre", "C", (2, 3, 64, 64))
        assert analyse(point.spec).totals.params == point.params


@pytest.mark.parametrize("stages", [1, 2, 3, 5, 6])
def test_networks_of_other_stages_are_paired_too(stages: int) -> None:
    base = ResNetSpec(blocks=(2,) * stages, stem="cifar", input=(1, 3, 32, 32))
    found = compare_depths(base)
    assert found.pairs
    for point in (*found.basic, *found.bottleneck):
        assert min(point.spec.blocks) >= 1
        assert (point.params, point.macs) == (analyse(point.spec).totals.params, analyse(point.spec).totals.macs)


def test_published_depths_of_another_family_are_marked_and_paired() -> None:
    found = compare_depths(preset("resnet20_cifar"))
    published = {f"resnet{depth}_cifar" for depth in (20, 32, 44, 56, 110)}
    assert {point.name for point in found.basic if point.name} == published
    held = {pair.basic.name for pair in found.pairs if pair.match == "depth"}
    assert held == published
    assert len(found.basic) == len(found.bottleneck)
