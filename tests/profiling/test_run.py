"""Real runs of a tiny network on this CPU, from beginning to end."""

from collections.abc import Iterator
from itertools import groupby, pairwise

import msgspec
import pytest
import torch

import resnet_viz as rv
from resnet_viz.device import capacity as memory
from resnet_viz.device import info as device
from resnet_viz.device.sensors import Sensors
from resnet_viz.errors import SpecError, UserError
from resnet_viz.pipeline import analyse
from resnet_viz.profiling import run as module
from resnet_viz.profiling.end_to_end import end_to_end_time
from resnet_viz.profiling.passes import Progress, Setup
from resnet_viz.profiling.run import measure
from resnet_viz.records.message import Message
from resnet_viz.records.run import BACKWARD, Ceilings, ProfileProgress, ProfileRun, SensorSample, TimeSummary
from resnet_viz.spec.profiling import Mode, ProfileSettings
from tests.profiling.doubles.clock import FakeClock
from tests.profiling.networks import CPU, TINY, make_quick

QUICK = ProfileSettings(seconds=0.15, warmup_seconds=0.02)
LAYERS = [layer.id for layer in analyse(TINY).layers]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Little data for the ceilings."""
    make_quick(monkeypatch)


def profiled(settings: ProfileSettings, spec: rv.ResNetSpec = TINY) -> tuple[list[ProfileProgress], ProfileRun]:
    *progress, last = rv.profile(spec, settings)
    assert isinstance(last, ProfileRun)
    shown = [one for one in progress if isinstance(one, ProfileProgress)]
    assert len(shown) == len(progress)
    return shown, last


def spreads(run: ProfileRun) -> Iterator[TimeSummary]:
    for measured in (run.layers, run.groups, run.backward, run.sweep):
        yield from (one.spread for one in measured)
    yield from (one.timed.spread for one in run.ends)
    yield from (one.spread for one in (run.whole, run.instrumented) if one is not None)


def check(run: ProfileRun, settings: ProfileSettings) -> None:
    """Check what is true of every complete run."""
    assert run.complete
    assert run.settings == settings
    assert run.spec == settings.applied_to(TINY)
    for spread in spreads(run):
        assert 0 <= spread.min_us <= spread.q1_us <= spread.median_us <= spread.q3_us
        assert spread.n > 0
    for measurement_of in (run.whole, run.instrumented, *(end.timed for end in run.ends)):
        assert measurement_of is None or len(measurement_of.samples_us) == measurement_of.spread.n
    for layer in run.layers:
        assert len(layer.samples_us) == (0 if layer.same_as else layer.spread.n)
        assert layer.floor_us is not None
    encoded = msgspec.json.encode(run)
    assert msgspec.json.decode(encoded, type=ProfileRun) == run
    assert run.ceilings is not None
    assert run.place.device == "cpu"


def check_progress(progress: list[ProfileProgress]) -> None:
    assert all(0 <= one.done <= 1 for one in progress)
    phases = [phase for phase, _ in groupby(one.phase for one in progress)]
    assert phases[:3] == ["build", "ceilings", "warm-up"]
    assert set(phases[3:]) & {"passes", "end-to-end"}
    assert all(one.seconds_left is None or one.seconds_left >= 0 for one in progress)
    assert [one.done for one in progress] == sorted(one.done for one in progress)


def test_a_run_in_the_network() -> None:
    progress, run = profiled(QUICK)
    check(run, QUICK)
    check_progress(progress)
    assert [layer.id for layer in run.layers] == LAYERS
    assert run.method == "host-clock"
    assert run.whole is not None
    assert run.instrumented is not None
    assert run.whole.spread.n == run.instrumented.spread.n == run.layers[0].spread.n
    assert {group.id for group in run.groups if group.level == "block"} == {"stem", "layer1.0", "layer2.0", "head"}
    assert run.backward == ()
    assert run.unaccounted_us is not None
    sums = [sum(layer.samples_us[number] for layer in run.layers) for number in range(run.whole.spread.n)]
    assert run.instrumented.samples_us == pytest.approx(sums, abs=0.02)


def test_a_run_forward_and_backward() -> None:
    settings = QUICK.but(passes="forward+backward", batch=2)
    progress, run = profiled(settings)
    check(run, settings)
    check_progress(progress)
    assert [layer.id for layer in run.layers] == LAYERS
    blocks = [group for group in run.backward if group.level == "block"]
    assert [group.id for group in blocks] == ["head", "layer2.0", "layer1.0", "stem"]
    assert {group.id for group in run.backward if group.level == "stage"} == {"head", "layer2", "layer1", "stem"}
    assert all(group.spread.median_us > 0 for group in blocks)


@pytest.mark.parametrize("cold", [True, False])
def test_an_isolated_run(cold: bool) -> None:
    settings = QUICK.but(mode="isolated", cold=cold)
    progress, run = profiled(settings)
    check(run, settings)
    check_progress(progress)
    assert [layer.id for layer in run.layers] == LAYERS
    assert {layer.same_as for layer in run.layers if layer.same_as} <= set(LAYERS)
    assert run.layer_by_id["layer1.0.bn1"].same_as == "bn1"
    assert run.whole is None
    assert run.method is None
    assert {group.id for group in run.groups if group.level == "stage"} == {"stem", "layer1", "layer2", "head"}


def test_an_end_to_end_run() -> None:
    settings = QUICK.but(mode="end-to-end", seconds=0.3)
    progress, run = profiled(settings)
    check(run, settings)
    check_progress(progress)
    assert run.layers == ()
    (eager,) = run.ends
    assert eager.p50_us <= eager.p90_us <= eager.p99_us
    assert eager.timed == run.whole
    assert [point.batch for point in run.sweep] == [2**place for place in range(len(run.sweep))]
    assert run.launch_bound_factor is None


def test_an_end_to_end_run_with_backward_has_no_sweep() -> None:
    settings = QUICK.but(mode="end-to-end", passes="forward+backward", batch=2)
    _, run = profiled(settings)
    check(run, settings)
    assert run.sweep == ()
    assert len(run.ends) == 1


def test_batch_size_dtype_and_layout_are_those_asked_for() -> None:
    settings = QUICK.but(batch=3, size=(16, 24), dtype="bf16", memory_format="channels_last")
    _, run = profiled(settings)
    check(run, settings)
    assert run.spec.input == (3, 3, 16, 24)
    assert run.layer_by_id["relu"].bytes == 2 * 2 * 3 * 8 * 16 * 24


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


def test_stopping_in_the_middle_restores_the_flags() -> None:
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        denormal = torch.full((8,), 1e-40)
        passes = rv.profile(TINY, QUICK.but(threads=1))
        for progress in passes:
            assert isinstance(progress, ProfileProgress)
            if progress.done > 0:
                break
        assert torch.get_num_threads() == 1
        passes.close()  # type: ignore[attr-defined]
        assert torch.get_num_threads() == 2
        assert bool((denormal * 1.0).view(torch.int32).ne(0).all())
        assert not torch.is_inference_mode_enabled()
    finally:
        torch.set_num_threads(before)


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


def test_a_missing_device_is_refused_before_anything_is_built() -> None:
    with pytest.raises(SpecError, match="this machine has"):
        next(iter(rv.profile(TINY, QUICK.but(device="cuda:77"))))


def test_a_run_that_does_not_fit_is_refused_before_anything_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "prepare", lambda *_: pytest.fail("built"))
    with pytest.raises(SpecError, match="the largest batch that should fit is") as caught:
        next(iter(rv.profile(TINY, QUICK.but(batch=1_000_000, size=(4096, 4096)))))
    assert caught.value.field == "batch"


def test_training_on_maps_of_one_pixel_is_refused() -> None:
    """Batch norm has nothing to average there, for which torch has an error of its own."""
    settings = QUICK.but(passes="forward+backward", batch=1, size=(2, 2))
    with pytest.raises(UserError):
        list(rv.profile(TINY, settings))


def test_running_out_of_memory_nevertheless_is_one_sentence_and_restores_the_flags(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The memory that is free at that moment does not matter, since the run itself still holds the rest."""
    free = [1 << 40]

    def ended(*_: object) -> object:
        free[0] = 1 << 10
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(module, "prepare", ended)
    for place in (memory, device):
        monkeypatch.setattr(place, "free_bytes", lambda _: free[0])
    before = torch.get_num_threads()
    with pytest.raises(UserError, match="at batch 64; the largest batch that should fit is 32"):
        list(rv.profile(TINY, QUICK.but(batch=64, threads=2)))
    assert torch.get_num_threads() == before


