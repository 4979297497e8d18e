"""Bars of any chart: their extent, labels and colors by stage, the names of stages, and which a selection marks."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz.pipeline import analyse
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.charts.bars import (
    Bar,
    BarChart,
    bar_identity,
    bar_label,
    color_key,
    is_marked,
    level_names,
    overlaps,
    part_colors,
    sections,
    stage_color,
    stage_colors,
    stem_and_head,
)
from tests.spec.random_specs import random_specs

RESNET50 = analyse(preset("resnet50"))
COLORS = ("stem", "stage1", "stage2", "stage10", "head")
CHART = BarChart(
    (Bar("a", "a", "stage1", 200.0, quartiles=(100.0, 300.0)), Bar("b", "b", "stage1", 50.0, other_value=400.0),
     Bar("c", "c", "stage1", None), Bar("", "rest", "edge", -900.0)),
    "title", "axis, ms", divisor=100.0, unit="ms", line_axis="sum, s", line_unit="s",
)  # fmt: skip


def test_a_bar_reaches_up_to_its_value_its_upper_quartile_or_its_other_value() -> None:
    assert [bar.top for bar in CHART.bars] == [300.0, 400.0, 0.0, -900.0]
    assert Bar("d", "d", "stage1", 500.0, quartiles=(100.0, 300.0), other_value=400.0).top == 500.0
    assert Bar("d", "d", "stage1", None, other_value=7.0).top == 7.0


def test_the_axis_holds_every_node_and_a_quarter_of_its_height_below_zero() -> None:
    assert CHART.highest == 4.0
    assert CHART.lowest == -1.0
    assert BarChart(CHART.bars[:2], "", "", divisor=100.0).lowest == 0.0
    slightly_below = BarChart((*CHART.bars[:2], Bar("", "rest", "edge", -30.0)), "", "", divisor=100.0)
    assert slightly_below.lowest == pytest.approx(-0.3)
    assert BarChart((), "", "").highest == BarChart((), "", "").lowest == 0.0
    high_rest = BarChart((*CHART.bars[:2], Bar("", "rest", "edge", 9000.0)), "", "", divisor=100.0)
    assert high_rest.highest == 4.0


def test_an_axis_has_its_unit_as_a_shorter_name_if_it_has_one() -> None:
    assert CHART.axis_names == ("axis, ms", "ms")
    assert CHART.line_axis_names == ("sum, s", "s")
    plain = BarChart((), "title", "axis", line_axis="sum")
    assert (plain.axis_names, plain.line_axis_names) == (("axis",), ("sum",))


def test_the_levels_have_names() -> None:
    assert level_names() == {"layer": "layers", "block": "blocks", "stage": "stages"}


def test_other_values_are_noticed() -> None:
    assert CHART.has_other_values
    assert not BarChart((CHART.bars[0],), "", "").has_other_values


@pytest.mark.parametrize(
    ("node_id", "label"),
    [
        ("layer2.0.conv1", "2.0.conv1"),
        ("layer2", "stage 2"),
        ("layer12.3", "12.3"),
        ("conv1", "conv1"),
        ("stem", "stem"),
    ],
)
def test_labels_are_short(node_id: str, label: str) -> None:
    assert bar_label(node_id) == label


def test_colors_are_those_of_the_records_stages() -> None:
    for spec in random_specs(12, seed=8):
        analysis = analyse(spec)
        expected = [f"stage{layer.stage}" if layer.stage else layer.role for layer in analysis.layers]
        assert list(stage_colors([layer.id for layer in analysis.layers])) == expected
        assert list(part_colors(analysis.layers)) == expected
        outside = {layer.id: layer.role for layer in analysis.layers if not layer.stage}
        assert stem_and_head(analysis) == outside


def test_there_are_colors_for_six_stages() -> None:
    colors = [stage_color(name, stem_ended=True) for name in ("layer0", "layer1", "layer6", "layer7.0.conv1", "layers")]
    assert colors == ["stage1", "stage1", "stage6", "stage6", "head"]
    assert stage_color("layers", stem_ended=False) == "stem"


@given(st.lists(st.tuples(st.sampled_from(COLORS), st.sampled_from(("", "← "))), max_size=12))
def test_sections_lie_in_the_middle_of_runs_of_one_name(bars: list[tuple[str, str]]) -> None:
    names = {"stem": "stem", "stage1": "stage 1", "stage2": "stage 2", "stage10": "stage 10", "head": "head"}
    found = sections([color for color, _ in bars], [prefix for _, prefix in bars])
    start = 0.0
    for middle, name in found:
        length = round(2 * (middle - start)) + 1
        run = bars[round(start) : round(start) + length]
        assert {prefix + names[color] for color, prefix in run} == {name}
        start += length
    assert start == len(bars)
    assert all(one[1] != other[1] for one, other in pairwise(found))


def test_sections_need_no_prefixes() -> None:
    assert sections(["stem", "stem", "stage1"]) == ((0.5, "stem"), (2.0, "stage 1"))


def test_the_color_key_has_each_color_once_in_the_order_of_the_network() -> None:
    assert color_key(["stem", "stage2", "stage2", "stem", "head"]) == (
        ("stem", "stem"), ("stage2", "stage 2"), ("head", "head"))  # fmt: skip


@pytest.mark.parametrize(
    ("part_id", "color", "node_id", "expected"),
    [
        ("layer1.0", "stage1", "layer1.0", True),
        ("layer1.0", "stage1", "layer1", True),
        ("layer1.0", "stage1", "layer1.0.conv1", True),
        ("layer1.0", "stage1", "layer1.1", False),
        ("layer1.1", "stage1", "layer1.10", False),
        ("layer1.10", "stage1", "layer1.1", False),
        ("conv1", "stem", "stem", True),
        ("conv1", "stem", "head", False),
        ("", "edge", "edge", False),
        ("conv1", "stem", None, False),
        ("conv1", "stem", "", False),
    ],
)
def test_a_part_overlaps_itself_its_parts_and_its_groups(
    part_id: str, color: str, node_id: str | None, expected: bool
) -> None:
    assert overlaps(part_id, color, node_id) is expected


def test_the_bar_of_the_stem_is_marked_for_a_layer_in_it() -> None:
    stem = Bar(*bar_identity(RESNET50.layers[0], "stem"), 1.0)
    assert (stem.id, stem.label, stem.color) == ("conv1", "conv1", "stem")
    chart = BarChart((Bar("stem", "stem", "stem", 1.0),), "", "", stem_and_head={"conv1": "stem", "fc": "head"})
    assert is_marked(chart, chart.bars[0], "conv1")
    assert not is_marked(chart, chart.bars[0], "fc")
    assert not is_marked(chart, chart.bars[0], None)
    assert not is_marked(chart, chart.bars[0], "layer1")
