"""The ten checks: an outcome each whatever happens, with passes and failures told apart."""

import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import count

import msgspec
import pytest
import torch

from resnet_viz.device import info as device_info
from resnet_viz.errors import SpecError
from resnet_viz.profiling.run_warnings import warnings
from resnet_viz.records.run import Measurement, ProfileRun
from resnet_viz.selfcheck import checks as module
from resnet_viz.selfcheck.checks import (
    CheckSetup,
    check_setup,
    checks,
    clock_runs_forward,
    half_precision_is_finite,
    instrumented_ratio,
    not_faster_than_roofline,
    out_of_memory_is_survived,
    profiler_agrees,
    starved_queue_is_noticed,
    sums_meet_whole,
    timestamp_cost,
    two_runs_agree,
)
from resnet_viz.selfcheck.outcome import Outcome
from resnet_viz.spec.presets import preset
from tests.gui.small_run import around, small_run
from tests.profiling.networks import SMALL

SETUP = CheckSetup(torch.device("cpu"), (1, 4), 0.10, ("resnet18",), 2, "fp32", 0.2)
RUN = small_run(preset("resnet18"))
SUM_US = RUN.sum_us or 0.0


def fine(_: CheckSetup) -> Outcome:
    return Outcome(0, "", "fine", True)


def broken(_: CheckSetup) -> Outcome:
    raise RuntimeError("no such kernel\nand more")


def measuring(run_of: Callable[[int], ProfileRun], monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """Let the checks measure `run_of` 0, 1, …; returns the settings that they measure with, as they do."""
    asked: list[dict[str, object]] = []
    numbers = count()

    def profile(spec: object, settings: object) -> list[ProfileRun]:
        asked.append({"spec": spec, **msgspec.structs.asdict(settings)})  # type: ignore[arg-type]
        return [run_of(next(numbers))]

    monkeypatch.setattr(module, "profile", profile)
    return asked


def printing(output: bytes, monkeypatch: pytest.MonkeyPatch, *, code: int = 0, error: bytes = b"") -> list[list[str]]:
    """Let the worker print this output; returns the commands that start it, as they are run."""
    commands: list[list[str]] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        commands.append(command)
        return subprocess.CompletedProcess(command, code, output, error)

    monkeypatch.setattr(subprocess, "run", run)
    return commands


def lasting(whole_us: float, instrumented_us: float | None = None) -> ProfileRun:
    """The run with other times of the whole network and of the instrumented pass."""
    whole, instrumented = (
        None if time is None else Measurement(around(time), (time,)) for time in (whole_us, instrumented_us)
    )
    return msgspec.structs.replace(RUN, whole=whole, instrumented=instrumented)


def test_there_are_ten_checks_and_each_has_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    titles = [title for title, _ in module.all_checks()]
    monkeypatch.setattr(module, "all_checks", lambda: tuple((title, fine) for title in titles))
    outcomes = list(checks(SETUP))
    assert [outcome.number for outcome in outcomes] == list(range(1, 11))
    assert [outcome.title for outcome in outcomes] == titles
    assert outcomes[3].line == " 4  pass  Σ of the layers against the whole network: fine"


def test_every_check_is_made_once() -> None:
    made = [check for _, check in module.all_checks()]
    assert len(set(made)) == len({title for title, _ in module.all_checks()}) == 10


def test_a_check_that_raises_has_failed_and_the_others_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "all_checks", lambda: (("first", fine), ("second", broken), ("third", fine)))
    outcomes = list(checks(SETUP))
    assert [outcome.passed for outcome in outcomes] == [True, False, True]
    assert outcomes[1].line == " 2  FAIL  second: RuntimeError: no such kernel"


def test_a_cuda_device_is_checked_more_strictly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_info, "find", torch.device)
    card, cpu = check_setup("cuda:1"), check_setup("cpu")
    assert (card.on_cuda, cpu.on_cuda) == (True, False)
    assert card.agreement < cpu.agreement
    assert card.settings().device == "cuda:1"
    assert card.settings(seconds=1.5, batch=8).seconds == 1.5
    assert cpu.settings().seconds == cpu.seconds


def test_a_device_that_does_not_exist_is_refused() -> None:
    with pytest.raises(SpecError, match="this machine has"):
        check_setup("cuda:99")


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


def test_a_run_without_times_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    empty = msgspec.structs.replace(RUN, whole=None, layers=())
    measuring(lambda _: empty, monkeypatch)
    assert (sums_meet_whole(SETUP).passed, sums_meet_whole(SETUP).figure) == (False, "nothing was measured")
    assert instrumented_ratio(SETUP).passed is False
    assert two_runs_agree(SETUP).passed is False
    assert not_faster_than_roofline(SETUP).passed is False


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


