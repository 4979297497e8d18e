"""Kernels are recorded from replays of the graph, and from eager passes where it has none of its own."""

import inspect
from collections.abc import Callable, Sequence
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, cast

import pytest
from torch.autograd.profiler import profile

from resnet_viz.profiling.kernels import recording
from resnet_viz.profiling.kernels.attribution import KernelsUnavailable
from resnet_viz.profiling.kernels.recording import kernels_on_card, kernels_on_processor
from resnet_viz.profiling.workload import Workload
from resnet_viz.records.kernels import KernelAgreement, KernelSource, LayerKernels
from tests.profiling.doubles.clock import FakeClock
from tests.profiling.doubles.cuda import FakeCuda
from tests.profiling.doubles.networks import SMALL, prepared
from tests.profiling.doubles.work import DeviceWork
from tests.profiling.kernels.recordings import CudaRecording

EAGER = {"conv1": [("layout", 4.0), ("gemm", 40.0)], "relu": [("relu", 6.0)], "flatten": []}
REPLAYED = [("layout", 3.0), ("gemm", 30.0), ("relu", 5.0)]


class Card:
    """A device, and the recordings that torch's profiler would make on it: of eager passes, then of replays."""

    def __init__(self, replayed: Sequence[tuple[str, float]] = REPLAYED, lost: int = 0) -> None:
        self.cuda = FakeCuda(FakeClock())
        self.work = DeviceWork(self.cuda, [40.0, 6.0, 0.0])
        self.work.steps = [SimpleNamespace(id=name) for name in EAGER]
        self.recorded: list[int] = []
        self._replayed, self._lost = replayed, lost

    def record(self, work: Callable[[], object], passes: int) -> Sequence[Any]:
        """Run the work, and return what was recorded."""
        recording = CudaRecording()
        before = sum(graph.replays for graph in self.cuda.graphs)
        for _ in range(passes):
            work()
        replays = sum(graph.replays for graph in self.cuda.graphs) - before
        self.recorded.append(replays)
        for number in range(passes):
            if replays:
                recording.replay(self._replayed)
            else:
                for layer, kernels in list(EAGER.items())[self._lost if number == 0 else 0 :]:
                    recording.range_of(f"layer:{layer}", kernels)
        return recording.event_list()

    def kernels(self) -> Any:
        """What is found on this card."""
        return kernels_on_card(cast(Workload, self.work), self.cuda, self.record)


def test_the_kernels_are_those_of_the_graphs_replays() -> None:
    card = Card()
    kernels, messages = card.kernels()
    assert (kernels.source, messages) == ("graph", ())
    assert [(layer.id, layer.time_us) for layer in kernels.layers] == [("conv1", 33.0), ("relu", 5.0), ("flatten", 0.0)]
    assert card.recorded == [0, kernels.passes]
    assert kernels.passes >= 3


def test_a_graph_of_other_kernels_gives_way_to_the_eager_passes_and_says_so() -> None:
    kernels, messages = Card([("layout", 3.0), ("winograd", 30.0), ("relu", 5.0)]).kernels()
    assert kernels.source == "eager"
    assert [layer.time_us for layer in kernels.layers] == [44.0, 6.0, 0.0]
    assert [message.kind for message in messages] == ["kernels differ"]
    assert "Kernel 2 of a pass is winograd where gemm was expected" in str(messages[0])


def test_a_refused_graph_gives_way_to_the_eager_passes_and_says_why() -> None:
    card = Card()
    card.cuda.refusal = "operation not permitted when stream is capturing\nand more"
    kernels, messages = card.kernels()
    assert kernels.source == "eager"
    assert str(messages[0]) == "The CUDA graph was refused (operation not permitted when stream is capturing)."


def test_ranges_that_the_profiler_lost_are_told() -> None:
    with pytest.raises(KernelsUnavailable, match=r"saw \d+ layers where \d+ were run"):
        Card(lost=1).kernels()


def test_a_processor_has_the_operators_of_every_layer_in_their_order() -> None:
    work = prepared(SMALL)
    found = kernels_on_processor(work)
    assert (found.source, [layer.id for layer in found.layers]) == ("operators", [step.id for step in work.steps])
    by_id = found.by_id
    assert any("conv" in each.name for each in by_id["conv1"].kernels)
    assert [each.name for each in by_id["bn1"].kernels] == ["aten::native_batch_norm"]
    starts = [each for layer in found.layers for each in layer.kernels]
    assert all(before.end_us <= after.start_us + 0.002 for before, after in pairwise(starts))


def test_operators_are_compared_with_timestamps_of_the_same_process(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[dict[str, float], KernelSource]] = []
    agrees = KernelAgreement(1, 0.01, 0.01, "conv1")

    def agreement(own_us: dict[str, float], layers: tuple[LayerKernels, ...], source: KernelSource) -> KernelAgreement:
        compared.append((own_us, source))
        return agrees

    monkeypatch.setattr(recording, "agreement", agreement)
    work = prepared(SMALL)
    assert kernels_on_processor(work).agreement is agrees
    ((own_us, source),) = compared
    assert (list(own_us), source) == ([step.id for step in work.steps], "operators")
    assert min(own_us.values()) > 0


def test_a_card_is_recorded_by_the_profiler_that_sees_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without kineto torch would time operators by events of its own; each option is one that torch has."""
    asked: list[dict[str, object]] = []

    class Profiler:
        function_events = ("an event",)

        def __init__(self, **options: object) -> None:
            asked.append(options)

        def __enter__(self) -> "Profiler":
            return self

        def __exit__(self, *_: object) -> None:
            asked.append({"left": True})

    known = inspect.signature(profile).parameters
    monkeypatch.setattr(recording, "profile", Profiler)
    runs: list[int] = []
    assert recording.recorded_with_device(lambda: runs.append(len(asked)), 3) == ("an event",)
    assert asked == [{"use_cpu": True, "use_device": "cuda", "use_kineto": True}, {"left": True}]
    assert runs == [1, 1, 1], "every pass runs while the profiler records"
    assert set(asked[0]) <= set(known)
