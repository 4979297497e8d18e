"""The progress of a run, and the partial runs that come with it."""

import threading
from collections.abc import Callable, Iterator
from itertools import groupby, pairwise

import msgspec
import pytest
import torch

import resnet_viz as rv
from resnet_viz.device import info as device
from resnet_viz.device.sensor_thread import SensorThread
from resnet_viz.device.sensors import Sensors
from resnet_viz.pipeline import analyse
from resnet_viz.profiling import run as module
from resnet_viz.profiling.passes import Progress, Setup
from resnet_viz.profiling.run import PartialRun, measure
from resnet_viz.records.run import BACKWARD, OPTIMIZER, ProfileProgress, ProfileRun
from resnet_viz.records.sensors import SensorSample
from resnet_viz.spec.profiling import Mode, ProfileSettings
from tests.device.nvidia_library import UUID, Library, install
from tests.profiling.doubles.clock import FakeClock
from tests.profiling.doubles.networks import CPU, TINY, make_quick
from tests.profiling.doubles.runs import LAYERS, QUICK, profiled
from tests.profiling.doubles.work import ScriptedTimer


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Little data for the ceilings."""
    make_quick(monkeypatch)


def test_partial_runs_come_with_the_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PARTIAL_EVERY_NS", 1_000_000)
    monkeypatch.setattr(module, "PARTIAL_PAUSE_FACTOR", 1)  # else a quick run may be over before the next one is due
    progress, _ = profiled(QUICK)
    partial = [one.run for one in progress if one.run is not None]
    assert partial
    assert not any(run.complete for run in partial)
    assert [layer.id for layer in partial[-1].layers] == LAYERS
    counts = [run.layers[0].spread.n for run in partial if run.layers]
    assert counts == sorted(counts)


@pytest.mark.parametrize("mode", ["in-network", "isolated", "end-to-end"])
def test_a_partial_run_can_be_saved(monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    monkeypatch.setattr(module, "PARTIAL_EVERY_NS", 0)
    progress, _ = profiled(QUICK.but(mode=mode, seconds=0.1))
    for one in progress:
        if one.run is not None:
            assert msgspec.json.decode(msgspec.json.encode(one.run), type=ProfileRun) == one.run


def test_progress_is_reported_outside_inference_mode() -> None:
    for _ in rv.profile(TINY, QUICK):
        assert not torch.is_inference_mode_enabled()
        assert torch.is_grad_enabled()


def test_a_forward_run_never_reports_the_backward_pass() -> None:
    """On a clock so fast that every step is reported, even the end of the pass."""
    clock = FakeClock(reading_ns=400_000_000)
    layers = {one.layer for one in measure(analyse(TINY), ProfileSettings(), clock) if isinstance(one, ProfileProgress)}
    assert "layer1.0.conv1" in layers
    assert BACKWARD not in layers


def test_only_the_end_of_a_training_pass_is_reported_as_backward() -> None:
    training, analysis = QUICK.but(passes="forward+backward"), analyse(TINY)
    layers = [
        module.profile_progress(Progress(False, step, 0.5, 1.0), analysis, settings).layer
        for settings in (QUICK, training) for step in (None, 0, len(LAYERS))
    ]  # fmt: skip
    assert layers == ["", LAYERS[0], "", "", LAYERS[0], BACKWARD]


def test_the_updates_of_a_training_step_are_reported_as_the_optimizer() -> None:
    """The tiny network has four blocks, stem and head included; a backbone has neither head nor loss."""
    settings = QUICK.but(passes="training-step")
    for spec, backward in ((TINY, 5), (TINY.but(head=False), 3)):
        analysis = analyse(spec)
        first = len(analysis.layers)
        parts = [
            module.profile_progress(Progress(False, first + step, 0.5, 1.0), analysis, settings).layer
            for step in (0, backward - 1, backward)
        ]
        assert parts == [BACKWARD, BACKWARD, OPTIMIZER]


def test_partial_runs_are_rarer_where_assembling_one_takes_long() -> None:
    """Every reading of this clock takes 0.1 s, so assembling takes as long, and the pause is 20 times that."""
    clock, sent = FakeClock(reading_ns=100_000_000), []
    for progress in measure(analyse(TINY), ProfileSettings(seconds=12.0, warmup_passes=0, warmup_seconds=0.0), clock):
        if isinstance(progress, ProfileProgress) and progress.run is not None:
            sent.append(clock.now)
    pauses = [after - before for before, after in pairwise(sent)]
    assert len(pauses) > 2
    assert all(2e9 <= pause <= 3.5e9 for pause in pauses)


class FakeSensors(SensorThread):
    """A thread's samples without a thread; `order` says when it was started and stopped."""

    def __init__(self, clock: FakeClock, throttled: Callable[[int], bool] = lambda _: False) -> None:
        super().__init__(
            lambda second: SensorSample(second, throttled="power cap" if throttled(clock.now) else ""), clock
        )
        self.order: list[str] = []

    def start(self) -> None:
        self.order += [] if "started" in self.order else ["started"]

    def stop(self) -> None:
        self.order.append("stopped")


def measuring(clock: FakeClock, sensors: FakeSensors) -> Iterator[Progress]:
    """A warm-up of 2 s and passes for 10 s, with a sample each half second."""
    for number in range(24):
        sensors.order.append("warm-up" if number < 4 else "passes")
        yield Progress(number < 4, None, 0.5, None)
        if number >= 4:
            sensors.sample()
        clock.spend(0.5e6)


