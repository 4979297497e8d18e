"""The timer by events inside CUDA graphs."""

from collections.abc import Callable, Mapping, Sequence
from itertools import cycle, pairwise

from resnet_viz.device.capacity import is_out_of_memory
from resnet_viz.device.cuda import Cuda, Event, Graph
from resnet_viz.profiling.statistics import summarize
from resnet_viz.profiling.timers.stopwatches import MAX_SLEEP_CYCLES, time_queued
from resnet_viz.profiling.timers.timer import TIMESTAMPS, InstrumentedPass, TimedWork, Timer, TimerUnavailable
from resnet_viz.records.run import Method

FIRST_SLEEP_CYCLES = 500_000  # about 0.3 ms: the host launches a graph meanwhile
SPARSE_EVERY = 8
"""Every so many steps have timestamps in a sparse pass; as many passes, each with others, cover all steps."""


class GraphTimer(Timer):
    """Captures the pass in CUDA graphs: uninstrumented, with an event between all steps, and sparsely instrumented.

    An uninstrumented pass is timed by an event at each end of its graph, since the time between the launch of a graph
    and its first node is not the network's; it contains the cost of one timestamp. All graphs are replayed behind the
    same sleep, and a replay counts only if the host had queued it before the device came to it. Raises
    TimerUnavailable where the device refuses the capture, or the events in a graph make no sense.
    """

    method: Method = "cuda-graph"
    starved_passes: int = 0

    def __init__(self, work: TimedWork, cuda: Cuda) -> None:
        self._cuda = cuda
        self._cycles = FIRST_SLEEP_CYCLES
        try:
            self.timestamp_us = self._event_cost_us()
            self._ends = self._events(2)
            self._uninstrumented = cuda.capture(lambda: self._between_ends(work.run_whole))
            self._borders = self._events(len(work.steps) + 1)
            with_events = _with_events(work, {step: [event] for step, event in enumerate(self._borders)})
            self._instrumented = cuda.capture(with_events, warm_passes=1, sharing_memory_of=self._uninstrumented)
            self._check_events()
            groups = [range(first, len(work.steps), SPARSE_EVERY) for first in range(SPARSE_EVERY)]
            self._sparse = cycle([self._captured_sparsely(work, steps) for steps in groups if steps])
        except (RuntimeError, TypeError) as error:  # TypeError: this torch knows no external events
            if is_out_of_memory(error):
                raise TimerUnavailable("graph out of memory") from error
            reason = (str(error).splitlines() or [type(error).__name__])[0][:160]
            raise TimerUnavailable("graph refused", reason=reason) from error

    def time_whole(self) -> float:
        """Replay the uninstrumented graph and return the time between the events at its ends."""
        self._replay(self._uninstrumented)
        return _gaps_us(self._ends)[0]

    def time_steps(self) -> InstrumentedPass:
        """Replay the instrumented graph, then read the events in it."""
        self._replay(self._instrumented)
        yield len(self._borders) - 1
        return _gaps_us(self._borders)

    def queue_whole(self) -> None:
        """Queue a replay of the uninstrumented graph."""
        self._uninstrumented.replay()

    def time_sparsely(self) -> Mapping[int, float]:
        """Replay the next of the sparsely instrumented graphs and return the times of the steps that it times."""
        graph, events = next(self._sparse)
        self._replay(graph)
        return {step: _gaps_us(both)[0] for step, both in events.items()}

    def _replay(self, graph: Graph) -> None:
        """Replay a graph behind a sleep; a starved replay is repeated, and after a second one the sleep grows."""
        starved = 0
        while not time_queued(self._cuda, self._cycles, graph.replay)[0]:
            starved += 1
            self.starved_passes += 1
            if starved > 1:
                self._cycles *= 2
            if self._cycles > MAX_SLEEP_CYCLES:
                raise TimerUnavailable("host behind")

    def _events(self, number: int) -> list[Event]:
        return [self._cuda.event(in_graph=True) for _ in range(number)]

    def _between_ends(self, run_pass: Callable[[], object]) -> object:
        self._ends[0].record()
        output = run_pass()
        self._ends[1].record()
        return output

    def _captured_sparsely(self, work: TimedWork, steps: Sequence[int]) -> tuple[Graph, Mapping[int, Sequence[Event]]]:
        """Capture a pass with an event on each side of these steps, no two of which are neighbors."""
        events = {step: self._events(2) for step in steps}
        at: dict[int, list[Event]] = {}
        for step, (start, stop) in events.items():
            at[step], at[step + 1] = [start], [stop]
        captured = _with_events(work, at)
        return self._cuda.capture(captured, warm_passes=0, sharing_memory_of=self._uninstrumented), events

    def _event_cost_us(self) -> float:
        """Return the median gap in a graph of nothing but events."""
        events = self._events(TIMESTAMPS + 1)
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
        times = _gaps_us(self._borders)
        if min(times) < 0:
            raise TimerUnavailable("graph backwards")
        if sum(times) > 1000 * start.elapsed_time(end) * 1.05:
            raise TimerUnavailable("graph too long")
        if start.elapsed_time(self._borders[0]) < 0 or self._borders[-1].elapsed_time(end) < 0:
            raise TimerUnavailable("graph unset")


def _with_events(work: TimedWork, events: Mapping[int, Sequence[Event]]) -> Callable[[], None]:
    """Return a call that runs a pass step by step and records these events before the steps of these numbers."""

    def run_pass() -> None:
        for step in work.run_steps():
            for event in events.get(step, ()):
                event.record()

    return run_pass


def _gaps_us(events: Sequence[Event]) -> list[float]:
    return [1000 * before.elapsed_time(after) for before, after in pairwise(events)]
