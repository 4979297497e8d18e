"""The timers that a device may support: their order, and the samples and reasons of one that is unavailable."""

from collections.abc import Callable
from itertools import pairwise

import pytest
import torch

from resnet_viz.device.cuda import Cuda
from resnet_viz.profiling import run as module
from resnet_viz.profiling.passes import Progress, Setup
from resnet_viz.profiling.run import PartialRun, measure_in_network, timer_makers
from resnet_viz.profiling.timers.graph import GraphTimer
from resnet_viz.profiling.timers.host import HostTimer
from resnet_viz.profiling.timers.run_ahead import MAX_QUEUED_STEPS, RunAheadTimer
from resnet_viz.profiling.timers.timer import InstrumentedPass, Timer, TimerUnavailable
from resnet_viz.profiling.training_step import TrainingWorkload
from resnet_viz.profiling.workload import Workload
from resnet_viz.records.message import Message
from resnet_viz.records.run import Environment
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.profiling import ProfileSettings
from tests.profiling.doubles.clock import FakeClock
from tests.profiling.doubles.cuda import FakeCuda
from tests.profiling.doubles.networks import CPU, SMALL, prepared, training
from tests.profiling.doubles.work import DeviceWork, FakeTorchMode, ScriptedTimer

SETTINGS = ProfileSettings(warmup_passes=1, warmup_seconds=0.0, seconds=1.0)
TIMES = [120.0, 40.0, 900.0]


def drafted(makers: tuple[Callable[[], Timer], ...], clock: FakeClock) -> tuple[PartialRun, list[Progress]]:
    partial = PartialRun("now", Environment(device="cpu", name="fake"))
    reports = list(measure_in_network(makers, Setup(SETTINGS, CPU, clock, FakeTorchMode()), partial))
    return partial, reports


def card(**settings: float) -> tuple[FakeCuda, FakeClock, tuple[Callable[[], Timer], ...]]:
    """A fake card, its clock, and the three timers for it in the order of `timer_makers`."""
    clock = FakeClock()
    cuda = FakeCuda(clock, **settings)  # type: ignore[arg-type]
    work = DeviceWork(cuda, TIMES)
    return cuda, clock, (
        lambda: GraphTimer(work, cuda),
        lambda: RunAheadTimer(work, cuda),
        lambda: HostTimer(work, clock, cuda.synchronize),
    )  # fmt: skip


def test_the_best_timer_is_used_where_it_works() -> None:
    cuda, clock, makers = card()
    cuda.timestamp_us = 0.5
    partial, _ = drafted(makers, clock)
    assert partial.method == "cuda-graph"
    assert partial.timestamp_us == pytest.approx(0.5)
    assert partial.fallbacks == []
    assert partial.samples.rows[0] == pytest.approx([us + 0.5 for us in TIMES])


def test_without_graphs_eager_events_are_used_and_the_reason_is_stored() -> None:
    cuda, clock, makers = card()
    cuda.refusal = "graphs are not for this card"
    partial, _ = drafted(makers, clock)
    assert partial.method == "run-ahead"
    assert partial.timestamp_us is None
    assert partial.fallbacks == [Message("graph refused", {"reason": "graphs are not for this card"})]
    assert partial.samples.rows[0] == pytest.approx(TIMES)


def test_where_the_host_is_too_slow_as_well_every_step_is_synchronised() -> None:
    cuda, clock, makers = card(host_us=3e6)
    cuda.refusal = "no graphs"
    partial, _ = drafted(makers, clock)
    assert partial.method == "synchronised"
    assert partial.fallbacks == [Message("graph refused", {"reason": "no graphs"}), Message("host behind")]


class Failing(ScriptedTimer):
    """Becomes unavailable in its third measured pass."""

    def time_steps(self) -> InstrumentedPass:
        if self.order.count("B") == 4:
            raise TimerUnavailable("graph backwards")
        return super().time_steps()


def test_samples_of_a_timer_that_fails_in_the_middle_are_discarded() -> None:
    clock = FakeClock()
    first, second = Failing(clock, whole_us=lambda _: 7.0), ScriptedTimer(clock)
    second.method = "synchronised"
    partial, _ = drafted((lambda: first, lambda: second), clock)
    assert first.order.count("A") > 1
    assert partial.fallbacks == [Message("graph backwards")]
    assert partial.method == "synchronised"
    assert set(partial.samples.uninstrumented) == {1000.0}
    assert len(partial.samples.uninstrumented) == len(partial.samples.rows)


