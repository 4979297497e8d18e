"""The charts of quantities: sums, titles and units of their bars, the treemap, and the path of the shapes."""

import csv
import io
from itertools import pairwise
from typing import get_args

import msgspec
import pytest

from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import Analysis, Level
from resnet_viz.records.quantities import ADDITIVE_QUANTITIES, Quantity
from resnet_viz.records.run import Environment, GroupTime, LayerTime, ProfileRun, TimeSummary
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.viewmodels.charts.bars import Bar, BarChart, is_marked
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
def test_bars_sum_to_the_total_of_the_network(analysis: Analysis, quantity: Quantity, level: Level) -> None:
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


def test_the_largest_come_first_with_a_color_key(analysis: Analysis) -> None:
    chart = quantity_chart(analysis, costs(analysis), "params", sorting="largest")
    values = [bar.value or 0 for bar in chart.bars]
    assert values == sorted(values, reverse=True)
    assert ("stage4", "stage 4") in chart.color_key
    assert quantity_chart(analysis, costs(analysis), "params").sections[1][1] == "stage 1"


def test_an_unmeasured_layer_is_a_gap(analysis: Analysis, run: ProfileRun) -> None:
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


def test_the_path_of_the_shapes(analysis: Analysis) -> None:
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


@pytest.mark.parametrize(
    ("quantity", "title", "axis", "line_axis", "divisor"),
    [
        ("params", "Parameters: 25.56 M in total", ("Parameters, M", "M"), ("cumulative, M", "Σ, M"), 1e6),
        ("macs", "MACs: 4.089 G in total", ("MACs, G", "G"), ("cumulative, G", "Σ, G"), 1e9),
        ("bytes", "Activation bytes: 143.3 MiB in total", ("Activation bytes, MiB", "MiB"),
         ("cumulative, MiB", "Σ, MiB"), 2.0**20),
        ("field", "Receptive field: 619 px at most", ("Receptive field, px", "px"), ("cumulative, px", "Σ, px"), 1.0),
        ("latency", "Latency: 0.171 ms in total", ("Latency, ms", "ms"), ("cumulative, ms", "Σ, ms"), 1000.0),
    ],
)  # fmt: skip
def test_titles_and_axes_of_each_quantity(
    analysis: Analysis, run: ProfileRun, quantity: Quantity, title: str, axis: tuple[str, ...],
    line_axis: tuple[str, ...], divisor: float,
) -> None:  # fmt: skip
    stages = (
        GroupTime("stem", "stage", TimeSummary(10, 9, 11, 8, 9)),
        GroupTime("layer4", "stage", TimeSummary(161, 1, 2, 1, 9)),
    )  # fmt: skip
    measured = msgspec.structs.replace(run, groups=stages)
    chart = quantity_chart(analysis, costs(analysis), quantity, level="stage", run=measured)
    assert chart.title == f"{title} · ResNet-50 · 1×3×224×224"
    assert (chart.axis_names, chart.line_axis_names) == (axis, line_axis)
    assert (chart.divisor, chart.line_divisor) == (divisor, divisor)
    assert chart.sections == tuple(
        (float(index), name) for index, name in enumerate(["stem", "stage 1", "stage 2", "stage 3", "stage 4", "head"])
    )
    assert chart.stem_and_head["fc"] == "head"
    assert (chart.color_key, chart.empty) == ((), "")


@pytest.mark.parametrize(
    ("width", "axis", "divisor"),
    [(1, "Parameters", 1.0), (8, "Parameters, k", 1e3), (256, "Parameters, M", 1e6)],
)
def test_the_unit_follows_the_largest_value(width: int, axis: str, divisor: float) -> None:
    small = analyse(ResNetSpec(block="basic", blocks=(1, 1), width=width, classes=2, input=(1, 1, 32, 32)))
    chart = quantity_chart(small, costs(small), "params")
    assert (chart.axis, chart.divisor) == (axis, divisor)
    assert chart.line_unit == f"Σ, {_unit_of(chart.line_axis)}".removesuffix(", ")


