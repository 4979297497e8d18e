"""The timer by events inside CUDA graphs, on a fake CUDA device."""

from itertools import pairwise
from statistics import fmean

import pytest
import torch

from resnet_viz.profiling.timers.graph import FIRST_SLEEP_CYCLES, SPARSE_EVERY, GraphTimer
from resnet_viz.profiling.timers.stopwatches import MAX_SLEEP_CYCLES
from resnet_viz.profiling.timers.timer import TIMESTAMPS, TimerUnavailable
from resnet_viz.records.message import Message
from tests.profiling.doubles.clock import FakeClock
from tests.profiling.doubles.cuda import FakeCuda, lifelike_card
from tests.profiling.doubles.work import DeviceWork, finished

TIMES = [120.0, 3.5, 40.0, 0.25, 900.125]
"""Steps of a device, in microseconds."""


def test_a_graph_gives_every_steps_device_time_exactly() -> None:
    cuda = FakeCuda(FakeClock(), host_us=25.0)
    timer = GraphTimer(DeviceWork(cuda, TIMES), cuda)
    assert timer.method == "cuda-graph"
    for _ in range(3):
        told, times = finished(timer.time_steps())
        assert times == pytest.approx(TIMES)
        assert told == [len(TIMES)]
    assert timer.time_whole() == pytest.approx(sum(TIMES))


def test_each_graph_has_the_events_of_its_kind() -> None:
    """The cost of a timestamp is measured by events alone; a pass has one at each end, at every border, or sparsely."""
    cuda = FakeCuda(FakeClock())
    GraphTimer(DeviceWork(cuda, TIMES), cuda)
    cost, uninstrumented, instrumented, *sparse = cuda.graphs
    steps = len(TIMES)
    assert (len(cost.events), len(cost.recorded)) == (TIMESTAMPS + 1, TIMESTAMPS + 1)
    assert (len(uninstrumented.events), len(uninstrumented.recorded)) == (2, 2 + steps)
    assert [uninstrumented.recorded[0], uninstrumented.recorded[-1]] == uninstrumented.events
    assert (len(instrumented.events), len(instrumented.recorded)) == (steps + 1, 2 * steps + 1)
    assert [(len(graph.events), len(graph.recorded)) for graph in sparse] == [(2, 2 + steps)] * steps


def test_all_graphs_of_the_pass_share_their_memory_because_only_one_runs_at_a_time() -> None:
    cuda = FakeCuda(FakeClock())
    GraphTimer(DeviceWork(cuda, TIMES), cuda)
    _, uninstrumented, *others = cuda.graphs
    assert [graph.sharing_memory_of for graph in others] == [uninstrumented] * (1 + len(TIMES))


def test_each_kind_of_pass_replays_its_own_graph() -> None:
    cuda = FakeCuda(FakeClock())
    timer = GraphTimer(DeviceWork(cuda, TIMES), cuda)
    before = [graph.replays for graph in cuda.graphs]
    timer.time_whole()
    finished(timer.time_steps())
    timer.time_sparsely()
    replays = [graph.replays - count for graph, count in zip(cuda.graphs, before, strict=True)]
    assert replays == [0, 1, 1, 1, 0, 0, 0, 0]


def test_the_cost_of_an_event_is_measured_and_the_uninstrumented_pass_contains_it_once() -> None:
    cuda = FakeCuda(FakeClock())
    cuda.timestamp_us = 1.75
    timer = GraphTimer(DeviceWork(cuda, TIMES), cuda)
    assert timer.timestamp_us == pytest.approx(1.75)
    assert finished(timer.time_steps())[1] == pytest.approx([us + 1.75 for us in TIMES])
    assert timer.time_whole() == pytest.approx(sum(TIMES) + 1.75)


def test_an_event_between_kernels_costs_more_than_the_measured_one() -> None:
    """It drains the pipeline; events back to back do not show that."""
    cuda = FakeCuda(FakeClock())
    cuda.timestamp_us, cuda.drain_us = 0.5, 1.25
    timer = GraphTimer(DeviceWork(cuda, TIMES), cuda)
    assert timer.timestamp_us == pytest.approx(0.5)
    assert finished(timer.time_steps())[1] == pytest.approx([us + 1.75 for us in TIMES])
    assert timer.time_whole() == pytest.approx(sum(TIMES) + 1.75)


