"""Warming up, the order of the passes, when they stop, and what is told meanwhile; all with a fake clock."""

import itertools
from collections.abc import Callable

import pytest

from resnet_viz.profiling.passes import Samples, Setup, Tick, interleaved
from resnet_viz.profiling.timers import HostTimer
from resnet_viz.spec.profiling import ProfileSettings
from tests.profiling.doubles import FakeClock, FakeGuard, HostWork, ScriptedTimer
from tests.profiling.networks import CPU

NO_WARMUP = ProfileSettings(warmup_passes=0, warmup_seconds=0.0, seconds=1.0)


def measured(
    timer: ScriptedTimer | HostTimer, settings: ProfileSettings, clock: FakeClock, guard: FakeGuard | None = None
) -> tuple[Samples, list[Tick]]:
    samples = Samples()
    ticks = list(interleaved(timer, Setup(settings, CPU, clock, guard or FakeGuard()), samples))
    return samples, ticks


def warming_passes(seconds_a_pass: float, **settings: float) -> int:
    """How many passes are spent on warming up."""
    clock = FakeClock()
    us = 1e6 * seconds_a_pass
    timer = ScriptedTimer(clock, clean_us=lambda _: us, row_us=lambda _: [us])
    samples = Samples()
    asked = ProfileSettings(**settings)  # type: ignore[arg-type]
    passes = interleaved(timer, Setup(asked, CPU, clock, FakeGuard()), samples)
    for tick in passes:
        assert tick.warming
        assert not samples.clean
        assert not samples.rows
        done = len(timer.order)
        if tick.step is None and done >= asked.warmup_passes and clock.now >= 1e9 * asked.warmup_seconds:
            assert not next(passes).warming
            assert len(samples.clean) + len(samples.rows) <= 1
            return done
    raise AssertionError("the warm-up never ended")


def test_warming_up_takes_three_passes_even_when_they_are_slow() -> None:
    assert warming_passes(2.0) == 3


def test_warming_up_takes_half_a_second_even_when_passes_are_quick() -> None:
    assert warming_passes(0.01) == 50


def test_warming_up_takes_what_is_asked() -> None:
    assert warming_passes(0.01, warmup_passes=20, warmup_seconds=0.0) == 20
    assert warming_passes(0.001, warmup_passes=3, warmup_seconds=0.2) == 200


def test_no_warm_pass_becomes_a_sample() -> None:
    clock = FakeClock()

    def cold_then_warm(count: int) -> float:
        return 9_000.0 if count < 10 else 1_000.0

    timer = ScriptedTimer(clock, clean_us=cold_then_warm, row_us=lambda count: [cold_then_warm(count)])
    samples, ticks = measured(timer, ProfileSettings(warmup_passes=20, warmup_seconds=0.0, seconds=1.0), clock)
    assert set(samples.clean) == {1_000.0}
    assert set(samples.sums) == {1_000.0}
    assert [tick.warming for tick in ticks] == sorted((tick.warming for tick in ticks), reverse=True)


def test_clean_and_marked_passes_take_turns() -> None:
    clock = FakeClock()
    timer = ScriptedTimer(clock)
    samples, _ = measured(timer, NO_WARMUP, clock)
    assert timer.order == "AB" * len(samples.clean)
    assert len(samples.clean) == len(samples.rows)


def test_it_stops_as_soon_as_both_have_settled() -> None:
    clock = FakeClock()
    samples, _ = measured(ScriptedTimer(clock), NO_WARMUP, clock)
    assert len(samples.clean) == 10
    assert clock.now < 1e9 * NO_WARMUP.seconds


def wavering(median: float) -> Callable[[int], float]:
    """Values that swing by a third around their median."""
    return lambda count: median * (1 + 0.33 * (count % 3 - 1))


def steady(median: float) -> Callable[[int], float]:
    """Always the same."""
    return lambda _: median