def with_sensors(sensors: FakeSensors) -> PartialRun:
    environment = device.environment(CPU, QUICK)
    return PartialRun("2026-11-22T04:05:06+00:00", environment, sensors=sensors)


def test_sensors_are_read_during_the_passes_and_each_partial_run_has_the_samples_so_far() -> None:
    clock = FakeClock()
    clock.spend(50e6)  # the clock does not start at 0
    sensors = FakeSensors(clock)
    setup, partial = Setup(QUICK, CPU, clock), with_sensors(sensors)
    reports = list(module.with_partial_runs(measuring(clock, sensors), analyse(TINY), setup, partial))
    assert [name for name, _ in groupby(sensors.order)] == ["warm-up", "passes", "started", "passes", "stopped"]
    assert sensors.order.count("warm-up") == 4
    runs = [report.run for report in reports if report.run is not None]
    assert [len(run.readings) for run in runs] == [0, 2, 5, 8, 11, 14, 17]
    assert [sample.second for sample in runs[2].readings] == [2.0, 2.5, 3.0, 3.5, 4.0]


def test_sensors_are_stopped_where_a_run_is_closed_or_fails() -> None:
    clock = FakeClock()
    setup = Setup(QUICK, CPU, clock)
    closed, failed = FakeSensors(clock), FakeSensors(clock)
    reports = module.with_partial_runs(measuring(clock, closed), analyse(TINY), setup, with_sensors(closed))
    next(reports)
    reports.close()  # type: ignore[attr-defined]
    assert closed.order[-1] == "stopped"

    def failing() -> Iterator[Progress]:
        yield from ()
        raise RuntimeError("device-side assert")

    with pytest.raises(RuntimeError, match="device-side"):
        list(module.with_partial_runs(failing(), analyse(TINY), setup, with_sensors(failed)))
    assert failed.order == ["stopped"]


def test_a_card_that_is_watched_gives_its_clocks_and_its_energy_to_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """From NVIDIA's library to the run, with a real thread; a pass of 2 ms at 350 W takes 0.7 J."""
    install(monkeypatch, library := Library(reasons=0x2))
    clock, analysis = FakeClock(), analyse(TINY)

    class Timer(ScriptedTimer):
        """The card's counter grows while it works."""

        def queue_whole(self) -> None:
            super().queue_whole()
            library.millijoules += 700

    timer = Timer(clock, whole_us=lambda _: 2_000.0, row_us=lambda _: [2_000.0 / len(LAYERS)] * len(LAYERS))
    partial = PartialRun("2026-11-22T04:05:06+00:00", device.environment(CPU, QUICK))
    partial.watch(Sensors(UUID), clock)
    setup = Setup(ProfileSettings(), CPU, clock)
    passes = module.measure_in_network((lambda: timer,), setup, partial, images=4)
    list(module.with_partial_runs(passes, analysis, setup, partial))
    run = module.assemble_run(analysis, setup.settings, partial, complete=True)
    assert (run.place.application_clock_mhz, run.place.max_clock_mhz) == (1_830, 2_010)
    assert run.readings
    assert {(sample.clock_mhz, sample.clock_is_set) for sample in run.readings} == {(1_980, True)}
    assert run.energy is not None
    assert run.energy.joules_per_image == pytest.approx(0.7 / 4)
    assert not any(thread.name == "sensors" for thread in threading.enumerate())
    assert msgspec.json.decode(msgspec.json.encode(run), type=ProfileRun) == run


@pytest.mark.parametrize(("until_ns", "dropped"), [(0, 0), (3_000_000_000, 3 + 3), (6_000_000_000, 0)])
def test_passes_of_a_card_that_was_slowed_down_are_left_out_and_counted(until_ns: int, dropped: int) -> None:
    """One pass of either kind each second for 10 s, and a sample half a second later; most passes are never dropped."""
    clock = FakeClock()
    sensors = FakeSensors(clock, lambda now: 0 < now < until_ns)
    partial = with_sensors(sensors)
    layers = len(analyse(TINY).layers)
    for second in range(10):
        begin = second * 1_000_000_000
        partial.samples.uninstrumented.append(1.0 + second)
        partial.samples.uninstrumented_spans.append((begin + 1, begin + 2))
        partial.samples.rows.append([1.0 + second] * layers)
        partial.samples.row_spans.append((begin + 3, begin + 4))
        clock.now = begin + 500_000_000
        sensors.sample()
    run = module.assemble_run(analyse(TINY), QUICK, partial, complete=True)
    assert run.dropped_passes == dropped
    assert run.whole is not None
    assert run.whole.samples_us == (1.0, *(1.0 + second for second in range(1 + dropped // 2, 10)))
    assert {layer.spread.n for layer in run.layers} == {10 - dropped // 2}
    assert len(run.readings) == 10
    kinds = {message.kind for message in run.messages}
    assert ("throttled passes dropped" in kinds, "throttled" in kinds) == (dropped > 0, until_ns > 0 and not dropped)
    assert run.measured_seconds == pytest.approx(9.0)


@pytest.mark.parametrize(
    ("mode", "phase"), [("in-network", "passes"), ("isolated", "passes"), ("end-to-end", "end-to-end")]
)
def test_the_phase_is_the_warm_up_and_then_what_the_mode_measures(mode: Mode, phase: str) -> None:
    phases = [
        module.profile_progress(Progress(warming_up, None, 0.5, 1.0), analyse(TINY), QUICK.but(mode=mode)).phase
        for warming_up in (True, False)
    ]
    assert phases == ["warm-up", phase]
