"""Timers of single calls: on a fake card, whose events cost time and whose captures can be refused, and on a host."""

from collections.abc import Callable
from statistics import fmean

import pytest
import torch

from resnet_viz.profiling.timers import call_timers
from resnet_viz.profiling.timers.call_timers import (
    FIRST_WAIT_CYCLES,
    CallTimer,
    GraphCallTimer,
    QueuedCallTimer,
    TimedCalls,
    call_timer,
    shortest_operation,
    synchronizer,
    timings_of,
)
from resnet_viz.profiling.timers.stopwatches import MAX_SLEEP_CYCLES
from resnet_viz.records.message import Message
from tests.profiling.doubles.clock import FakeClock
from tests.profiling.doubles.cuda import FakeCuda, lifelike_card
from tests.profiling.doubles.networks import CPU
from tests.profiling.doubles.work import DeviceWork

CARD = torch.device("cuda", 0)
SHORTEST_US = 1.25
MAKERS: list[Callable[[FakeCuda], CallTimer]] = [
    lambda cuda: GraphCallTimer(cuda, lambda: cuda.launch(SHORTEST_US)),
    lambda cuda: QueuedCallTimer(cuda, lambda: cuda.launch(SHORTEST_US)),
]


def card(monkeypatch: pytest.MonkeyPatch, **settings: float) -> FakeCuda:
    """A fake card in place of the first one of this machine."""
    cuda = FakeCuda(FakeClock(), **settings)  # type: ignore[arg-type]
    monkeypatch.setattr(call_timers, "Cuda", lambda _: cuda)
    monkeypatch.setattr(call_timers, "shortest_operation", lambda _: lambda: cuda.launch(SHORTEST_US))
    return cuda


@pytest.mark.parametrize("make", MAKERS)
def test_a_call_is_timed_without_its_launch_and_without_what_precedes_it(
    make: Callable[[FakeCuda], CallTimer],
) -> None:
    cuda = FakeCuda(FakeClock(), host_us=100.0, replay_us=30.0)
    sequence = TimedCalls((lambda: cuda.launch(7.25), DeviceWork(cuda, [2.0] * 5).run_whole), lambda: cuda.launch(99.0))
    (timing,) = make(cuda).timings(sequence)
    for _ in range(3):
        assert timing() == pytest.approx([7.25, 10.0])


def test_the_events_own_cost_is_measured_and_taken_off() -> None:
    cuda = FakeCuda(FakeClock())
    cuda.timestamp_us = 1.5
    timer = GraphCallTimer(cuda, lambda: cuda.launch(SHORTEST_US))
    assert timer.event_pair_us == pytest.approx(1.5)
    assert timer.launch_us == pytest.approx(SHORTEST_US)
    first, second = timer.timings(TimedCalls((lambda: cuda.launch(4.0),)), TimedCalls((lambda: None,)))
    assert first() == pytest.approx([4.0])
    assert second() == [0.0]


def test_the_cost_is_that_between_operations_where_an_event_keeps_the_next_one_waiting() -> None:
    """Events around nothing would cost 0.4 µs on this card; behind a kernel they cost 1.3 µs more."""
    cuda = lifelike_card(FakeClock())
    timer = GraphCallTimer(cuda, lambda: cuda.launch(SHORTEST_US))
    assert timer.event_pair_us == pytest.approx(1.7, abs=0.25)
    assert timer.launch_us == pytest.approx(SHORTEST_US, rel=0.05)
    sequence = TimedCalls((lambda: cuda.launch(20.0), lambda: cuda.launch(8.0)), before=lambda: cuda.launch(50.0))
    (timing,) = timer.timings(sequence)
    rows = [timing() for _ in range(200)]
    first, second = (fmean(row[call] for row in rows) for call in range(2))
    assert first == pytest.approx(20.0, rel=0.03)
    assert second == pytest.approx(8.0, rel=0.05)


def test_a_call_that_takes_less_than_the_events_cost_takes_no_negative_time() -> None:
    cuda = FakeCuda(FakeClock())
    cuda.timestamp_us = 1.5
    timer = GraphCallTimer(cuda, lambda: cuda.launch(SHORTEST_US))
    cuda.timestamp_us = 0.5
    (timing,) = timer.timings(TimedCalls((lambda: None,)))
    assert timing() == [0.0]


def test_a_card_replays_graphs(monkeypatch: pytest.MonkeyPatch) -> None:
    cuda = card(monkeypatch)
    timed = timings_of(CARD, FakeClock(), *[TimedCalls((lambda us=us: cuda.launch(us),)) for us in (3.0, 5.0)])  # type: ignore[misc]
    replays = sum(graph.replays for graph in cuda.graphs)
    assert [timing() for timing in timed.timings] == [pytest.approx([3.0]), pytest.approx([5.0])]
    assert sum(graph.replays for graph in cuda.graphs) == replays + 2
    assert timed.timer.method == "cuda-graph"
    assert timed.refusals == ()
    assert cuda.sleeps == []


def test_where_a_capture_is_refused_all_calls_are_queued_behind_a_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    cuda = card(monkeypatch, host_us=50.0)
    cuda.refusal = "operation not permitted when stream is capturing\nmore"
    timed = timings_of(CARD, FakeClock(), TimedCalls((lambda: cuda.launch(3.0),)))
    assert timed.timings[0]() == pytest.approx([3.0])
    assert timed.timer.method == "run-ahead"
    assert timed.refusals == (Message("graph refused", {"reason": "operation not permitted when stream is capturing"}),)
    assert cuda.sleeps[-1] >= FIRST_WAIT_CYCLES


