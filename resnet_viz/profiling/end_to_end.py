"""The whole network from end to end: eager, as a CUDA graph, compiled; a sweep over batch sizes; peak memory."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

import torch

from resnet_viz.device.capacity import is_out_of_memory
from resnet_viz.device.cuda import Cuda
from resnet_viz.profiling.call_timers import synchronizer
from resnet_viz.profiling.passes import Budget, Progress, Setup, sampler_of, take_rounds, warm_ups
from resnet_viz.profiling.peak_memory import peak_bytes, peak_of_pass
from resnet_viz.profiling.statistics import measurement_of, quantile, summarize
from resnet_viz.profiling.timers.stopwatches import host_stopwatch
from resnet_viz.profiling.timers.timer import Runnable
from resnet_viz.profiling.training_step import TrainingWorkload, training_work
from resnet_viz.profiling.workload import LAYOUTS, Workload
from resnet_viz.records.message import Message
from resnet_viz.records.run import BatchPoint, EndToEndTime, Execution

SWEEP_SHARE = 0.4
"""The share of the time budget that the batch sweep gets."""
MAX_SWEEP_BATCH = 4_096
MIN_REPETITIONS = 5


@dataclass
class EndToEndResults:
    """The end-to-end results so far; `messages` say which executions were refused and why."""

    times: list[EndToEndTime] = field(default_factory=list)
    sweep: list[BatchPoint] = field(default_factory=list)
    peak_bytes: int | None = None
    messages: list[Message] = field(default_factory=list)

    @property
    def launch_bound_factor(self) -> float | None:
        """The median of eager execution ÷ that of the CUDA graph; None where either is missing."""
        p50_us = {time.way: time.p50_us for time in self.times}
        eager, graph = p50_us.get("eager"), p50_us.get("cuda-graph")
        return eager / graph if eager and graph else None


def measure_end_to_end(
    workload: Workload, setup: Setup, *, fits_memory: Callable[[int], bool], results: EndToEndResults
) -> Iterator[Progress]:
    """Measure every execution that the settings ask for, then sweep over the batches that `fits_memory` allows.

    Latencies are by the host's clock, from an idle device to an idle device.
    """
    settings, clock, torch_mode = setup.settings, setup.clock, setup.torch_mode
    work = training_work(workload, settings.used_optimizer) if settings.is_training else workload
    with torch_mode():
        results.peak_bytes = peak_of_pass(setup.device, work)
    sweep_seconds = SWEEP_SHARE * settings.seconds if settings.sweep and not settings.is_training else 0.0
    stopwatch = host_stopwatch(synchronizer(setup.device), clock, work.prepare_pass)
    passes: dict[Execution, Runnable] = {}
    for execution, prepare in executions(work, setup):
        yield Progress(True, None, 0.0, None)
        try:
            with torch_mode():
                run_pass = prepare()
                for _ in warm_ups(setup, min_passes=1):
                    stopwatch(run_pass)
            passes[execution] = run_pass
        except Exception as error:  # compilers fail in many ways; each is a message, and the others are still measured
            if execution == "eager" or is_out_of_memory(error):
                raise
            results.messages.append(_refused_message(execution, error))
    samples: dict[Execution, list[float]] = {execution: [] for execution in passes}
    samplers = [sampler_of(partial(stopwatch, run_pass), samples[way]) for way, run_pass in passes.items()]
    budget = Budget(settings.seconds - sweep_seconds, clock, after=sweep_seconds)
    for progress in take_rounds(
        samplers, budget, torch_mode=torch_mode, enough=lambda: False, min_rounds=MIN_REPETITIONS
    ):
        batch = workload.x.shape[0]
        results.times = [end_to_end_time(execution, times, batch) for execution, times in samples.items()]
        yield progress
    passes.clear()  # a graph keeps its memory, which the sweep needs
    samplers.clear()
    if sweep_seconds:
        budget = Budget(sweep_seconds, clock, before=settings.seconds - sweep_seconds)
        yield from _sweep_batches(workload, setup, budget, fits_memory=fits_memory, results=results)


def end_to_end_time(execution: Execution, samples: list[float], batch: int) -> EndToEndTime:
    """Return latency percentiles and images per second from samples in microseconds."""
    ordered = sorted(samples)
    p50, p90, p99 = (quantile(ordered, fraction) for fraction in (0.5, 0.9, 0.99))
    return EndToEndTime(
        execution, measurement_of(samples), round(p50, 4), round(p90, 4), round(p99, 4), batch / p50 * 1e6
    )


def executions(work: Workload | TrainingWorkload, setup: Setup) -> Iterator[tuple[Execution, Callable[[], Runnable]]]:
    """Yield every execution that the device and the settings allow, with what prepares its pass."""
    yield "eager", lambda: work.run_whole
    if isinstance(work, Workload) and setup.device.type == "cuda":
        yield "cuda-graph", lambda: Cuda(setup.device).capture(work.run_whole).replay
    if isinstance(work, Workload) and setup.settings.compiled:
        yield "compiled", lambda: partial(torch.compile(work.network), work.x)


def _refused_message(execution: Execution, error: Exception) -> Message:
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:160]
    return Message("way refused", {"way": {"cuda-graph": "CUDA graph"}.get(execution, execution), "reason": reason})


def _sweep_batches(
    workload: Workload, setup: Setup, budget: Budget, *, fits_memory: Callable[[int], bool], results: EndToEndResults
) -> Iterator[Progress]:
    """Measure batches of 1, 2, 4 … until memory or the budget ends."""
    batch = 1
    while batch <= MAX_SWEEP_BATCH:
        if not fits_memory(batch):
            results.messages.append(Message("sweep fits no more", {"n": batch}))
            return
        yield budget.progress(budget.spent)
        try:
            with setup.torch_mode():
                point = _batch_point(workload, batch, setup, budget.seconds / 8)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            results.messages.append(Message("sweep out of memory", {"n": batch}))
            return
        results.sweep.append(point)
        next_us = 2 * point.spread.median_us * 2  # a warm-up and a measurement at twice the batch
        if budget.spent + next_us / 1e6 > budget.seconds and len(results.sweep) > 1:
            results.messages.append(Message("sweep out of time", {"n": batch}))
            return
        batch *= 2


def _batch_point(workload: Workload, batch: int, setup: Setup, seconds: float) -> BatchPoint:
    x = torch.empty((batch, *workload.x.shape[1:]), dtype=workload.x.dtype, device=setup.device)
    x = x.contiguous(memory_format=LAYOUTS[setup.settings.memory_format]).normal_()
    stopwatch = host_stopwatch(synchronizer(setup.device), setup.clock)
    run_pass = partial(workload.network, x)
    peak = peak_bytes(setup.device, run_pass)
    stopwatch(run_pass)
    samples: list[float] = []
    while not samples or (len(samples) < MIN_REPETITIONS and sum(samples) <= seconds * 1e6):
        samples.append(stopwatch(run_pass))
    summary = summarize(samples)
    return BatchPoint(batch, summary, batch / summary.median_us * 1e6, peak)
