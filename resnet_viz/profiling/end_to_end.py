"""The whole network from end to end: eager, as a CUDA graph, compiled; a sweep over batch sizes; peak memory."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

import torch
from torch import Tensor, nn

from resnet_viz.device.capacity import is_out_of_memory
from resnet_viz.device.cuda import Cuda
from resnet_viz.profiling.ceilings import by_clock, waiter
from resnet_viz.profiling.passes import Budget, Guard, Tick, alternated, at_once, warm_ups
from resnet_viz.profiling.statistics import quantile, spread, timed
from resnet_viz.profiling.timers import Clock
from resnet_viz.profiling.workload import TrainingWork, Workload
from resnet_viz.records.message import Message
from resnet_viz.records.run import EndToEnd, SweepPoint, Way
from resnet_viz.spec.profiling import ProfileSettings

SWEEP_PART = 0.4
"""The part of the time budget that the batch sweep gets."""
LARGEST_BATCH = 4_096
LEAST_REPETITIONS = 5


@dataclass
class Ends:
    """What has been measured from end to end so far, and which ways were refused and why."""

    ways: list[EndToEnd] = field(default_factory=list)
    sweep: list[SweepPoint] = field(default_factory=list)
    peak_bytes: int | None = None
    fallbacks: list[Message] = field(default_factory=list)

    @property
    def launch_bound_factor(self) -> float | None:
        """Eager ÷ CUDA graph; None where either is missing."""
        by_way = {end.way: end.p50_us for end in self.ways}
        if "eager" not in by_way or "cuda-graph" not in by_way:
            return None
        return by_way["eager"] / by_way["cuda-graph"]


def measure_ends(
    work: Workload,
    settings: ProfileSettings,
    *,
    device: torch.device,
    clock: Clock,
    guard: Guard,
    fits: Callable[[int], bool],
    found: Ends,
) -> Iterator[Tick]:
    """Every way that the settings ask for, then the sweep over the batches that `fits` allows.

    Latencies are by the host's clock, from an idle device to an idle device.
    """
    run = TrainingWork(work) if settings.passes == "forward+backward" else work
    with guard():
        found.peak_bytes = peak_bytes(device, run.whole)
    sweep_seconds = SWEEP_PART * settings.seconds if settings.sweep and settings.passes == "forward" else 0.0
    measure = by_clock(waiter(device), clock, run.ready)
    ways: dict[Way, Callable[[], object]] = {}
    for way, make in _ways(run, work, settings, device):
        yield Tick(True, None, 0.0, None)
        try:
            with guard():
                once = make()
                for _ in warm_ups(settings, clock, least=1):
                    measure(once)
            ways[way] = once
        except Exception as error:  # a compiler fails in its own many ways; each is a reason, not an end
            if way == "eager" or is_out_of_memory(error):
                raise
            found.fallbacks.append(_refusal(way, error))
    samples: dict[Way, list[float]] = {way: [] for way in ways}
    sides = [at_once(partial(measure, once), samples[way]) for way, once in ways.items()]
    budget = Budget(settings.seconds - sweep_seconds, clock, after=sweep_seconds)
    for tick in alternated(sides, budget, guard=guard, enough=lambda: False, least=LEAST_REPETITIONS):
        if tick.step is None:
            found.ways = [end_to_end(way, times, work.x.shape[0]) for way, times in samples.items()]
        yield tick
    ways.clear()  # a graph keeps its memory, which the sweep needs
    sides.clear()
    if sweep_seconds:
        budget = Budget(sweep_seconds, clock, before=settings.seconds - sweep_seconds)
        yield from _sweep(work, budget, device=device, guard=guard, fits=fits, found=found)


def end_to_end(way: Way, samples: list[float], batch: int) -> EndToEnd:
    """Latency percentiles and images a second from the samples."""
    ordered = sorted(samples)
    p50, p90, p99 = (quantile(ordered, part) for part in (0.5, 0.9, 0.99))
    return EndToEnd(way, timed(samples), round(p50, 4), round(p90, 4), round(p99, 4), batch / p50 * 1e6)


def peak_bytes(device: torch.device, once: Callable[[], object]) -> int | None:
    """The memory that tensors take at the peak of one pass; None where the device's allocator does not tell."""
    if device.type != "cuda":
        return None
    cuda = Cuda(device)
    cuda.reset_peak()
    once()
    cuda.synchronise()
    return cuda.peak_bytes()


def _ways(
    run: Workload | TrainingWork, work: Workload, settings: ProfileSettings, device: torch.device
) -> Iterator[tuple[Way, Callable[[], Callable[[], object]]]]:
    yield "eager", lambda: run.whole
    if device.type == "cuda" and settings.passes == "forward":
        yield "cuda-graph", lambda: Cuda(device).capture(work.whole).replay
    if settings.compiled and settings.passes == "forward":
        yield "compiled", lambda: _compiled(work.network, work.x)


def _compiled(network: nn.Module, x: Tensor) -> Callable[[], object]:
    compiled = torch.compile(network)
    return lambda: compiled(x)


def _refusal(way: Way, error: Exception) -> Message:
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:160]
    return Message("way refused", {"way": {"cuda-graph": "CUDA graph"}.get(way, way), "reason": reason})


def _sweep(
    work: Workload,
    budget: Budget,
    *,
    device: torch.device,
    guard: Guard,
    fits: Callable[[int], bool],
    found: Ends,
) -> Iterator[Tick]:
    """Batches 1, 2, 4 … until memory or the budget ends."""
    batch = 1
    while batch <= LARGEST_BATCH:
        if not fits(batch):
            found.fallbacks.append(Message("sweep fits no more", {"n": batch}))
            return
        yield budget.tick(budget.spent)
        try:
            with guard():
                point = _point(work, batch, device=device, clock=budget.clock, seconds=budget.seconds / 8)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            found.fallbacks.append(Message("sweep out of memory", {"n": batch}))
            return
        found.sweep.append(point)
        next_us = 2 * point.spread.median_us * 2  # a warm-up and a measurement at twice the batch
        if budget.spent + next_us / 1e6 > budget.seconds and len(found.sweep) > 1:
            found.fallbacks.append(Message("sweep out of time", {"n": batch}))
            return
        batch *= 2


def _point(work: Workload, batch: int, *, device: torch.device, clock: Clock, seconds: float) -> SweepPoint:
    shape = (batch, *work.x.shape[1:])
    x = torch.empty(shape, dtype=work.x.dtype, device=device)
    x = x.contiguous(memory_format=_layout(work.x)).normal_()
    measure = by_clock(waiter(device), clock)
    peak = peak_bytes(device, lambda: work.network(x))
    measure(lambda: work.network(x))
    samples: list[float] = []
    while not samples or (len(samples) < LEAST_REPETITIONS and sum(samples) <= seconds * 1e6):
        samples.append(measure(lambda: work.network(x)))
    return SweepPoint(batch, spread(samples), batch / spread(samples).median_us * 1e6, peak)


def _layout(x: Tensor) -> torch.memory_format:
    strided = x.dim() == 4 and x.is_contiguous(memory_format=torch.channels_last) and not x.is_contiguous()
    return torch.channels_last if strided else torch.contiguous_format
