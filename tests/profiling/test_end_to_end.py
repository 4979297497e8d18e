"""End-to-end times: percentiles, executions that fail, the batch sweep and its end."""

import itertools
import random
from collections.abc import Callable, Iterator
from contextlib import nullcontext

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from resnet_viz.profiling import end_to_end
from resnet_viz.profiling.end_to_end import (
    MIN_REPETITIONS,
    EndToEndResults,
    end_to_end_time,
    executions,
    measure_end_to_end,
)
from resnet_viz.profiling.passes import Progress, Setup
from resnet_viz.profiling.training_step import TrainingWorkload
from resnet_viz.profiling.workload import Workload
from resnet_viz.spec.profiling import ProfileSettings
from tests.profiling.doubles.clock import FakeClock
from tests.profiling.doubles.work import FakeTorchMode
from tests.profiling.networks import CPU, SMALL, prepared


def measured(
    settings: ProfileSettings,
    *,
    work: Workload | None = None,
    fits: Callable[[int], bool] = lambda _: True,
    clock: FakeClock | None = None,
) -> tuple[EndToEndResults, list[Progress]]:
    """Every reading of the clock is a millisecond later, so that a pass takes one."""
    found = EndToEndResults()
    setup = Setup(settings, CPU, clock or FakeClock(reading_ns=1_000_000), torch.no_grad)
    reports = list(measure_end_to_end(work or prepared(SMALL), setup, fits_memory=fits, results=found))
    return found, reports


EAGER = ProfileSettings(seconds=0.1, sweep=False, warmup_seconds=0.0)
SWEEP = ProfileSettings(seconds=1.0, warmup_seconds=0.0)


def test_percentiles_are_numpys_and_throughput_is_at_the_median() -> None:
    chance = random.Random(4)
    samples = [chance.uniform(900, 1500) for _ in range(137)]
    found = end_to_end_time("eager", samples, batch=8)
    expected = [float(value) for value in np.percentile(samples, (50, 90, 99))]
    assert [found.p50_us, found.p90_us, found.p99_us] == pytest.approx(expected, abs=1e-3)
    assert found.images_per_second == pytest.approx(8e6 / expected[0])
    assert len(found.timed.samples_us) == found.timed.spread.n == 137


def test_percentiles_are_rounded_to_a_tenth_of_a_nanosecond() -> None:
    found = end_to_end_time("eager", [1.23456789], 1)
    assert (found.p50_us, found.p90_us, found.p99_us) == (1.2346, 1.2346, 1.2346)


def test_eager_over_graph_is_the_launch_bound_factor() -> None:
    eager, graph = end_to_end_time("eager", [300.0], 1), end_to_end_time("cuda-graph", [120.0], 1)
    assert EndToEndResults([eager, graph]).launch_bound_factor == pytest.approx(2.5)
    assert EndToEndResults([eager]).launch_bound_factor is None
    assert EndToEndResults([graph]).launch_bound_factor is None
    assert EndToEndResults([]).launch_bound_factor is None


def test_eager_passes_fill_the_budget() -> None:
    found, reports = measured(EAGER)
    (eager,) = found.times
    assert eager.way == "eager"
    assert eager.p50_us == pytest.approx(1000.0)
    assert eager.timed.spread.n > 20
    assert reports[-1].done == 1.0
    assert found.messages == []
    assert found.peak_bytes is None


def test_a_slow_network_is_run_a_few_times_nevertheless() -> None:
    found, _ = measured(EAGER, clock=FakeClock(reading_ns=10**10))
    assert found.times[0].timed.spread.n == MIN_REPETITIONS


def test_warming_up_is_as_long_as_asked() -> None:
    work, clock = prepared(SMALL), FakeClock(reading_ns=1_000)
    passes = itertools.count(1)
    count = 0
    first_sample = None

    def counted(_module: nn.Module, _inputs: object, _output: object) -> None:
        nonlocal count
        count = next(passes)

    work.network.register_forward_hook(counted)
    found = EndToEndResults()
    settings = EAGER.but(warmup_passes=12)
    for progress in measure_end_to_end(
        work, Setup(settings, CPU, clock, nullcontext), fits_memory=lambda _: True, results=found
    ):
        if not progress.warming_up:
            first_sample = count
            break
    assert first_sample is not None
    assert first_sample > 12


