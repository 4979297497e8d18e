"""Ways of timing that would be wrong on a card are wrong or refused on the fake one, so that tests can notice them."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from statistics import fmean, median

import pytest

from resnet_viz.device.cuda import Event, Graph
from resnet_viz.profiling.timers.graph import GraphTimer
from tests.profiling.doubles.clock import FakeClock
from tests.profiling.doubles.cuda import FakeCuda, lifelike_card
from tests.profiling.doubles.work import DeviceWork, finished

TIMES = [2.2 + (5.13 * step) % 19 for step in range(80)]
"""Steps in microseconds; most of them are no multiples of the resolution."""
PASSES = 100


def card() -> tuple[FakeCuda, DeviceWork]:
    cuda = lifelike_card(FakeClock())
    return cuda, DeviceWork(cuda, TIMES)


def between(cuda: FakeCuda, work: Callable[[], object]) -> float:
    """The microseconds between two ordinary events around work."""
    start, end = cuda.event(), cuda.event()
    start.record()
    work()
    end.record()
    cuda.synchronize()
    return 1000 * start.elapsed_time(end)


def true_whole(cuda: FakeCuda, work: DeviceWork) -> float:
    """The mean time of an uninstrumented pass by the timer, which holds one timestamp."""
    timer = GraphTimer(work, cuda)
    return fmean(timer.time_whole() for _ in range(PASSES))


def test_events_around_a_replay_time_its_prologue_as_well() -> None:
    cuda, work = card()
    graph = cuda.capture(work.run_whole)

    def replay_behind_a_sleep() -> float:
        cuda.sleep(1_000_000)
        return between(cuda, graph.replay)

    wrong = fmean(replay_behind_a_sleep() for _ in range(PASSES))
    right = true_whole(cuda, work)
    assert right == pytest.approx(sum(TIMES) * 1.008 + cuda.timestamp_us + cuda.drain_us, rel=0.002)
    assert wrong - right > 0.7 * cuda.prologue_us


def test_without_a_sleep_events_around_a_replay_time_the_host() -> None:
    cuda, work = card()
    graph = cuda.capture(work.run_whole)
    assert fmean(between(cuda, graph.replay) for _ in range(PASSES)) - true_whole(cuda, work) > 50


def test_the_cost_of_events_among_themselves_corrects_too_little() -> None:
    cuda, work = card()
    timer = GraphTimer(work, cuda)
    rows = [finished(timer.time_steps())[1] for _ in range(PASSES)]
    assert timer.timestamp_us is not None
    left = [fmean(column) - timer.timestamp_us for column in zip(*rows, strict=True)]
    errors = [found - us for found, us in zip(left, TIMES, strict=True)]
    assert min(errors) > 1.0
    assert fmean(errors) == pytest.approx(cuda.drain_us, abs=0.3)


def test_medians_of_short_steps_are_as_coarse_as_the_events() -> None:
    cuda, work = card()
    timer = GraphTimer(work, cuda)
    columns = [*zip(*(finished(timer.time_steps())[1] for _ in range(PASSES)), strict=True)]
    expected = [1.008 * us + cuda.timestamp_us + cuda.drain_us for us in TIMES]  # with the mean of the noise
    by_median = [abs(median(column) - us) for column, us in zip(columns, expected, strict=True)]
    by_mean = [abs(fmean(column) - us) for column, us in zip(columns, expected, strict=True)]
    assert max(by_median) > 0.2
    assert fmean(by_mean) < 0.5 * fmean(by_median)


def replayed(cuda: FakeCuda, work: Callable[[], object]) -> Graph:
    graph = cuda.capture(work, warm_passes=0)
    graph.replay()
    return graph


def instrumented(cuda: FakeCuda, work: DeviceWork, *, external: bool, synchronised: bool) -> Sequence[float]:
    """Replay a pass with events between its steps, and read them."""
    events: list[Event] = [cuda.event(in_graph=external) for _ in range(len(TIMES) + 1)]

    def with_events() -> None:
        for step in work.run_steps():
            events[step].record()

    replayed(cuda, with_events)
    if synchronised:
        cuda.synchronize()
    return [1000 * before.elapsed_time(after) for before, after in pairwise(events)]


def test_events_that_are_not_external_or_not_passed_cannot_be_read() -> None:
    cuda, work = card()
    assert len(instrumented(cuda, work, external=True, synchronised=True)) == len(TIMES)
    with pytest.raises(RuntimeError):
        instrumented(cuda, work, external=False, synchronised=True)
    with pytest.raises(RuntimeError, match="completed"):
        instrumented(cuda, work, external=True, synchronised=False)


def test_a_sleep_cannot_be_captured_with_the_pass() -> None:
    cuda, work = card()

    def work_behind_a_sleep() -> None:
        cuda.sleep(1_000_000)
        work.run_whole()

    with pytest.raises(RuntimeError, match="capturing"):
        replayed(cuda, work_behind_a_sleep)
