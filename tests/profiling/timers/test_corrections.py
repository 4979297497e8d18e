"""A run's timestamps: their cost in situ, corrected times and sparse passes, on a fake card and a fake host."""

import pytest

from resnet_viz.graph.calls import id_of_group
from resnet_viz.metrics.timestamps import corrected_sum_us, sparse_agreement, sum_meets_whole
from resnet_viz.pipeline import analyse
from resnet_viz.profiling.passes import Setup
from resnet_viz.profiling.run import PartialRun, assemble_run, measure_in_network
from resnet_viz.profiling.sampling.samples import Samples
from resnet_viz.profiling.timers.corrections import sparse_medians
from resnet_viz.profiling.timers.graph import GraphTimer
from resnet_viz.profiling.timers.host import HostTimer
from resnet_viz.profiling.timers.timer import Timer
from resnet_viz.records.analysis import Analysis
from resnet_viz.records.run import Environment, ProfileRun
from resnet_viz.spec.profiling import ProfileSettings
from tests.profiling.doubles.clock import FakeClock
from tests.profiling.doubles.cuda import FakeCuda, lifelike_card
from tests.profiling.doubles.networks import CPU, SMALL
from tests.profiling.doubles.work import DeviceWork, FakeTorchMode, HostWork

SETTINGS = ProfileSettings(warmup_passes=1, warmup_seconds=0.0, seconds=0.5)


def times_of(analysis: Analysis) -> list[float]:
    """Times for the layers, a few microseconds each and longer ones among them."""
    return [4.0 + (7 * number) % 23 for number in range(len(analysis.layers))]


def measured(timer: Timer, clock: FakeClock, analysis: Analysis) -> ProfileRun:
    """The run of a timer."""
    partial = PartialRun("2026-11-25T00:00:00+00:00", Environment(device="cuda", name="fake"))
    for _ in measure_in_network((lambda: timer,), Setup(SETTINGS, CPU, clock, FakeTorchMode()), partial):
        pass
    return assemble_run(analysis, SETTINGS, partial, complete=True)


def on_card(cuda: FakeCuda, clock: FakeClock, analysis: Analysis) -> ProfileRun:
    return measured(GraphTimer(DeviceWork(cuda, times_of(analysis)), cuda), clock, analysis)


def test_on_a_lifelike_card_corrected_times_are_those_of_the_layers() -> None:
    """The cost that events have among themselves would leave more than a microsecond in every layer."""
    clock, analysis = FakeClock(), analyse(SMALL)
    cuda = lifelike_card(clock)
    run = on_card(cuda, clock, analysis)
    true_us = times_of(analysis)
    assert run.mark_us == pytest.approx(cuda.timestamp_us, abs=0.5)
    assert run.timestamp_in_situ_us == pytest.approx(cuda.timestamp_us + cuda.drain_us, abs=0.1)
    assert run.timestamp_correction_us == run.timestamp_in_situ_us
    corrected = [layer.corrected_us or 0.0 for layer in run.layers]
    assert corrected == pytest.approx(true_us, rel=0.03, abs=0.3)
    raw = [layer.spread.median_us for layer in run.layers]
    assert sum(raw) - sum(true_us) > 1.0 * len(raw)
    assert sum_meets_whole(run)
    assert run.whole is not None
    assert corrected_sum_us(run) == pytest.approx(run.whole.spread.median_us, rel=1e-3)


def test_blocks_and_stages_lose_the_timestamps_of_all_their_layers() -> None:
    clock, analysis = FakeClock(), analyse(SMALL)
    cuda = FakeCuda(clock)
    cuda.timestamp_us, cuda.drain_us = 0.5, 1.0
    run = on_card(cuda, clock, analysis)
    true_us = dict(zip((layer.id for layer in analysis.layers), times_of(analysis), strict=True))
    assert {group.level for group in run.groups} == {"block", "stage"}
    for group in run.groups:
        members = [name for name in true_us if name == group.id or name.startswith(f"{group.id}.")]
        if members and group.id.startswith("layer"):
            assert group.corrected_us == pytest.approx(sum(true_us[name] for name in members), abs=1e-3)
    head = run.group_by_id["head"]
    assert head.corrected_us is not None
    assert head.spread.median_us - head.corrected_us == pytest.approx(
        1.5 * sum(1 for layer in analysis.layers if layer.stage is None), abs=1e-3
    )


