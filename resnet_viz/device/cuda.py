"""The few calls to CUDA that timing needs, in one place, so that a recording double can stand for them."""

import gc
from collections.abc import Callable
from typing import Any, Protocol

import torch


class Event(Protocol):
    """A point in the device's queue."""

    def record(self) -> object:
        """Put the point behind what has been queued."""

    def query(self) -> bool:
        """Whether the device has passed it."""

    def elapsed_time(self, end_event: "Event") -> float:
        """Milliseconds from this point to a later one."""


class Graph(Protocol):
    """Captured work that can be queued again at once."""

    def replay(self) -> object:
        """Queue all of it."""


class Cuda:
    """One CUDA device."""

    def __init__(self, device: torch.device) -> None:
        self._device = device

    def event(self, *, in_graph: bool = False) -> Event:
        """An event; one that is recorded inside a graph must be external to be read after a replay."""
        make: Any = torch.cuda.Event
        event: Event = make(enable_timing=True, external=True) if in_graph else make(enable_timing=True)
        return event

    def synchronise(self) -> None:
        """Wait until the queue is empty."""
        torch.cuda.synchronize(self._device)

    def sleep(self, cycles: int) -> None:
        """Let the device wait, so that the host can queue work meanwhile."""
        sleep: Any = torch.cuda._sleep
        sleep(cycles)  # torch's own benchmarks keep a queue full with it; there is no public one

    def capture(self, work: Callable[[], object], *, warm_passes: int = 3, beside: Graph | None = None) -> Graph:
        """What `work` queues, as a graph, after some passes on a side stream as torch's manual asks.

        It shares the memory of the graph `beside`: the two are never replayed at the same time, and nobody reads
        their results. Raises RuntimeError where the work cannot be captured.
        """
        before = torch.cuda.current_stream(self._device)
        make_stream: Any = torch.cuda.Stream
        side = make_stream(self._device)
        side.wait_stream(torch.cuda.current_stream(self._device))
        with torch.cuda.stream(side):
            for _ in range(warm_passes):
                work()
        torch.cuda.current_stream(self._device).wait_stream(side)
        self.synchronise()
        graph = torch.cuda.CUDAGraph()
        collecting = gc.isenabled()
        gc.disable()  # a collection in the middle of a capture would free tensors and break it
        try:
            with torch.cuda.graph(graph, pool=beside.pool if isinstance(beside, _Captured) else None):
                kept = work()
        finally:
            torch.cuda.set_stream(before)  # a capture that breaks leaves its own stream behind
            if collecting:
                gc.enable()
        return _Captured(graph, kept)

    def reset_peak(self) -> None:
        """Begin to watch the peak of allocated memory."""
        torch.cuda.reset_peak_memory_stats(self._device)

    def peak_bytes(self) -> int:
        """The most that tensors took since `reset_peak`."""
        return torch.cuda.max_memory_allocated(self._device)


class _Captured:
    """A graph, and what it writes to: freed, its memory could go to another tensor."""

    def __init__(self, graph: torch.cuda.CUDAGraph, kept: object) -> None:
        self._graph, self._kept = graph, kept

    @property
    def pool(self) -> Any:
        """The memory that the graph works in."""
        return self._graph.pool()

    def replay(self) -> None:
        self._graph.replay()
