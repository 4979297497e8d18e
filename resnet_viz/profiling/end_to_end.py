"""The whole network from end to end: eager, as a CUDA graph, compiled; a sweep over batch sizes; peak memory."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

import torch

from resnet_viz.device.capacity import is_out_of_memory
from resnet_viz.device.cuda import Cuda
from resnet_viz.profiling.ceilings import waiter
from resnet_viz.profiling.passes import Budget, Setup, Tick, alternated, at_once, warm_ups
from resnet_viz.profiling.statistics import quantile, summarize, timed
from resnet_viz.profiling.timers import Work, by_clock
from resnet_viz.profiling.workload import LAYOUTS, TrainingWork, Workload
from resnet_viz.records.message import Message
from resnet_viz.records.run import BatchPoint, EndToEndTime, Execution

SWEEP_PART = 0.4
"""The part of the time budget that the batch sweep gets."""
LARGEST_BATCH = 4_096
LEAST_REPETITIONS = 5


@dataclass
class Ends:
    """What has been measured from end to end so far, and which ways were refused and why."""

    ways: list[EndToEndTime] = field(default_factory=list)
    sweep: list[BatchPoint] = field(default_factory=list)
    peak_bytes: int | None = None
    fallbacks: list[Message] = field(default_factory=list)

    @property
    def launch_bound_factor(self) -> float | None:
        """Eager ÷ CUDA graph; None where either is missing."""
        by_way = {end.way: end.p50_us for end in self.ways}
        eager, graph = by_way.get("eager"), by_way.get("cuda-graph")
        return eager / graph if eager and graph else None


def measure_ends(work: Workload, setup: Setup, *, fits: Callable[[int], bool], found: Ends) -> Iterator[Tick]:
    """Every way that the settings ask for, then the sweep over the batches that `fits` allows.

    Latencies are by the host's clock, from an idle device to an idle device.
    """
    settings, clock, guard = setup.settings, setup.clock, setup.guard
    run = TrainingWork(work) if settings.passes == "forward+backward" else work
    with guard():
        found.peak_bytes = peak_bytes(setup.device, run.whole)
    sweep_seconds = SWEEP_PART * settings.seconds if settings.sweep and settings.passes == "forward" else 0.0
    measure = by_clock(waiter(setup.device), clock, run.ready)
    ways: dict[Execution, Work] = {}
    for way, make in _ways(run, setup):
        yield Tick(True, None, 0.0, None)
        try:
            with guard():
                once = make()
                for _ in warm_ups(setup, least=1):
                    measure(once)
            ways[way] = once
        except Exception as error:  # a compiler fails in its own many ways; each is a reason, not an end
            if way == "eager" or is_out_of_memory(error):
                raise
            found.fallbacks.append(_refusal(way, error))
    samples: dict[Execution, list[float]] = {way: [] for way in ways}
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
        yield from _sweep(work, setup, budget, fits=fits, found=found)


def end_to_end(way: Execution, samples: list[float], batch: int) -> EndToEndTime:
    """Latency percentiles and images a second from the samples."""
    ordered = sorted(samples)
    p50, p90, p99 = (quantile(ordered, part) for part in (0.5, 0.9, 0.99))
    return EndToEndTime(way, timed(samples), round(p50, 4), round(p90, 4), round(p99, 4), batch / p50 * 1e6)


def peak_bytes(device: torch.device, once: Work) -> int | None:
    """The memory that tensors take at the peak of one pass; None where the device's allocator does not tell."""
    if device.type != "cuda":
        return None
    cuda = Cuda(device)
    cuda.reset_peak()
    once()
    cuda.synchronise()
    return cuda.peak_bytes()


def _ways(run: Workload | TrainingWork, setup: Setup) -> Iterator[tuple[Execution, Callable[[], Work]]]:
    yield "eager", lambda: run.whole
    if isinstance(run, Workload) and setup.device.type == "cuda":
        yield "cuda-graph", lambda: Cuda(setup.device).capture(run.whole).replay
    if isinstance(run, Workload) and setup.settings.compiled:
        yield "compiled", lambda: partial(torch.compile(run.network), run.x)


def _refusal(way: Execution, error: Exception) -> Message:
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:160]
    return Message("way refused", {"way": {"cuda-graph": "CUDA graph"}.get(way, way), "reason": reason})


def _sweep(work: Workload, setup: Setup, budget: Budget, *, fits: Callable[[int], bool], found: Ends) -> Iterator[Tick]:
    """Batches 1, 2, 4 … until memory or the budget ends."""
    batch = 1
    while batch <= LARGEST_BATCH:
        if not fits(batch):
            found.fallbacks.append(Message("sweep fits no more", {"n": batch}))
            return
        yield budget.tick(budget.spent)
        try:
            with setup.guard():
                point = _point(work, batch, setup, budget.seconds / 8)
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


def _point(work: Workload, batch: int, setup: Setup, seconds: float) -> BatchPoint:
    x = torch.empty((batch, *work.x.shape[1:]), dtype=work.x.dtype, device=setup.device)
    x = x.contiguous(memory_format=LAYOUTS[setup.settings.memory_format]).normal_()
    measure, once = by_clock(waiter(setup.device), setup.clock), partial(work.network, x)
    peak = peak_bytes(setup.device, once)
    measure(once)
    samples: list[float] = []
    while not samples or (len(samples) < LEAST_REPETITIONS and sum(samples) <= seconds * 1e6):
        samples.append(measure(once))
    return BatchPoint(batch, summarize(samples), batch / summarize(samples).median_us * 1e6, peak)
