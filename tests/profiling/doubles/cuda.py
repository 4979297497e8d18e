"""A CUDA device with a simulated queue."""

from collections import deque
from collections.abc import Callable, Sequence

from resnet_viz.device.cuda import Cuda, Event, Graph
from tests.profiling.doubles.clock import FakeClock

CYCLES_PER_NS = 2
"""The fake device runs at 2 GHz."""


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