def test_another_error_is_not_swallowed() -> None:
    def broken() -> Timer:
        raise RuntimeError("device-side assert")

    with pytest.raises(RuntimeError, match="device-side"):
        drafted((broken,), FakeClock())


def kinds(monkeypatch: pytest.MonkeyPatch, steps: Workload | TrainingWorkload, where: str) -> list[tuple[type, str]]:
    clock = FakeClock()
    monkeypatch.setattr(module, "Cuda", lambda _: FakeCuda(clock))
    monkeypatch.setattr(module, "synchronizer", lambda _: lambda: None)
    with torch.inference_mode(isinstance(steps, Workload)):
        made = [make() for make in timer_makers(steps, torch.device(where), clock)]
    return [(type(timer), timer.method) for timer in made]


GRAPH = (GraphTimer, "cuda-graph")
AHEAD = (RunAheadTimer, "run-ahead")
WAITING = (HostTimer, "synchronised")


@pytest.mark.parametrize(
    ("where", "expected"),
    [("cpu", [(HostTimer, "host-clock")]), ("cuda:0", [GRAPH, AHEAD, WAITING]), ("mps", [WAITING]),
     ("xpu:0", [WAITING])],
)  # fmt: skip
def test_each_device_has_its_timers_the_best_first(
    monkeypatch: pytest.MonkeyPatch, where: str, expected: list[tuple[type, str]]
) -> None:
    work = prepared(SMALL)
    assert kinds(monkeypatch, work, where) == expected


@pytest.mark.parametrize(
    ("where", "expected"), [("cpu", [(HostTimer, "host-clock")]), ("cuda:0", [GRAPH, AHEAD, WAITING])]
)
def test_backward_is_captured_as_well(
    monkeypatch: pytest.MonkeyPatch, where: str, expected: list[tuple[type, str]]
) -> None:
    _, steps = training(SMALL)
    assert kinds(monkeypatch, steps, where) == expected


def pieces(monkeypatch: pytest.MonkeyPatch, steps: Workload | TrainingWorkload) -> list[range]:
    """The pieces in which a pass is queued on a card."""
    monkeypatch.setattr(module, "Cuda", lambda _: FakeCuda(FakeClock()))
    timer = timer_makers(steps, torch.device("cuda", 0), FakeClock())[-2]()
    assert isinstance(timer, RunAheadTimer)
    borders = [0, *sorted(timer.cuts), len(steps.steps)]
    return [range(start, stop) for start, stop in pairwise(borders)]


DEEP = ResNetSpec(block="bottleneck", blocks=(3, 8, 36, 3), width=4, stem="cifar", classes=5, input=(2, 3, 8, 8))


def test_a_deep_forward_pass_is_cut_between_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    work = prepared(DEEP)
    found = pieces(monkeypatch, work)
    starts = {call_range.start for call_range in work.block_ranges}
    assert 1 < len(found) <= 2 * (len(work.steps) // MAX_QUEUED_STEPS + 1)
    assert all(piece.start in starts for piece in found)
    assert max(len(piece) for piece in found) <= MAX_QUEUED_STEPS


def test_a_deep_backward_pass_is_cut_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """A section's backward launches at least one operation for each of its layers, and a card's queue takes 1,000."""
    work, steps = training(DEEP)
    layers = len(work.steps)
    backward = [call_range.stop - call_range.start for call_range in reversed(work.block_ranges)]
    for piece in pieces(monkeypatch, steps):
        launches = sum(1 if place < layers else backward[place - layers] for place in piece)
        assert launches <= MAX_QUEUED_STEPS


def test_the_double_replaces_every_method_that_reaches_for_a_card() -> None:
    """The double overrides every method that the timers call, so none of them reaches for a real card."""
    for name in ("event", "synchronize", "sleep", "capture"):
        assert getattr(FakeCuda, name) is not getattr(Cuda, name)


def test_the_warning_of_the_timer_that_measured_is_kept_with_the_run() -> None:
    clock = FakeClock()
    timer = ScriptedTimer(clock)
    timer.warning = Message("whole in pieces", {"n": 3})
    partial, _ = drafted((lambda: timer,), clock)
    assert partial.fallbacks == [Message("whole in pieces", {"n": 3})]
    partial, _ = drafted((lambda: ScriptedTimer(clock),), clock)
    assert partial.fallbacks == []
