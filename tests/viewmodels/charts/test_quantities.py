"""The charts' values: what they add up to, how they are named, and that nothing unknown is drawn as 0."""

import csv
import io
from itertools import pairwise
from typing import get_args

import pytest

from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import Analysis, Level
from resnet_viz.records.quantities import ADDITIVE_QUANTITIES, Quantity
from resnet_viz.records.run import Environment, LayerTime, ProfileRun, TimeSummary
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.viewmodels.charts.bars import is_marked
from resnet_viz.viewmodels.charts.quantities import charts_csv, quantity_chart, shape_path, shares

QUANTITIES: tuple[Quantity, ...] = get_args(Quantity)
LEVELS: tuple[Level, ...] = ("layer", "block", "stage")


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    """ResNet-50, whose numbers are known."""
    return analyse(preset("resnet50"))


@pytest.fixture(scope="module")
def run(analysis: Analysis) -> ProfileRun:
    """Layer i takes i + 1 µs; the last was not measured."""
    layers = [
        LayerTime(layer.id, TimeSummary(place + 1, place, place + 2, place, 9), (), 0, 0)
        for place, layer in enumerate(analysis.layers[:-1])
    ]
    return ProfileRun(
        made="2026-11-22T04:05:06+00:00", complete=True, spec=analysis.spec, settings=ProfileSettings(),
        place=Environment(device="cpu", name="A processor"), layers=tuple(layers),
    )  # fmt: skip


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("quantity", ["params", "macs", "bytes"])
def test_bars_sum_to_the_whole(analysis: Analysis, quantity: Quantity, level: Level) -> None:
    chart = quantity_chart(analysis, costs(analysis), quantity, level=level)
    whole = {"params": 25_557_032, "macs": 4_089_184_256}.get(quantity)
    if whole is None:
        whole = sum(layer.output_bytes for layer in analysis.layers)
    assert chart.line[-1] == sum(bar.value or 0 for bar in chart.bars) == whole
    assert all(before <= after for before, after in pairwise(chart.line))
    assert len(chart.bars) == {"layer": len(analysis.layers), "block": 18, "stage": 6}[level]
    assert sum(share.part for share in shares(chart)) == pytest.approx(1)


def test_the_axis_has_short_numbers(analysis: Analysis) -> None:
    chart = quantity_chart(analysis, costs(analysis), "macs", level="stage")
    assert (chart.axis, chart.divisor) == ("MACs, G", 1e9)
    assert chart.highest == pytest.approx(1.45, abs=0.1)
    assert "4.089 G in total" in chart.title
    assert quantity_chart(analysis, costs(analysis, "twice"), "macs").title.startswith("2 × MACs: 8.178 G in total")
    assert quantity_chart(analysis, costs(analysis), "bytes").axis == "Activation bytes, MiB"


def test_a_receptive_field_is_not_added_up(analysis: Analysis) -> None:
    chart = quantity_chart(analysis, costs(analysis), "field")
    assert chart.line == ()
    assert "at most" in chart.title
    assert shares(chart) == ()
    field = {bar.id: bar.value for bar in chart.bars}
    assert (field["layer1.2.conv2"], field["layer4.2.conv2"]) == (35, 427)


def test_the_largest_come_first_with_a_key(analysis: Analysis) -> None:
    chart = quantity_chart(analysis, costs(analysis), "params", sorting="largest")
    values = [bar.value or 0 for bar in chart.bars]
    assert values == sorted(values, reverse=True)
    assert ("stage4", "stage 4") in chart.color_key
    assert quantity_chart(analysis, costs(analysis), "params").sections[1][1] == "stage 1"


def test_what_was_not_measured_is_a_gap(analysis: Analysis, run: ProfileRun) -> None:
    assert "F6" in quantity_chart(analysis, costs(analysis), "latency").empty
    chart = quantity_chart(analysis, costs(analysis), "latency", run=run)
    assert (chart.bars[0].value, chart.bars[-1].value) == (1, None)
    assert "not measured" in chart.bars[-1].tooltip
    assert "0.001 ms" in chart.bars[0].tooltip


def test_marks_follow_the_selection(analysis: Analysis) -> None:
    chart = quantity_chart(analysis, costs(analysis), "params", level="block")
    assert [bar.id for bar in chart.bars if is_marked(chart, bar, "layer2.1.conv2")] == ["layer2.1"]
    assert [bar.id for bar in chart.bars if is_marked(chart, bar, "layer4")] == ["layer4.0", "layer4.1", "layer4.2"]
    assert [bar.id for bar in chart.bars if is_marked(chart, bar, "fc")] == ["head"]
    assert not any(is_marked(chart, bar, None) for bar in chart.bars)


def test_shares_fill_their_rectangle_without_overlap(analysis: Analysis) -> None:
    found = shares(quantity_chart(analysis, costs(analysis), "params", level="block"), aspect=3.0)
    assert sum(share.tile.width * share.tile.height for share in found) == pytest.approx(3.0)
    for share in found:
        tile = share.tile
        assert share.part == pytest.approx(tile.width * tile.height / 3.0)
        assert tile.x >= -1e-9
        assert tile.y >= -1e-9
        assert tile.x + tile.width <= 3.0 + 1e-9
        assert tile.y + tile.height <= 1.0 + 1e-9
    for place, one in enumerate(found):
        for other in found[place + 1 :]:
            apart = (
                one.tile.x + one.tile.width <= other.tile.x + 1e-9
                or other.tile.x + other.tile.width <= one.tile.x + 1e-9
            )
            above = (
                one.tile.y + one.tile.height <= other.tile.y + 1e-9
                or other.tile.y + other.tile.height <= one.tile.y + 1e-9
            )
            assert apart or above, (one, other)


def test_the_way_of_the_shapes(analysis: Analysis) -> None:
    path = [(point.channels, point.side) for point in shape_path(analysis)]
    assert path[0] == (64, 56)
    assert path[1] == (256, 56)
    assert path[-2:] == [(2048, 7), (2048, 7)]
    assert len(path) == 17


def test_the_table_has_every_quantity(analysis: Analysis, run: ProfileRun) -> None:
    rows = list(csv.DictReader(io.StringIO(charts_csv(analysis, costs(analysis), run))))
    layers = [row for row in rows if row["level"] == "layer"]
    assert sum(int(row["macs"]) for row in layers) == 4_089_184_256
    assert layers[0]["latency_us"] == "1"
    assert layers[-1]["latency_us"] == ""
    assert len(rows) == len(analysis.layers) + 18 + 6
    assert set(ADDITIVE_QUANTITIES) < set(QUANTITIES)