@pytest.mark.parametrize(("replay_us", "prologue_us"), [(60.0, 0.0), (0.0, 9.0), (60.0, 9.0)])
def test_the_time_of_launching_a_graph_is_not_the_networks(replay_us: float, prologue_us: float) -> None:
    """Neither the host's launch nor the time that the device needs before the first node is in any pass."""
    cuda = FakeCuda(FakeClock(), replay_us=replay_us)
    cuda.prologue_us = prologue_us
    timer = GraphTimer(DeviceWork(cuda, TIMES), cuda)
    assert timer.time_whole() == pytest.approx(sum(TIMES))
    assert finished(timer.time_steps())[1] == pytest.approx(TIMES)
    assert timer.time_sparsely() == pytest.approx({0: TIMES[0]})


def test_both_kinds_of_pass_wait_behind_the_same_sleep() -> None:
    cuda = FakeCuda(FakeClock())
    timer = GraphTimer(DeviceWork(cuda, TIMES), cuda)
    timer.time_whole()
    finished(timer.time_steps())
    timer.time_sparsely()
    assert cuda.sleeps == [FIRST_SLEEP_CYCLES] * 3


KINDS = ["uninstrumented", "instrumented", "sparse"]


def run_kind(timer: GraphTimer, kind: str) -> float:
    """Run a pass of this kind and return the sum of its times."""
    if kind == "uninstrumented":
        return timer.time_whole()
    return sum(finished(timer.time_steps())[1]) if kind == "instrumented" else sum(timer.time_sparsely().values())


@pytest.mark.parametrize("kind", KINDS)
def test_a_starved_replay_is_counted_and_repeated(kind: str) -> None:
    """Once the host is interrupted for longer than the sleep; the next replay waits no longer than before."""
    clock = FakeClock()
    cuda = FakeCuda(clock)
    timer = GraphTimer(DeviceWork(cuda, TIMES), cuda)
    launches = iter([5_000.0])
    cuda.replay_us = lambda: next(launches, 60.0)
    whole = sum(TIMES) if kind != "sparse" else TIMES[0]
    assert run_kind(timer, kind) == pytest.approx(whole)
    assert (timer.starved_passes, cuda.sleeps) == (1, [FIRST_SLEEP_CYCLES] * 2)


def test_behind_a_slow_host_the_sleep_grows_until_no_replay_is_starved() -> None:
    cuda = FakeCuda(FakeClock(), replay_us=900.0)  # the first sleep is 250 µs
    timer = GraphTimer(DeviceWork(cuda, TIMES), cuda)
    for kind in KINDS:
        run_kind(timer, kind)
    longest = 4 * FIRST_SLEEP_CYCLES
    assert cuda.sleeps == [FIRST_SLEEP_CYCLES] * 2 + [2 * FIRST_SLEEP_CYCLES] + [longest] * 3
    assert timer.starved_passes == 3


@pytest.mark.parametrize("kind", KINDS)
def test_a_host_that_never_queues_a_replay_in_time_makes_the_timer_unavailable(kind: str) -> None:
    cuda = FakeCuda(FakeClock(), replay_us=3e6)
    timer = GraphTimer(DeviceWork(cuda, TIMES), cuda)
    with pytest.raises(TimerUnavailable, match="ahead of the device"):
        run_kind(timer, kind)
    assert max(cuda.sleeps) <= MAX_SLEEP_CYCLES


@pytest.mark.parametrize("steps", [1, SPARSE_EVERY - 1, SPARSE_EVERY, 3 * SPARSE_EVERY + 5])
def test_sparse_passes_cover_every_step_in_turn_and_time_no_two_neighbors(steps: int) -> None:
    times = [10.0 + step for step in range(steps)]
    cuda = FakeCuda(FakeClock())
    cuda.timestamp_us, cuda.drain_us = 0.25, 1.5
    timer = GraphTimer(DeviceWork(cuda, times), cuda)
    rounds = min(steps, SPARSE_EVERY)
    passes = [timer.time_sparsely() for _ in range(rounds)]
    for found in passes:
        assert {after - before for before, after in pairwise(found)} <= {SPARSE_EVERY}
    found = {step: us for each in passes for step, us in each.items()}
    assert found == pytest.approx({step: us + 1.75 for step, us in enumerate(times)})
    assert len(found) == sum(map(len, passes)) == steps
    assert timer.time_sparsely().keys() == passes[0].keys()


