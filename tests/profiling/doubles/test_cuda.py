"""The fake CUDA device refuses what a card refuses, in torch's words, and is as coarse as a card."""

from collections.abc import Callable
from itertools import pairwise

import pytest

from resnet_viz.device.cuda import Event
from tests.profiling.doubles.clock import FakeClock
from tests.profiling.doubles.cuda import FakeCuda, FakeGraph, lifelike_card


def captured(cuda: FakeCuda, work: Callable[[], object]) -> FakeGraph:
    graph = cuda.capture(work, warm_passes=0)
    assert isinstance(graph, FakeGraph)
    return graph


def test_an_event_that_is_not_external_cannot_be_read_after_it_was_captured() -> None:
    cuda = FakeCuda(FakeClock())
    event = cuda.event()
    graph = captured(cuda, event.record)
    assert graph.recorded == [], "it is no node of the graph"
    graph.replay()
    cuda.synchronize()
    with pytest.raises(RuntimeError, match="capturing stream"):
        event.query()
    event.record()
    assert event.query(), "outside a graph it is an event as before"


def test_only_events_that_were_recorded_and_passed_can_be_read() -> None:
    cuda = FakeCuda(FakeClock())
    start, end = cuda.event(), cuda.event()
    with pytest.raises(RuntimeError, match="must be recorded"):
        start.elapsed_time(end)
    start.record()
    cuda.launch(40.0)
    end.record()
    with pytest.raises(RuntimeError, match="must be completed"):
        start.elapsed_time(end)
    cuda.synchronize()
    assert start.elapsed_time(end) == pytest.approx(0.041)  # the host needs a microsecond for the launch


@pytest.mark.parametrize("name", ["synchronize", "query", "elapsed", "sleep", "replay"])
def test_what_a_capturing_stream_refuses_breaks_the_capture_even_where_the_error_is_caught(name: str) -> None:
    cuda = FakeCuda(FakeClock())
    event = cuda.event()
    event.record()
    old = captured(cuda, lambda: cuda.launch(1.0))
    refused: dict[str, Callable[[], object]] = {
        "synchronize": cuda.synchronize,
        "query": event.query,
        "elapsed": lambda: event.elapsed_time(event),
        "sleep": lambda: cuda.sleep(1_000),
        "replay": old.replay,
    }

    def work() -> None:
        cuda.launch(3.0)
        with pytest.raises(RuntimeError, match="stream is capturing"):
            refused[name]()

    with pytest.raises(RuntimeError, match="previous error during capture"):
        captured(cuda, work)
    assert captured(cuda, lambda: cuda.launch(3.0)).recorded == [3_000]


def between(cuda: FakeCuda, *durations: float) -> list[float]:
    """The microseconds between events at the borders of kernels of these durations, in one replay of a graph."""
    events: list[Event] = [cuda.event(in_graph=True) for _ in range(len(durations) + 1)]

    def work() -> None:
        events[0].record()
        for us, event in zip(durations, events[1:], strict=True):
            if us:
                cuda.launch(us)
            event.record()

    captured(cuda, work).replay()
    cuda.synchronize()
    return [1000 * before.elapsed_time(after) for before, after in pairwise(events)]


def test_an_event_costs_more_behind_a_kernel_than_behind_another_event() -> None:
    cuda = FakeCuda(FakeClock())
    cuda.timestamp_us, cuda.drain_us = 0.4, 1.3
    assert between(cuda, 10.0, 0.0, 10.0) == pytest.approx([11.7, 0.4, 11.7])


def test_times_of_events_are_multiples_of_the_resolution() -> None:
    cuda = FakeCuda(FakeClock())
    cuda.resolution_ns = 500
    assert between(cuda, 0.3, 0.3, 0.3) == pytest.approx([0.0, 0.5, 0.0])


def test_a_lifelike_card_is_noisy_in_the_same_way_each_time() -> None:
    first, second = (between(lifelike_card(FakeClock()), *[100.0] * 50) for _ in range(2))
    assert first == second
    assert len(set(first)) > 1
    assert all(101.5 <= us < 110.0 for us in first)


def test_a_replay_begins_with_a_prologue_on_the_device() -> None:
    cuda = FakeCuda(FakeClock())
    cuda.prologue_us = 9.0
    start, event = cuda.event(), cuda.event(in_graph=True)
    graph = captured(cuda, event.record)
    start.record()
    graph.replay()
    cuda.synchronize()
    assert start.elapsed_time(event) == pytest.approx(0.009)
