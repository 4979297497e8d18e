"""Times of the steps of a workload inside one pass, by a host clock or by the events of a CUDA device."""

from collections.abc import Callable, Generator, Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Protocol

from resnet_viz.device.cuda import Cuda, Event
from resnet_viz.profiling.statistics import summarize
from resnet_viz.records.message import Message
from resnet_viz.records.run import Method

Clock = Callable[[], int]
"""Nanoseconds from some beginning."""
Work = Callable[[], object]
Measure = Callable[[Work], float]
"""The microseconds that a piece of work takes."""
Pass = Generator[int, None, list[float]]
"""A pass that gives the number of a step now and then while it is slow, and in the end the steps' microseconds."""

TELL_NS = 300_000_000
MARKS = 200  # events in the graph that measures what an event costs
LONGEST_QUEUE = 180  # steps of two events and up to three launches each: below the 1,000 that a stream takes
GRAPH_WAIT = 5_000_000  # cycles, about 2.5 ms: the host launches a graph meanwhile
FIRST_SLEEP, LONGEST_SLEEP = 20_000_000, 4_000_000_000  # cycles: about 10 ms and 2 s


class Refused(Exception):
    """A way of timing that this machine does not offer; the message says why."""

    def __init__(self, kind: str, **values: str) -> None:
        self.message = Message(kind, {**values})
        super().__init__(str(self.message))


class Steps(Protocol):
    """What a timer needs of a workload."""

    @property
    def steps(self) -> Sequence[object]:
        """The steps, for their number."""

    def ready(self) -> None:
        """What has to be done before a pass and is no part of it."""

    def whole(self) -> object:
        """The clean pass."""

    def run(self) -> Iterator[int]:
        """The pass step by step: i before step i, the number of steps after the last."""


class Timer(Protocol):
    """One way to time a workload; every time is in microseconds.

    `mark_us` is what reading the clock once costs, contained in every step's time. `remark` tells what could not be
    done as it should.
    """

    method: Method
    mark_us: float | None = None
    remark: Message | None = None

    def clean(self) -> float:
        """The whole network without marks."""

    def marked(self) -> Pass:
        """Each step inside one pass."""


def by_clock(wait: Work, clock: Clock, ready: Work = lambda: None) -> Measure:
    """Time work by the host's clock, from an idle device to an idle device; `ready` comes before and is not timed."""

    def measure(work: Work) -> float:
        ready()
        wait()
        start = clock()
        work()
        wait()
        return (clock() - start) / 1000

    return measure


def queued(cuda: Cuda, cycles: int, work: Work) -> tuple[bool, float]:
    """The work between two events behind a wait of so many cycles: whether the host stayed ahead, and its time."""
    start, end = cuda.event(), cuda.event()
    cuda.sleep(cycles)
    start.record()
    work()
    end.record()
    ahead = not start.query()
    cuda.synchronise()
    return ahead, 1000 * start.elapsed_time(end)


class HostTimer(Timer):
    """The host's clock, read between the steps; with `wait`, which waits for a device, times are upper bounds."""

    def __init__(self, work: Steps, clock: Clock, wait: Work | None = None) -> None:
        self.method: Method = "host-clock" if wait is None else "synchronised"
        self._work, self._clock = work, clock
        self._wait = wait or (lambda: None)
        self._measure = by_clock(self._wait, clock, work.ready)
        readings = [clock() for _ in range(MARKS + 1)]
        self.mark_us = (readings[-1] - readings[0]) / MARKS / 1000

    def clean(self) -> float:
        """The host's time from an idle device to an idle device."""
        return self._measure(self._work.whole)

    def marked(self) -> Pass:
        """The reading that ends a step begins the next, so nothing of the pass is lost between them."""
        clock, wait = self._clock, self._wait
        self._work.ready()
        wait()
        times: list[float] = []
        last = tell_at = clock()
        tell_at += TELL_NS
        for place in self._work.run():
            wait()
            now = clock()
            times.append((now - last) / 1000)
            if now >= tell_at:
                yield place
                now = clock()
                tell_at = now + TELL_NS
            last = now
        return times[1:]


