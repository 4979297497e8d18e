"""The calls to torch.cuda, made to a double of the few functions that are used."""

import gc
import inspect
from collections.abc import Callable
from contextlib import suppress

import pytest
import torch

from resnet_viz.device.cuda import Cuda
from tests.device.torch_double import Torch

CARD = torch.device("cuda", 0)


@pytest.fixture
def double(monkeypatch: pytest.MonkeyPatch) -> Torch:
    found = Torch()
    found.install(monkeypatch)
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
    double.breaks = "capture invalidated"
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
    double.breaks = "operation failed due to a previous error during capture"
    with pytest.raises(RuntimeError):
        Cuda(CARD).capture(work_of(double))
    assert double.current == "main"


VERSIONS = [(2, 9), (2, 11), (2, 12), (2, 13)]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("sharing", [False, True])
def test_a_failed_capture_leaves_nothing_behind(
    version: tuple[int, int], sharing: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next way of timing allocates memory, draws random numbers and may capture again in the same process."""
    double = Torch(version)
    double.install(monkeypatch)
    cuda = Cuda(CARD)
    first = cuda.capture(work_of(double))
    (pool,) = double.users
    assert double.users == {pool: 2}, "the graph and the pool itself"
    double.breaks = "operation failed due to a previous error during capture"
    with pytest.raises(RuntimeError, match="previous error"):
        cuda.capture(work_of(double), sharing_memory_of=first if sharing else None)
    assert double.open_pools == []
    assert {users for other, users in double.users.items() if other != pool} <= {0}
    assert double.users[pool] == 2
    double.draw()
    double.breaks = None
    second = cuda.capture(work_of(double), sharing_memory_of=first)
    assert double.users[pool] == 3
    del first, second
    assert double.users[pool] == 0


def test_graphs_that_share_memory_give_it_back_after_the_last_of_them(double: Torch) -> None:
    cuda = Cuda(CARD)
    first = cuda.capture(work_of(double))
    second = cuda.capture(work_of(double), sharing_memory_of=first)
    del first
    assert list(double.users.values()) == [2]
    del second
    assert list(double.users.values()) == [0]


@pytest.mark.parametrize("ends_badly", [False, True])
def test_a_capture_raises_the_error_of_the_work_and_not_that_of_its_end(double: Torch, ends_badly: bool) -> None:
    """Running out of memory would otherwise be told as a graph that was refused."""
    double.breaks = "operation failed due to a previous error during capture" if ends_badly else None

    def work() -> None:
        if double.current == "capture":
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

    with pytest.raises(torch.OutOfMemoryError):
        Cuda(CARD).capture(work)
    assert (double.current, double.open_pools, list(double.users.values())) == ("main", [], [0])


def test_the_memory_of_a_failed_capture_is_free_when_its_error_was_handled(double: Torch) -> None:
    import weakref

    class Output:
        """Stands for a tensor."""

    outputs: list[weakref.ref[Output]] = []

    def work() -> None:
        output = Output()
        outputs.append(weakref.ref(output))
        raise torch.OutOfMemoryError("CUDA out of memory.")

    gc.disable()
    try:
        with suppress(torch.OutOfMemoryError):
            Cuda(CARD).capture(work, warm_passes=0)
        assert [reference() for reference in outputs] == [None]
    finally:
        gc.enable()


def test_events_in_graphs_are_external_and_all_of_them_time(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[dict[str, object]] = []
    monkeypatch.setattr(torch.cuda, "Event", lambda **settings: made.append(settings))
    cuda = Cuda(CARD)
    cuda.event()
    cuda.event(in_graph=True)
    assert made == [{"enable_timing": True}, {"enable_timing": True, "external": True}]


def test_this_torch_has_every_name_that_a_capture_uses() -> None:
    """A build for the CPU has them as well, so that a release that renames one is noticed without a card."""
    parameters = inspect.signature(torch.cuda.graph).parameters
    assert {"cuda_graph", "pool"} <= parameters.keys()
    assert "external" in inspect.signature(torch.cuda.Event.__new__).parameters
    for owner, names in (
        (torch.cuda.MemPool, ("id", "use_count")),
        (torch.cuda.CUDAGraph, ("replay", "reset")),
        (torch.Generator, ("clone_state", "graphsafe_set_state")),
        (torch._C, ("_cuda_endAllocateToPool", "_cuda_releasePool")),
        (torch.cuda, ("current_device", "current_stream", "default_generators", "set_stream", "stream", "Stream")),
    ):
        assert [name for name in names if not hasattr(owner, name)] == []
