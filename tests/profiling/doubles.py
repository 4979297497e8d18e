"""Doubles for timing: a clock that only the test advances, a CUDA device with a simulated queue, and work for both."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from resnet_viz.device.cuda import Cuda, Event, Graph
from resnet_viz.profiling.timers import InstrumentedPass, Runnable, Stopwatch
from resnet_viz.records.message import Message
from resnet_viz.records.run import Method

CYCLES_PER_NS = 2
"""The fake device runs at 2 GHz."""


class FakeClock:
    """A clock in nanoseconds that advances by `spend`, and by `reading_ns` at each reading."""

    def __init__(self, reading_ns: int = 0) -> None:
        self.now = 0
        self.reading_ns = reading_ns

    def __call__(self) -> int:
        self.now += self.reading_ns
        return self.now

    def spend(self, us: float) -> None:
        """Let so many microseconds pass on the host."""
        self.now += round(1000 * us)


class FakeEvent:
    """A point in the queue of a fake device; `at` is the nanosecond when the device passes it.

    Only an event that was made with `in_graph` may be recorded into a graph, since CUDA cannot read the others there.
    """

    def __init__(self, cuda: "FakeCuda", in_graph: bool) -> None:
        self._cuda, self._in_graph = cuda, in_graph
        self.at: int | None = None

    def record(self) -> None:
        """Record into the graph while one is captured, else into the queue."""
        if self._cuda.recording is not None:
            assert self._in_graph, "an event was recorded into a graph, where it cannot be read"
            self._cuda.recording.append(self)
        else:
            self._cuda.enqueue(0)
            self.at = self._cuda.free_at

    def query(self) -> bool:
        """Return whether the device has passed the point at the host's present time."""
        assert self.at is not None, "an event was queried before it was recorded"
        return self.at <= self._cuda.clock.now

    def elapsed_time(self, end_event: Event) -> float:
        """Return milliseconds; both points must have been passed, as CUDA demands."""
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
        """The events in the graph."""
        return [item for item in self.recorded if isinstance(item, FakeEvent)]

    def replay(self) -> None:
        """Launch the graph with one call of the host; the device then needs no host."""
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
                cuda.free_at += round(1000 * cuda.timestamp_us)
            else:
                cuda.free_at += item


