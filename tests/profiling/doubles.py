"""Doubles for timing: a clock that stands still until told, a CUDA device with a time line, and work for both."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from resnet_viz.device.cuda import Cuda, Event, Graph
from resnet_viz.profiling.timers import Pass
from resnet_viz.records.message import Message
from resnet_viz.records.run import Method

CYCLES_A_NS = 2
"""The fake device runs at 2 GHz."""


class FakeClock:
    """Nanoseconds that pass when somebody spends them, and a little at each reading where that is asked."""

    def __init__(self, reading_ns: int = 0) -> None:
        self.now = 0
        self.reading_ns = reading_ns

    def __call__(self) -> int:
        self.now += self.reading_ns
        return self.now

    def spend(self, us: float) -> None:
        """Let time pass on the host."""
        self.now += round(1000 * us)


class FakeEvent:
    """A point in the queue of a fake device; `at` is when the device passes it."""

    def __init__(self, cuda: "FakeCuda") -> None:
        self._cuda = cuda
        self.at: int | None = None

    def record(self) -> None:
        """Into the graph while one is captured, else into the queue."""
        if self._cuda.recording is not None:
            self._cuda.recording.append(self)
        else:
            self._cuda.enqueue(0)
            self.at = self._cuda.free_at

    def query(self) -> bool:
        """Whether the host's time has come to where the device passes the point."""
        assert self.at is not None, "an event was asked before it was recorded"
        return self.at <= self._cuda.clock.now

    def elapsed_time(self, end_event: Event) -> float:
        """Milliseconds; both points must have been passed, as CUDA demands."""
        assert isinstance(end_event, FakeEvent)
        assert self.at is not None
        assert end_event.at is not None
        assert self.query() or self._cuda.skew is not None, "an event was read before the device had passed it"
        return (end_event.at - self.at) / 1e6


class FakeGraph:
    """Recorded work: durations in nanoseconds and events."""

    def __init__(self, cuda: "FakeCuda", recorded: Sequence["int | FakeEvent"]) -> None:
        self.recorded = list(recorded)
        self.replays = 0
        self._cuda = cuda

    @property
    def events(self) -> list[FakeEvent]:
        """The events in it."""
        return [item for item in self.recorded if isinstance(item, FakeEvent)]

    def replay(self) -> None:
        """One launch on the host; then the device works without it."""
        self.replays += 1
        cuda = self._cuda
        cuda.clock.spend(cuda.replay_us)
        start = max(cuda.free_at, cuda.clock.now)
        cuda.free_at = start
        for item in self.recorded:
            if isinstance(item, FakeEvent):
                passed = cuda.free_at - start
                if not cuda.stale:
                    item.at = start + (passed if cuda.skew is None else cuda.skew(passed))
                cuda.free_at += round(1000 * cuda.mark_us)
            else:
                cuda.free_at += item


