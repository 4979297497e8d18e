"""The report of a run for a reader: times, sums, ceilings and warnings of a run whose times are made up."""

import argparse
from typing import Any

import msgspec
import pytest

from resnet_viz.cli.measure.run_report import comparison_page, print_run
from resnet_viz.compare.runs import compare_runs
from resnet_viz.records.kernels import Kernel, KernelAgreement, KernelTimes, LayerKernels
from resnet_viz.records.message import Message
from resnet_viz.records.run import BatchPoint, Ceilings, EndToEndTime, Environment, GroupTime, Measurement, ProfileRun
from resnet_viz.spec.presets import preset
from tests.cli.asking import Capture
from tests.gui.small_run import around, small_run

RUN = small_run(preset("resnet18"))
SUM_MS = (RUN.sum_us or 0.0) / 1000


def report(capsys: Capture, run: ProfileRun = RUN, **options: str) -> str:
    print_run(run, argparse.Namespace(**{"format": "table", "level": "layer", **options}))
    return capsys.readouterr().out


def line(text: str, start: str) -> list[str]:
    """The words of the only line that starts so."""
    (found,) = [line for line in text.splitlines() if line.startswith(start)]
    return found.removeprefix(start).split()


def run_with(**changes: Any) -> ProfileRun:
    return msgspec.structs.replace(RUN, **changes)


def test_the_heading_has_everything_that_was_chosen(capsys: Capture) -> None:
    assert report(capsys).splitlines()[0] == (
        "ResNet-18 · 1×3×224×224 · fp32 · contiguous · in-network · forward · A processor (cpu) · host clock"
    )
    without = report(capsys, run_with(method=None))
    assert without.splitlines()[0].endswith("· A processor (cpu)")


def test_a_layer_has_its_time_share_rates_lower_bound_and_warning(capsys: Capture) -> None:
    text = report(capsys)
    assert line(text, "relu ")[:5] == ["0.020", "ms", "0.019–0.021", f"{0.02 / (SUM_MS + 0.005) * 100:.1f}", "%"]
    assert "launch" in line(text, "relu ")
    first = msgspec.structs.replace(RUN.layers[0], doubt="too fast", bound=None)
    implausible = report(capsys, run_with(layers=(first, *RUN.layers[1:])))
    assert line(implausible, "conv1 ")[-2:] == ["—", "implausible"]
    assert line(implausible, "relu ")[-1] == "—"
    assert "warning" not in line(text, "name"), "no layer has one"


def test_a_level_has_the_groups_of_that_level(capsys: Capture) -> None:
    text = report(capsys, level="stage")
    assert line(text, "layer1 ")[1] == "ms"
    assert "layer1.0" not in text
    assert line(report(capsys, level="block"), "layer1.0 ")[1] == "ms"


def test_the_sums_are_of_the_whole_network(capsys: Capture) -> None:
    text = report(capsys)
    assert line(text, "whole network")[:2] == [f"{SUM_MS + 0.005:.3f}", "ms"]
    assert line(text, "Σ layers") == [f"{SUM_MS:.3f}", "ms", f"{100 * SUM_MS / (SUM_MS + 0.005):.1f}", "%"]
    assert line(text, "unaccounted")[:2] == ["0.005", "ms"]
    assert line(text, "measured ceilings") == (
        ["10.0", "GB/s", "and", "100", "GFLOP/s", "in", "fp32,", "shortest", "operation", "5.0", "µs"]
    )
    for absent in ("timestamps", "launch-bound factor", "peak memory", "backward of", "P99", "partial"):
        assert absent not in text


def test_timestamps_are_taken_off_the_sum_where_they_cost_time_on_the_device(capsys: Capture) -> None:
    run = run_with(mark_us=2.0, method="cuda-graph", instrumented=Measurement(around(1000.0), (1000.0,)))
    text = report(capsys, run)
    assert line(text, "timestamps")[0] == "2.00"
    assert line(text, "Σ layers")[:2] == ["1.000", "ms"]
    assert "the median of the sums of each pass" in text
    assert line(text, "Σ without the timestamps")[0] == f"{1.0 - 0.002 * (len(RUN.layers) - 1):.3f}"
    host = report(capsys, run_with(mark_us=2.0))
    assert "Σ without" not in host
    assert "corrected" not in host, "it is not known what to take off"


