"""The progress of a run, and the partial runs that come with it."""

from collections.abc import Iterator
from itertools import pairwise

import msgspec
import pytest
import torch

import resnet_viz as rv
from resnet_viz.device import info as device
from resnet_viz.device.sensors import Sensors
from resnet_viz.pipeline import analyse
from resnet_viz.profiling import run as module
from resnet_viz.profiling.passes import Progress, Setup
from resnet_viz.profiling.run import measure
from resnet_viz.records.run import BACKWARD, ProfileProgress, ProfileRun, SensorSample
from resnet_viz.spec.profiling import Mode, ProfileSettings
from tests.profiling.doubles.clock import FakeClock
from tests.profiling.networks import CPU, TINY, make_quick
from tests.profiling.runs import LAYERS, QUICK, profiled


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


def test_partial_runs_are_rarer_where_assembling_one_takes_long() -> None:
    """Every reading of this clock takes 0.1 s, so assembling takes as long, and the pause is 20 times that."""
    clock, sent = FakeClock(reading_ns=100_000_000), []
    for progress in measure(analyse(TINY), ProfileSettings(seconds=12.0, warmup_passes=0, warmup_seconds=0.0), clock):
        if isinstance(progress, ProfileProgress) and progress.run is not None:
            sent.append(clock.now)
    pauses = [after - before for before, after in pairwise(sent)]
    assert len(pauses) > 2
    assert all(2e9 <= pause <= 3.5e9 for pause in pauses)


def test_sensors_are_read_for_each_partial_run_with_the_seconds_since_the_start() -> None:
    class FakeSensors(Sensors):
        """Answers every second time."""

        def __init__(self) -> None:
            self.asked: list[float] = []

        def read(self, second: float) -> SensorSample | None:
            self.asked.append(second)
            return SensorSample(second) if len(self.asked) % 2 else None

    clock, sensors = FakeClock(), FakeSensors()
    clock.spend(50e6)  # the clock does not start at 0

    def measuring() -> Iterator[Progress]:
        for _ in range(20):
            clock.spend(0.5e6)
            yield Progress(False, None, 0.5, None)

    partial = module.PartialRun("2026-11-22T04:05:06+00:00", device.environment(CPU, QUICK))
    reports = list(module.with_partial_runs(measuring(), analyse(TINY), Setup(QUICK, CPU, clock), partial, sensors))
    assert sensors.asked == pytest.approx([1.5, 3.0, 4.5, 6.0, 7.5, 9.0])
    assert [sample.second for sample in partial.sensor_samples] == pytest.approx([1.5, 4.5, 7.5])
    runs = [report.run for report in reports if report.run is not None]
    assert [len(run.readings) for run in runs] == [1, 1, 2, 2, 3, 3]


@pytest.mark.parametrize(
    ("mode", "phase"), [("in-network", "passes"), ("isolated", "passes"), ("end-to-end", "end-to-end")]
)
def test_the_phase_is_the_warm_up_and_then_what_the_mode_measures(mode: Mode, phase: str) -> None:
    phases = [
        module.profile_progress(Progress(warming_up, None, 0.5, 1.0), analyse(TINY), QUICK.but(mode=mode)).phase
        for warming_up in (True, False)
    ]
    assert phases == ["warm-up", phase]
