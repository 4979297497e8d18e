"""The bars are judged by the summaries: the worst figure counts, and nothing measured is no pass."""

from typing import Any

import msgspec
import pytest

from resnet_viz.records.kernels import KernelAgreement, KernelTimes
from resnet_viz.spec.presets import preset
from tests.gpu.bars import Bar, bars
from tests.gpu.figures import figures_of
from tests.gui.small_run import small_run


def summary(**results: dict[str, Any]) -> dict[str, Any]:
    return {"steps": {name: {"status": 0, "result": result} for name, result in results.items()}}


def judged(**results: dict[str, Any]) -> dict[str, Bar]:
    return {bar.asked: bar for bar in bars([summary(**results)])}


def test_nothing_measured_passes_nothing() -> None:
    assert [bar.passed for bar in bars([])] == [None] * 6


@pytest.mark.parametrize(
    ("batch", "apart", "passed"),
    [
        (1, 0.049, True),
        (1, -0.051, False),
        (32, -0.019, True),
        (32, 0.021, False),
        (256, 0.02, True),
        (256, 0.03, False),
    ],
)
def test_the_worst_sum_of_a_batch_counts(batch: int, apart: float, passed: bool) -> None:
    good = {"batch": batch, "corrected_apart": 0.001}
    found = judged(one=good, two={"batch": batch, "corrected_apart": apart}, three={"batch": batch})
    bar = next(bar for asked, bar in found.items() if asked.endswith(f"at batch {batch}"))
    assert (bar.passed, "(two), of 2" in bar.found) == (passed, True)
    assert [bar.passed for bar in found.values()].count(None) == 5


def test_kernels_runs_and_seconds() -> None:
    found = judged(
        again_0={"whole_us": 100.0}, again_1={"whole_us": 101.9}, again_2={"whole_us": 101.0},
        default={"measured_seconds": 10.5, "kernels": {"apart_median": 0.06}},
    )  # fmt: skip
    assert found["runs within 2%"].passed is True
    assert found["events against kernels within 5% in the median of long layers"].passed is False
    assert found["the default run of ResNet-50 measures for at most 10 s"].passed is False


@pytest.mark.parametrize(("own", "passed"), [(910.0, True), (890.0, False)])
def test_the_best_execution_is_compared_with_the_best_baseline(own: float, passed: bool) -> None:
    ends = {"eager": {"img_s": 100.0}, "cuda-graph": {"img_s": own}}
    found = judged(
        ends_resnet50_32={"ends": ends}, baseline_resnet50_32={"img_s": 200.0},
        baseline_graph_resnet50_32={"img_s": 1000.0}, ends_compiled={"ends": ends},
    )  # fmt: skip
    assert found["resnet50_32 end to end ≥ 0.9 of the baseline"].passed is passed
    assert not any("compiled" in asked for asked in found)


def test_a_failed_step_does_not_count() -> None:
    steps = {
        "default": {"status": 1, "result": {"measured_seconds": 3.0}},
        "late": {"status": None, "skipped": "3 s left"},
    }
    assert [bar.passed for bar in bars([{"steps": steps}])] == [None] * 6


def test_the_figures_of_a_run_say_how_far_the_sum_is_from_the_whole_with_and_without_timestamps() -> None:
    run = small_run(preset("resnet18"))
    assert run.sum_us is not None
    agreement = KernelAgreement(3, 0.01, 0.04, "conv1")
    kernels = KernelTimes("graph", 5, (), agreement)
    found = figures_of(msgspec.structs.replace(run, timestamp_correction_us=2.0, kernels=kernels))
    whole = run.sum_us + 5
    assert found["sum_apart"] == pytest.approx(run.sum_us / whole - 1)
    assert found["corrected_apart"] == pytest.approx((run.sum_us - 2.0 * len(run.layers)) / whole - 1)
    assert figures_of(run)["corrected_apart"] is None
    assert (found["kernels"]["apart_median"], found["kernels"]["worst_layer"]) == (0.01, "conv1")
    assert found["images_per_second"] == pytest.approx(1e6 / whole)
    assert len(found["layers"]) == len(run.layers)
