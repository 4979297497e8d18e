"""The few CUDA calls that timing needs, in one place, so that tests can replace them by a recording double."""

import gc
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

import torch

_FAILED_GRAPHS: list[torch.cuda.CUDAGraph] = []
"""They are kept because torch's allocator of pinned memory may go on asking them whether they are being captured."""


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
        not read. Raises the error of the work, else torch's RuntimeError, where the work cannot be captured, and then
        leaves nothing behind.
        """
        before = torch.cuda.current_stream(self._device)
        self._warm_up(work, warm_passes)
        shared = sharing_memory_of.pool if isinstance(sharing_memory_of, _CapturedGraph) else None
        pool: Any = torch.cuda.MemPool() if shared is None else shared
        users = pool.use_count()
        graph = torch.cuda.CUDAGraph()
        reasons: list[Exception] = []

        def captured() -> object:
            try:
                return work()
            except Exception as reason:
                reasons.append(reason)  # the end of the capture raises as well, and then says less
                raise

        collecting = gc.isenabled()
        gc.disable()  # a collection in the middle of a capture would free tensors and break it
        try:
            with torch.cuda.graph(graph, pool=pool.id):
                output = captured()
        except Exception as error:
            reasons.append(error)
        finally:
            if collecting:
                gc.enable()
        if not reasons:
            return _CapturedGraph(graph, output, pool)
        torch.cuda.set_stream(before)  # a capture that breaks leaves its own stream behind
        self._clear_up(graph, pool, users)
        try:
            raise reasons[0]
        finally:
            reasons.clear()  # their tracebacks hold this frame, and with it the memory of the work

    def _warm_up(self, work: Callable[[], object], passes: int) -> None:
        """Run passes on a side stream and wait for them."""
        make_stream: Any = torch.cuda.Stream
        sampler = make_stream(self._device)
        sampler.wait_stream(torch.cuda.current_stream(self._device))
        with torch.cuda.stream(sampler):
            for _ in range(passes):
                work()
        torch.cuda.current_stream(self._device).wait_stream(sampler)
        self.synchronize()

    def _clear_up(self, graph: torch.cuda.CUDAGraph, pool: Any, users: int) -> None:
        """Undo what a failed capture leaves behind in torch, and return the pool to its `users` of before.

        Up to version 2.11 allocations stay directed to the pool, and random numbers can no longer be drawn: the end of
        a failed capture raises before it comes to either. Up to version 2.13 the pool is not released.
        """
        index = torch.cuda.current_device() if self._device.index is None else self._device.index
        internals: Any = torch._C
        with suppress(RuntimeError):  # newer versions have ended it
            internals._cuda_endAllocateToPool(index, pool.id)
        graph.reset()
        for _ in range(pool.use_count() - users):
            internals._cuda_releasePool(index, pool.id)
        generator: Any = torch.cuda.default_generators[index]
        generator.graphsafe_set_state(generator.clone_state())
        _FAILED_GRAPHS.append(graph)

    def reset_peak(self) -> None:
        """Start to record the peak of allocated memory."""
        torch.cuda.reset_peak_memory_stats(self._device)

    def peak_bytes(self) -> int:
        """Return the most memory that tensors took since `reset_peak`."""
        return torch.cuda.max_memory_allocated(self._device)


class _CapturedGraph:
    """A graph with the output that it writes to, whose memory would otherwise be given to another tensor.

    `pool` is the memory that it works in, which has to outlive graph and output.
    """

    def __init__(self, graph: torch.cuda.CUDAGraph, output: object, pool: Any) -> None:
        self._graph, self._output = graph, output
        self.pool = pool

    def replay(self) -> None:
        self._graph.replay()
