"""End-to-end times: percentiles, executions that fail, the batch sweep and its end."""

import itertools
import random
from collections.abc import Callable, Iterator
from contextlib import nullcontext

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from resnet_viz.profiling.passes import Progress, Setup
from resnet_viz.profiling.training_step import TrainingWorkload
from resnet_viz.profiling.whole_network import end_to_end
from resnet_viz.profiling.whole_network.end_to_end import (
    MIN_REPETITIONS,
    EndToEndResults,
    end_to_end_time,
    executions,
    measure_end_to_end,
)
from resnet_viz.profiling.workload import Workload
from resnet_viz.spec.profiling import ProfileSettings
from tests.profiling.doubles.clock import FakeClock
from tests.profiling.doubles.networks import CPU, SMALL, prepared
from tests.profiling.doubles.work import FakeTorchMode


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
    found = end_to_end_time("eager", [1.23456789] * 100, 1)
    assert (found.p50_us, found.p90_us, found.p99_us) == (1.2346, 1.2346, 1.2346)


@pytest.mark.parametrize(("count", "known"), [(1, 1), (9, 1), (10, 2), (99, 2), (100, 3)])
def test_a_percentile_above_all_samples_is_unknown(count: int, known: int) -> None:
    found = end_to_end_time("eager", [5.0] * count, 1)
    assert [found.p50_us, found.p90_us, found.p99_us] == [5.0] * known + [None] * (3 - known)


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
@pytest.mark.parametrize("way", ["cuda-graph", "eager"])
def test_only_the_eager_pass_ends_the_run_where_it_finds_too_little_memory(
    monkeypatch: pytest.MonkeyPatch, error: Exception, way: str
) -> None:
    """A graph needs memory of its own, beside that of the eager pass."""

    def too_large() -> object:
        raise error

    def fake_executions(*_: object) -> Iterator[tuple[str, Callable[[], object]]]:
        for each in ("eager", "cuda-graph"):
            yield each, too_large if each == way else lambda: lambda: None

    monkeypatch.setattr(end_to_end, "executions", fake_executions)
    if way == "eager":
        with pytest.raises(type(error)):
            measured(EAGER)
    else:
        found, _ = measured(EAGER)
        assert [time.way for time in found.times] == ["eager"]
        assert [str(message) for message in found.messages] == [
            "CUDA graph was left out: the device ran out of memory while it was prepared."
        ]


def test_a_card_can_run_a_graph_and_backward_is_only_eager() -> None:
    work, card = prepared(SMALL), torch.device("cuda", 0)
    compiled = EAGER.but(compiled=True)

    def ways(run: Workload | TrainingWorkload, settings: ProfileSettings, device: torch.device) -> list[str]:
        return [way for way, _ in executions(run, Setup(settings, device, FakeClock()))]

    assert ways(work, compiled, card) == ["eager", "cuda-graph", "compiled", "compiled-graph"]
    assert ways(work, EAGER, card) == ["eager", "cuda-graph"]
    assert ways(work, compiled, CPU) == ["eager", "compiled"]
    assert ways(TrainingWorkload(work), compiled.but(passes="forward+backward"), card) == ["eager", "cuda-graph"]
    assert ways(work, EAGER, CPU) == ["eager"]


def test_backward_is_run_and_has_no_sweep() -> None:
    settings = EAGER.but(passes="forward+backward", sweep=True)
    work = prepared(SMALL, passes="forward+backward")
    found = EndToEndResults()
    setup = Setup(settings, CPU, FakeClock(1_000_000), nullcontext)
    list(measure_end_to_end(work, setup, fits_memory=lambda _: True, results=found))
    assert found.sweep == []
    assert all(parameter.grad is not None for parameter in work.network.parameters())


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


class FakeExecution:
    """A pass that takes a millisecond; `living` are those that something still holds."""

    living = 0

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        FakeExecution.living += 1

    def __del__(self) -> None:
        FakeExecution.living -= 1

    def replay(self) -> None:
        self._clock.spend(1000.0)


def test_a_graph_is_gone_when_the_sweep_needs_its_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, living_at_sweep = FakeClock(), []

    def fake_executions(*_: object) -> Iterator[tuple[str, Callable[[], object]]]:
        yield "eager", lambda: lambda: clock.spend(1000.0)
        yield "cuda-graph", lambda: FakeExecution(clock).replay

    def sweep(*_: object, **__: object) -> Iterator[Progress]:
        living_at_sweep.append(FakeExecution.living)
        yield Progress(False, None, 1.0, 0.0)

    monkeypatch.setattr(end_to_end, "executions", fake_executions)
    monkeypatch.setattr(end_to_end, "sweep_batches", sweep)
    found, _ = measured(SWEEP, clock=clock)
    assert [time.way for time in found.times] == ["eager", "cuda-graph"]
    assert living_at_sweep == [0]


def test_the_compiled_network_is_compiled_once_and_captured_on_a_card(monkeypatch: pytest.MonkeyPatch) -> None:
    """The graph replays what was compiled, on the workload's own input, which nothing copies."""
    compiled: list[object] = []
    captured: list[object] = []
    seen: list[Tensor] = []

    def compile_network(network: nn.Module) -> Callable[[Tensor], None]:
        compiled.append(network)
        return seen.append

    class Card:
        def __init__(self, _: torch.device) -> None:
            pass

        def capture(self, run_pass: Callable[[], object]) -> "Card":
            captured.append(run_pass())
            return self

        def replay(self) -> None:
            pass

    monkeypatch.setattr(torch, "compile", compile_network)
    monkeypatch.setattr(end_to_end, "Cuda", Card)
    work = prepared(SMALL)
    setup = Setup(EAGER.but(compiled=True), torch.device("cuda", 0), FakeClock())
    passes = {way: prepare() for way, prepare in executions(work, setup)}
    assert list(passes) == ["eager", "cuda-graph", "compiled", "compiled-graph"]
    assert compiled == [work.network]
    assert len(captured) == 2
    assert [x.data_ptr() for x in seen] == [work.x.data_ptr()]
    passes["compiled"]()
    assert [x.data_ptr() for x in seen] == [work.x.data_ptr()] * 2
