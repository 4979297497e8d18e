"""The calls to torch.cuda, made to a double of the few functions that are used."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import torch

from resnet_viz.device.cuda import Cuda

CARD = torch.device("cuda", 0)


class Torch:
    """Streams by name, what ran on which, and graphs; `breaks` is what the end of a capture raises."""

    def __init__(self) -> None:
        self.current = "main"
        self.log: list[str] = []
        self.breaks: Exception | None = None

    def stream_class(self) -> type:
        outer = self

        class Stream:
            def __init__(self, device: object = None) -> None:
                self.name = "side"

            def wait_stream(self, other: Any) -> None:
                outer.log.append(f"{self.name} waits for {other.name}")

        return Stream

    def current_stream(self, device: object = None) -> Any:
        stream = self.stream_class()()
        stream.name = self.current
        return stream

    @contextmanager
    def stream(self, stream: Any) -> Iterator[None]:
        before, self.current = self.current, stream.name
        try:
            yield
        finally:
            self.current = before

    def graph_class(self) -> type:
        outer = self

        class Graph:
            def replay(self) -> None:
                outer.log.append("replay")

        return Graph

    def graph(self) -> Callable[..., Any]:
        outer = self

        class Capturing:
            """As torch's: where the end of the capture fails, the stream of the capture stays the current one."""

            def __init__(self, graph: object, **_: object) -> None:
                self.before = ""

            def __enter__(self) -> None:
                self.before, outer.current = outer.current, "capture"

            def __exit__(self, *_: object) -> None:
                if outer.breaks is not None:
                    raise outer.breaks
                outer.current = self.before

        return Capturing

    def set_stream(self, stream: Any) -> None:
        self.current = stream.name


@pytest.fixture
def double(monkeypatch: pytest.MonkeyPatch) -> Torch:
    found = Torch()
    monkeypatch.setattr(torch.cuda, "Stream", found.stream_class())
    monkeypatch.setattr(torch.cuda, "current_stream", found.current_stream)
    monkeypatch.setattr(torch.cuda, "stream", found.stream)
    monkeypatch.setattr(torch.cuda, "set_stream", found.set_stream)
    monkeypatch.setattr(torch.cuda, "CUDAGraph", found.graph_class())
    monkeypatch.setattr(torch.cuda, "graph", found.graph())
    monkeypatch.setattr(torch.cuda, "synchronize", lambda _=None: found.log.append("synchronise"))
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: None)
    return found


def work_of(double: Torch) -> Callable[[], object]:
    def work() -> object:
        double.log.append(f"work on {double.current}{'' if gc.isenabled() else ' uncollected'}")
        return None

    return work


def test_warm_passes_run_on_a_side_stream_and_the_capture_follows_an_idle_device(double: Torch) -> None:
    graph = Cuda(CARD).capture(work_of(double), warm_passes=2)
    assert double.log == [
        "side waits for main", "work on side", "work on side", "main waits for side", "synchronise",
        "work on capture uncollected",
    ]  # fmt: skip
    graph.replay()
    assert double.log[-1] == "replay"
    assert double.current == "main"


def test_collecting_garbage_goes_on_after_a_capture_and_after_a_failed_one(double: Torch) -> None:
    assert gc.isenabled()
    Cuda(CARD).capture(work_of(double))
    assert gc.isenabled()
    double.breaks = RuntimeError("capture invalidated")
    with pytest.raises(RuntimeError, match="invalidated"):
        Cuda(CARD).capture(work_of(double))
    assert gc.isenabled()


def test_collecting_garbage_stays_off_where_it_was(double: Torch) -> None:
    gc.disable()
    try:
        Cuda(CARD).capture(work_of(double))
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_the_output_of_a_graph_lives_as_long_as_the_graph(double: Torch) -> None:
    class Output:
        """Stands for a tensor."""

    import weakref

    outputs: list[weakref.ref[Output]] = []

    def work() -> Output:
        output = Output()
        outputs.append(weakref.ref(output))
        return output

    graph = Cuda(CARD).capture(work, warm_passes=1)
    assert [reference() is None for reference in outputs] == [True, False]
    del graph
    assert outputs[-1]() is None


def test_after_a_failed_capture_the_stream_is_the_one_from_before(double: Torch) -> None:
    """torch leaves its capture stream current when ending the capture raises; the next way of timing must not care."""
    double.breaks = RuntimeError("operation failed due to a previous error during capture")
    with pytest.raises(RuntimeError):
        Cuda(CARD).capture(work_of(double))
    assert double.current == "main"


def test_events_in_graphs_are_external_and_all_of_them_time(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[dict[str, object]] = []
    monkeypatch.setattr(torch.cuda, "Event", lambda **settings: made.append(settings))
    cuda = Cuda(CARD)
    cuda.event()
    cuda.event(in_graph=True)
    assert made == [{"enable_timing": True}, {"enable_timing": True, "external": True}]