def test_corrected_times_stand_beside_the_raw_ones_of_layers_and_blocks(capsys: Capture) -> None:
    layers = (msgspec.structs.replace(RUN.layers[0], corrected_us=8.5), *RUN.layers[1:])
    groups = tuple(msgspec.structs.replace(group, corrected_us=27.0) for group in RUN.groups)
    run = run_with(layers=layers, groups=groups, mark_us=0.4, timestamp_in_situ_us=1.5, timestamp_correction_us=1.5)
    text = report(capsys, run)
    assert "corrected" in next(line for line in text.splitlines() if line.startswith("name")).split()
    assert line(text, "conv1")[:1] + line(text, "conv1")[3:5] == ["0.010", "0.5", "%"]
    assert line(text, "conv1")[5] == "0.009"
    assert line(text, "relu")[5] == "—"
    assert line(report(capsys, run, level="block"), "stem")[5] == "0.027"
    assert line(text, "timestamps")[:8] == ["1.50", "µs", "each", "between", "the", "layers,", "0.40", "µs"]


def test_an_isolated_run_has_columns_for_cold_and_warm_and_says_which_is_the_main_one(capsys: Capture) -> None:
    layer = msgspec.structs.replace(RUN.layers[0], cold=around(3000.0), warm=around(1000.0), spread=around(1000.0))
    settings = RUN.settings.but(mode="isolated", cold=False)
    text = report(capsys, run_with(layers=(layer,), settings=settings, method="cuda-graph", event_pair_us=1.25))
    assert " · isolated, warm caches · forward · " in text.splitlines()[0]
    assert line(text, "name")[:4] == ["warm", "quartiles", "share", "cold"]
    assert line(text, "conv1 ")[:5] == ["1.000", "ms", "0.950–1.050", f"{100_000 / (1000 * SUM_MS + 5):.1f}", "%"]
    assert line(text, "conv1 ")[5:7] == ["3.000", "ms"]
    assert line(text, "pairs of events")[:2] == ["1.25", "µs"]
    cold = report(capsys, run_with(settings=settings.but(cold=True), layers=RUN.layers[:1]))
    assert " · isolated, cold caches · forward · " in cold.splitlines()[0]
    assert line(cold, "name")[:3] == ["cold", "quartiles", "share"]
    assert "warm" not in line(cold, "name"), "an older file has no warm time"
    alone = report(capsys, run_with(settings=settings, layers=(layer,), whole=None, groups=()))
    assert line(alone, "name")[:3] == ["warm", "quartiles", "cold"], "there is no whole to be a share of"
    assert line(alone, "Σ layers") == ["1.000", "ms"]


def test_the_shortest_eager_operation_stands_beside_that_in_a_graph(capsys: Capture) -> None:
    ceilings = Ceilings(1e9, 1e9, launch_us=1.2, cache_bytes=0, eager_launch_us=2.3)
    text = report(capsys, run_with(ceilings=ceilings))
    assert "shortest operation 1.2 µs" in text
    assert line(text, "shortest operation, eager")[:2] == ["2.3", "µs"]


def test_an_end_to_end_run_has_percentiles_a_sweep_and_memory(capsys: Capture) -> None:
    eager = EndToEndTime("eager", Measurement(around(300.0), ()), 300.0, 600.0, 900.0, 1234.56)
    run = run_with(
        ends=(eager,), sweep=(BatchPoint(8, around(500.0), 4321.0, None),
             BatchPoint(16, around(900.0), 1.0, 3 << 20, "cuda-graph", 1200)),
        launch_bound_factor=2.5, peak_bytes=7 << 20, layers=(), groups=(),
    )  # fmt: skip
    text = report(capsys, run)
    assert line(text, "eager") == ["0.300", "ms", "0.600", "ms", "0.900", "ms", "1,234.6", "20"]
    assert line(text, "    8  ") == ["0.500", "ms", "4,321.0", "—", "—", "—"], "an older file says no more"
    assert line(text, "   16  ")[-4:] == ["3.0", "MiB", "cuda-graph", "1,200"]
    assert "3.0 MiB" in text
    assert line(text, "launch-bound factor") == ["2.50", "(eager", "÷", "CUDA", "graph)"]
    assert line(text, "peak memory")[:2] == ["7.0", "MiB"]


def test_a_percentile_of_too_few_passes_is_unknown(capsys: Capture) -> None:
    eager = EndToEndTime("eager", Measurement(around(300.0), ()), 300.0, 600.0, None, 1234.56)
    assert line(report(capsys, run_with(ends=(eager,))), "eager")[:5] == ["0.300", "ms", "0.600", "ms", "—"]


def test_the_backward_pass_warnings_and_a_stop_are_told(capsys: Capture) -> None:
    backward = (GroupTime("stem", "block", around(77.7)), GroupTime("stem", "stage", around(88.8)))
    message = Message("synchronised")
    text = report(capsys, run_with(backward=backward, messages=(message,), complete=False))
    assert text.count("0.078 ms") == 1
    assert "0.089 ms" not in text
    assert str(message) in text
    assert text.endswith("The run was stopped before its end: the results are partial.\n")


