"""The timer by events between eager launches, on a fake CUDA device."""

import random
from collections.abc import Iterator

import pytest

from resnet_viz.profiling.timers.run_ahead import (
    FIRST_SLEEP_CYCLES,
    MAX_QUEUED_STEPS,
    MOST_SLEEP_CYCLES_OF_DEEP,
    RunAheadTimer,
)
from resnet_viz.profiling.timers.stopwatches import MAX_SLEEP_CYCLES
from resnet_viz.profiling.timers.timer import TimerUnavailable
from resnet_viz.records.message import Message
from tests.profiling.doubles.clock import FakeClock
from tests.profiling.doubles.cuda import FakeCuda
from tests.profiling.doubles.work import DeviceWork, finished

TIMES = [120.0, 3.5, 40.0, 0.25, 900.125]
"""Steps of a device, in microseconds."""


def random_times(count: int, seed: int = 1) -> list[float]:
    chance = random.Random(seed)
    return [round(chance.uniform(1, 60), 3) for _ in range(count)]


def test_step_times_are_exact_while_the_host_stays_ahead() -> None:
    cuda = FakeCuda(FakeClock(), host_us=20.0)
    timer = RunAheadTimer(DeviceWork(cuda, TIMES), cuda)
    assert timer.method == "run-ahead"
    assert timer.timestamp_us is None
    for _ in range(3):
        assert finished(timer.time_steps())[1] == pytest.approx(TIMES)
        assert timer.time_whole() == pytest.approx(sum(TIMES))
    assert timer.starved_passes == 0
    assert set(cuda.sleeps) == {FIRST_SLEEP_CYCLES}


def test_every_pass_is_prepared() -> None:
    cuda = FakeCuda(FakeClock())
    work = DeviceWork(cuda, TIMES)
    timer = RunAheadTimer(work, cuda)
    timer.time_whole()
    finished(timer.time_steps())
    assert work.prepared_passes == 2


@pytest.mark.parametrize("kind", ["clean", "marked"])
def test_with_a_slow_host_the_sleep_grows_until_times_are_the_devices(kind: str) -> None:
    cuda = FakeCuda(FakeClock(), host_us=7_000.0)  # five launches take 35 ms, the first wait is 10 ms
    timer = RunAheadTimer(DeviceWork(cuda, TIMES), cuda)
    if kind == "clean":
        assert timer.time_whole() == pytest.approx(sum(TIMES))
    else:
        assert finished(timer.time_steps())[1] == pytest.approx(TIMES)
    assert timer.starved_passes == 2
    assert cuda.sleeps == [FIRST_SLEEP_CYCLES, 2 * FIRST_SLEEP_CYCLES, 4 * FIRST_SLEEP_CYCLES]


def test_the_longer_sleep_is_used_for_the_next_pass() -> None:
    cuda = FakeCuda(FakeClock(), host_us=7_000.0)
    timer = RunAheadTimer(DeviceWork(cuda, TIMES), cuda)
    finished(timer.time_steps())
    finished(timer.time_steps())
    timer.time_whole()
    assert timer.starved_passes == 2


@pytest.mark.parametrize("kind", ["clean", "marked"])
def test_a_host_that_is_never_ahead_makes_the_timer_unavailable(kind: str) -> None:
    cuda = FakeCuda(FakeClock(), host_us=3e6)
    timer = RunAheadTimer(DeviceWork(cuda, TIMES), cuda)
    with pytest.raises(TimerUnavailable, match="ahead of the device"):
        timer.time_whole() if kind == "clean" else finished(timer.time_steps())
    assert max(cuda.sleeps) <= MAX_SLEEP_CYCLES