@pytest.mark.parametrize(("clean", "marked"), [(wavering, steady), (steady, wavering), (wavering, wavering)])
def test_it_goes_on_to_the_end_of_the_budget_while_either_varies(
    clean: Callable[[float], Callable[[int], float]], marked: Callable[[float], Callable[[int], float]]
) -> None:
    clock = FakeClock()
    row = marked(500.0)
    timer = ScriptedTimer(clock, clean_us=clean(500.0), row_us=lambda count: [row(count)])
    samples, ticks = measured(timer, NO_WARMUP, clock)
    assert len(samples.clean) == pytest.approx(1000, abs=5)
    assert 1e9 <= clock.now < 1.01e9
    assert ticks[-1].done == 1.0
    assert ticks[-1].seconds_left == 0.0


def test_a_pass_longer_than_the_budget_is_measured_once() -> None:
    clock = FakeClock()
    timer = ScriptedTimer(clock, clean_us=lambda _: 5e6, row_us=lambda _: [5e6])
    samples, _ = measured(timer, NO_WARMUP, clock)
    assert len(samples.clean) == len(samples.rows) == 1


def test_ticks_say_how_far_it_is() -> None:
    clock = FakeClock()
    timer = ScriptedTimer(clock, clean_us=wavering(5e4), row_us=lambda count: [wavering(5e4)(count)])
    _, ticks = measured(timer, ProfileSettings(seconds=2.0), clock)
    measuring = [tick for tick in ticks if not tick.warming]
    assert all(0 <= tick.done <= 1 for tick in ticks)
    assert all(tick.seconds_left is None for tick in ticks if tick.warming)
    for before, after in itertools.pairwise(measuring):
        assert before.done <= after.done
        assert (before.seconds_left or 0.0) >= (after.seconds_left or 0.0)
    assert {tick.step for tick in ticks} == {None, 1}


def test_ticks_go_out_with_the_guard_left_and_passes_run_with_it_entered() -> None:
    clock, guard = FakeClock(), FakeGuard()
    timer = ScriptedTimer(clock, clean_us=lambda _: float(assert_inside(guard)))
    samples = Samples()
    for _ in interleaved(timer, Setup(NO_WARMUP, CPU, clock, guard), samples):
        assert not guard.inside
    assert guard.entered >= 2 * len(samples.clean)


def assert_inside(guard: FakeGuard) -> int:
    assert guard.inside
    return 1000


def test_closing_in_the_middle_leaves_the_guard() -> None:
    clock, guard = FakeClock(), FakeGuard()
    passes = interleaved(ScriptedTimer(clock), Setup(NO_WARMUP, CPU, clock, guard), Samples())
    next(passes)
    passes.close()  # type: ignore[attr-defined]
    assert not guard.inside


def test_a_slow_pass_tells_its_steps_and_the_telling_is_in_no_steps_time() -> None:
    clock = FakeClock()
    times = [100_000.0, 250_000.0, 50_000.0, 400_000.0, 10.0]
    samples = Samples()
    told = []
    passes = interleaved(HostTimer(HostWork(clock, times), clock), Setup(NO_WARMUP, CPU, clock, FakeGuard()), samples)
    for tick in passes:
        told.append(tick.step)
        clock.spend(77_000.0)  # the consumer paints
    assert told[:3] == [2, 4, None]
    assert samples.rows[0] == pytest.approx(times)
    assert samples.sums[0] == pytest.approx(sum(times))


def test_a_quick_pass_tells_nothing_inside_itself() -> None:
    clock = FakeClock()
    _, ticks = measured(HostTimer(HostWork(clock, [1000.0] * 20), clock), NO_WARMUP, clock)
    assert {tick.step for tick in ticks} == {None}


@pytest.mark.parametrize(("pause_us", "expected"), [(1_000.0, "ABABAB"), (80_000.0, "ABAABAAB")])
def test_after_a_pause_a_pass_of_no_account_comes_first(pause_us: float, expected: str) -> None:
    """Whatever the taker of a tick does for long is not borne by the clean passes alone."""
    clock = FakeClock()
    timer, samples = ScriptedTimer(clock), Samples()
    settings = ProfileSettings(warmup_passes=0, warmup_seconds=0.0, seconds=3_600.0)
    passes = interleaved(timer, Setup(settings, CPU, clock, FakeGuard()), samples)
    for tick in passes:
        if tick.step is None and len(samples.rows) == 3:
            break
        clock.spend(pause_us if tick.step is None else 0.0)
    assert timer.order == expected
    assert len(samples.clean) == len(samples.rows) == 3