def test_on_a_lifelike_card_both_kinds_of_pass_differ_by_the_timestamps_alone() -> None:
    """Noise and resolution average out; a prologue or a launch in either kind of pass would not."""
    clock = FakeClock()
    cuda = lifelike_card(clock)
    times = [8.0 + (3 * step) % 17 for step in range(120)]
    timer = GraphTimer(DeviceWork(cuda, times), cuda)
    passes = 60
    whole = fmean(timer.time_whole() for _ in range(passes))
    rows = [finished(timer.time_steps())[1] for _ in range(passes)]
    cost = cuda.timestamp_us + cuda.drain_us
    in_situ = (fmean(map(sum, rows)) - whole) / (len(times) - 1)
    assert in_situ == pytest.approx(cost, abs=0.05)
    assert timer.timestamp_us == pytest.approx(cuda.timestamp_us, abs=0.5)
    means = [fmean(column) - in_situ for column in zip(*rows, strict=True)]
    assert means == pytest.approx(times, rel=0.03, abs=0.2)
    assert {round(us * 2) / 2 for row in rows for us in row} == {us for row in rows for us in row}


@pytest.mark.parametrize("reason", ["operation not permitted when stream is capturing", "no graphs\non this card"])
def test_a_failing_capture_makes_the_timer_unavailable_with_its_reason(reason: str) -> None:
    cuda = FakeCuda(FakeClock())
    cuda.refusal = reason
    with pytest.raises(TimerUnavailable, match=reason.splitlines()[0]) as caught:
        GraphTimer(DeviceWork(cuda, TIMES), cuda)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    "error", [torch.OutOfMemoryError("CUDA out of memory."), RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED")]
)
def test_memory_that_ends_during_the_capture_is_said_as_such(error: Exception) -> None:
    cuda = FakeCuda(FakeClock())
    cuda.refusal = error
    with pytest.raises(TimerUnavailable) as caught:
        GraphTimer(DeviceWork(cuda, TIMES), cuda)
    assert caught.value.message == Message("graph out of memory")
    assert "ran out of memory" in str(caught.value)


def test_a_capture_that_fails_without_a_message_is_named_by_its_error() -> None:
    cuda = FakeCuda(FakeClock())
    cuda.refusal = ""
    with pytest.raises(TimerUnavailable, match="RuntimeError"):
        GraphTimer(DeviceWork(cuda, TIMES), cuda)


def test_events_that_run_backwards_make_the_timer_unavailable() -> None:
    cuda = FakeCuda(FakeClock())
    cuda.skew = lambda passed: -passed
    with pytest.raises(TimerUnavailable, match="backwards"):
        GraphTimer(DeviceWork(cuda, TIMES), cuda)


def test_events_that_span_more_than_the_replay_make_the_timer_unavailable() -> None:
    cuda = FakeCuda(FakeClock())
    cuda.skew = lambda passed: round(1.2 * passed)
    with pytest.raises(TimerUnavailable, match="span more time"):
        GraphTimer(DeviceWork(cuda, TIMES), cuda)


def test_events_that_a_replay_does_not_set_make_the_timer_unavailable() -> None:
    """They still hold the times of the warm passes, which look plausible."""
    cuda = FakeCuda(FakeClock(), host_us=0.0)
    cuda.stale = True
    with pytest.raises(TimerUnavailable):
        GraphTimer(DeviceWork(cuda, TIMES), cuda)


def test_a_queued_pass_is_a_replay_of_the_uninstrumented_graph_that_nobody_waits_for() -> None:
    clock = FakeClock()
    cuda = FakeCuda(clock, replay_us=7.0)
    timer = GraphTimer(DeviceWork(cuda, [100.0, 200.0]), cuda)
    cuda.synchronize()
    before, began = [graph.replays for graph in cuda.graphs], clock.now
    timer.queue_whole()
    replayed = [graph for graph, count in zip(cuda.graphs, before, strict=True) if graph.replays > count]
    assert [len(graph.events) for graph in replayed] == [2]
    assert clock.now == began + 7_000
    assert cuda.free_at >= began + 300_000
