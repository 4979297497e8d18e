"""Warm-up, the order and the end of the passes, and the progress that they report, with a fake clock."""

import itertools
from collections.abc import Callable

import pytest

from resnet_viz.profiling.passes import Progress, Setup, measure_passes
from resnet_viz.profiling.sampling.samples import Samples
from resnet_viz.profiling.timers.host import HostTimer
from resnet_viz.spec.profiling import ProfileSettings
from tests.profiling.doubles.clock import FakeClock
from tests.profiling.doubles.networks import CPU
from tests.profiling.doubles.work import FakeTorchMode, HostWork, ScriptedTimer

NO_WARMUP = ProfileSettings(warmup_passes=0, warmup_seconds=0.0, seconds=1.0)


def measured(
    timer: ScriptedTimer | HostTimer,
    settings: ProfileSettings,
    clock: FakeClock,
    torch_mode: FakeTorchMode | None = None,
) -> tuple[Samples, list[Progress]]:
    samples = Samples()
    reports = list(measure_passes(timer, Setup(settings, CPU, clock, torch_mode or FakeTorchMode()), samples))
    return samples, reports


def warming_passes(seconds_a_pass: float, **settings: float) -> int:
    """The number of passes of the warm-up."""
    clock = FakeClock()
    us = 1e6 * seconds_a_pass
    timer = ScriptedTimer(clock, whole_us=lambda _: us, row_us=lambda _: [us])
    samples = Samples()
    asked = ProfileSettings(**settings)  # type: ignore[arg-type]
    passes = measure_passes(timer, Setup(asked, CPU, clock, FakeTorchMode()), samples)
    for progress in passes:
        assert progress.warming_up
        assert not samples.uninstrumented
        assert not samples.rows
        done = len(timer.order)
        if progress.step is None and done >= asked.warmup_passes and clock.now >= 1e9 * asked.warmup_seconds:
            assert not next(passes).warming_up
            assert len(samples.uninstrumented) + len(samples.rows) <= 1
            return done
    raise AssertionError("the warm-up never ended")


def test_warming_up_takes_three_passes_even_when_they_are_slow() -> None:
    assert warming_passes(2.0) == 3


def test_warming_up_takes_half_a_second_even_when_passes_are_quick() -> None:
    assert warming_passes(0.01) == 50


def test_warming_up_takes_what_is_asked() -> None:
    assert warming_passes(0.01, warmup_passes=20, warmup_seconds=0.0) == 20
    assert warming_passes(0.001, warmup_passes=3, warmup_seconds=0.2) == 200


def test_warm_up_passes_are_not_samples() -> None:
    clock = FakeClock()

    def cold_then_warm(count: int) -> float:
        return 9_000.0 if count < 10 else 1_000.0

    timer = ScriptedTimer(clock, whole_us=cold_then_warm, row_us=lambda count: [cold_then_warm(count)])
    samples, reports = measured(timer, ProfileSettings(warmup_passes=20, warmup_seconds=0.0, seconds=1.0), clock)
    assert set(samples.uninstrumented) == {1_000.0}
    assert set(samples.sums) == {1_000.0}
    assert [progress.warming_up for progress in reports] == sorted(
        (progress.warming_up for progress in reports), reverse=True
    )


def test_clean_and_marked_passes_take_turns() -> None:
    clock = FakeClock()
    timer = ScriptedTimer(clock)
    samples, _ = measured(timer, NO_WARMUP, clock)
    assert timer.order == "AB" * len(samples.uninstrumented)
    assert len(samples.uninstrumented) == len(samples.rows)


def test_steady_passes_end_after_a_second_of_work_and_long_before_the_budget() -> None:
    clock = FakeClock()
    samples, _ = measured(ScriptedTimer(clock), NO_WARMUP.but(seconds=60.0), clock)
    assert 1e9 <= clock.now < 1.2e9
    assert len(samples.uninstrumented) == len(samples.rows) >= 500


def test_steady_but_slow_passes_end_after_fifty_of_each_kind() -> None:
    clock = FakeClock()
    timer = ScriptedTimer(clock, whole_us=lambda _: 5e5, row_us=lambda _: [5e5])
    samples, _ = measured(timer, NO_WARMUP.but(seconds=600.0), clock)
    assert len(samples.uninstrumented) == len(samples.rows) == 50


def test_every_pass_has_the_span_in_which_it_ran() -> None:
    clock = FakeClock()
    clock.spend(7.0)
    samples, _ = measured(ScriptedTimer(clock, row_us=lambda _: [100.0, 200.0]), NO_WARMUP.but(seconds=0.1), clock)
    assert samples.uninstrumented_spans[:2] == [(7_000, 1_007_000), (1_307_000, 2_307_000)]
    assert samples.row_spans[:2] == [(1_007_000, 1_307_000), (2_307_000, 2_607_000)]
    assert len(samples.uninstrumented_spans) == len(samples.uninstrumented) == len(samples.row_spans)


@pytest.mark.parametrize(
    ("disturbed_until", "seconds"), [(0.0, 1.0), (0.4, 1.4), (60.0, 1.0)], ids=["never", "at first", "all the time"]
)
def test_passes_in_disturbed_spans_do_not_end_a_measurement_unless_they_are_most(
    disturbed_until: float, seconds: float
) -> None:
    """A second of work must count. What disturbs all of it is the state that is measured, and no reason to go on."""
    clock = FakeClock()
    samples = Samples()
    setup = Setup(NO_WARMUP.but(seconds=60.0), CPU, clock, FakeTorchMode())
    list(measure_passes(ScriptedTimer(clock), setup, samples, lambda: [(0, round(disturbed_until * 1e9))]))
    assert seconds * 1e9 <= clock.now < (seconds + 0.25) * 1e9


