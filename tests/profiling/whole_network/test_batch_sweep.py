"""The batch sweep: how long each batch size is measured, how it ends, and that it leaves no memory behind."""

import itertools
import weakref
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from resnet_viz.device.cuda import Graph
from resnet_viz.profiling.passes import Budget, Progress, Setup
from resnet_viz.profiling.timers import call_timers
from resnet_viz.profiling.whole_network import batch_sweep, peak_memory
from resnet_viz.profiling.whole_network.batch_sweep import BUSY_US, GROUPS, sweep_batches
from resnet_viz.profiling.workload import Workload
from resnet_viz.records.message import Message
from resnet_viz.records.run import BatchPoint
from resnet_viz.spec.profiling import ProfileSettings
from tests.profiling.doubles.clock import FakeClock
from tests.profiling.doubles.cuda import FakeCuda
from tests.profiling.doubles.networks import CPU, SMALL, prepared

CARD = torch.device("cuda", 0)
SETTINGS = ProfileSettings()
OUT_OF_MEMORY = [torch.OutOfMemoryError("CUDA out of memory"), MemoryError()]


def takes(work: Workload, us_of_batch: Callable[[int], float], spend: Callable[[float], None]) -> Workload:
    """Let the passes of a workload take so long; the network itself is not run, nor is there any other cost."""
    work.network.forward = lambda x: spend(us_of_batch(x.shape[0]))
    return work


def swept(
    work: Workload,
    clock: FakeClock,
    *,
    seconds: float = 100.0,
    fits: Callable[[int], bool] = lambda batch: batch <= 4,
    device: torch.device = CPU,
    settings: ProfileSettings = SETTINGS,
) -> tuple[list[BatchPoint], list[str], list[Progress]]:
    points: list[BatchPoint] = []
    messages: list[Message] = []
    setup = Setup(settings, device, clock, torch.no_grad)
    budget = Budget(seconds, clock)
    progress = list(sweep_batches(work, setup, budget, fits_memory=fits, points=points, messages=messages))
    return points, [str(message) for message in messages], progress


def test_passes_are_queued_in_five_groups_that_keep_the_device_busy_for_0_3_seconds() -> None:
    clock = FakeClock()
    work = takes(prepared(SMALL), lambda batch: 1000.0 * batch, clock.spend)
    points, _, _ = swept(work, clock)
    assert [point.passes for point in points] == [5 * 60, 5 * 30, 5 * 15]
    for point in points:
        assert (point.passes or 0) * 1000.0 * point.batch >= BUSY_US
        assert point.spread.n == GROUPS
        assert point.spread.median_us == pytest.approx(1000.0 * point.batch)
        assert point.images_per_second == pytest.approx(1000.0)
        assert (point.way, point.peak_bytes) == ("eager", None)


def test_the_device_is_waited_for_once_behind_each_group(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, order = FakeClock(), []
    monkeypatch.setattr(batch_sweep, "synchronizer", lambda _: lambda: order.append("wait"))

    def spend(us: float) -> None:
        order.append("pass")
        clock.spend(us)

    swept(takes(prepared(SMALL), lambda _: 20_000.0, spend), clock, fits=lambda batch: batch == 1)
    groups = [len(list(group)) for name, group in itertools.groupby(order) if name == "pass"]
    assert groups == [1, 1, *[3] * GROUPS], "two single passes, then groups of three"


def test_groups_shorter_than_expected_are_repeated_until_the_device_was_busy_long_enough() -> None:
    """A single pass contains the wait for it, so that a queued one is faster than it seemed."""
    clock = FakeClock()
    passes = itertools.count()
    work = takes(prepared(SMALL), lambda _: 20_000.0 if next(passes) < 2 else 10_000.0, clock.spend)
    (point,), _, _ = swept(work, clock, fits=lambda batch: batch == 1)
    assert (point.passes, point.spread.n) == (30, 10)
    assert point.images_per_second == pytest.approx(100.0)


@pytest.mark.parametrize(("pass_seconds", "groups"), [(30.0, 1), (5.0, 3), (2.6, 5), (0.1, 5)])
def test_slow_passes_are_measured_within_an_eighth_of_the_time_but_once_at_least(
    pass_seconds: float, groups: int
) -> None:
    clock = FakeClock()
    work = takes(prepared(SMALL), lambda _: 1e6 * pass_seconds, clock.spend)
    (point,), _, _ = swept(work, clock, seconds=100.0, fits=lambda batch: batch == 1)
    assert (point.passes, point.spread.n) == (groups, groups)


def test_the_throughput_is_that_of_all_passes() -> None:
    """A slow group counts as much as it took; the median alone would leave it out."""
    clock, groups = FakeClock(), itertools.count()
    work = takes(prepared(SMALL), lambda _: 400_000.0 if next(groups) == 3 else 100_000.0, clock.spend)
    (point,), _, _ = swept(work, clock, fits=lambda batch: batch == 1)
    assert point.spread.median_us == pytest.approx(100_000.0)
    assert point.images_per_second == pytest.approx(5 / 0.8)


def test_the_sweep_goes_to_the_largest_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_sweep, "MAX_SWEEP_BATCH", 8)
    clock = FakeClock()
    points, messages, progress = swept(takes(prepared(SMALL), lambda _: 100.0, clock.spend), clock, fits=lambda _: True)
    assert [point.batch for point in points] == [1, 2, 4, 8]
    assert messages == []
    assert [report.done for report in progress] == sorted(report.done for report in progress)
    assert all(0 <= report.done <= 1 for report in progress)


