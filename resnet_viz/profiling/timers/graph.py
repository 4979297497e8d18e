"""The timer by events inside CUDA graphs."""

from collections.abc import Sequence
from itertools import pairwise

from resnet_viz.device.cuda import Cuda, Event
from resnet_viz.profiling.statistics import summarize
from resnet_viz.profiling.timers.stopwatches import time_queued
from resnet_viz.profiling.timers.timer import TIMESTAMPS, InstrumentedPass, TimedWork, Timer, TimerUnavailable
from resnet_viz.records.run import Method

GRAPH_LAUNCH_CYCLES = 5_000_000  # about 2.5 ms: the host launches a graph meanwhile


class GraphTimer(Timer):
    """Captures the pass in two CUDA graphs, one uninstrumented and one with an event between the steps.

    Raises TimerUnavailable where the device refuses the capture, or the events in the graph make no sense.
    """

    method: Method = "cuda-graph"

    def __init__(self, work: TimedWork, cuda: Cuda) -> None:
        self._cuda = cuda

        def with_events() -> None:
            for step in work.run_steps():
                self._events[step].record()

        try:
            self._events = [cuda.event(in_graph=True) for _ in range(len(work.steps) + 1)]
            self.timestamp_us = self._event_cost_us()
            self._uninstrumented = cuda.capture(work.run_whole)
            self._instrumented = cuda.capture(with_events, sharing_memory_of=self._uninstrumented)
            self._check_events()
        except (RuntimeError, TypeError) as error:  # TypeError: this torch knows no external events
            reason = (str(error).splitlines() or [type(error).__name__])[0][:160]
            raise TimerUnavailable("graph refused", reason=reason) from error

    def time_whole(self) -> float:
        """Replay the uninstrumented graph between two ordinary events."""
        # without the sleep the device would pass the first event while the host still launches the graph
        return time_queued(self._cuda, GRAPH_LAUNCH_CYCLES, self._uninstrumented.replay)[1]

    def time_steps(self) -> InstrumentedPass:
        """Replay the instrumented graph, then read the events in it."""
        self._instrumented.replay()
        self._cuda.synchronize()
        yield len(self._events) - 1
        return _gaps_us(self._events)

    def _event_cost_us(self) -> float:
        """Return the median gap in a graph of nothing but events."""
        events = [self._cuda.event(in_graph=True) for _ in range(TIMESTAMPS + 1)]
        graph = self._cuda.capture(lambda: [event.record() for event in events])
        gaps: list[float] = []
        for _ in range(5):
            graph.replay()
            self._cuda.synchronize()
            gaps += _gaps_us(events)
        return summarize(gaps).median_us

    def _check_events(self) -> None:
        """Replay once and check that the events run forward and lie within the replay."""
        start, end = self._cuda.event(), self._cuda.event()
        start.record()
        self._instrumented.replay()
        end.record()
        self._cuda.synchronize()
        times = _gaps_us(self._events)
        if min(times) < 0:
            raise TimerUnavailable("graph backwards")
        if sum(times) > 1000 * start.elapsed_time(end) * 1.05:
            raise TimerUnavailable("graph too long")
        if start.elapsed_time(self._events[0]) < 0 or self._events[-1].elapsed_time(end) < 0:
            raise TimerUnavailable("graph unset")


def _gaps_us(events: Sequence[Event]) -> list[float]:
    return [1000 * before.elapsed_time(after) for before, after in pairwise(events)]