def test_sparse_passes_give_every_layer_a_second_time_that_agrees() -> None:
    clock, analysis = FakeClock(), analyse(SMALL)
    run = on_card(lifelike_card(clock), clock, analysis)
    agreement = sparse_agreement(run)
    assert agreement is not None
    assert agreement.layers == len(analysis.layers)
    assert abs(agreement.difference) < 0.03
    assert not [message for message in run.messages if message.kind == "sparse disagree"]


def test_timestamps_that_change_the_layers_are_told() -> None:
    """Layers that take 2 µs longer where every layer is followed by a timestamp."""
    clock, analysis = FakeClock(), analyse(SMALL)
    cuda = FakeCuda(clock)
    timer = GraphTimer(DeviceWork(cuda, times_of(analysis)), cuda)
    dense = cuda.graphs[2]
    dense.recorded = [item + 2_000 if isinstance(item, int) else item for item in dense.recorded]
    run = measured(timer, clock, analysis)
    (found,) = [message for message in run.messages if message.kind == "sparse disagree"]
    expected = -2.0 / (sum(times_of(analysis)) / len(analysis.layers) + 2.0)
    assert found.values["part"] == pytest.approx(100 * expected, rel=0.05)


def test_starved_replays_are_counted_in_the_run() -> None:
    clock, analysis = FakeClock(), analyse(SMALL)
    cuda = FakeCuda(clock)
    launches = iter([0.0] * 40 + [90_000.0])
    cuda.replay_us = lambda: next(launches, 0.0)
    assert on_card(cuda, clock, analysis).starved_passes == 1


def test_on_a_host_readings_cost_what_they_cost_and_nothing_is_sparse() -> None:
    clock, analysis = FakeClock(reading_ns=500), analyse(SMALL)
    run = measured(HostTimer(HostWork(clock, times_of(analysis)), clock), clock, analysis)
    assert run.mark_us == pytest.approx(0.5)
    assert run.timestamp_in_situ_us == pytest.approx(0.5)
    assert [layer.corrected_us for layer in run.layers] == pytest.approx(times_of(analysis))
    assert {layer.sparse_us for layer in run.layers} == {None}
    assert run.starved_passes is None


def test_a_run_without_instrumented_passes_has_nothing_to_correct() -> None:
    partial = PartialRun("2026-11-25T00:00:00+00:00", Environment(device="cpu", name="fake"), timestamp_us=0.5)
    run = assemble_run(analyse(SMALL), SETTINGS, partial, complete=False)
    assert (run.timestamp_in_situ_us, run.timestamp_correction_us, run.layers) == (None, None, ())


def test_the_sparse_time_of_a_step_is_the_median_of_the_passes_that_timed_it() -> None:
    passes = [{0: 5.0, 8: 1.0}, {1: 7.0}, {0: 9.0, 8: 2.0}, {0: 6.0}]
    assert sparse_medians(passes) == {0: 6.0, 8: 1.5, 1: 7.0}
    assert sparse_medians([]) == {}


def test_backward_blocks_lose_one_timestamp_each_and_stages_one_for_each_block() -> None:
    analysis = analyse(SMALL.but(blocks=tuple(2 * number for number in SMALL.blocks)))
    settings = SETTINGS.but(passes="forward+backward")
    blocks = len({id_of_group(layer.stage, layer.block, "block") for layer in analysis.layers})
    row = [10.0] * len(analysis.layers) + [30.0] * blocks
    samples = Samples([sum(row)] * 60, [row] * 60, [(0, 1)] * 60, [(2, 3)] * 60)
    partial = PartialRun(
        "2026-11-25T00:00:00+00:00", Environment(device="cpu", name="fake"), timestamp_us=1.0, samples=samples
    )
    run = assemble_run(analysis, settings, partial, complete=True)
    assert run.timestamp_in_situ_us is None, "the intervals do not lie apart"
    assert run.timestamp_correction_us == 1.0
    assert {group.level for group in run.backward} == {"block", "stage"}
    for group in run.backward:
        members = round(group.spread.median_us / 30.0)
        assert group.corrected_us == pytest.approx(members * 29.0)
    assert max(group.spread.median_us for group in run.backward) > 30.0
