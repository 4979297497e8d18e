"""Figures agree with the whole, with kernels and with another run, or the check has failed."""

from dataclasses import replace
from functools import partial

import msgspec
import pytest
import torch

from resnet_viz.profiling.kernels.attribution import agreement
from resnet_viz.profiling.kernels.second_opinion import joined
from resnet_viz.profiling.run_warnings import warnings
from resnet_viz.records.kernels import KernelAgreement, KernelFindings, KernelTimes, LayerKernels
from resnet_viz.records.message import Message
from resnet_viz.records.run import ProfileRun
from resnet_viz.selfcheck.agreement_checks import instrumented_ratio, profiler_agrees, sums_meet_whole, two_runs_agree
from resnet_viz.selfcheck.limit_checks import (
    not_faster_than_roofline,
)
from resnet_viz.spec.presets import preset
from tests.gui.small_run import small_run
from tests.selfcheck.small_checks import RUN, SETUP, SUM_US, lasting, measuring


@pytest.mark.parametrize(
    ("whole_us", "passed"),
    [
        (SUM_US, True),
        (SUM_US / 0.951, True),
        (SUM_US / 0.949, False),
        (SUM_US / 1.049, True),
        (SUM_US / 1.051, False),
    ],
)
def test_the_sum_must_agree_with_the_whole_within_5_percent(
    whole_us: float, passed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = measuring(lambda _: lasting(whole_us, SUM_US), monkeypatch)
    outcome = sums_meet_whole(SETUP)
    assert outcome.passed is passed
    assert [(run["spec"], run["batch"]) for run in asked] == [
        (preset(name), batch) for name in ("resnet18", "resnet50") for batch in (1, 4)
    ]
    assert outcome.numbers["resnet50_n4"] == pytest.approx(1 - SUM_US / whole_us, abs=1e-4)
    assert f"ResNet-18 N=1 {100 * (1 - SUM_US / whole_us):+.1f} %" in outcome.figure


def test_a_single_sum_that_misses_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    measuring(lambda number: lasting(SUM_US * (1.5 if number == 0 else 1.0), SUM_US), monkeypatch)
    assert sums_meet_whole(SETUP).passed is False


def test_a_short_sum_may_miss_by_20_microseconds(monkeypatch: pytest.MonkeyPatch) -> None:
    measuring(lambda _: lasting(60.0, 40.0), monkeypatch)
    assert sums_meet_whole(SETUP).passed is True
    measuring(lambda _: lasting(60.5, 40.0), monkeypatch)
    assert sums_meet_whole(SETUP).passed is False


def test_a_sum_that_exceeds_by_its_timestamps_passes_as_it_does_in_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """The warnings of a run and this check follow one rule."""
    cost_us = 0.1 * SUM_US / (len(RUN.layers) - 1)
    whole_us = 0.9 * SUM_US
    run = lasting(whole_us, SUM_US)
    measuring(lambda _: run, monkeypatch)
    assert sums_meet_whole(SETUP).passed is False
    assert "sum misses whole" in [message.kind for message in warnings(run)]
    corrected = msgspec.structs.replace(run, timestamp_correction_us=cost_us)
    measuring(lambda _: corrected, monkeypatch)
    assert sums_meet_whole(SETUP).passed is True
    assert "sum misses whole" not in [message.kind for message in warnings(corrected)]


@pytest.mark.parametrize(
    ("first_us", "second_us", "agreement", "passed"),
    [
        (125.0, 110.0, 0.10, True),
        (125.5, 100.0, 0.10, False),  # at batch 1
        (100.0, 110.5, 0.10, False),
        (100.0, 105.0, 0.02, True),  # 5 % is allowed, however well two runs must agree
        (100.0, 105.5, 0.02, False),
    ],
)
def test_timestamps_must_not_slow_a_pass_too_much(
    first_us: float, second_us: float, agreement: float, passed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = measuring(lambda number: lasting(100.0, (first_us, second_us)[number]), monkeypatch)
    outcome = instrumented_ratio(replace(SETUP, agreement=agreement))
    assert outcome.passed is passed
    assert outcome.numbers == {"n1": first_us / 100, "n4": second_us / 100}
    assert [run["batch"] for run in asked] == [1, 4]


@pytest.mark.parametrize(("cost_us", "passed"), [(1.7, True), (4.9, True), (5.1, False), (0.1, False), (None, False)])
def test_a_slower_pass_is_explained_by_timestamps_of_a_credible_cost(
    cost_us: float | None, passed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a card at batch 1 a pass with timestamps may take 30 % longer, which is no fault of the device."""
    run = msgspec.structs.replace(lasting(100.0, 130.0), mark_us=0.4, timestamp_in_situ_us=cost_us)
    measuring(lambda _: run, monkeypatch)
    outcome = instrumented_ratio(SETUP)
    assert outcome.passed is passed
    assert outcome.numbers["n1"] == pytest.approx(1.3)
    assert outcome.numbers.get("n4_timestamp_us") == cost_us
    assert ("for each timestamp" in outcome.figure) is (cost_us is not None)


@pytest.mark.parametrize(("factor", "passed"), [(1.0, True), (1.1, True), (1.11, False), (0.9, False), (0.91, True)])
def test_two_runs_must_agree(factor: float, passed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """By no more than 10 % of the shorter."""
    asked = measuring(lambda number: small_run(preset("resnet18"), slower=factor if number else 1.0), monkeypatch)
    outcome = two_runs_agree(SETUP)
    assert outcome.passed is passed
    assert outcome.numbers["apart"] == pytest.approx(max(factor, 1 / factor) - 1, abs=1e-4)
    assert [run["seconds"] for run in asked] == [0.4, 0.4]
    assert f"Σ {SUM_US / 1000:.3f} and {factor * SUM_US / 1000:.3f} ms" in outcome.figure


def test_a_run_without_times_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    empty = msgspec.structs.replace(RUN, whole=None, layers=())
    measuring(lambda _: empty, monkeypatch)
    assert (sums_meet_whole(SETUP).passed, sums_meet_whole(SETUP).figure) == (False, "nothing was measured")
    assert instrumented_ratio(SETUP).passed is False
    assert two_runs_agree(SETUP).passed is False
    assert not_faster_than_roofline(SETUP).passed is False


LONG_US = {layer.id: 100 * layer.spread.median_us for layer in RUN.layers}


def with_kernels(factor: float) -> ProfileRun:
    """The run with kernels that take so many times as long as its layers."""
    layers = tuple(LayerKernels(layer, us * factor) for layer, us in LONG_US.items())
    agrees = agreement(LONG_US, layers, "operators")
    return joined(RUN, KernelFindings(KernelTimes("operators", 5, layers, agrees)))


@pytest.mark.parametrize(("factor", "passed"), [(1.0, True), (1.11, True), (2.0, False), (0.92, True), (0.9, False)])
def test_the_kernels_must_agree_with_the_layers(factor: float, passed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a tenth on a CPU."""
    asked = measuring(lambda _: with_kernels(factor), monkeypatch)
    outcome = profiler_agrees(SETUP)
    assert outcome.passed is passed
    assert f"over {sum(us > 500 for us in LONG_US.values())} layers longer than 500 µs" in outcome.figure
    assert outcome.figure.startswith("torch operators against timestamps: ")
    assert outcome.numbers["median"] == outcome.numbers["worst"] == pytest.approx(abs(1 / factor - 1), abs=1e-4)
    assert [(run["kernels"], run["batch"], run["dtype"]) for run in asked] == [(True, 4, "fp32")]


def test_the_kernels_are_compared_in_the_median_and_the_worst_layer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    kernels = KernelTimes("graph", 5, (), KernelAgreement(50, 0.04, 0.75, "fc"))
    measuring(lambda _: msgspec.structs.replace(RUN, kernels=kernels), monkeypatch)
    outcome = profiler_agrees(SETUP)
    assert outcome.passed is True
    assert outcome.numbers == {"median": 0.04, "worst": 0.75}
    assert outcome.figure.endswith("largest 75.0 % (fc)")


def test_a_card_must_agree_within_5_percent_in_half_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    card = replace(SETUP, device=torch.device("cuda:0"), agreement=0.02)
    for median, passed in ((0.05, True), (0.051, False)):
        kernels = KernelTimes("graph", 5, (), KernelAgreement(50, median, 0.75, "fc"))
        asked = measuring(partial(lambda run, _: run, msgspec.structs.replace(RUN, kernels=kernels)), monkeypatch)
        assert profiler_agrees(card).passed is passed
        assert asked[0]["dtype"] == "bf16"


def test_kernels_that_were_not_measured_do_not_agree_and_the_reason_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    message = Message("kernels crashed", {"code": 3, "last": "ImportError: no profiler"})
    measuring(lambda _: joined(RUN, KernelFindings(None, (message,))), monkeypatch)
    outcome = profiler_agrees(SETUP)
    assert outcome.passed is False
    assert outcome.figure.endswith("ended with 3: ImportError: no profiler")
    measuring(lambda _: msgspec.structs.replace(RUN, kernels=KernelTimes("graph", 5, ())), monkeypatch)
    assert (
        profiler_agrees(SETUP).figure
        == "kernels of the CUDA graph against timestamps: no layer takes more than 20 µs, so they cannot be compared"
    )
    assert profiler_agrees(SETUP).passed is False


def test_no_other_check_measures_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    """They take seconds for each run."""
    asked = measuring(lambda _: RUN, monkeypatch)
    for check in (instrumented_ratio, sums_meet_whole, two_runs_agree, not_faster_than_roofline):
        check(SETUP)
    assert {run["kernels"] for run in asked} == {False}