class FakeCuda(Cuda):
    """A device whose queue is simulated on the time line of the host's clock.

    The host needs `host_us` to queue one piece of work and `replay_us` to launch a graph; an event inside a graph costs
    `timestamp_us`, and the queue takes `depth` entries before the host has to wait. `refusal` makes captures fail;
    `skew` falsifies the times of events inside graphs, and with `stale` a replay does not set them.
    """

    def __init__(self, clock: FakeClock, *, host_us: float = 1.0, replay_us: float = 0.0, depth: int = 1_000) -> None:
        self.clock = clock
        self.host_us, self.replay_us, self.depth = host_us, replay_us, depth
        self.timestamp_us = 0.0
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
        """Put work at the end of the queue; the host waits while the queue is full."""
        while self._pending and self._pending[0] <= self.clock.now:
            self._pending.popleft()
        if len(self._pending) >= self.depth:
            self.clock.now = max(self.clock.now, self._pending.popleft())
        self.free_at = max(self.free_at, self.clock.now) + ns
        self._pending.append(self.free_at)
        self.longest_queue = max(self.longest_queue, len(self._pending))

    def launch(self, us: float) -> None:
        """Queue an operation that takes the device so many microseconds."""
        if self.recording is not None:
            self.recording.append(round(1000 * us))
            return
        self.clock.spend(self.host_us)
        self.enqueue(round(1000 * us))

    def event(self, *, in_graph: bool = False) -> Event:
        """Return a new event of this device."""
        return FakeEvent(self, in_graph)

    def synchronize(self) -> None:
        """Let the host wait for the device."""
        assert self.recording is None, "a synchronisation breaks a capture"
        self.clock.now = max(self.clock.now, self.free_at)

    def sleep(self, cycles: int) -> None:
        """Keep the device busy for so many cycles."""
        self.sleeps.append(cycles)
        self.enqueue(cycles // CYCLES_PER_NS)

    def capture(
        self, work: Callable[[], object], *, warm_passes: int = 3, sharing_memory_of: Graph | None = None
    ) -> Graph:
        """Run the warm passes, then record what `work` queues as a graph; memory may be shared with an older graph."""
        assert sharing_memory_of is None or sharing_memory_of in self.graphs
        if self.refusal is not None:
            raise RuntimeError(self.refusal)
        for _ in range(warm_passes):
            work()
        self.synchronize()
        self.recording = []
        try:
            work()
            self.graphs.append(FakeGraph(self, self.recording))
        finally:
            self.recording = None
        return self.graphs[-1]


class DeviceWork:
    """A workload whose steps take the given microseconds of the device, each in one launch or several."""

    def __init__(self, cuda: FakeCuda, times: Sequence[float], launches: int = 1) -> None:
        self.steps: Sequence[object] = times
        self.prepared_passes = 0
        self._cuda, self._times, self._launches = cuda, times, launches

    def prepare_pass(self) -> None:
        """Count the passes that were prepared."""
        self.prepared_passes += 1

    def run_whole(self) -> None:
        """Run every step."""
        for _ in self.run_steps():
            pass

    def run_steps(self) -> Iterator[int]:
        """Yield the index of each step before it runs, and the number of steps at the end."""
        for index, us in enumerate(self._times):
            yield index
            for _ in range(self._launches):
                self._cuda.launch(us / self._launches)
        yield len(self._times)


class HostWork:
    """A workload whose steps take the given microseconds of the host."""

    def __init__(self, clock: FakeClock, times: Sequence[float], prepare_us: float = 0.0) -> None:
        self.steps: Sequence[object] = times
        self._clock, self._times, self._prepare_us = clock, times, prepare_us

    def prepare_pass(self) -> None:
        """Spend time that belongs to no pass."""
        self._clock.spend(self._prepare_us)

    def run_whole(self) -> None:
        """Run every step."""
        for _ in self.run_steps():
            pass

    def run_steps(self) -> Iterator[int]:
        """Yield the index of each step before it runs, and the number of steps at the end."""
        for index, us in enumerate(self._times):
            yield index
            self._clock.spend(us)
        yield len(self._times)


class ScriptedTimer:
    """A timer that spends and returns scripted times, and records the order of its passes.

    `order` has an A for each uninstrumented pass and a B for each instrumented one.
    """

    method: Method = "host-clock"
    warning: Message | None = None

    def __init__(
        self,
        clock: FakeClock,
        *,
        whole_us: Callable[[int], float] = lambda _: 1000.0,
        row_us: Callable[[int], list[float]] = lambda _: [400.0, 600.0],
    ) -> None:
        self.timestamp_us: float | None = None
        self.order = ""
        self._clock, self._whole_us, self._row_us = clock, whole_us, row_us

    def time_whole(self) -> float:
        """Spend and return the time of the next uninstrumented pass."""
        us = self._whole_us(self.order.count("A"))
        self.order += "A"
        self._clock.spend(us)
        return us

    def time_steps(self) -> InstrumentedPass:
        """Spend and return the times of the next instrumented pass, and report its step 1."""
        row = self._row_us(self.order.count("B"))
        self.order += "B"
        self._clock.spend(sum(row))
        yield 1
        return row


def scripted_stopwatch(clock: FakeClock) -> Stopwatch:
    """A stopwatch for work that returns the microseconds that it is to take."""

    def measure(work: Runnable) -> float:
        took = work()
        assert isinstance(took, float)
        clock.spend(took)
        return took

    return measure


class FakeTorchMode:
    """A torch mode that knows whether it is entered."""

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


def finished(instrumented: InstrumentedPass) -> tuple[list[int], list[float]]:
    """Run a pass to its end; return the steps that it reported, and the times of all steps."""
    reported = []
    while True:
        try:
            reported.append(next(instrumented))
        except StopIteration as end:
            times: list[float] = end.value
            return reported, times