def _unit_of(axis: str) -> str:
    return axis.partition(", ")[2]


@pytest.mark.parametrize(
    ("side", "batch", "unit", "divisor"), [(8, 1, "B", 1.0), (64, 1, "KiB", 2**10), (64, 64, "MiB", 2**20)]
)
def test_bytes_have_binary_units(side: int, batch: int, unit: str, divisor: float) -> None:
    small = analyse(ResNetSpec(block="basic", blocks=(1,), width=8, classes=2, input=(batch, 1, side, side)))
    chart = quantity_chart(small, costs(small), "bytes")
    assert (chart.axis, chart.divisor) == (f"Activation bytes, {unit}", divisor)


def test_a_bar_of_an_additive_quantity_has_its_share_in_the_tooltip(analysis: Analysis) -> None:
    counted = costs(analysis)
    stage = quantity_chart(analysis, counted, "params", level="stage").bars[4]
    assert (stage.id, stage.label, stage.color, stage.value) == ("layer4", "stage 4", "stage4", 14_964_736)
    assert stage.tooltip == "layer4\n14.96 M  58.6 %\n1×2048×7×7"
    assert quantity_chart(analysis, counted, "field", level="stage").bars[5].tooltip == "head\n619 px\n1×1000"
    tile = shares(quantity_chart(analysis, counted, "params", level="stage"))[0]
    assert (tile.label, tile.color, tile.tooltip, tile.tile.id) == ("stage 4", "stage4", stage.tooltip, "layer4")
    assert tile.part == pytest.approx(14_964_736 / 25_557_032)
    assert tile.tile.width == pytest.approx(2.0 * tile.part)


@pytest.mark.parametrize("level", ["block", "stage"])
def test_the_receptive_field_of_a_group_is_that_of_its_last_layer(analysis: Analysis, level: Level) -> None:
    """Not that of its first layer, nor of the projection beside the main path, which sees less."""
    for bar in quantity_chart(analysis, costs(analysis), "field", level=level).bars:
        layers = analysis.layers_in(bar.id)
        assert bar.value == layers[-1].receptive_field == max(layer.receptive_field for layer in layers)
    values = {bar.id: bar.value for bar in quantity_chart(analysis, costs(analysis), "field", level="stage").bars}
    assert (values["stem"], values["layer1"], values["layer3"], values["layer4"]) == (11, 35, 267, 427)


def test_no_network_has_no_bars(analysis: Analysis) -> None:
    for nothing in (quantity_chart(None, None, "params"), quantity_chart(analysis, None, "params")):
        assert (nothing.bars, nothing.empty) == ((), "No network yet.")


def test_a_point_of_the_path_of_shapes(analysis: Analysis) -> None:
    oblong = analyse(preset("resnet50").but(input=(1, 3, 64, 128)))
    first = shape_path(oblong)[0]
    assert (first.id, first.color, first.channels, first.side) == ("stem", "stem", 64, 32)
    assert first.tooltip == "stem\n1×64×16×32"
    assert [point.id for point in shape_path(analysis)][:3] == ["stem", "layer1.0", "layer1.1"]


def test_the_csv_names_its_columns(analysis: Analysis) -> None:
    lines = charts_csv(analysis, costs(analysis, "twice")).splitlines()
    assert lines[0] == "id,level,output,params,twice,output_bytes,receptive_field_px,latency_us"
    assert lines[1] == "conv1,layer,1×64×112×112,9408,236027904,3211264,7,"
    assert lines[-1].startswith("head,stage,1×1000,2049000,")


def test_a_single_bar_has_the_whole_treemap() -> None:
    chart = BarChart((Bar("stem", "stem", "stem", 5.0),), "", "", line=(5.0,))
    assert [(share.part, share.tile.width, share.tile.height) for share in shares(chart)] == [(1.0, 2.0, 1.0)]
