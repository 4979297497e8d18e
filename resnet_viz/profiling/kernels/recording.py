"""Recordings of a workload by torch's profiler: eager passes with a named range for each layer, and graph replays."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from statistics import median
from typing import Any

from torch.autograd.profiler import profile, record_function

from resnet_viz.device.cuda import Cuda, Graph
from resnet_viz.profiling.kernels.attribution import (
    KernelsUnavailable,
    agreement,
    given_to_layers,
    owners_of,
    split_passes,
)
from resnet_viz.profiling.kernels.events import RANGE_PREFIX, NamedRange, device_activities, named_ranges
from resnet_viz.profiling.kernels.operators import operators_of_layers
from resnet_viz.profiling.timers.host import HostTimer
from resnet_viz.profiling.timers.timer import step_times
from resnet_viz.profiling.workload import Workload
from resnet_viz.records.kernels import KernelTimes
from resnet_viz.records.message import Message

Recorder = Callable[[Callable[[], object], int], Sequence[Any]]
"""Runs a piece of work so many times under torch's profiler and returns its events."""

WARMUP_PASSES, MIN_PASSES, MAX_PASSES = 3, 3, 24
RECORDED_SECONDS = 2.0
"""About how long the passes of one recording take together."""


def recorded(work: Callable[[], object], passes: int, device: str | None = None) -> Sequence[Any]:
    """Run the work so many times under torch's profiler and return its events; `device` is "cuda" to record a card."""
    start_profiler: Any = profile  # that of torch.profiler imports a compiler, which takes seconds
    with start_profiler(use_cpu=True, use_device=device, use_kineto=True) as profiler:
        for _ in range(passes):
            work()
    events: Sequence[Any] = profiler.function_events or []
    return events


recorded_with_device: Recorder = partial(recorded, device="cuda")


def kernels_on_processor(workload: Workload) -> KernelTimes:
    """Return the times of torch's operators in each layer, compared with timestamps of interleaved passes.

    Two processes on one processor may differ by a tenth, which would hide what is compared.
    """
    run_recorded = partial(_run_with_ranges, workload)
    timer = HostTimer(workload, time.perf_counter_ns)
    rows: list[list[float]] = []
    ranges: list[list[NamedRange]] = []
    passes = _passes_in_time(run_recorded)
    for _ in range(passes):
        rows.append(step_times(timer))
        ranges += _ranges_of_passes(recorded(run_recorded, 1), workload, 1)
    layers = operators_of_layers(ranges)
    ids = [step.id for step in workload.steps]
    own_us = {layer: median(column) for layer, column in zip(ids, zip(*rows, strict=True), strict=True)}
    return KernelTimes("operators", passes, layers, agreement(own_us, layers, "operators"))


def kernels_on_card(
    workload: Workload, cuda: Cuda, record: Recorder = recorded_with_device
) -> tuple[KernelTimes, tuple[Message, ...]]:
    """Return the kernel times of a graph's replays; where there are none, those of eager passes and the reason.

    The graph is captured before the profiler starts. Raises KernelsUnavailable where not even the kernels of eager
    passes can be given to layers.
    """

    def run_pass() -> None:
        _run_with_ranges(workload)
        cuda.synchronize()

    layers = [step.id for step in workload.steps]
    passes = _passes_in_time(run_pass)
    graph, messages = _captured(workload, cuda)
    events = record(run_pass, passes)
    owners = owners_of(_ranges_of_passes(events, workload, passes)[-1])
    if graph is not None:
        replays = record(partial(_replay, graph, cuda), passes)
        try:
            replayed = split_passes(device_activities(replays), passes)
            return KernelTimes("graph", passes, given_to_layers(owners, replayed, layers)), ()
        except KernelsUnavailable as unavailable:
            messages = (unavailable.message,)
    eager = split_passes(device_activities(events), passes)
    return KernelTimes("eager", passes, given_to_layers(owners, eager, layers)), messages


def _captured(workload: Workload, cuda: Cuda) -> tuple[Graph | None, tuple[Message, ...]]:
    """Capture the uninstrumented pass; return the graph, or the reason why the device refused it."""
    try:
        return cuda.capture(workload.run_whole), ()
    except RuntimeError as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:160]
        return None, (Message("graph refused", {"reason": reason}),)


def _replay(graph: Graph, cuda: Cuda) -> None:
    graph.replay()
    cuda.synchronize()


def _ranges_of_passes(events: Sequence[Any], workload: Workload, passes: int) -> list[list[NamedRange]]:
    """Return the named ranges of each pass; raises KernelsUnavailable where the profiler lost some."""
    ranges, size = named_ranges(events), len(workload.steps)
    if len(ranges) != passes * size:
        raise KernelsUnavailable("ranges lost", n=len(ranges), expected=passes * size)
    return [ranges[start : start + size] for start in range(0, len(ranges), size)]


def _passes_in_time(run_pass: Callable[[], object]) -> int:
    """Warm up, and return how many passes fit into the time of a recording."""
    took: list[float] = []
    for _ in range(WARMUP_PASSES):
        start = time.perf_counter()
        run_pass()
        took.append(time.perf_counter() - start)
    return max(MIN_PASSES, min(MAX_PASSES, int(RECORDED_SECONDS / max(min(took), 1e-6))))


def _run_with_ranges(workload: Workload) -> None:
    """Run a pass with a named range around each step."""
    opened: Any = None
    for index in workload.run_steps():
        if opened is not None:
            opened.__exit__(None, None, None)
        if index < len(workload.steps):
            opened = record_function(RANGE_PREFIX + workload.steps[index].id)
            opened.__enter__()
