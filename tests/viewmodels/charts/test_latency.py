"""The latency chart: its bars and their order, the unaccounted time, another run beside, and its table."""

import csv
import io

import msgspec
import pytest

from resnet_viz.records.analysis import Level
from resnet_viz.records.kernels import Kernel, KernelTimes, LayerKernels
from resnet_viz.records.run import GroupTime, Measurement, ProfileRun
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.viewmodels.charts.bars import is_marked
from resnet_viz.viewmodels.charts.latency import (
    bar_tooltip,
    chart_title,
    latency_chart,
    latency_csv,
    other_network_note,
)
from resnet_viz.viewmodels.text.runs import run_title
from tests.gui.small_analysis import small_analysis
from tests.gui.small_run import around, small_run

RUN = small_run(preset("resnet18"))


def lasting(run: ProfileRun, whole_us: float) -> ProfileRun:
    """The run with another whole."""
    return msgspec.structs.replace(run, whole=Measurement(around(whole_us), (whole_us,)))


def rows(text: str) -> dict[tuple[str, str], dict[str, str]]:
    """A table's rows by id and level."""
    return {(row["id"], row["level"]): row for row in csv.DictReader(io.StringIO(text))}


def test_bars_come_in_order_with_their_stage_and_quartiles() -> None:
    chart = latency_chart(RUN)
    assert [bar.id for bar in chart.bars[:4]] == ["conv1", "relu", "layer1.0.conv1", "layer1.0.add"]
    assert [bar.color for bar in chart.bars[:3]] == ["stem", "stem", "stage1"]
    assert [bar.color for bar in chart.bars[-2:]] == ["head", "edge"]
    assert chart.bars[1].value == pytest.approx(20.0)
    assert chart.bars[1].quartiles == pytest.approx((19.0, 21.0))
    assert chart.divisor == 1000
    assert chart.bars[2].label == "1.0.conv1"
    assert bar_tooltip(RUN, chart.bars[1]).startswith("relu\n0.020 ms  (0.019–0.021 ms)  1.0 %")
    assert "less the sum" in bar_tooltip(RUN, chart.bars[-1])


def test_the_running_sum_ends_at_the_sum() -> None:
    chart = latency_chart(RUN)
    assert RUN.sum_us is not None
    assert chart.line[-1] == pytest.approx(RUN.sum_us)
    assert len(chart.line) == len(RUN.layers)


@pytest.mark.parametrize("level", ["layer", "block", "stage"])
def test_every_level_sums_to_the_same_and_the_rest_to_the_whole(level: str) -> None:
    chart = latency_chart(RUN, level=level)  # type: ignore[arg-type]
    assert RUN.whole is not None
    assert sum(bar.value or 0 for bar in chart.bars) == pytest.approx(RUN.whole.spread.median_us)
    assert chart.bars[-1].label == "rest"


def test_the_slowest_come_first_and_the_rest_last() -> None:
    chart = latency_chart(RUN, sorting="slowest")
    times = [bar.value or 0 for bar in chart.bars[:-1]]
    assert times == sorted(times, reverse=True)
    assert chart.bars[-1].label == "rest"
    assert chart.sections == ()
    assert chart.color_key[:2] == (("stem", "stem"), ("stage1", "stage 1"))


def test_sections_name_the_middle_of_a_stage() -> None:
    assert latency_chart(RUN).sections[:3] == ((0.5, "stem"), (3.5, "stage 1"), (7.5, "stage 2"))
    assert [name for _, name in latency_chart(RUN, level="stage").sections] == [
        "stem", "stage 1", "stage 2", "stage 3", "stage 4", "head"]  # fmt: skip


def test_a_negative_rest_is_negative() -> None:
    assert RUN.sum_us is not None
    chart = latency_chart(lasting(RUN, RUN.sum_us - 40))
    assert chart.bars[-1].value == pytest.approx(-40)
    assert chart.lowest == pytest.approx(-0.04)
    assert latency_chart(lasting(RUN, 1.0)).bars[-1].label == "rest ↓"
    assert latency_chart(RUN).lowest == 0.0
    assert latency_chart(lasting(RUN, 1.0)).lowest == pytest.approx(-chart.highest / 4)


def test_a_rest_that_dwarfs_the_layers_is_cut_off_and_says_so() -> None:
    chart = latency_chart(lasting(RUN, 1e6))
    assert chart.bars[-1].label == "rest ↑"
    assert chart.highest == pytest.approx(RUN.layers[-1].spread.q3_us / 1000)


