"""The energy of an image, with a card whose power is known."""

import pytest

from resnet_viz.profiling.passes import Budget, Progress, Setup
from resnet_viz.profiling.run import PartialRun, measure_in_network
from resnet_viz.profiling.timers.call_timers import synchronizer
from resnet_viz.profiling.timers.host import HostTimer
from resnet_viz.profiling.timers.run_ahead import RunAheadTimer
from resnet_viz.profiling.timers.timer import Runnable
from resnet_viz.profiling.whole_network.energy import EnergyCounter, energy_seconds, measure_energy
from resnet_viz.records.energy import Energy
from resnet_viz.records.run import Environment
from resnet_viz.spec.profiling import ProfileSettings
from tests.profiling.doubles.clock import FakeClock
from tests.profiling.doubles.cuda import FakeCuda
from tests.profiling.doubles.networks import CPU
from tests.profiling.doubles.work import DeviceWork, FakeTorchMode, HostWork, ScriptedTimer

WATTS = 350


def measured(
    timer: ScriptedTimer, clock: FakeClock, counter: EnergyCounter, *,
    synchronize: Runnable = lambda: None, pass_us: float, images: int,
) -> tuple[Energy | None, list[Progress]]:  # fmt: skip
    """The energy and the progress on the way to it, in the last 5.5 s of a run of 10 s."""
    mode = FakeTorchMode()
    setup, budget = Setup(ProfileSettings(), CPU, clock, mode), Budget(5.5, clock, before=4.5)
    measuring = measure_energy(timer, setup, counter, budget, synchronize=synchronize, pass_us=pass_us, images=images)
    reports = []
    while True:
        try:
            reports.append(next(measuring))
        except StopIteration as end:
            return end.value, reports
        assert not mode.inside, "what is shown meanwhile must not run in the torch mode"


def test_the_energy_of_an_image_is_the_power_times_the_time_of_a_pass() -> None:
    """Passes of 2 ms and 8 images at 350 W: 0.7 J a pass. What ran before the first reading does not count."""
    clock = FakeClock()
    timer, waits = ScriptedTimer(clock, whole_us=lambda _: 2_000.0), []
    energy, reports = measured(
        timer, clock, lambda: clock.now * WATTS // 1_000_000, synchronize=lambda: waits.append(clock.now),
        pass_us=2_000.0, images=8,
    )  # fmt: skip
    assert energy is not None
    assert energy.seconds == pytest.approx(5.0, abs=0.1)
    assert energy.watts == pytest.approx(WATTS, rel=1e-3)
    assert energy.joules_per_image == pytest.approx(WATTS * 0.002 / 8, rel=1e-3)
    assert timer.order == "Q" * len(timer.order)
    assert len(timer.order) == energy.images // 8 + 250  # half a second before
    assert len(waits) * 50 == len(timer.order)  # the host waits each 0.1 s, not after each pass
    assert len(reports) == len(waits)
    assert [report.done for report in reports] == pytest.approx([0.46 + 0.01 * place for place in range(len(reports))])


def test_slow_passes_run_at_least_once_between_the_readings() -> None:
    clock = FakeClock()
    timer = ScriptedTimer(clock, whole_us=lambda _: 9e6)
    energy, _ = measured(timer, clock, lambda: clock.now * WATTS // 1_000_000, pass_us=9e6, images=1)
    assert energy == Energy(WATTS * 9.0, 9.0, 1)


@pytest.mark.parametrize("readings", [(None, 5), (5, None), (5, 5), (5, 4)])
def test_a_counter_that_stands_still_or_refuses_leaves_the_energy_unknown(readings: tuple[int | None, ...]) -> None:
    clock, left = FakeClock(), iter(readings)
    assert measured(ScriptedTimer(clock), clock, lambda: next(left), pass_us=1e3, images=1)[0] is None


def test_progress_is_shown_while_the_device_has_work_and_can_be_the_end() -> None:
    clock = FakeClock()
    cuda = FakeCuda(clock)
    timer = RunAheadTimer(DeviceWork(cuda, [2_000.0]), cuda)
    setup = Setup(ProfileSettings(), CPU, clock, FakeTorchMode())
    measuring = measure_energy(
        timer, setup, lambda: 7, Budget(5.5, clock), synchronize=cuda.synchronize, pass_us=2_000.0, images=1
    )
    for _ in range(3):
        next(measuring)
        assert cuda.free_at - clock.now > 90_000_000, "50 passes of 2 ms are queued"
    measuring.close()
    assert clock.now < 1e9


@pytest.mark.parametrize(("budget", "needed"), [(10.0, 5.5), (60.0, 5.5), (9.9, 0.0), (3.0, 0.0)])
def test_energy_is_measured_where_the_budget_leaves_time_for_passes(budget: float, needed: float) -> None:
    assert energy_seconds(lambda: 7, budget) == needed
    assert energy_seconds(lambda: None, budget) == 0.0


@pytest.mark.parametrize("counts", [True, False])
def test_a_run_on_a_card_that_counts_its_energy_keeps_to_its_budget(counts: bool) -> None:
    clock = FakeClock()
    timer = ScriptedTimer(clock, whole_us=lambda count: 9_000.0 if count % 2 else 12_000.0)  # never certain
    partial = PartialRun("2026-11-22T04:05:06+00:00", Environment(device="cuda:0", name="a card"))
    partial.energy_counter = lambda: clock.now * WATTS // 1_000_000 if counts else None
    setup = Setup(ProfileSettings(seconds=10.0, warmup_passes=0, warmup_seconds=0.0), CPU, clock, FakeTorchMode())
    reports = list(measure_in_network((lambda: timer,), setup, partial, images=4))
    assert 10.0 <= clock.now / 1e9 < 10.3
    assert [report.done for report in reports] == sorted(report.done for report in reports)
    assert (partial.samples.seconds or 0.0) == pytest.approx(4.5 if counts else 10.0, abs=0.1)
    assert ("Q" in timer.order) is counts
    if counts:
        assert partial.energy is not None
        assert partial.energy.joules_per_image == pytest.approx(WATTS * 0.012 / 4, rel=0.01)
        assert reports[-1].done > 0.98
    else:
        assert partial.energy is None


def test_eager_timers_queue_passes_without_waiting() -> None:
    clock = FakeClock()
    cuda = FakeCuda(clock)
    work = DeviceWork(cuda, [100.0, 200.0])
    timer = RunAheadTimer(work, cuda)
    timer.queue_whole()
    timer.queue_whole()
    assert clock.now == 4_000  # the host's time for four launches
    assert cuda.free_at >= 600_000
    assert work.prepared_passes == 2


def test_a_processor_runs_the_passes() -> None:
    clock = FakeClock()
    timer = HostTimer(HostWork(clock, [100.0, 200.0], prepare_us=7.0), clock, synchronizer(CPU))
    timer.queue_whole()
    assert clock.now == 307_000