def test_an_execution_that_raises_is_reported_and_the_others_still_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_compiler(*_: object, **__: object) -> object:
        raise NotImplementedError("  no C++ compiler\nlong trace")

    monkeypatch.setattr(torch, "compile", no_compiler)
    found, _ = measured(EAGER.but(compiled=True))
    assert [str(message) for message in found.messages] == ["compiled was refused: no C++ compiler"]
    assert [end.way for end in found.times] == ["eager"]


def test_an_execution_that_fails_only_when_it_runs_is_reported_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> object:
        raise AssertionError

    monkeypatch.setattr(torch, "compile", lambda _: broken)
    found, _ = measured(EAGER.but(compiled=True))
    assert [str(message) for message in found.messages] == ["compiled was refused: AssertionError"]


def test_compiled_execution_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "compile", lambda module: module)
    found, _ = measured(EAGER.but(compiled=True))
    assert [end.way for end in found.times] == ["eager", "compiled"]
    assert found.messages == []


@pytest.mark.parametrize("error", [torch.OutOfMemoryError("CUDA out of memory"), MemoryError()])
def test_running_out_of_memory_is_not_swallowed(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def too_large(*_: object) -> object:
        raise error

    monkeypatch.setattr(torch, "compile", too_large)
    with pytest.raises(type(error)):
        measured(EAGER.but(compiled=True))


def test_a_card_can_run_a_graph_and_backward_is_only_eager() -> None:
    work, card = prepared(SMALL), torch.device("cuda", 0)
    compiled = EAGER.but(compiled=True)

    def ways(run: Workload | TrainingWorkload, settings: ProfileSettings, device: torch.device) -> list[str]:
        return [way for way, _ in executions(run, Setup(settings, device, FakeClock()))]

    assert ways(work, compiled, card) == ["eager", "cuda-graph", "compiled"]
    assert ways(TrainingWorkload(work), compiled.but(passes="forward+backward"), card) == ["eager"]
    assert ways(work, EAGER, CPU) == ["eager"]


def test_backward_is_run_and_has_no_sweep() -> None:
    settings = EAGER.but(passes="forward+backward", sweep=True)
    work = prepared(SMALL, passes="forward+backward")
    found = EndToEndResults()
    setup = Setup(settings, CPU, FakeClock(1_000_000), nullcontext)
    list(measure_end_to_end(work, setup, fits_memory=lambda _: True, results=found))
    assert found.sweep == []
    assert all(parameter.grad is not None for parameter in work.network.parameters())


def test_the_sweep_stops_before_a_batch_that_does_not_fit() -> None:
    asked: list[int] = []

    def fits(batch: int) -> bool:
        asked.append(batch)
        return batch <= 4

    found, reports = measured(SWEEP, fits=fits)
    assert [point.batch for point in found.sweep] == [1, 2, 4]
    assert asked == [1, 2, 4, 8]
    assert len(found.messages) == 1
    assert "before batch 8" in str(found.messages[0])
    for point in found.sweep:
        assert point.images_per_second == pytest.approx(point.batch * 1000.0)
        assert point.peak_bytes is None
    assert all(0 <= progress.done <= 1 for progress in reports)


@pytest.mark.parametrize("error", [torch.OutOfMemoryError("CUDA out of memory"), MemoryError()])
def test_the_sweep_ends_where_the_device_runs_out_of_memory(error: Exception) -> None:
    work = prepared(SMALL)

    def small_memory(_module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        if inputs[0].shape[0] >= 8:
            raise error

    work.network.register_forward_pre_hook(small_memory)
    found, _ = measured(SWEEP, work=work)
    assert [point.batch for point in found.sweep] == [1, 2, 4]
    assert [str(message) for message in found.messages] == ["The sweep ended at batch 8: the device ran out of memory."]


def test_another_error_in_the_sweep_is_not_swallowed() -> None:
    work = prepared(SMALL)

    def broken(_module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        if inputs[0].shape[0] == 4:
            raise RuntimeError("device-side assert")

    work.network.register_forward_pre_hook(broken)
    with pytest.raises(RuntimeError, match="device-side"):
        measured(SWEEP, work=work)


def test_the_sweep_ends_when_its_time_is_spent() -> None:
    found, _ = measured(SWEEP, clock=FakeClock(reading_ns=20_000_000))
    batches = [point.batch for point in found.sweep]
    assert 2 <= len(batches) < 8
    assert batches == [2**place for place in range(len(batches))]
    assert [str(message) for message in found.messages] == [
        f"The sweep ended at batch {batches[-1]}: its time was spent."
    ]


def test_a_sweep_keeps_dtype_and_layout() -> None:
    seen: list[tuple[torch.dtype, bool]] = []
    work = prepared(SMALL, dtype="bf16", memory_format="channels_last")
    work.network.register_forward_pre_hook(
        lambda _module, inputs: seen.append(
            (inputs[0].dtype, inputs[0].is_contiguous(memory_format=torch.channels_last))
        )
    )
    measured(SWEEP.but(dtype="bf16", memory_format="channels_last"), work=work, fits=lambda batch: batch <= 4)
    assert set(seen) == {(torch.bfloat16, True)}


def test_progress_is_reported_outside_the_torch_mode() -> None:
    torch_mode = FakeTorchMode()
    settings = EAGER.but(sweep=True)
    setup = Setup(settings, CPU, FakeClock(1_000_000), torch_mode)
    passes = measure_end_to_end(prepared(SMALL), setup, fits_memory=lambda batch: batch < 4, results=EndToEndResults())
    dones = []
    for progress in passes:
        assert not torch_mode.inside
        dones.append(progress.done)
    assert all(0 <= done <= 1 for done in dones)
    assert dones == sorted(dones)
    assert torch_mode.entered > 5


def test_a_refused_graph_is_named_as_people_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def executions(work: Workload, _: Setup) -> Iterator[tuple[str, Callable[[], object]]]:
        yield "eager", lambda: work.run_whole
        yield "cuda-graph", refuse

    def refuse() -> object:
        raise RuntimeError("x" * 200)

    monkeypatch.setattr(end_to_end, "executions", executions)
    found, _ = measured(EAGER)
    assert [str(message) for message in found.messages] == [f"CUDA graph was refused: {'x' * 160}"]


def test_an_eager_pass_that_fails_ends_the_run() -> None:
    work = prepared(SMALL)

    def broken(*_: object) -> None:
        raise RuntimeError("device-side assert")

    work.network.register_forward_pre_hook(broken)
    with pytest.raises(RuntimeError, match="device-side"):
        measured(EAGER, work=work)


def test_the_sweep_goes_to_the_largest_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(end_to_end, "MAX_SWEEP_BATCH", 8)
    found, reports = measured(SWEEP.but(seconds=60.0), clock=FakeClock(reading_ns=200_000_000))
    assert [point.batch for point in found.sweep] == [1, 2, 4, 8]
    assert found.messages == []
    sweeping = [report for report in reports if not report.warming_up][-4:]
    assert sweeping[0].done >= 0.6
    assert [point.spread.n for point in found.sweep] == [MIN_REPETITIONS] * 4


def test_a_slow_batch_is_timed_once() -> None:
    found, _ = measured(SWEEP, clock=FakeClock(reading_ns=20_000_000_000), fits=lambda batch: batch == 1)
    assert [point.spread.n for point in found.sweep] == [1]


@pytest.mark.parametrize(("seconds", "batches"), [(1.35, 2), (1.45, 3), (2.2, 3), (2.3, 4), (3.0, 5)])
def test_the_sweep_ends_before_a_batch_that_would_exceed_its_time(seconds: float, batches: int) -> None:
    found, _ = measured(SWEEP.but(seconds=seconds), clock=FakeClock(reading_ns=20_000_000))
    assert len(found.sweep) == batches