def test_without_a_whole_there_is_no_rest_and_no_share() -> None:
    chart = latency_chart(msgspec.structs.replace(RUN, whole=None))
    assert chart.bars[-1].id == "fc"
    assert "%" not in bar_tooltip(msgspec.structs.replace(RUN, whole=None), chart.bars[0])
    assert "whole" not in chart.title


def test_another_run_stands_beside_with_its_ratio() -> None:
    slow = small_run(preset("resnet34"), slower=4.0)
    chart = latency_chart(RUN, other=slow)
    assert chart.has_other_values
    assert not latency_chart(RUN).has_other_values
    assert chart.bars[0].other_value == pytest.approx(40)
    assert "ratio 0.25" in bar_tooltip(RUN, chart.bars[0], slow)
    assert "pale: ResNet-34" in chart.title
    missing = latency_chart(slow, other=RUN).bars
    assert next(bar for bar in missing if bar.id == "layer1.2.conv1").other_value is None


def test_backward_ranges_have_bars_of_their_own() -> None:
    back = (GroupTime("head", "block", around(40)), GroupTime("layer1.0", "block", around(80)))
    chart = latency_chart(msgspec.structs.replace(RUN, backward=back), level="block")
    labels = [bar.label for bar in chart.bars if bar.label.startswith("←")]
    assert labels == ["← head", "← 1.0"]
    back_of_block = next(bar for bar in chart.bars if bar.label == "← 1.0")
    assert back_of_block.color == "stage1"
    assert bar_tooltip(msgspec.structs.replace(RUN, backward=back), back_of_block).startswith(
        "backward of layer1.0\n0.080"
    )


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
    assert [bar.id for bar in chart.bars if is_marked(chart, bar, node)] == expected


@pytest.mark.parametrize(
    ("shown", "note"),
    [
        (preset("resnet18"), ""),
        (preset("resnet18").but(input=(8, 3, 224, 224)), ""),
        (preset("resnet34"), "Measured on ResNet-18, not on the network shown (ResNet-34)"),
        (preset("resnet18").but(shortcut="A"), "Measured on ResNet-18, not on the network shown (ResNet-18 v1)"),
    ],
)
def test_a_run_of_another_network_than_the_one_shown_says_so(shown: ResNetSpec, note: str) -> None:
    assert other_network_note(RUN, small_analysis(shown)) == note


def test_two_networks_of_one_name_are_told_apart() -> None:
    run, shown = (preset("resnet18").but(classes=classes) for classes in (7, 9))
    assert other_network_note(small_run(run), small_analysis(shown)) == (
        "Measured on another ResNet-18 than the one shown"
    )


def test_there_is_no_note_without_a_run_or_a_network() -> None:
    assert other_network_note(None, small_analysis(RUN.spec)) == other_network_note(RUN, None) == ""


@pytest.mark.parametrize(
    ("run", "part"),
    [
        (None, "press Measure latency"),
        (msgspec.structs.replace(RUN, layers=(), groups=()), "being measured"),
        (ProfileRun(made="", complete=True, spec=RUN.spec, settings=ProfileSettings(mode="end-to-end"),
                    place=RUN.place), "Measure panel"),
    ],
)  # fmt: skip
def test_a_chart_without_bars_says_why(run: ProfileRun | None, part: str) -> None:
    chart = latency_chart(run)
    assert chart.bars == ()
    assert (chart.title, chart.axis) == ("" if run is None else run_title(run), "")
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


BACKWARD = (
    GroupTime("head", "block", around(40)), GroupTime("layer1.1", "block", around(50)),
    GroupTime("layer1.0", "block", around(80)), GroupTime("head", "stage", around(40)),
    GroupTime("layer1", "stage", around(130)),
)  # fmt: skip
WITH_BACKWARD = msgspec.structs.replace(RUN, backward=BACKWARD)


def test_axes_titles_and_stages_of_a_run() -> None:
    chart = latency_chart(RUN)
    assert (chart.axis, chart.axis_names) == ("ms", ("ms",))
    assert (chart.line_axis, chart.line_axis_names) == ("cumulative, ms", ("cumulative, ms", "Σ, ms"))
    assert chart.divisor == chart.line_divisor == 1000.0
    assert chart.title == (
        "whole 1.905 ms · Σ 1.900 ms · unaccounted 0.005 ms  0.3 % · ResNet-18 · N=1 · fp32 · host clock"
    )
    assert chart.stem_and_head == {"conv1": "stem", "relu": "stem", "fc": "head"}
    assert (chart.color_key, chart.empty) == ((), "")


