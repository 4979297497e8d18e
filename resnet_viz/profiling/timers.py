"""Timers for the steps of a pass, by the host's clock or by events of a CUDA device."""

from collections.abc import Callable, Generator, Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Protocol

from resnet_viz.device.cuda import Cuda, Event
from resnet_viz.profiling.statistics import summarize
from resnet_viz.records.message import Message
from resnet_viz.records.run import Method

Clock = Callable[[], int]
"""Returns nanoseconds from an arbitrary origin."""
Runnable = Callable[[], object]
Stopwatch = Callable[[Runnable], float]
"""Runs a piece of work and returns the microseconds that it took."""
InstrumentedPass = Generator[int, None, list[float]]
"""Runs a pass and returns the microseconds of each step; while it is slow, it yields the current step's number."""

STEP_REPORT_NS = 300_000_000
TIMESTAMPS = 200  # taken to measure what one timestamp costs
MAX_QUEUED_STEPS = 180  # steps of two events and up to three launches each: below the 1,000 that a stream takes
GRAPH_LAUNCH_CYCLES = 5_000_000  # about 2.5 ms: the host launches a graph meanwhile
FIRST_SLEEP_CYCLES, MAX_SLEEP_CYCLES = 20_000_000, 4_000_000_000  # about 10 ms and 2 s


class TimerUnavailable(Exception):
    """Raised where this machine cannot time in this way; the message says why."""

    def __init__(self, kind: str, **values: str) -> None:
        self.message = Message(kind, {**values})
        super().__init__(str(self.message))


class TimedWork(Protocol):
    """The part of a workload that a timer uses."""

    @property
    def steps(self) -> Sequence[object]:
        """The steps of a pass; a timer needs only their number."""

    def prepare_pass(self) -> None:
        """Do what must precede a pass and is not part of its time."""

    def run_whole(self) -> object:
        """Run an uninstrumented pass."""

    def run_steps(self) -> Iterator[int]:
        """Run a pass step by step: yield i before step i, and the number of steps after the last."""


class Timer(Protocol):
    """One way to time the passes of a workload; every time is in microseconds.

    `timestamp_us` is the cost of taking one timestamp, which every step's time contains; None where it is unknown.
    `warning` is set where the times do not mean what they should.
    """

    method: Method
    timestamp_us: float | None = None
    warning: Message | None = None

    def time_whole(self) -> float:
        """Run an uninstrumented pass and return its time."""

    def time_steps(self) -> InstrumentedPass:
        """Run an instrumented pass and return the time of each step."""


def host_stopwatch(synchronize: Runnable, clock: Clock, prepare: Runnable = lambda: None) -> Stopwatch:
    """Return a stopwatch by the host's clock, from an idle device to an idle device.

    `prepare` runs before the work and is not timed.
    """

    def measure(work: Runnable) -> float:
        prepare()
        synchronize()
        start = clock()
        work()
        synchronize()
        return (clock() - start) / 1000

    return measure


def time_queued(cuda: Cuda, cycles: int, work: Runnable) -> tuple[bool, float]:
    """Time work between two events, queued while the device sleeps for `cycles`.

    Returns whether the host stayed ahead of the device, without which the time is partly the host's, and the
    microseconds.
    """
    start, end = cuda.event(), cuda.event()
    cuda.sleep(cycles)
    start.record()
    work()
    end.record()
    ahead = not start.query()
    cuda.synchronize()
    return ahead, 1000 * start.elapsed_time(end)