class FakeCuda(Cuda):
    """A device whose queue is a time line beside the host's clock.

    `host_us` is what the host needs to queue one piece of work, `replay_us` to launch a graph, `mark_us` what an event
    costs inside a graph, `depth` how many entries the queue takes before the host has to wait. `refusal` makes
    captures fail; `skew` falsifies the times of events inside graphs, and with `stale` a replay does not set them.
    """

    def __init__(self, clock: FakeClock, *, host_us: float = 1.0, replay_us: float = 0.0, depth: int = 1_000) -> None:
        self.clock = clock
        self.host_us, self.replay_us, self.depth = host_us, replay_us, depth
        self.mark_us = 0.0
        self.refusal: str | None = None
        self.skew: Callable[[int], int] | None = None
        self.stale = False
        self.free_at = 0
        self.recording: list[int | FakeEvent] | None = None
        self.graphs: list[FakeGraph] = []
        self.sleeps: list[int] = []
        self.longest_queue = 0
        self._pending: deque[int] = deque()

    def enqueue(self, ns: int) -> None:
        """Put work behind what is queued; the host waits where the queue is full."""
        while self._pending and self._pending[0] <= self.clock.now:
            self._pending.popleft()
        if len(self._pending) >= self.depth:
            self.clock.now = max(self.clock.now, self._pending.popleft())
        self.free_at = max(self.free_at, self.clock.now) + ns
        self._pending.append(self.free_at)
        self.longest_queue = max(self.longest_queue, len(self._pending))

    def launch(self, us: float) -> None:
        """Work of so many microseconds, as an operation queues it."""
        if self.recording is not None:
            self.recording.append(round(1000 * us))
            return
        self.clock.spend(self.host_us)
        self.enqueue(round(1000 * us))

    def event(self, *, in_graph: bool = False) -> Event:
        """An event of this device."""
        return FakeEvent(self)

    def synchronise(self) -> None:
        """The host waits for the device."""
        assert self.recording is None, "a synchronisation breaks a capture"
        self.clock.now = max(self.clock.now, self.free_at)

    def sleep(self, cycles: int) -> None:
        """The device is busy for so long."""
        self.sleeps.append(cycles)
        self.enqueue(cycles // CYCLES_A_NS)

    def capture(self, work: Callable[[], object], *, warm_passes: int = 3, beside: Graph | None = None) -> Graph:
        """Warm passes for real, then what `work` queues as a graph."""
        if self.refusal is not None:
            raise RuntimeError(self.refusal)
        for _ in range(warm_passes):
            work()
        self.synchronise()
        self.recording = []
        try:
            work()
            self.graphs.append(FakeGraph(self, self.recording))
        finally:
            self.recording = None
        return self.graphs[-1]


class DeviceWork:
    """A workload whose steps take so many microseconds of the device; a step may be several launches."""

    def __init__(self, cuda: FakeCuda, times: Sequence[float], launches: int = 1) -> None:
        self.steps: Sequence[object] = times
        self.readied = 0
        self._cuda, self._times, self._launches = cuda, times, launches

    def ready(self) -> None:
        """Counted."""
        self.readied += 1

    def whole(self) -> None:
        """Every step without a word."""
        for _ in self.run():
            pass

    def run(self) -> Iterator[int]:
        """As the protocol asks."""
        for place, us in enumerate(self._times):
            yield place
            for _ in range(self._launches):
                self._cuda.launch(us / self._launches)
        yield len(self._times)


class HostWork:
    """A workload whose steps take so many microseconds of the host."""

    def __init__(self, clock: FakeClock, times: Sequence[float], ready_us: float = 0.0) -> None:
        self.steps: Sequence[object] = times
        self._clock, self._times, self._ready_us = clock, times, ready_us

    def ready(self) -> None:
        """Takes time that belongs to no pass."""
        self._clock.spend(self._ready_us)

    def whole(self) -> None:
        """Every step without a word."""
        for _ in self.run():
            pass

    def run(self) -> Iterator[int]:
        """As the protocol asks."""
        for place, us in enumerate(self._times):
            yield place
            self._clock.spend(us)
        yield len(self._times)


class ScriptedTimer:
    """A timer that spends and returns what a script says, and writes down the order of its passes."""

    method: Method = "host-clock"
    remark: Message | None = None

    def __init__(
        self,
        clock: FakeClock,
        *,
        clean_us: Callable[[int], float] = lambda _: 1000.0,
        row_us: Callable[[int], list[float]] = lambda _: [400.0, 600.0],
    ) -> None:
        self.mark_us: float | None = None
        self.order = ""
        self._clock, self._clean_us, self._row_us = clock, clean_us, row_us

    def clean(self) -> float:
        """The next clean pass."""
        us = self._clean_us(self.order.count("A"))
        self.order += "A"
        self._clock.spend(us)
        return us

    def marked(self) -> Pass:
        """The next marked pass, told in its middle."""
        row = self._row_us(self.order.count("B"))
        self.order += "B"
        self._clock.spend(sum(row))
        yield 1
        return row


class FakeGuard:
    """A context that knows whether it is entered."""

    def __init__(self) -> None:
        self.inside = False
        self.entered = 0

    @contextmanager
    def __call__(self) -> Iterator[None]:
        assert not self.inside
        self.inside = True
        self.entered += 1
        try:
            yield
        finally:
            self.inside = False


def finished(marked: Pass) -> tuple[list[int], list[float]]:
    """The steps that a pass told, and its times."""
    told = []
    while True:
        try:
            told.append(next(marked))
        except StopIteration as end:
            times: list[float] = end.value
            return told, times
