"""A double of the parts of torch that capture CUDA graphs, with what a failed capture leaves behind in each version."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import torch

Id = tuple[int, int]


class Generator:
    """The card's random numbers: a capture that was not ended properly leaves them unusable, but not a clone."""

    def __init__(self) -> None:
        self.capturing = False

    def clone_state(self) -> "Generator":
        """Return a generator in the same place, which no capture knows."""
        return Generator()

    def graphsafe_set_state(self, other: "Generator") -> None:
        """Take the state of another generator."""
        self.capturing = other.capturing


class Torch:
    """Streams by name, what ran on which, graphs, and the users of every memory pool, as in a version of torch.

    `breaks` is the error of the end of a capture. Up to version 2.11 it raises before it stops directing allocations to
    the pool (`open_pools`) and drawing random numbers for the graph; no version releases the pool of a failed capture.
    """

    def __init__(self, version: tuple[int, int] = (2, 13)) -> None:
        self.version = version
        self.current = "main"
        self.log: list[str] = []
        self.breaks: str | None = None
        self.users: dict[Id, int] = {}
        self.open_pools: list[Id] = []
        self.generator = Generator()

    def pool_class(self) -> type:
        """The class of memory pools: each is its own first user."""
        outer = self

        class MemPool:
            def __init__(self) -> None:
                self.id = (0, len(outer.users) + 1)
                outer.users[self.id] = 1

            def use_count(self) -> int:
                return outer.users[self.id]

            def __del__(self) -> None:
                assert not outer.open_pools, "torch ends the process where it frees a pool during a capture"
                outer.users[self.id] -= 1

        return MemPool

    def end_allocation(self, device: int, pool: Id) -> None:
        """Stop directing allocations to a pool."""
        if pool not in self.open_pools:
            raise RuntimeError("endAllocatePool: not currently recording to mempool_id")
        self.open_pools.remove(pool)

    def release(self, device: int, pool: Id) -> None:
        """Let a pool have one user less."""
        self.users[pool] -= 1
        assert self.users[pool] >= 0

    def draw(self) -> None:
        """Draw random numbers outside a capture."""
        if self.generator.capturing:
            raise RuntimeError("Offset increment outside graph capture encountered unexpectedly.")

    def stream_class(self) -> type:
        """The class of streams."""
        outer = self

        class Stream:
            def __init__(self, device: object = None) -> None:
                self.name = "side"

            def wait_stream(self, other: Any) -> None:
                outer.log.append(f"{self.name} waits for {other.name}")

        return Stream

    def current_stream(self, device: object = None) -> Any:
        """Return the current stream."""
        stream = self.stream_class()()
        stream.name = self.current
        return stream

    @contextmanager
    def stream(self, stream: Any) -> Iterator[None]:
        """Make a stream the current one for a while."""
        before, self.current = self.current, stream.name
        try:
            yield
        finally:
            self.current = before

    def graph_class(self) -> type:
        """The class of graphs."""
        outer = self

        class Graph:
            pool: Id | None = None

            def replay(self) -> None:
                outer.log.append("replay")

            def reset(self) -> None:
                if self.pool is not None:
                    outer.release(0, self.pool)
                self.pool = None

            __del__ = reset

        return Graph

    def graph(self) -> Callable[..., Any]:
        """The context that captures; where its end fails, the stream of the capture stays the current one."""
        outer = self

        class Capturing:
            def __init__(self, graph: Any, pool: Id) -> None:
                self.graph, self.pool, self.before = graph, pool, ""

            def __enter__(self) -> None:
                if outer.open_pools or outer.generator.capturing:
                    raise RuntimeError("a capture is already underway")
                self.before, outer.current = outer.current, "capture"
                outer.users[self.pool] += 1
                outer.open_pools.append(self.pool)
                outer.generator.capturing = True

            def __exit__(self, *_: object) -> None:
                if outer.breaks is None or outer.version >= (2, 12):
                    outer.open_pools.remove(self.pool)
                    outer.generator.capturing = False
                if outer.breaks is not None:
                    raise RuntimeError(outer.breaks)
                self.graph.pool = self.pool
                outer.current = self.before

        return Capturing

    def set_stream(self, stream: Any) -> None:
        """Make a stream the current one."""
        self.current = stream.name

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Put the double in place of torch."""
        replaced: dict[str, object] = {
            "Stream": self.stream_class(),
            "current_stream": self.current_stream,
            "stream": self.stream,
            "set_stream": self.set_stream,
            "CUDAGraph": self.graph_class(),
            "graph": self.graph(),
            "MemPool": self.pool_class(),
            "synchronize": lambda _=None: self.log.append("synchronise"),
            "empty_cache": lambda: None,
            "default_generators": (self.generator,),
        }
        for name, value in replaced.items():
            monkeypatch.setattr(torch.cuda, name, value)
        monkeypatch.setattr(torch._C, "_cuda_endAllocateToPool", self.end_allocation)
        monkeypatch.setattr(torch._C, "_cuda_releasePool", self.release)
