"""The timer by events inside CUDA graphs, on a fake CUDA device."""

import pytest

from resnet_viz.profiling.timers.graph import GraphTimer
from resnet_viz.profiling.timers.timer import TIMESTAMPS, TimerUnavailable
from tests.profiling.doubles.clock import FakeClock
from tests.profiling.doubles.cuda import FakeCuda
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


def test_only_the_instrumented_graph_has_events_one_at_every_border() -> None:
    cuda = FakeCuda(FakeClock())
    GraphTimer(DeviceWork(cuda, TIMES), cuda)
    cost, clean, marked = cuda.graphs
    assert (len(cost.events), len(cost.recorded)) == (TIMESTAMPS + 1, TIMESTAMPS + 1)
    assert (len(clean.events), len(clean.recorded)) == (0, len(TIMES))
    assert (len(marked.events), len(marked.recorded)) == (len(TIMES) + 1, 2 * len(TIMES) + 1)


def test_each_kind_of_pass_replays_its_own_graph() -> None:
    cuda = FakeCuda(FakeClock())
    timer = GraphTimer(DeviceWork(cuda, TIMES), cuda)
    before = [graph.replays for graph in cuda.graphs]
    timer.time_whole()
    finished(timer.time_steps())
    assert [graph.replays - count for graph, count in zip(cuda.graphs, before, strict=True)] == [0, 1, 1]


def test_the_cost_of_an_event_is_measured_and_only_instrumented_passes_contain_it() -> None:
    cuda = FakeCuda(FakeClock())
    cuda.timestamp_us = 1.75
    timer = GraphTimer(DeviceWork(cuda, TIMES), cuda)
    assert timer.timestamp_us == pytest.approx(1.75)
    assert finished(timer.time_steps())[1] == pytest.approx([us + 1.75 for us in TIMES])
    assert timer.time_whole() == pytest.approx(sum(TIMES))


def test_the_time_of_launching_a_graph_is_not_the_networks() -> None:
    """An event on an idle device is passed at once, while the host still launches the graph behind it."""
    cuda = FakeCuda(FakeClock(), replay_us=60.0)
    timer = GraphTimer(DeviceWork(cuda, TIMES), cuda)
    assert timer.time_whole() == pytest.approx(sum(TIMES))


@pytest.mark.parametrize("reason", ["operation not permitted when stream is capturing", "no graphs\non this card"])
def test_a_failing_capture_makes_the_timer_unavailable_with_its_reason(reason: str) -> None:
    cuda = FakeCuda(FakeClock())
    cuda.refusal = reason
    with pytest.raises(TimerUnavailable, match=reason.splitlines()[0]) as caught:
        GraphTimer(DeviceWork(cuda, TIMES), cuda)
    assert len(str(caught.value).splitlines()) == 1


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
