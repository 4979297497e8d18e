"""Real runs of a tiny network on this CPU, from beginning to end."""

import json
from collections.abc import Iterator
from itertools import groupby

import msgspec
import pytest
import torch

from resnet_viz.device import info as device
from resnet_viz.device.cpu_load import CpuShares
from resnet_viz.export.chrome_trace import chrome_trace
from resnet_viz.metrics.training_memory import training_peak_bytes
from resnet_viz.pipeline import analyse
from resnet_viz.profiling import run as module
from resnet_viz.profiling import training_step
from resnet_viz.profiling.run import measure
from resnet_viz.profiling.whole_network.end_to_end import end_to_end_time
from resnet_viz.records.message import Message
from resnet_viz.records.run import Ceilings, ProfileProgress, ProfileRun, TimeSummary
from resnet_viz.spec.profiling import Optimizer, ProfileSettings
from tests.profiling.doubles.clock import FakeClock
from tests.profiling.doubles.networks import CPU, TINY, make_quick
from tests.profiling.doubles.runs import LAYERS, QUICK, complete_run, profiled


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Little data for the ceilings."""
    make_quick(monkeypatch)


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
    assert (run.measured_seconds or 0.0) >= 0.15
    assert 0 <= (run.others_share or 0.0) <= 1
    assert run.dropped_passes == 0
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


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_a_run_of_training_steps_has_the_loss_and_the_update_of_each_block(optimizer: Optimizer) -> None:
    settings = QUICK.but(passes="training-step", optimizer=optimizer, batch=2)
    progress, run = profiled(settings)
    check(run, settings)
    check_progress(progress)
    blocks = ["stem", "layer1.0", "layer2.0", "head"]
    assert [group.id for group in run.optimizer if group.level == "block"] == blocks
    assert [group.id for group in run.backward if group.level == "block"] == blocks[::-1]
    assert all(group.spread.median_us > 0 for group in run.optimizer)
    assert run.loss is not None
    assert run.instrumented is not None
    columns = [*(layer.samples_us for layer in run.layers), run.loss.samples_us]
    columns += [group.samples_us for group in (*run.backward, *run.optimizer) if group.level == "block"]
    for number, total in enumerate(run.instrumented.samples_us):
        steps = [samples_us[number] for samples_us in columns]
        assert total == pytest.approx(sum(steps), abs=0.001 * len(steps)), "the sum holds every part"
    events = json.loads(chrome_trace(run))["traceEvents"]
    end_us = max(event["ts"] + event["dur"] for event in events if event["ph"] == "X")
    assert any(end_us == pytest.approx(total, abs=0.1) for total in run.instrumented.samples_us)
    parts = [run.loss.spread, *(layer.spread for layer in run.layers)]
    parts += [group.spread for group in (*run.backward, *run.optimizer) if group.level == "block"]
    assert run.peak_bytes is not None
    assert run.predicted_peak_bytes == training_peak_bytes(analyse(TINY.but(input=(2, 3, 32, 32))), optimizer=optimizer)
    assert run.peak_bytes == pytest.approx(run.predicted_peak_bytes, rel=0.01)
    without_sums = msgspec.structs.replace(run, instrumented=None)
    assert without_sums.sum_us == pytest.approx(sum(part.median_us for part in parts))


@pytest.mark.parametrize("weights_are_finite", [True, False])
def test_a_run_says_that_its_weights_became_infinite(weights_are_finite: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not weights_are_finite:
        monkeypatch.setattr(training_step, "LEARNING_RATE", torch.inf)
    _, run = profiled(QUICK.but(passes="training-step", batch=2))
    found = [message.kind for message in run.messages if message.kind == "weights not finite"]
    assert found == ([] if weights_are_finite else ["weights not finite"])


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
    assert run.method == "host-clock"
    assert all(layer.spread == (layer.cold if cold else layer.warm) for layer in run.layers)
    assert any(layer.cold != layer.warm for layer in run.layers)
    assert {group.id for group in run.groups if group.level == "stage"} == {"stem", "layer1", "layer2", "head"}


def test_an_end_to_end_run() -> None:
    settings = QUICK.but(mode="end-to-end", seconds=0.3)
    progress, run = profiled(settings)
    check(run, settings)
    check_progress(progress)
    assert run.layers == ()
    (eager,) = run.ends
    known = [time for time in (eager.p50_us, eager.p90_us, eager.p99_us) if time is not None]
    assert known == sorted(known)
    assert (eager.p99_us is None) == (eager.timed.spread.n < 100)
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


def test_the_whole_of_an_end_to_end_run_is_its_eager_execution() -> None:
    partial = module.PartialRun("2026-11-22T04:05:06+00:00", device.environment(CPU, QUICK))
    partial.end_to_end.times = [end_to_end_time("cuda-graph", [10.0], 1), end_to_end_time("eager", [20.0], 1)]
    run = module.assemble_run(analyse(TINY), QUICK, partial, complete=False)
    assert run.whole == partial.end_to_end.times[1].timed
    assert run.launch_bound_factor == 2.0
    assert run.ends == tuple(partial.end_to_end.times)


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
        def shares(self) -> CpuShares:
            return CpuShares(0.25, 0.05)

    monkeypatch.setattr(module, "CpuLoad", BusyProcessor)
    monkeypatch.setattr(module, "PARTIAL_EVERY_NS", 0)
    *progress, run = measure(analyse(TINY), QUICK, FakeClock(reading_ns=20_000_000))
    assert isinstance(run, ProfileRun)
    shared = Message("shared", {"part": 25.0})
    assert shared in run.messages
    assert run.others_share == 0.25
    partial = [one.run for one in progress if isinstance(one, ProfileProgress) and one.run is not None]
    assert partial
    assert not any(shared in one.messages or one.others_share for one in partial)