@pytest.mark.parametrize(("factor", "passed"), [(1.0, True), (1.1, True), (1.11, False), (0.9, False), (0.91, True)])
def test_two_runs_must_agree(factor: float, passed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """By no more than 10 % of the shorter."""
    asked = measuring(lambda number: small_run(preset("resnet18"), slower=factor if number else 1.0), monkeypatch)
    outcome = two_runs_agree(SETUP)
    assert outcome.passed is passed
    assert outcome.numbers["apart"] == pytest.approx(max(factor, 1 / factor) - 1, abs=1e-4)
    assert [run["seconds"] for run in asked] == [0.4, 0.4]
    assert f"Σ {SUM_US / 1000:.3f} and {factor * SUM_US / 1000:.3f} ms" in outcome.figure


@pytest.mark.parametrize(("factor", "passed"), [(1.0, True), (1.11, True), (2.0, False), (0.92, True), (0.9, False)])
def test_the_profiler_must_agree_on_long_layers(factor: float, passed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    measuring(lambda _: RUN, monkeypatch)
    profiled = {layer.id: layer.spread.median_us * factor for layer in RUN.layers}
    profiled["relu"] = 1.0  # measured with 20 µs: too short to be compared
    commands = printing(b"a line of torch's own\n" + msgspec.json.encode(profiled) + b"\n", monkeypatch)
    outcome = profiler_agrees(SETUP)
    assert outcome.passed is passed
    assert outcome.figure.startswith(f"{len(RUN.layers) - 2} layers over 20 µs")
    assert outcome.numbers["median"] == outcome.numbers["worst"] == pytest.approx(abs(1 / factor - 1), abs=1e-4)
    assert commands[0][-4:] == ["profiler", "cpu", "fp32", "4"]


def test_the_profiler_is_compared_in_the_median_and_the_worst_layer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    measuring(lambda _: RUN, monkeypatch)
    profiled = {layer.id: layer.spread.median_us for layer in RUN.layers}
    profiled[RUN.layers[-1].id] *= 4
    printing(msgspec.json.encode(profiled), monkeypatch)
    outcome = profiler_agrees(SETUP)
    assert outcome.passed is True
    assert outcome.numbers == {"median": 0.0, "worst": 0.75}


def test_a_profiler_that_saw_nothing_does_not_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    measuring(lambda _: RUN, monkeypatch)
    printing(b"{}", monkeypatch)
    assert profiler_agrees(SETUP).passed is False


def test_a_worker_that_fails_is_told_with_its_last_line(monkeypatch: pytest.MonkeyPatch) -> None:
    measuring(lambda _: RUN, monkeypatch)
    printing(b"", monkeypatch, code=3, error=b"Traceback\nImportError: no profiler\n")
    with pytest.raises(RuntimeError, match="the process ended with 3: ImportError: no profiler"):
        profiler_agrees(SETUP)


def test_nothing_may_be_faster_than_its_roofline(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = measuring(lambda _: lasting(1e6, 1e6), monkeypatch)
    ratio = not_faster_than_roofline(SETUP).numbers["resnet18"]
    assert (asked[0]["batch"], asked[0]["dtype"], asked[0]["memory_format"]) == (2, "fp32", "channels_last")
    least_us = 1e6 / ratio
    assert least_us > sum(2 * layer.flops for layer in RUN.layers) / 100e9 * 1e6  # two images at 100 GFLOP/s
    for factor, passed in ((0.951, True), (0.949, False), (3.0, True)):
        run = lasting(factor * least_us)
        measuring(partial(lambda run, _: run, run), monkeypatch)
        outcome = not_faster_than_roofline(SETUP)
        assert outcome.passed is passed
        assert outcome.figure == f"ResNet-18 {factor:.2f} (fp32, N=2)"


def test_a_cpu_has_no_queue_to_starve_and_its_clock_runs_forward() -> None:
    assert starved_queue_is_noticed(SETUP).passed is None
    outcome = clock_runs_forward(SETUP)
    assert outcome.passed is True
    assert outcome.numbers["smallest_ns"] >= 0


def test_a_clock_that_runs_backwards_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    readings = count(0, -1)
    monkeypatch.setattr(time, "perf_counter_ns", lambda: next(readings))
    assert clock_runs_forward(SETUP).passed is False


@pytest.mark.parametrize(("ns", "passed"), [(0, True), (19_900, True), (20_100, False), (-100, False)])
def test_a_timestamp_must_cost_less_than_20_microseconds(
    ns: int, passed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings = count(0, ns)
    monkeypatch.setattr(module, "preset", lambda _: SMALL)
    monkeypatch.setattr(time, "perf_counter_ns", lambda: next(readings))
    outcome = timestamp_cost(SETUP)
    assert outcome.passed is passed
    assert outcome.numbers["mark_us"] == pytest.approx(ns / 1000)


def test_half_precision_is_checked_where_the_device_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_info, "dtype_refusal", lambda *_: "no fp16 here")
    assert (half_precision_is_finite(SETUP).passed, half_precision_is_finite(SETUP).figure) == (None, "no fp16 here")
    monkeypatch.undo()
    monkeypatch.setattr(module, "preset", lambda _: SMALL)
    outcome = half_precision_is_finite(SETUP)
    assert outcome.passed is True
    assert 0 < outcome.numbers["largest"] < 1e4


def test_running_out_of_memory_in_a_process_of_its_own_is_a_sentence() -> None:
    outcome = out_of_memory_is_survived(SETUP)
    assert outcome.passed is True, outcome.figure
    assert "ran out of memory at batch 100000" in outcome.figure


def test_another_sentence_than_that_of_memory_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    printing(b'{"sentence": "all is well"}', monkeypatch)
    assert out_of_memory_is_survived(SETUP).passed is False