def test_the_title_says_that_a_run_is_partial_and_which_one_is_pale() -> None:
    partial = msgspec.structs.replace(RUN, complete=False, method=None, whole=None)
    assert chart_title(partial, small_run(preset("resnet34"))) == (
        "Σ 1.900 ms · ResNet-18 · N=1 · fp32 · partial · pale: ResNet-34 · N=1 · fp32 · A processor"
    )


@pytest.mark.parametrize("level", ["layer", "block", "stage"])
def test_no_backward_range_is_added_twice(level: Level) -> None:
    """Blocks and stages of the backward pass are the same time: a chart has one or the other."""
    chart = latency_chart(WITH_BACKWARD, level=level)
    assert sum(bar.value or 0 for bar in chart.bars if bar.label.startswith("←")) == pytest.approx(170)
    assert sum(bar.value or 0 for bar in chart.bars) == pytest.approx(1905)
    arrows = [name for _, name in chart.sections if name.startswith("←")]
    assert arrows == ["← head", "← stage 1"]
    assert {bar.color for bar in chart.bars if bar.label.startswith("←")} == {"head", "stage1"}


@pytest.mark.parametrize(
    ("level", "labels"), [("block", ["← head", "← 1.1", "← 1.0"]), ("stage", ["← head", "← stage 1"])]
)
def test_backward_ranges_follow_the_layers(level: Level, labels: list[str]) -> None:
    bars = latency_chart(WITH_BACKWARD, level=level).bars
    assert [bar.label for bar in bars[-len(labels) - 1 : -1]] == labels


def test_the_rest_is_cut_off_where_the_axis_ends() -> None:
    """The longest bar reaches 199.5 µs; a longer rest, or one below zero by more than a quarter of it, has an arrow."""
    assert RUN.sum_us == pytest.approx(1900)
    for rest, label in ((199.0, "rest"), (200.0, "rest ↑"), (-49.0, "rest"), (-51.0, "rest ↓")):
        bar = latency_chart(lasting(RUN, 1900 + rest)).bars[-1]
        assert (bar.id, bar.color, bar.label) == ("", "edge", label)
        assert bar.value == pytest.approx(rest)


def test_the_tooltip_of_a_layer() -> None:
    chart = latency_chart(RUN)
    expected = [
        "conv1", "0.010 ms  (0.009–0.011 ms)  0.5 %", "23.6 TFLOP/s · 80.3 GB/s", "launch-bound, minimum time 0.005 ms",
        "other run 0.020 ms, ratio 0.50",
    ]  # fmt: skip
    assert bar_tooltip(RUN, chart.bars[0], small_run(preset("resnet18"), slower=2.0)).split("\n") == expected
    assert bar_tooltip(RUN, chart.bars[0]).split("\n") == expected[:-1]
    assert (
        bar_tooltip(RUN, chart.bars[-1]) == "unaccounted\n0.005 ms: the uninstrumented pass less the sum of the layers"
    )
    assert bar_tooltip(RUN, msgspec.structs.replace(chart.bars[0], id="unknown")) == ""
    assert bar_tooltip(RUN, latency_chart(RUN, level="stage").bars[0]).split("\n") == [
        "stem", "0.030 ms  (0.029–0.032 ms)  1.6 %"
    ]  # fmt: skip


def test_the_tooltip_says_what_is_unusual_about_a_time() -> None:
    unusual = msgspec.structs.replace(RUN.layers[0], same_as="relu", doubt="too fast", bound=None)
    run = msgspec.structs.replace(RUN, layers=(unusual, *RUN.layers[1:]))
    lines = bar_tooltip(run, latency_chart(run).bars[0]).split("\n")
    assert lines[3] == "measured as relu"
    assert lines[4].startswith("implausible: 0.0100 ms is less than the layer's arithmetic takes")
    assert len(lines) == 5


def test_an_isolated_layer_has_its_cold_and_its_warm_time_in_tooltip_and_table() -> None:
    both = msgspec.structs.replace(RUN.layers[0], cold=around(30.0), warm=RUN.layers[0].spread)
    settings = RUN.settings.but(mode="isolated", cold=False)
    run = msgspec.structs.replace(RUN, settings=settings, layers=(both, *RUN.layers[1:]))
    tooltip = bar_tooltip(run, latency_chart(run).bars[0])
    assert tooltip.endswith("\ncold caches 0.030 ms\nwarm caches 0.010 ms")
    first, second = latency_csv(run).splitlines()[1:3]
    assert first.endswith(",30.0,10.0,,,,,,,")
    assert second.split(",")[-9] == "", "an older file has no other time than the main one"


