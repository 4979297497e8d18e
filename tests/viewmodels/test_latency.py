"""The chart of times as values: bars, order, the unaccounted rest, another run beside, and the table behind it."""

import csv
import io

import msgspec
import pytest

from resnet_viz.presets import preset
from resnet_viz.runs import GroupTime, ProfileRun, Timed
from resnet_viz.settings import ProfileSettings
from resnet_viz.viewmodels.latency import UNACCOUNTED, bar_tip, latency_chart, latency_csv, marked
from tests.gui.small_run import around, small_run

RUN = small_run(preset("resnet18"))


def lasting(run: ProfileRun, whole_us: float) -> ProfileRun:
    """The run with another whole."""
    return msgspec.structs.replace(run, whole=Timed(around(whole_us), (whole_us,)))


def rows(text: str) -> dict[tuple[str, str], dict[str, str]]:
    """A table's rows by id and level."""
    return {(row["id"], row["level"]): row for row in csv.DictReader(io.StringIO(text))}


def test_bars_come_in_order_with_their_stage_and_quartiles() -> None:
    chart = latency_chart(RUN)
    assert [bar.id for bar in chart.bars[:4]] == ["conv1", "relu", "layer1.0.conv1", "layer1.0.add"]
    assert [bar.color for bar in chart.bars[:3]] == ["stem", "stem", "stage1"]
    assert [bar.color for bar in chart.bars[-2:]] == ["head", "edge"]
    assert chart.bars[1].median_ms == pytest.approx(0.020)
    assert chart.bars[1].quartiles_ms == pytest.approx((0.019, 0.021))
    assert chart.bars[2].label == "1.0.conv1"
    assert bar_tip(RUN, chart.bars[1]).startswith("relu\n0.020 ms  (0.019–0.021 ms)  1.0 %")
    assert "less the sum" in bar_tip(RUN, chart.bars[-1])


def test_the_running_sum_ends_at_the_sum() -> None:
    chart = latency_chart(RUN)
    assert RUN.sum_us is not None
    assert chart.cumulative_ms[-1] == pytest.approx(RUN.sum_us / 1000)
    assert len(chart.cumulative_ms) == len(RUN.layers)


@pytest.mark.parametrize("level", ["layer", "block", "stage"])
def test_every_level_sums_to_the_same_and_the_rest_to_the_whole(level: str) -> None:
    chart = latency_chart(RUN, level=level)  # type: ignore[arg-type]
    assert RUN.whole is not None
    assert sum(bar.median_ms for bar in chart.bars) == pytest.approx(RUN.whole.spread.median_us / 1000)
    assert chart.bars[-1].id == UNACCOUNTED


def test_the_slowest_come_first_and_the_rest_last() -> None:
    chart = latency_chart(RUN, sorting="slowest")
    times = [bar.median_ms for bar in chart.bars[:-1]]
    assert times == sorted(times, reverse=True)
    assert chart.bars[-1].id == UNACCOUNTED
    assert chart.sections == ()
    assert chart.key[:2] == (("stem", "stem"), ("stage1", "stage 1"))


def test_sections_name_the_middle_of_a_stage() -> None:
    assert latency_chart(RUN).sections[:3] == ((0.5, "stem"), (3.5, "stage 1"), (7.5, "stage 2"))
    assert [name for _, name in latency_chart(RUN, level="stage").sections] == [
        "stem", "stage 1", "stage 2", "stage 3", "stage 4", "head"]  # fmt: skip


def test_a_negative_rest_is_negative() -> None:
    assert RUN.sum_us is not None
    chart = latency_chart(lasting(RUN, RUN.sum_us - 100))
    assert chart.bars[-1].median_ms == pytest.approx(-0.1)


def test_a_rest_that_dwarfs_the_layers_is_cut_off_and_says_so() -> None:
    chart = latency_chart(lasting(RUN, 1e6))
    assert chart.bars[-1].label == "unaccounted ↑"
    assert chart.top_ms < 1.0


def test_without_a_whole_there_is_no_rest_and_no_share() -> None:
    chart = latency_chart(msgspec.structs.replace(RUN, whole=None))
    assert chart.bars[-1].id == "fc"
    assert "%" not in bar_tip(msgspec.structs.replace(RUN, whole=None), chart.bars[0])
    assert "whole" not in chart.title


def test_another_run_stands_beside_with_its_ratio() -> None:
    slow = small_run(preset("resnet34"), slower=4.0)
    chart = latency_chart(RUN, other=slow)
    assert chart.compared
    assert chart.bars[0].other_ms == pytest.approx(0.04)
    assert "ratio 0.25" in bar_tip(RUN, chart.bars[0])
    assert "pale: ResNet-34" in chart.title
    missing = latency_chart(slow, other=RUN).bars
    assert next(bar for bar in missing if bar.id == "layer1.2.conv1").other_ms is None


def test_backward_ranges_have_bars_of_their_own() -> None:
    back = (GroupTime("head", "block", around(40)), GroupTime("layer1.0", "block", around(80)))
    chart = latency_chart(msgspec.structs.replace(RUN, backward=back), level="block")
    labels = [bar.label for bar in chart.bars if bar.label.startswith("←")]
    assert labels == ["← head", "← 1.0"]
    assert next(bar for bar in chart.bars if bar.label == "← 1.0").color == "stage1"


@pytest.mark.parametrize(
    ("level", "node", "expected"),
    [
        ("layer", "layer1.0", ["layer1.0.conv1", "layer1.0.add"]),
        ("layer", "stem", ["conv1", "relu"]),
        ("layer", "layer1.1.add", ["layer1.1.add"]),
        ("block", "layer1.1.add", ["layer1.1"]),
        ("stage", "layer1.1.add", ["layer1"]),
        ("block", "relu", ["stem"]),
        ("stage", "fc", ["head"]),
        ("stage", None, []),
    ],
)
def test_a_node_marks_its_bar_its_parts_or_its_whole(level: str, node: str | None, expected: list[str]) -> None:
    chart = latency_chart(RUN, level=level)  # type: ignore[arg-type]
    assert [bar.id for bar in chart.bars if marked(chart, bar, node)] == expected


@pytest.mark.parametrize(
    ("run", "part"),
    [
        (None, "press Measure latency"),
        (msgspec.structs.replace(RUN, layers=(), groups=()), "under way"),
        (ProfileRun(made="", complete=True, spec=RUN.spec, settings=ProfileSettings(mode="end-to-end"),
                    place=RUN.place), "Measure panel"),
    ],
)  # fmt: skip
def test_nothing_to_draw_is_said(run: ProfileRun | None, part: str) -> None:
    chart = latency_chart(run)
    assert chart.bars == ()
    assert part in chart.empty


def test_the_table_has_a_row_for_everything() -> None:
    found = rows(latency_csv(RUN, small_run(preset("resnet18"), slower=2.0)))
    assert found["relu", "layer"]["median_us"] == "20.0"
    assert found["relu", "layer"]["ratio"] == "0.5"
    assert float(found["relu", "layer"]["share_of_whole"]) == pytest.approx(20 / RUN.whole.spread.median_us)  # type: ignore[union-attr]
    assert float(found["layer1", "stage"]["median_us"]) == pytest.approx(30 + 40 + 50 + 60)
    assert float(found["sum", ""]["median_us"]) == pytest.approx(RUN.sum_us or 0)
    assert float(found["unaccounted", ""]["median_us"]) == pytest.approx(5.0)
    assert float(found["whole", ""]["other_median_us"]) == pytest.approx(2 * (RUN.sum_us or 0) + 5)