class GraphTimer(Timer):
    """Two CUDA graphs of the pass, one clean and one with an event between the steps.

    Raises Refused where the device does not take the pass as a graph, or its events make no sense.
    """

    method: Method = "cuda-graph"

    def __init__(self, work: Steps, cuda: Cuda) -> None:
        self._cuda = cuda

        def with_events() -> None:
            for place in work.run():
                self._events[place].record()

        try:
            self._events = [cuda.event(in_graph=True) for _ in range(len(work.steps) + 1)]
            self.mark_us = self._cost()
            self._clean = cuda.capture(work.whole)
            self._marked = cuda.capture(with_events, beside=self._clean)
            self._check()
        except (RuntimeError, TypeError) as error:  # TypeError: this torch knows no external events
            reason = (str(error).splitlines() or [type(error).__name__])[0][:160]
            raise Refused("graph refused", reason=reason) from error

    def clean(self) -> float:
        """One replay between two ordinary events."""
        # without a wait the first event would be passed while the host still launches the graph
        return queued(self._cuda, GRAPH_WAIT, self._clean.replay)[1]

    def marked(self) -> Pass:
        """One replay; the graph's own events are read after it."""
        self._marked.replay()
        self._cuda.synchronise()
        yield len(self._events) - 1
        return _between(self._events)

    def _cost(self) -> float:
        """What an event in a graph takes: the median gap in a graph of nothing but events."""
        events = [self._cuda.event(in_graph=True) for _ in range(MARKS + 1)]
        graph = self._cuda.capture(lambda: [event.record() for event in events])
        gaps: list[float] = []
        for _ in range(5):
            graph.replay()
            self._cuda.synchronise()
            gaps += _between(events)
        return summarize(gaps).median_us

    def _check(self) -> None:
        """One replay, whose events must run forward and stay within the replay."""
        start, end = self._cuda.event(), self._cuda.event()
        start.record()
        self._marked.replay()
        end.record()
        self._cuda.synchronise()
        times = _between(self._events)
        if min(times) < 0:
            raise Refused("graph backwards")
        if sum(times) > 1000 * start.elapsed_time(end) * 1.05:
            raise Refused("graph too long")
        if start.elapsed_time(self._events[0]) < 0 or self._events[-1].elapsed_time(end) < 0:
            raise Refused("graph unset")


class RunAheadTimer(Timer):
    """Eager events with the queue kept full: a pass counts only if the host stayed ahead of the device.

    Raises Refused, when it is made or in a later pass, where the host cannot be kept ahead.
    """

    method: Method = "run-ahead"

    def __init__(
        self,
        work: Steps,
        cuda: Cuda,
        cuts: Sequence[int] = (),
        *,
        weights: Sequence[int] = (),
        sleep_cycles: int = FIRST_SLEEP,
    ) -> None:
        """Cut at some of `cuts`; a step that launches as much as several others has that number in `weights`."""
        self._work, self._cuda = work, cuda
        self._cuts = frozenset(_spaced(cuts, weights or [1] * len(work.steps)))
        self._starts = [cuda.event() for _ in work.steps]
        self._stops = [cuda.event() for _ in work.steps]
        self._cycles = sleep_cycles
        self.starved = 0

    def clean(self) -> float:
        """One eager pass between two events, the queue kept full; a deep network may be too long for that."""
        while True:
            self._work.ready()
            self._cuda.synchronise()
            ahead, time_us = queued(self._cuda, self._cycles, self._work.whole)
            if ahead or self._cuts:
                self.remark = self.remark if ahead else Message("queue too short")
                return time_us
            self._wait_longer()

    def marked(self) -> Pass:
        """One pass, cut where the queue would overflow; a starved one is run again behind a longer wait."""
        while not self._queued():
            self._wait_longer()
        yield len(self._work.steps)
        return [1000 * start.elapsed_time(stop) for start, stop in zip(self._starts, self._stops, strict=True)]

    def _queued(self) -> bool:
        """Queue a pass; whether the host stayed ahead in every piece of it."""
        ahead = True
        first = self._starts[0]
        self._work.ready()
        self._cuda.synchronise()
        self._cuda.sleep(self._cycles)
        for place in self._work.run():
            if place:
                self._stops[place - 1].record()
            if place in self._cuts or place == len(self._starts):
                ahead = ahead and not first.query()
                self._cuda.synchronise()
            if place == len(self._starts):
                break
            if place in self._cuts:
                self._cuda.sleep(self._cycles)
                first = self._starts[place]
            self._starts[place].record()
        return ahead

    def _wait_longer(self) -> None:
        self.starved += 1
        self._cuda.synchronise()
        self._cycles *= 2
        if self._cycles > LONGEST_SLEEP:
            raise Refused("host behind")


def _between(events: Sequence[Event]) -> list[float]:
    return [1000 * before.elapsed_time(after) for before, after in pairwise(events)]


def _spaced(cuts: Sequence[int], weights: Sequence[int]) -> list[int]:
    """As few of the cuts as keep every piece within the queue."""
    loads = [0, *accumulate(weights)]
    kept: list[int] = []
    last = 0
    for cut, following in pairwise((*cuts, len(weights))):
        if loads[following] - loads[last] > LONGEST_QUEUE and cut > last:
            kept.append(cut)
            last = cut
    return kept