def test_another_error_is_raised_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> object:
        raise RuntimeError("device-side assert")

    monkeypatch.setattr(module, "prepare", broken)
    with pytest.raises(RuntimeError, match="device-side"):
        list(rv.profile(TINY, QUICK))


def test_warnings_are_stored_as_messages_and_in_english() -> None:
    place = device.environment(CPU, QUICK)
    partial = module.PartialRun(
        "2026-11-22T04:05:06+00:00", place, method="synchronised", fallbacks=[Message("host behind")]
    )
    partial.end_to_end.messages.append(Message("sweep out of time", {"n": 8}))
    run = module.assemble_run(analyse(TINY), QUICK, partial, complete=True)
    assert run.messages == (*partial.fallbacks, *partial.end_to_end.messages, Message("synchronised"))
    assert [*run.fallbacks, *run.warnings] == [str(message) for message in run.messages]
    assert run.fallbacks[1] == "The sweep ended at batch 8: its time was spent."


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


def test_the_whole_of_an_end_to_end_run_is_its_eager_execution() -> None:
    partial = module.PartialRun("2026-11-22T04:05:06+00:00", device.environment(CPU, QUICK))
    partial.end_to_end.times = [end_to_end_time("cuda-graph", [10.0], 1), end_to_end_time("eager", [20.0], 1)]
    run = module.assemble_run(analyse(TINY), QUICK, partial, complete=False)
    assert run.whole == partial.end_to_end.times[1].timed
    assert run.launch_bound_factor == 2.0
    assert run.ends == tuple(partial.end_to_end.times)