def test_a_layer_has_its_kernels_in_the_table_by_their_whole_names() -> None:
    kernels = (Kernel("void layout<int>(int)", 2.0, 0.0, 2.0), Kernel("gemm", 6.0, 2.0, 6.0))
    run = msgspec.structs.replace(RUN, kernels=KernelTimes("graph", 5, (LayerKernels("conv1", 8.5, kernels),)))
    first, second = latency_csv(run).splitlines()[1:3]
    assert first.endswith(",8.5,void layout<int>(int) + gemm")
    assert second.endswith(",,")


def test_the_table_has_columns_for_times_and_work() -> None:
    table = latency_csv(WITH_BACKWARD, small_run(preset("resnet18"), slower=2.0))
    assert table.splitlines()[:2] == [
        "id,level,stage,median_us,q1_us,q3_us,min_us,n,share_of_whole,flops,bytes,flops_per_second,bytes_per_second,"
        "floor_us,bound,doubt,same_as,other_median_us,ratio,cold_median_us,warm_median_us,low_us,high_us,"
        "mean_us,corrected_us,sparse_us,kernels_us,kernels",
        "conv1,layer,stem,10.0,9.5,10.5,9.0,20,0.005249343832020997,236027904,802816,23602790400000.0,80281600000.0,"
        "5.0,launch,,,20.0,0.5,,,,,,,,,",
    ]
    found = rows(table)
    assert found["stem", "block"]["stage"] == found["stem", "stage"]["stage"] == "stem"
    assert found["layer1.0", "block"]["stage"] == found["layer1", "stage"]["stage"] == "stage1"
    backward = found["layer1", "backward stage"]
    assert (backward["stage"], backward["median_us"], backward["other_median_us"]) == ("stage1", "130", "")
    assert found["head", "backward block"]["stage"] == "head"
    assert list(found)[-3:] == [("whole", ""), ("sum", ""), ("unaccounted", "")]
    without_whole = rows(latency_csv(msgspec.structs.replace(RUN, whole=None)))
    assert without_whole.keys().isdisjoint({("whole", ""), ("unaccounted", "")})


UPDATES = (GroupTime("layer1.0", "block", around(20)), GroupTime("head", "block", around(10)),
           GroupTime("layer1", "stage", around(20)), GroupTime("head", "stage", around(10)))  # fmt: skip
STEP = msgspec.structs.replace(WITH_BACKWARD, optimizer=UPDATES, loss=Measurement(around(7), (7.0,)))


def test_a_training_step_has_bars_for_the_loss_and_for_each_update() -> None:
    chart = latency_chart(STEP, level="block")
    assert [bar.label for bar in chart.bars[-7:-1]] == ["loss", "← head", "← 1.1", "← 1.0", "Δ 1.0", "Δ head"]
    assert [bar.value for bar in chart.bars[-7:-1]] == [7, 40, 50, 80, 20, 10]
    assert [bar.label for bar in latency_chart(STEP, level="stage").bars[-3:-1]] == ["Δ stage 1", "Δ head"]
    tooltips = [bar_tooltip(STEP, bar).splitlines() for bar in chart.bars[-7:-1]]
    assert tooltips[0] == ["the loss and its backward pass", "0.007 ms"]
    assert [tooltips[1][0], tooltips[4][0]] == ["backward of head", "update of layer1.0"]
    assert [name for _, name in chart.sections][-4:] == ["← head", "← stage 1", "Δ stage 1", "Δ head"]


def test_the_table_has_the_loss_and_each_update() -> None:
    found = rows(latency_csv(STEP, STEP))
    assert found["layer1.0", "optimizer block"]["median_us"] == "20"
    assert found["head", "optimizer stage"]["stage"] == "head"
    assert (found["loss", ""]["median_us"], found["loss", ""]["ratio"]) == ("7", "1.0")


def test_the_title_explains_the_signs_of_a_training_step() -> None:
    assert chart_title(WITH_BACKWARD).startswith("← backward · whole ")
    step = msgspec.structs.replace(WITH_BACKWARD, optimizer=BACKWARD[:1])
    assert chart_title(step).startswith("← backward · Δ update · whole ")