def test_the_sweep_stops_before_a_batch_that_does_not_fit() -> None:
    asked: list[int] = []

    def fits(batch: int) -> bool:
        asked.append(batch)
        return batch <= 4

    clock = FakeClock()
    points, messages, _ = swept(takes(prepared(SMALL), lambda _: 100.0, clock.spend), clock, fits=fits)
    assert [point.batch for point in points] == [1, 2, 4]
    assert asked == [1, 2, 4, 8]
    assert messages == ["The sweep ended before batch 8: it should not fit into memory."]


@pytest.mark.parametrize("error", OUT_OF_MEMORY)
def test_a_batch_that_runs_out_of_memory_ends_the_sweep(error: Exception) -> None:
    clock, work = FakeClock(), prepared(SMALL)

    def small_memory(x: Tensor) -> None:
        clock.spend(1e5)
        if x.shape[0] == 8:
            raise error

    work.network.forward = small_memory
    points, messages, _ = swept(work, clock, fits=lambda _: True)
    assert [point.batch for point in points] == [1, 2, 4]
    assert messages == ["The sweep ended at batch 8: the device ran out of memory."]


def test_the_images_of_a_failed_batch_are_gone_before_the_allocator_gives_its_memory_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock, made, living = FakeClock(), [], []

    def full(x: Tensor) -> None:
        made.append(weakref.ref(x))
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(batch_sweep, "empty_cache", lambda _: living.append([each() for each in made]))
    work = prepared(SMALL)
    work.network.forward = full
    assert swept(work, clock)[:2] == ([], ["The sweep ended at batch 1: the device ran out of memory."])
    assert living == [[], [None]]