def test_one_call_that_cannot_be_captured_makes_all_of_them_eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two compared things must be timed alike, whichever of them refuses."""
    cuda = card(monkeypatch)

    def uncapturable() -> None:
        if cuda.recording is not None:
            raise RuntimeError("a wait breaks the capture")
        cuda.launch(5.0)

    timed = timings_of(CARD, FakeClock(), TimedCalls((lambda: cuda.launch(3.0),)), TimedCalls((uncapturable,)))
    assert [timing() for timing in timed.timings] == [pytest.approx([3.0]), pytest.approx([5.0])]
    assert timed.timer.method == "run-ahead"
    assert [str(message) for message in timed.refusals] == ["The CUDA graph was refused (a wait breaks the capture)."]


def test_where_a_graph_finds_too_little_memory_calls_are_timed_without_one(monkeypatch: pytest.MonkeyPatch) -> None:
    cuda = card(monkeypatch)
    cuda.refusal = "CUDA out of memory. Tried to allocate 2.00 GiB"
    timed = timings_of(CARD, FakeClock(), TimedCalls((lambda: cuda.launch(3.0),)))
    assert timed.timer.method == "run-ahead"
    assert timed.timings[0]() == pytest.approx([3.0])
    assert timed.refusals == (Message("graph out of memory"),)


def test_calls_for_which_there_is_no_memory_are_not_timed_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    card(monkeypatch)

    def too_large() -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    with pytest.raises(torch.OutOfMemoryError):
        timings_of(CARD, FakeClock(), TimedCalls((too_large,)))


def test_the_graphs_of_compared_things_share_their_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    cuda, shared = card(monkeypatch), []
    capture = cuda.capture

    def watched(work: Callable[[], object], **asked: object) -> object:
        shared.append(asked.get("sharing_memory_of"))
        return capture(work, **asked)  # type: ignore[arg-type]

    monkeypatch.setattr(cuda, "capture", watched)
    timings_of(CARD, FakeClock(), TimedCalls((lambda: cuda.launch(3.0),)), TimedCalls((lambda: cuda.launch(5.0),)))
    assert shared == [None, cuda.graphs[0], None, cuda.graphs[2]]


def test_the_sleep_grows_while_the_host_falls_behind_and_no_further() -> None:
    """Fifty launches of 40 µs take longer than the first wait: the times must be the device's all the same."""
    cuda = FakeCuda(FakeClock(), host_us=40.0)
    timer = QueuedCallTimer(cuda, lambda: cuda.launch(SHORTEST_US))
    (timing,) = timer.timings(TimedCalls((DeviceWork(cuda, [2.0] * 50).run_whole,)))
    cuda.sleeps.clear()
    assert timing() == timing() == pytest.approx([100.0])
    assert cuda.sleeps == [factor * FIRST_WAIT_CYCLES for factor in (1, 2, 4, 4)]


def test_a_sleep_has_a_longest() -> None:
    hopeless = FakeCuda(FakeClock(), host_us=1.0)
    timer = QueuedCallTimer(hopeless, lambda: hopeless.launch(SHORTEST_US))
    hopeless.host_us = 5e6
    (timing,) = timer.timings(TimedCalls((lambda: hopeless.launch(2.0),)))
    assert timing()[0] >= 2.0
    assert MAX_SLEEP_CYCLES <= max(hopeless.sleeps) < 2 * MAX_SLEEP_CYCLES


def test_work_on_a_host_is_timed_by_its_clock_after_what_precedes_it() -> None:
    clock = FakeClock()
    sequence = TimedCalls((lambda: clock.spend(12.5), lambda: clock.spend(2.0)), before=lambda: clock.spend(1e6))
    timed = timings_of(CPU, clock, sequence)
    assert timed.timings[0]() == [12.5, 2.0]
    assert (timed.timer.method, timed.timer.event_pair_us, timed.timer.launch_us) == ("host-clock", None, None)


def test_another_device_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = FakeClock()
    monkeypatch.setattr(torch.mps, "synchronize", lambda: clock.spend(3.0))
    timed = timings_of(torch.device("mps"), clock, TimedCalls((lambda: clock.spend(2.0),)))
    assert timed.timings[0]() == [5.0]
    assert timed.timer.method == "synchronised"


def test_after_a_refusal_no_graph_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    cuda = card(monkeypatch)
    refusals = [Message("graph refused", {"reason": "earlier"})]
    assert call_timer(CARD, FakeClock(), refusals).method == "run-ahead"
    assert cuda.graphs == []
    assert len(refusals) == 1


def test_each_kind_of_device_is_synchronized_by_its_own_call(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[object] = []
    monkeypatch.setattr(torch.cuda, "synchronize", waited.append)
    monkeypatch.setattr(torch.mps, "synchronize", lambda: waited.append("mps"))
    monkeypatch.setattr(torch.xpu, "synchronize", waited.append)
    for device in (torch.device("cuda", 1), torch.device("mps"), torch.device("xpu", 1), CPU):
        synchronizer(device)()
    assert waited == [torch.device("cuda", 1), "mps", torch.device("xpu", 1)]


def test_the_shortest_operation_runs_on_the_device() -> None:
    once = shortest_operation(CPU)
    once()
    result = once()
    assert isinstance(result, torch.Tensor)
    assert (result.device, result.numel(), result.item()) == (CPU, 1, 2.0)