def test_training_needs_more_than_one_value_only_in_batch_norms() -> None:
    """The average pool and the linear layer put out one value a channel, which is nothing to refuse."""
    training = QUICK.but(passes="forward+backward", batch=1)
    assert next(iter(rv.profile(TINY, training))) == ProfileProgress("build", 0.0)
    with pytest.raises(SpecError, match=r"layer2\.0\.\S+ would average a single value in training"):
        next(iter(rv.profile(TINY, training.but(size=(2, 2)))))


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


def complete_run(settings: ProfileSettings) -> ProfileRun:
    """The run on a clock that goes on by 20 ms at every reading, so that it takes few passes."""
    *_, run = measure(analyse(TINY), settings, FakeClock(reading_ns=20_000_000))
    assert isinstance(run, ProfileRun)
    return run


def test_the_memory_of_the_ceilings_is_given_back_before_anything_else_is_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order: list[object] = []

    def measure_ceilings(*_: object) -> Ceilings:
        order.append("ceilings")
        return Ceilings(bytes_per_second=1e9, flops_per_second=1e9, launch_us=1.0, cache_bytes=0)

    def no_timers(*_: object) -> tuple[()]:
        order.append("timers")
        return ()

    monkeypatch.setattr(module, "ceilings", measure_ceilings)
    monkeypatch.setattr(module, "empty_cache", order.append)
    monkeypatch.setattr(module, "timer_makers", no_timers)
    complete_run(QUICK)
    assert order == ["ceilings", CPU, "timers"]


def test_other_programs_on_the_processor_are_reported_once_the_run_is_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    class BusyProcessor:
        def others_share(self) -> float:
            return 0.25

    monkeypatch.setattr(module, "CpuLoad", BusyProcessor)
    monkeypatch.setattr(module, "PARTIAL_EVERY_NS", 0)
    *progress, run = measure(analyse(TINY), QUICK, FakeClock(reading_ns=20_000_000))
    assert isinstance(run, ProfileRun)
    shared = Message("shared", {"part": 25.0})
    assert shared in run.messages
    partial = [one.run for one in progress if isinstance(one, ProfileProgress) and one.run is not None]
    assert partial
    assert not any(shared in one.messages for one in partial)


@pytest.mark.parametrize(("batches", "sweep"), [(4, [1, 2, 4]), (7, [1, 2, 4]), (8, [1, 2, 4, 8])])
def test_the_sweep_goes_as_far_as_the_free_memory(
    monkeypatch: pytest.MonkeyPatch, batches: int, sweep: list[int]
) -> None:
    settings = QUICK.but(mode="end-to-end", seconds=6.0)
    free = memory.needed_bytes(analyse(TINY), settings, "cpu", batches)
    for place in (memory, device):
        monkeypatch.setattr(place, "free_bytes", lambda _: free)
    run = complete_run(settings)
    assert [point.batch for point in run.sweep] == sweep
    assert Message("sweep fits no more", {"n": 2 * sweep[-1]}) in run.messages


def test_the_sweep_is_not_bound_by_memory_where_the_device_does_not_report_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for place in (memory, device):
        monkeypatch.setattr(place, "free_bytes", lambda _: None)
    run = complete_run(QUICK.but(mode="end-to-end", seconds=1.0))
    assert len(run.sweep) > 1


@pytest.mark.parametrize(
    ("mode", "phase"), [("in-network", "passes"), ("isolated", "passes"), ("end-to-end", "end-to-end")]
)
def test_the_phase_is_the_warm_up_and_then_what_the_mode_measures(mode: Mode, phase: str) -> None:
    phases = [
        module.profile_progress(Progress(warming_up, None, 0.5, 1.0), analyse(TINY), QUICK.but(mode=mode)).phase
        for warming_up in (True, False)
    ]
    assert phases == ["warm-up", phase]