def test_another_error_in_the_sweep_is_not_swallowed() -> None:
    work = prepared(SMALL)

    def broken(_module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        raise RuntimeError("device-side assert")

    work.network.register_forward_pre_hook(broken)
    with pytest.raises(RuntimeError, match="device-side"):
        swept(work, FakeClock())


def test_a_sweep_keeps_dtype_and_layout() -> None:
    seen: list[tuple[torch.dtype, bool]] = []
    settings = ProfileSettings(dtype="bf16", memory_format="channels_last")
    work = prepared(SMALL, dtype="bf16", memory_format="channels_last")
    work.network.register_forward_pre_hook(
        lambda _module, inputs: seen.append(
            (inputs[0].dtype, inputs[0].is_contiguous(memory_format=torch.channels_last))
        )
    )
    swept(work, FakeClock(reading_ns=20_000_000), settings=settings)
    assert set(seen) == {(torch.bfloat16, True)}


@pytest.mark.parametrize(
    ("pass_us", "seconds", "batches"),
    [
        (1_000.0, 0.6, 2),  # 0.302 s each; a third would end at 0.906 s
        (1_000.0, 0.95, 3),
        (1_000.0, 0.1, 2),  # two at least, to see how the throughput changes
        (100_000.0, 6.5, 3),  # seven passes of 0.1, 0.2 and 0.4 s; a fourth would take 5.6 s
    ],
)
def test_the_sweep_ends_before_a_batch_that_would_exceed_its_time(pass_us: float, seconds: float, batches: int) -> None:
    clock, slow = FakeClock(), pass_us > 50_000
    work = takes(prepared(SMALL), lambda batch: pass_us * (batch if slow else 1), clock.spend)
    points, messages, _ = swept(work, clock, seconds=seconds, fits=lambda _: True)
    assert len(points) == batches
    assert messages == [f"The sweep ended at batch {points[-1].batch}: its time was spent."]


class SweptCard(FakeCuda):
    """A fake card whose allocator reports a peak of 1,000 bytes for a first pass and of 600 for a later one."""

    synchronized = synchronized_at_reset = 0

    def synchronize(self) -> None:
        self.synchronized += 1
        super().synchronize()

    def reset_peak(self) -> None:
        self.synchronized_at_reset = self.synchronized

    def peak_bytes(self) -> int:
        return 600 if self.synchronized_at_reset else 1000


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> SweptCard:
    """A card on which a pass takes the host 2 ms to launch and the device 1 ms to run."""
    cuda = SweptCard(FakeClock(), host_us=2000.0)
    for part in (batch_sweep, call_timers, peak_memory):
        monkeypatch.setattr(part, "Cuda", lambda _: cuda)
    monkeypatch.setattr(batch_sweep, "random_batch", lambda work, batch, _: torch.empty(batch, *work.x.shape[1:]))
    monkeypatch.setattr(batch_sweep, "empty_cache", lambda _: None)
    return cuda


def test_a_card_replays_a_graph_so_that_its_host_does_not_limit_the_throughput(card: SweptCard) -> None:
    work = takes(prepared(SMALL), lambda _: 1000.0, card.launch)
    points, _, _ = swept(work, card.clock, device=CARD)
    assert [(point.way, point.peak_bytes) for point in points] == [("cuda-graph", 600)] * 3
    assert [point.spread.median_us for point in points] == pytest.approx([1000.0] * 3)
    assert [point.images_per_second for point in points] == pytest.approx([1000.0, 2000.0, 4000.0])


def test_after_a_refused_capture_the_sweep_is_eager_and_says_so(
    card: SweptCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    captures: list[object] = []

    def refuse(run_pass: object) -> Graph:
        captures.append(run_pass)
        raise RuntimeError("no graphs here")

    monkeypatch.setattr(card, "capture", refuse)
    points, _, _ = swept(takes(prepared(SMALL), lambda _: 1000.0, card.launch), card.clock, device=CARD)
    assert [point.way for point in points] == ["eager"] * 3
    assert len(captures) == 1
    assert points[0].spread.median_us == pytest.approx(2000.0, rel=0.05), "the host launches more slowly than it runs"


def test_a_capture_that_runs_out_of_memory_leaves_the_eager_passes_and_is_said(
    card: SweptCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    capture, captured = card.capture, []

    def small_memory(run_pass: Callable[[], object]) -> Graph:
        captured.append(run_pass)
        if len(captured) == 2:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return capture(run_pass)

    monkeypatch.setattr(card, "capture", small_memory)
    emptied: list[int] = []
    monkeypatch.setattr(batch_sweep, "empty_cache", lambda _: emptied.append(len(captured)))
    points, messages, _ = swept(takes(prepared(SMALL), lambda _: 1000.0, card.launch), card.clock, device=CARD)
    assert [(point.batch, point.way) for point in points] == [(1, "cuda-graph"), (2, "eager"), (4, "eager")]
    assert messages[0] == "From batch 2 on the sweep ran without CUDA graphs, for which there was too little memory."
    assert messages[1:] == ["The sweep ended before batch 8: it should not fit into memory."]
    assert len(captured) == 2, "a larger batch has no graph either"
    assert emptied == [0, 1, 2, 2, 2], "before each batch, and behind the failed capture"


def test_a_batch_whose_eager_pass_finds_no_memory_behind_a_failed_capture_ends_the_sweep(card: SweptCard) -> None:
    """The two passes before the capture still had enough."""
    card.refusal = "CUDA out of memory. Tried to allocate 2.00 GiB"
    work, passes = prepared(SMALL), itertools.count()

    def small_memory(_: Tensor) -> None:
        card.launch(1000.0)
        if next(passes) >= 2:
            raise torch.OutOfMemoryError("CUDA out of memory")

    work.network.forward = small_memory
    points, messages, _ = swept(work, card.clock, device=CARD)
    assert points == []
    assert messages == [
        "From batch 1 on the sweep ran without CUDA graphs, for which there was too little memory.",
        "The sweep ended at batch 1: the device ran out of memory.",
    ]
