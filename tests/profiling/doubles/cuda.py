"""A CUDA device with a simulated queue, which refuses what a card refuses."""

import random
from collections import deque
from collections.abc import Callable, Sequence

from resnet_viz.device.cuda import Cuda, Event, Graph
from tests.profiling.doubles.clock import FakeClock

CYCLES_PER_NS = 2
"""The fake device runs at 2 GHz."""


class FakeEvent:
    """A point in the queue of a fake device; `at` is the nanosecond when the device passes it.

    Only an event that was made with `in_graph` can be read after it was recorded into a graph: any other is then
    nothing but an order between streams.
    """

    def __init__(self, cuda: "FakeCuda", in_graph: bool) -> None:
        self._cuda, self._in_graph = cuda, in_graph
        self._captured = False
        self.at: int | None = None
        self.stamp: int | None = None

    def record(self) -> None:
        """Record into the graph while one is captured, else into the queue."""
        if self._cuda.recording is None:
            self._cuda.enqueue(0)
            self._captured = False
            self.pass_at(self._cuda.free_at)
        elif self._in_graph:
            self._cuda.recording.append(self)
        else:
            self._captured = True

    def pass_at(self, ns: int, stamped_ns: int | None = None) -> None:
        """Let the device pass the point at this time, and stamp it with this or another in the device's resolution."""
        self.at = ns
        stamp = ns if stamped_ns is None else stamped_ns
        self.stamp = stamp // self._cuda.resolution_ns * self._cuda.resolution_ns

    def query(self) -> bool:
        """Return whether the device has passed the point at the host's present time."""
        self._cuda.refuse_while_capturing()
        if self._captured:
            raise RuntimeError("CUDA error: operation not permitted on an event last recorded in a capturing stream")
        assert self.at is not None, "an event was queried before it was recorded"
        return self.at <= self._cuda.clock.now

    def elapsed_time(self, end_event: Event) -> float:
        """Return milliseconds; both points must have been passed, as CUDA demands."""
        assert isinstance(end_event, FakeEvent)
        if self.stamp is None or end_event.stamp is None:
            raise RuntimeError("Both events must be recorded before calculating elapsed time.")
        if not (self.query() and end_event.query()):
            raise RuntimeError("Both events must be completed before calculating elapsed time.")
        return (end_event.stamp - self.stamp) / 1e6


class FakeGraph:
    """Recorded work: durations in nanoseconds and events; it may share its memory with another graph."""

    def __init__(
        self, cuda: "FakeCuda", recorded: Sequence["int | FakeEvent"], sharing_memory_of: Graph | None = None
    ) -> None:
        self.recorded = list(recorded)
        self.sharing_memory_of = sharing_memory_of
        self.replays = 0
        self._cuda = cuda

    @property
    def events(self) -> list[FakeEvent]:
        """The events in the graph."""
        return [item for item in self.recorded if isinstance(item, FakeEvent)]

    def replay(self) -> None:
        """Launch the graph with one call of the host; the device then needs no host."""
        cuda = self._cuda
        cuda.refuse_while_capturing()
        self.replays += 1
        cuda.clock.spend(cuda.replay_us())
        start = max(cuda.free_at, cuda.clock.now) + round(1000 * cuda.prologue_us)
        cuda.free_at = start
        after_kernel = False
        for item in self.recorded:
            if isinstance(item, FakeEvent):
                cuda.free_at += round(1000 * cuda.drain_us) if after_kernel else 0
                passed = cuda.free_at - start
                if not cuda.stale:
                    item.pass_at(cuda.free_at, None if cuda.skew is None else start + cuda.skew(passed))
                cuda.free_at += round(1000 * cuda.timestamp_us)
            else:
                cuda.free_at += round(item * cuda.noise())
            after_kernel = not isinstance(item, FakeEvent)


class FakeCuda(Cuda):
    """A device whose queue is simulated on the time line of the host's clock.

    The host needs `host_us` to queue one piece of work and `replay_us` to launch a graph, and the queue takes `depth`
    entries before the host has to wait. A replay begins with `prologue_us` of the device before the first node. An
    event inside a graph costs `timestamp_us`, and behind a kernel `drain_us` more, because the next kernel can no
    longer begin while that one ends; times of events are multiples of `resolution_ns`, and every kernel of a graph
    takes `noise()` times as long as it was recorded with. `refusal` makes captures fail; `skew` falsifies the times of
    events inside graphs, and with `stale` a replay does not set them.
    """

    def __init__(self, clock: FakeClock, *, host_us: float = 1.0, replay_us: float = 0.0, depth: int = 1_000) -> None:
        self.clock = clock
        self.host_us, self.depth = host_us, depth
        self.replay_us: Callable[[], float] = lambda: replay_us
        self.timestamp_us = self.drain_us = self.prologue_us = 0.0
        self.resolution_ns = 1
        self.noise: Callable[[], float] = lambda: 1.0
        self.refusal: str | Exception | None = None
        self.skew: Callable[[int], int] | None = None
        self.stale = False
        self.free_at = 0
        self.recording: list[int | FakeEvent] | None = None
        self.graphs: list[FakeGraph] = []
        self.sleeps: list[int] = []
        self.longest_queue = 0
        self._broken = False
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

    def refuse_while_capturing(self) -> None:
        """Raise torch's error while a graph is captured, whose capture then fails at its end as well."""
        if self.recording is not None:
            self._broken = True
            raise RuntimeError("CUDA error: operation not permitted when stream is capturing")

    def event(self, *, in_graph: bool = False) -> Event:
        """Return a new event of this device."""
        return FakeEvent(self, in_graph)

    def synchronize(self) -> None:
        """Let the host wait for the device."""
        self.refuse_while_capturing()
        self.clock.now = max(self.clock.now, self.free_at)

    def sleep(self, cycles: int) -> None:
        """Keep the device busy for so many cycles; inside a graph every replay would sleep, so it is refused there."""
        self.refuse_while_capturing()
        self.sleeps.append(cycles)
        self.enqueue(cycles // CYCLES_PER_NS)

    def capture(
        self, work: Callable[[], object], *, warm_passes: int = 3, sharing_memory_of: Graph | None = None
    ) -> Graph:
        """Run the warm passes, then record what `work` queues as a graph; memory may be shared with an older graph."""
        assert sharing_memory_of is None or sharing_memory_of in self.graphs
        if isinstance(self.refusal, Exception):
            raise self.refusal
        if self.refusal is not None:
            raise RuntimeError(self.refusal)
        for _ in range(warm_passes):
            work()
        self.synchronize()
        self.recording, self._broken = [], False
        try:
            work()
            if self._broken:
                raise RuntimeError("CUDA error: operation failed due to a previous error during capture")
            self.graphs.append(FakeGraph(self, self.recording, sharing_memory_of))
        finally:
            self.recording = None
        return self.graphs[-1]


def lifelike_card(clock: FakeClock, seed: int = 14) -> FakeCuda:
    """Return a fake card with everything that makes a timer's work hard: noise, resolution, prologues and drains."""
    cuda = FakeCuda(clock, host_us=5.0, replay_us=60.0)
    chance = random.Random(seed)
    cuda.noise = lambda: 1.0 + abs(chance.gauss(0.0, 0.01))
    cuda.resolution_ns = 500
    cuda.timestamp_us, cuda.drain_us, cuda.prologue_us = 0.4, 1.3, 9.0
    return cuda