class HostTimer(Timer):
    """Reads the host's clock between the steps.

    With `synchronize`, which waits for a device, every step ends with it: the times are upper bounds.
    """

    def __init__(self, work: TimedWork, clock: Clock, synchronize: Runnable | None = None) -> None:
        self.method: Method = "host-clock" if synchronize is None else "synchronised"
        self._work, self._clock = work, clock
        self._synchronize = synchronize or (lambda: None)
        self._stopwatch = host_stopwatch(self._synchronize, clock, work.prepare_pass)
        readings = [clock() for _ in range(TIMESTAMPS + 1)]
        self.timestamp_us = (readings[-1] - readings[0]) / TIMESTAMPS / 1000

    def time_whole(self) -> float:
        """Return the host's time for an uninstrumented pass, from an idle device to an idle device."""
        return self._stopwatch(self._work.run_whole)

    def time_steps(self) -> InstrumentedPass:
        """Time each step; the reading that ends one begins the next, so the steps add up to the pass."""
        clock, synchronize = self._clock, self._synchronize
        self._work.prepare_pass()
        synchronize()
        times: list[float] = []
        last = clock()
        report_at = last + STEP_REPORT_NS
        for step in self._work.run_steps():
            synchronize()
            now = clock()
            times.append((now - last) / 1000)
            if now >= report_at:
                yield step
                now = clock()
                report_at = now + STEP_REPORT_NS
            last = now
        return times[1:]


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


class RunAheadTimer(Timer):
    """Times eager passes by events while the queue is kept full: a pass counts only if the host stayed ahead.

    Raises TimerUnavailable, when it is made or in a later pass, where the host cannot be kept ahead of the device.
    """

    method: Method = "run-ahead"

    def __init__(
        self,
        work: TimedWork,
        cuda: Cuda,
        cuts: Sequence[int] = (),
        *,
        launches: Sequence[int] = (),
        sleep_cycles: int = FIRST_SLEEP_CYCLES,
    ) -> None:
        """Let a pass be cut before the steps `cuts`, which ascend from 1 or more.

        `launches` is how much each step queues, 1 for a single step.
        """
        self._work, self._cuda = work, cuda
        self.cuts = frozenset(_needed_cuts(cuts, launches or [1] * len(work.steps)))
        self._starts = [cuda.event() for _ in work.steps]
        self._stops = [cuda.event() for _ in work.steps]
        self._cycles = sleep_cycles
        self.starved_passes = 0

    def time_whole(self) -> float:
        """Time an eager pass between two events while the queue is full; a deep network may be too long for that."""
        while True:
            self._work.prepare_pass()
            self._cuda.synchronize()
            ahead, time_us = time_queued(self._cuda, self._cycles, self._work.run_whole)
            if ahead or self.cuts:
                self.warning = self.warning if ahead else Message("queue too short")
                return time_us
            self._sleep_longer()

    def time_steps(self) -> InstrumentedPass:
        """Time a pass, cut where the queue would overflow; a starved one is repeated behind a longer sleep."""
        while not self._queue_pass():
            self._sleep_longer()
        yield len(self._work.steps)
        return [1000 * start.elapsed_time(stop) for start, stop in zip(self._starts, self._stops, strict=True)]

    def _queue_pass(self) -> bool:
        """Queue a pass and return whether the host stayed ahead in every piece of it."""
        ahead = True
        first = self._starts[0]
        self._work.prepare_pass()
        self._cuda.synchronize()
        self._cuda.sleep(self._cycles)
        for step in self._work.run_steps():
            if step:
                self._stops[step - 1].record()
            if step in self.cuts or step == len(self._starts):
                ahead = ahead and not first.query()
                self._cuda.synchronize()
            if step == len(self._starts):
                break
            if step in self.cuts:
                self._cuda.sleep(self._cycles)
                first = self._starts[step]
            self._starts[step].record()
        return ahead

    def _sleep_longer(self) -> None:
        self.starved_passes += 1
        self._cuda.synchronize()
        self._cycles *= 2
        if self._cycles > MAX_SLEEP_CYCLES:
            raise TimerUnavailable("host behind")


def _gaps_us(events: Sequence[Event]) -> list[float]:
    return [1000 * before.elapsed_time(after) for before, after in pairwise(events)]


def _needed_cuts(cuts: Sequence[int], launches: Sequence[int]) -> list[int]:
    """Return as few of the cuts as keep every piece within the queue."""
    queued = [0, *accumulate(launches)]
    needed: list[int] = []
    last = 0
    for cut, following in pairwise((*cuts, len(launches))):
        if queued[following] - queued[last] > MAX_QUEUED_STEPS:
            needed.append(cut)
            last = cut
    return needed
