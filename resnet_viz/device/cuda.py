"""The few CUDA calls that timing needs, in one place, so that tests can replace them by a recording double."""

import gc
from collections.abc import Callable
from typing import Any, Protocol

import torch


class Event(Protocol):
    """A point in the device's queue."""

    def record(self) -> object:
        """Place the point behind all that has been queued."""

    def query(self) -> bool:
        """Return whether the device has passed the point."""

    def elapsed_time(self, end_event: "Event") -> float:
        """Return the milliseconds from this point to a later one."""


class Graph(Protocol):
    """Captured work that can be queued again with one launch."""

    def replay(self) -> object:
        """Queue all of the work."""


class Cuda:
    """One CUDA device."""

    def __init__(self, device: torch.device) -> None:
        self._device = device

    def event(self, *, in_graph: bool = False) -> Event:
        """Return a new event; one that is recorded inside a graph must be external to be read after a replay."""
        make_event: Any = torch.cuda.Event
        event: Event = make_event(enable_timing=True, external=True) if in_graph else make_event(enable_timing=True)
        return event

    def synchronize(self) -> None:
        """Wait until the queue is empty."""
        torch.cuda.synchronize(self._device)

    def sleep(self, cycles: int) -> None:
        """Let the device sleep, so that the host can queue work meanwhile."""
        sleep: Any = torch.cuda._sleep
        sleep(cycles)  # torch's own benchmarks keep a queue full with it; there is no public one

    def capture(
        self, work: Callable[[], object], *, warm_passes: int = 3, sharing_memory_of: Graph | None = None
    ) -> Graph:
        """Capture what `work` queues as a graph, after some passes on a side stream, as torch's manual asks.

        The graph may share the memory of another, if the two are never replayed at the same time and their results are
        not read. Raises RuntimeError where the work cannot be captured.
        """
        before = torch.cuda.current_stream(self._device)
        make_stream: Any = torch.cuda.Stream
        sampler = make_stream(self._device)
        sampler.wait_stream(torch.cuda.current_stream(self._device))
        with torch.cuda.stream(sampler):
            for _ in range(warm_passes):
                work()
        torch.cuda.current_stream(self._device).wait_stream(sampler)
        self.synchronize()
        graph = torch.cuda.CUDAGraph()
        collecting = gc.isenabled()
        gc.disable()  # a collection in the middle of a capture would free tensors and break it
        try:
            pool = sharing_memory_of.pool if isinstance(sharing_memory_of, _CapturedGraph) else None
            with torch.cuda.graph(graph, pool=pool):
                output = work()
        finally:
            torch.cuda.set_stream(before)  # a capture that breaks leaves its own stream behind
            if collecting:
                gc.enable()
        return _CapturedGraph(graph, output)

    def reset_peak(self) -> None:
        """Start to record the peak of allocated memory."""
        torch.cuda.reset_peak_memory_stats(self._device)

    def peak_bytes(self) -> int:
        """Return the most memory that tensors took since `reset_peak`."""
        return torch.cuda.max_memory_allocated(self._device)


class _CapturedGraph:
    """A graph with the output that it writes to, whose memory would otherwise be given to another tensor."""

    def __init__(self, graph: torch.cuda.CUDAGraph, output: object) -> None:
        self._graph, self._output = graph, output

    @property
    def pool(self) -> Any:
        """The memory pool that the graph works in."""
        return self._graph.pool()

    def replay(self) -> None:
        self._graph.replay()