def test_as_json_a_run_is_the_file(capsys: Capture) -> None:
    assert msgspec.json.decode(report(capsys, format="json"))["kind"] == "resnet_viz run"


def test_two_runs_stand_side_by_side_with_their_ratio() -> None:
    comparison = compare_runs(RUN, small_run(preset("resnet34"), slower=2.0))
    differences, table = comparison_page(comparison, ("fast", "slow"))
    assert differences.startswith("The networks differ; 19 layers have the same name in both.")
    assert line(table, "relu ") == ["0.020", "ms", "0.040", "ms", "0.50"]
    alone = compare_runs(RUN, run_with(layers=(), groups=(), whole=None))
    assert line(comparison_page(alone, ("a", "b"))[1], "relu ")[-1] == "—"


@pytest.mark.parametrize("level", ["layer", "block", "stage"])
def test_without_layers_there_is_no_table_of_times(level: str, capsys: Capture) -> None:
    assert "median" not in report(capsys, run_with(layers=(), groups=()), level=level)


def test_kernels_stand_beside_their_layer_and_their_agreement_is_stated(capsys: Capture) -> None:
    layout, gemm = Kernel("void x::layout<int>(int)", 2.0, 0.0, 2.0), Kernel("gemm", 6.0, 2.0, 6.0)
    conv = LayerKernels("conv1", 8.0, (layout, gemm))
    kernels = KernelTimes("graph", 5, (conv,), KernelAgreement(40, 0.012, 0.31, "fc"))
    text = report(capsys, run_with(kernels=kernels))
    assert line(text, "conv1 ")[-5:] == ["0.008", "ms", "layout", "+", "gemm"]
    assert line(text, "relu ")[-1] == "—"
    assert "kernels of the CUDA graph against timestamps  median difference 1.2 % over 40 layers" in text
    assert "kernel" not in report(capsys)
    processor = report(capsys, run_with(kernels=msgspec.structs.replace(kernels, source="operators")))
    assert line(processor, "name")[-3:] == ["operators", "operator", "names"]
    assert "torch operators against timestamps  median difference" in processor
    assert "kernel" not in processor


def test_a_training_step_begins_with_its_parts_in_total(capsys: Capture) -> None:
    """Stages of 100, 300 and 20 µs and a loss of 80 µs; the whole takes 1,000 µs."""
    made = [
        GroupTime("stem", level, around(us), us - 2.0) for us in (100.0, 300.0, 20.0) for level in ("block", "stage")
    ]
    run = run_with(
        settings=RUN.settings.but(passes="training-step"), whole=Measurement(around(1_000.0), ()), layers=(),
        groups=tuple(made[:4]), backward=tuple(made[2:4]), optimizer=tuple(made[4:]),
        loss=Measurement(around(80.0), ()), timestamp_correction_us=2.0,
    )  # fmt: skip
    text = report(capsys, run)
    assert line(text, "part ") == ["time", "share", "corrected"]
    assert line(text, "forward ") == ["0.400", "ms", "40.0", "%", "0.396", "ms"]
    assert line(text, "loss, with its backward pass") == ["0.080", "ms", "8.0", "%", "0.078", "ms"]
    assert line(text, "backward  ") == ["0.300", "ms", "30.0", "%", "0.298", "ms"]
    assert line(text, "update  ") == ["0.020", "ms", "2.0", "%", "0.018", "ms"]
    blocks = text[text.index("backward of") :]
    assert line(blocks[: blocks.index("update of")], "stem")[3:5] == ["30.0", "%"]
    assert "part " not in report(capsys)


def test_the_sum_of_a_training_run_is_not_called_that_of_its_layers(capsys: Capture) -> None:
    text = report(capsys, run_with(settings=RUN.settings.but(passes="forward+backward")))
    assert line(text, "Σ of all parts")[:2] == [f"{SUM_MS:.3f}", "ms"]
    assert "Σ layers" not in text


def test_a_text_of_a_file_makes_no_line_of_its_own(capsys: Capture) -> None:
    place = Environment(device="cpu", name="A processor\nwhole network  0.001 ms")
    run = run_with(place=place, warnings=("Be careful.\nIt was perfect.",))
    text = report(capsys, run)
    assert line(text, "whole network")[0] == f"{SUM_MS + 0.005:.3f}"
    assert r"Be careful.\u000aIt was perfect." in text
    other = msgspec.structs.replace(run, place=msgspec.structs.replace(place, torch="1\nThe networks agree."))
    assert "\nThe networks agree" not in comparison_page(compare_runs(run, other), ("a", "b"))[0]