def wavering(median: float) -> Callable[[int], float]:
    """Values that swing by a third around their median."""
    return lambda count: median * (1 + 0.33 * (count % 3 - 1))


def steady(median: float) -> Callable[[int], float]:
    """Always the same."""
    return lambda _: median


@pytest.mark.parametrize(("clean", "marked"), [(wavering, steady), (steady, wavering), (wavering, wavering)])
def test_measuring_goes_on_until_the_budget_is_spent_while_either_kind_of_pass_varies(
    clean: Callable[[float], Callable[[int], float]], marked: Callable[[float], Callable[[int], float]]
) -> None:
    clock = FakeClock()
    row = marked(500.0)
    timer = ScriptedTimer(clock, whole_us=clean(500.0), row_us=lambda count: [row(count)])
    samples, reports = measured(timer, NO_WARMUP, clock)
    assert len(samples.uninstrumented) == pytest.approx(1000, abs=5)
    assert 1e9 <= clock.now < 1.01e9
    assert reports[-1].done == 1.0
    assert reports[-1].seconds_left == 0.0


def test_a_pass_longer_than_the_budget_is_measured_once() -> None:
    clock = FakeClock()
    timer = ScriptedTimer(clock, whole_us=lambda _: 5e6, row_us=lambda _: [5e6])
    samples, _ = measured(timer, NO_WARMUP, clock)
    assert len(samples.uninstrumented) == len(samples.rows) == 1


def test_progress_grows_and_the_time_left_shrinks() -> None:
    clock = FakeClock()
    timer = ScriptedTimer(clock, whole_us=wavering(5e4), row_us=lambda count: [wavering(5e4)(count)])
    _, reports = measured(timer, ProfileSettings(seconds=2.0), clock)
    measuring = [progress for progress in reports if not progress.warming_up]
    assert all(0 <= progress.done <= 1 for progress in reports)
    assert all(progress.seconds_left is None for progress in reports if progress.warming_up)
    assert {progress.done for progress in reports if progress.warming_up} == {0.0}
    for before, after in itertools.pairwise(measuring):
        assert before.done <= after.done
        assert (before.seconds_left or 0.0) >= (after.seconds_left or 0.0)
    assert {progress.step for progress in reports} == {None, 1}


def test_passes_run_inside_the_torch_mode_and_progress_is_reported_outside() -> None:
    clock, torch_mode = FakeClock(), FakeTorchMode()
    timer = ScriptedTimer(clock, whole_us=lambda _: float(assert_inside(torch_mode)))
    samples = Samples()
    for _ in measure_passes(timer, Setup(NO_WARMUP, CPU, clock, torch_mode), samples):
        assert not torch_mode.inside
    assert torch_mode.entered >= 2 * len(samples.uninstrumented)


def assert_inside(torch_mode: FakeTorchMode) -> int:
    assert torch_mode.inside
    return 1000


def test_closing_in_the_middle_leaves_the_torch_mode() -> None:
    clock, torch_mode = FakeClock(), FakeTorchMode()
    passes = measure_passes(ScriptedTimer(clock), Setup(NO_WARMUP, CPU, clock, torch_mode), Samples())
    next(passes)
    passes.close()  # type: ignore[attr-defined]
    assert not torch_mode.inside


def test_a_slow_pass_reports_its_steps_and_no_steps_time_contains_the_reporting() -> None:
    clock = FakeClock()
    times = [100_000.0, 250_000.0, 50_000.0, 400_000.0, 10.0]
    samples = Samples()
    told = []
    passes = measure_passes(
        HostTimer(HostWork(clock, times), clock), Setup(NO_WARMUP, CPU, clock, FakeTorchMode()), samples
    )
    for progress in passes:
        told.append(progress.step)
        clock.spend(77_000.0)  # the consumer paints
    assert told[:3] == [2, 4, None]
    assert samples.rows[0] == pytest.approx(times)
    assert samples.sums[0] == pytest.approx(sum(times))


def test_a_quick_pass_reports_no_steps() -> None:
    clock = FakeClock()
    _, reports = measured(HostTimer(HostWork(clock, [1000.0] * 20), clock), NO_WARMUP, clock)
    assert {progress.step for progress in reports} == {None}


@pytest.mark.parametrize(("pause_us", "expected"), [(1_000.0, "ABABAB"), (80_000.0, "ABAABAAB")])
def test_after_a_pause_a_pass_is_discarded(pause_us: float, expected: str) -> None:
    """What the consumer of the progress does for long is not paid for by the uninstrumented passes alone."""
    clock = FakeClock()
    timer, samples = ScriptedTimer(clock), Samples()
    settings = ProfileSettings(warmup_passes=0, warmup_seconds=0.0, seconds=3_600.0)
    passes = measure_passes(timer, Setup(settings, CPU, clock, FakeTorchMode()), samples)
    for progress in passes:
        if progress.step is None and len(samples.rows) == 3:
            break
        clock.spend(pause_us if progress.step is None else 0.0)
    assert timer.order == expected
    assert len(samples.uninstrumented) == len(samples.rows) == 3