def test_a_deep_network_is_cut_and_its_times_stay_exact() -> None:
    times = random_times(1_400)
    cuts = range(10, 1_400, 10)
    cuda = FakeCuda(FakeClock(), host_us=5.0)
    timer = RunAheadTimer(DeviceWork(cuda, times), cuda, tuple(cuts))
    assert finished(timer.time_steps())[1] == pytest.approx(times)
    assert timer.starved_passes == 0
    assert 1 < len(cuda.sleeps) <= 2 * (1_400 // MAX_QUEUED_STEPS + 1), "no more pieces than the queue asks for"
    assert cuda.longest_queue < cuda.depth


def test_a_deep_network_without_cuts_is_refused_rather_than_mistimed() -> None:
    cuda = FakeCuda(FakeClock(), host_us=5.0)
    timer = RunAheadTimer(DeviceWork(cuda, random_times(1_400)), cuda)
    with pytest.raises(TimerUnavailable):
        finished(timer.time_steps())


def test_a_short_network_is_not_cut() -> None:
    cuda = FakeCuda(FakeClock())
    timer = RunAheadTimer(
        DeviceWork(cuda, random_times(MAX_QUEUED_STEPS)), cuda, tuple(range(10, MAX_QUEUED_STEPS, 10))
    )
    finished(timer.time_steps())
    assert len(cuda.sleeps) == 1


@pytest.mark.parametrize("seed", range(10))
def test_no_piece_is_longer_than_the_queue_where_the_cuts_allow_it(seed: int) -> None:
    chance = random.Random(seed)
    length = chance.randint(500, 3_000)
    cuts = [0]
    while cuts[-1] + MAX_QUEUED_STEPS < length:
        cuts.append(cuts[-1] + chance.randint(1, MAX_QUEUED_STEPS))
    cuda = FakeCuda(FakeClock(), host_us=1.0, depth=3 * MAX_QUEUED_STEPS + 2)
    times = random_times(length, seed)
    timer = RunAheadTimer(DeviceWork(cuda, times), cuda, cuts[1:])
    assert finished(timer.time_steps())[1] == pytest.approx(times)
    assert timer.starved_passes == 0


@pytest.mark.parametrize("stumble", [5, MAX_QUEUED_STEPS + 5])
def test_a_starved_piece_is_noticed_whichever_it_is(stumble: int) -> None:
    clock = FakeClock()
    cuda = FakeCuda(clock, host_us=1.0)
    times = [30.0] * (2 * MAX_QUEUED_STEPS)

    class Stumbling(DeviceWork):
        """Once, the host stops in one of the two pieces for longer than the wait."""

        stumbles = 1

        def run_steps(self) -> Iterator[int]:
            for place in super().run_steps():
                yield place
                if place == stumble and self.stumbles:
                    self.stumbles -= 1
                    clock.spend(50_000.0)

    timer = RunAheadTimer(Stumbling(cuda, times), cuda, (MAX_QUEUED_STEPS,))
    assert finished(timer.time_steps())[1] == pytest.approx(times)
    assert timer.starved_passes == 1


def test_steps_of_two_launches_still_fit_into_the_queue() -> None:
    """A convolution that reorders its input is several launches, and each step has two events beside it."""
    times = random_times(3 * MAX_QUEUED_STEPS)
    cuda = FakeCuda(FakeClock(), host_us=5.0)
    timer = RunAheadTimer(DeviceWork(cuda, times, launches=2), cuda, tuple(range(10, len(times), 10)))
    _, found = finished(timer.time_steps())
    assert found == pytest.approx(times, abs=0.01)
    assert timer.starved_passes == 0


@pytest.mark.parametrize(("first", "sleeps"), [(100, 2), (1, 2), (0, 1)])
def test_a_pass_may_be_cut_after_its_first_step(first: int, sleeps: int) -> None:
    cuda = FakeCuda(FakeClock())
    timer = RunAheadTimer(DeviceWork(cuda, [3.0, 4.0]), cuda, (1,), launches=(first, MAX_QUEUED_STEPS))
    assert finished(timer.time_steps())[1] == pytest.approx([3.0, 4.0])
    assert len(cuda.sleeps) == sleeps


def deep(cuda: FakeCuda, count: int = 1_400) -> tuple[RunAheadTimer, list[float]]:
    """A timer of a network that is too deep for the queue, and the times of its steps."""
    times = random_times(count)
    return RunAheadTimer(DeviceWork(cuda, times), cuda, tuple(range(10, count, 10))), times


def test_a_deep_pass_is_timed_in_pieces_where_its_queue_is_full_before_it_ends() -> None:
    """The host then waits for a place in the queue, however long the sleep is, and falls behind."""
    cuda = FakeCuda(FakeClock(), host_us=100.0)
    timer, times = deep(cuda)
    for _ in range(2):
        assert timer.time_whole() == pytest.approx(sum(times))
        assert timer.warning == Message("whole in pieces", {"n": len(timer.cuts) + 1})
    assert finished(timer.time_steps())[1] == pytest.approx(times)
    assert max(cuda.sleeps) <= MOST_SLEEP_CYCLES_OF_DEEP
    assert len(timer.cuts) > 1


def test_a_deep_pass_that_only_needs_a_longer_sleep_is_queued_at_once() -> None:
    cuda = FakeCuda(FakeClock(), host_us=20.0, depth=10_000)
    timer, times = deep(cuda)
    assert timer.time_whole() == pytest.approx(sum(times))
    assert timer.warning is None
    assert cuda.sleeps == [FIRST_SLEEP_CYCLES, 2 * FIRST_SLEEP_CYCLES, 4 * FIRST_SLEEP_CYCLES]
    assert timer.starved_passes == 2


def test_pieces_of_a_whole_pass_are_repeated_where_the_host_falls_behind_in_one() -> None:
    cuda = FakeCuda(FakeClock(), host_us=100.0)
    timer, times = deep(cuda)
    timer.time_whole()
    starved = timer.starved_passes
    cuda.host_us = 2_000.0
    assert timer.time_whole() == pytest.approx(sum(times))
    assert timer.starved_passes > starved
