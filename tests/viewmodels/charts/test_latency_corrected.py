"""The latency chart without timestamps: corrected bars beside the raw ones, and both in the table and the tooltips."""

import csv
import io

import msgspec
import pytest

from resnet_viz.records.run import GroupTime, LayerTime, Measurement, ProfileRun
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.charts.latency import bar_tooltip, latency_chart, latency_csv
from tests.gui.small_run import around, small_run

COST_US = 1.5


def without_timestamps(run: ProfileRun) -> ProfileRun:
    """The run with corrected times; the second layer is no longer than its timestamp."""

    def corrected(time: LayerTime) -> LayerTime:
        return msgspec.structs.replace(time, corrected_us=time.spread.median_us - COST_US, sparse_us=9.75)

    layers = [corrected(layer) for layer in run.layers]
    layers[1] = msgspec.structs.replace(layers[1], spread=around(1.25), corrected_us=None)
    groups = [msgspec.structs.replace(group, corrected_us=0.9 * group.spread.median_us) for group in run.groups]
    back = (GroupTime("stem", "block", around(40.0), 38.5),)
    sum_us = 1_000.0
    return msgspec.structs.replace(
        run, layers=tuple(layers), groups=tuple(groups), backward=back, timestamp_correction_us=COST_US,
        instrumented=Measurement(around(sum_us), (sum_us,)), whole=Measurement(around(980.0), (980.0,)),
    )  # fmt: skip


RUN = without_timestamps(small_run(preset("resnet18")))
TIMESTAMPS = len(RUN.layers) + 1


def test_corrected_bars_stand_beside_the_measured_ones() -> None:
    bars = latency_chart(RUN, corrected=True).bars
    first = RUN.layers[0].spread
    assert (bars[0].value, bars[0].other_value) == (first.median_us - COST_US, first.median_us)
    assert bars[0].quartiles == pytest.approx((first.q1_us - COST_US, first.q3_us - COST_US))
    assert (bars[1].value, bars[1].other_value, bars[1].quartiles) == (None, 1.25, None), "an unknown time is a gap"
    backward = next(bar for bar in bars if bar.label.startswith("← "))
    assert (backward.value, backward.other_value) == (38.5, 40.0)
    block = latency_chart(RUN, level="block", corrected=True).bars[0]
    assert block.value == pytest.approx(0.9 * RUN.groups[0].spread.median_us)


def test_as_measured_nothing_is_taken_off() -> None:
    bars = latency_chart(RUN).bars
    assert (bars[0].value, bars[0].other_value) == (RUN.layers[0].spread.median_us, None)
    assert bars[-1].value == pytest.approx(-20.0)


def test_the_rest_and_the_title_are_those_of_the_corrected_sum() -> None:
    chart = latency_chart(RUN, corrected=True)
    sum_us = 1_000.0 - (TIMESTAMPS - 1) * COST_US
    assert chart.bars[-1].value == pytest.approx(980.0 - sum_us)
    assert f"Σ without timestamps {sum_us / 1000:.3f} ms · unaccounted {(980.0 - sum_us) / 1000:.3f} ms" in chart.title
    assert chart.title.endswith("pale: as measured")
    by_itself = msgspec.structs.replace(RUN, timestamp_in_situ_us=COST_US)
    assert "unaccounted" not in latency_chart(by_itself, corrected=True).title
    assert "unaccounted" in latency_chart(by_itself).title


def test_another_run_is_compared_by_its_own_corrected_times() -> None:
    other = without_timestamps(small_run(preset("resnet18"), slower=2.0))
    chart = latency_chart(RUN, other=other, corrected=True)
    assert chart.bars[0].other_value == other.layers[0].corrected_us
    assert "as measured" not in chart.title
    old = small_run(preset("resnet18"))
    assert latency_chart(RUN, other=old, corrected=True).bars[0].other_value is None


def test_tooltips_and_the_table_have_raw_corrected_and_sparse_times() -> None:
    lines = bar_tooltip(RUN, latency_chart(RUN).bars[0]).splitlines()
    assert "without timestamps 0.0085 ms" in lines
    assert "with sparse timestamps 0.0097 ms" in lines
    rows = {(row["id"], row["level"]): row for row in csv.DictReader(io.StringIO(latency_csv(RUN)))}
    conv = rows["conv1", "layer"]
    assert (conv["median_us"], conv["corrected_us"], conv["sparse_us"]) == ("10.0", "8.5", "9.75")
    assert rows["relu", "layer"]["corrected_us"] == ""
    assert rows["stem", "backward block"]["corrected_us"] == "38.5"
    assert float(rows["sum_corrected", ""]["median_us"]) == pytest.approx(1_000.0 - (TIMESTAMPS - 1) * COST_US)


def test_a_layer_of_a_few_microseconds_has_its_mean_in_the_table() -> None:
    spread = msgspec.structs.replace(RUN.layers[0].spread, mean_us=4.27)
    run = msgspec.structs.replace(RUN, layers=(msgspec.structs.replace(RUN.layers[0], spread=spread), *RUN.layers[1:]))
    first = next(csv.DictReader(io.StringIO(latency_csv(run))))
    assert first["mean_us"] == "4.27"
