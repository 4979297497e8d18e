"""The whole network from end to end: eager, as a CUDA graph, compiled; latency percentiles and peak memory."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, partial

import torch

from resnet_viz.device.capacity import is_out_of_memory
from resnet_viz.device.cuda import Cuda
from resnet_viz.profiling.passes import Budget, Progress, Setup, sampler_of, take_rounds, warm_ups
from resnet_viz.profiling.statistics import measurement_of, quantile
from resnet_viz.profiling.timers.call_timers import synchronizer
from resnet_viz.profiling.timers.stopwatches import host_stopwatch
from resnet_viz.profiling.timers.timer import Runnable, Stopwatch
from resnet_viz.profiling.training_step import ClearingPass, TrainingWorkload, training_work
from resnet_viz.profiling.whole_network.batch_sweep import sweep_batches
from resnet_viz.profiling.whole_network.peak_memory import peak_of_pass
from resnet_viz.profiling.workload import Workload
from resnet_viz.records.message import Message
from resnet_viz.records.run import BatchPoint, EndToEndTime, Execution

SWEEP_SHARE = 0.4
"""The share of the time budget that the batch sweep gets."""
MIN_REPETITIONS = 5
EXECUTION_NAMES: dict[Execution, str] = {
    "cuda-graph": "CUDA graph", "compiled-graph": "CUDA graph of the compiled network",
}  # fmt: skip


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
    yield from _prepare_executions(executions(work, setup), stopwatch, setup, passes, results)
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
        yield from sweep_batches(
            workload, setup, budget, fits_memory=fits_memory, points=results.sweep, messages=results.messages
        )


def _prepare_executions(
    prepared: Iterable[tuple[Execution, Callable[[], Runnable]]],
    stopwatch: Stopwatch,
    setup: Setup,
    passes: dict[Execution, Runnable],
    results: EndToEndResults,
) -> Iterator[Progress]:
    """Prepare the passes and warm them up; those that are refused become messages.

    Nothing here outlives the last progress, so that a pass is held by `passes` alone.
    """
    for execution, prepare in prepared:
        yield Progress(True, None, 0.0, None)
        try:
            with setup.torch_mode():
                run_pass = prepare()
                for _ in warm_ups(setup, min_passes=1):
                    stopwatch(run_pass)
            passes[execution] = run_pass
        except Exception as error:  # compilers fail in many ways; each is a message, and the others are still measured
            if execution == "eager":
                raise
            results.messages.append(_refused_message(execution, error))


def end_to_end_time(execution: Execution, samples: list[float], batch: int) -> EndToEndTime:
    """Return latency percentiles and images per second from samples in microseconds."""
    ordered = sorted(samples)
    p50_us, p90_us, p99_us = quantile(ordered, 0.5), percentile(ordered, 90), percentile(ordered, 99)
    return EndToEndTime(execution, measurement_of(samples), round(p50_us, 4), p90_us, p99_us, batch / p50_us * 1e6)


def percentile(ordered: Sequence[float], percent: int) -> float | None:
    """Return a percentile of sorted samples, rounded to a tenth of a nanosecond; None for too few samples.

    At least one sample must lie above it: of fewer than 100, P99 would be but another name for the largest.
    """
    if len(ordered) * (100 - percent) < 100:
        return None
    return round(quantile(ordered, percent / 100), 4)


def executions(work: Workload | TrainingWorkload, setup: Setup) -> Iterator[tuple[Execution, Callable[[], Runnable]]]:
    """Yield every execution that the device and the settings allow, with what prepares its pass.

    All of them read the workload's own input; no pass copies it.
    """
    on_card = setup.device.type == "cuda"
    yield "eager", lambda: work.run_whole
    captured = work if isinstance(work, Workload) else ClearingPass(work)
    if on_card:
        yield "cuda-graph", lambda: Cuda(setup.device).capture(captured.run_whole).replay
    if not isinstance(work, Workload):
        return
    if setup.settings.compiled:
        compiled = cache(lambda: partial(torch.compile(work.network), work.x))
        yield "compiled", compiled
        if on_card:
            yield "compiled-graph", lambda: Cuda(setup.device).capture(compiled()).replay


def _refused_message(execution: Execution, error: Exception) -> Message:
    if is_out_of_memory(error):
        return Message("way out of memory", {"way": EXECUTION_NAMES.get(execution, execution)})
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:160]
    return Message("way refused", {"way": EXECUTION_NAMES.get(execution, execution), "reason": reason})
