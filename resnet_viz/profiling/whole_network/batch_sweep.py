"""Throughput over batch sizes, with the passes queued one behind the other until memory or time ends."""

import gc
from collections.abc import Callable, Iterator
from functools import partial
from math import ceil

import torch
from torch import Tensor

from resnet_viz.device.capacity import is_out_of_memory
from resnet_viz.device.cuda import Cuda
from resnet_viz.profiling.ceilings import empty_cache
from resnet_viz.profiling.passes import Budget, Progress, Setup
from resnet_viz.profiling.statistics import summarize
from resnet_viz.profiling.timers.call_timers import synchronizer
from resnet_viz.profiling.timers.stopwatches import host_stopwatch
from resnet_viz.profiling.timers.timer import Runnable
from resnet_viz.profiling.whole_network.peak_memory import peak_bytes
from resnet_viz.profiling.workload import LAYOUTS, Workload
from resnet_viz.records.message import Message
from resnet_viz.records.run import BatchPoint, Execution

MAX_SWEEP_BATCH = 4_096
BUSY_US = 300_000.0
"""The least time for which the device works on one batch size, unless five passes take longer than its share."""
GROUPS = 5
"""The groups of passes in which a batch size is measured, with one synchronization behind each."""
SHARE_OF_POINT = 8
"""A batch size gets this part of the sweep's time at most, where that is longer than `BUSY_US`."""


def sweep_batches(
    workload: Workload,
    setup: Setup,
    budget: Budget,
    *,
    fits_memory: Callable[[int], bool],
    points: list[BatchPoint],
    messages: list[Message],
) -> Iterator[Progress]:
    """Measure batches of 1, 2, 4 … until memory or the budget ends; add the points, and a message that says why."""
    sweep = _Sweep(workload, setup, max(BUSY_US, budget.seconds / SHARE_OF_POINT * 1e6), messages)
    batch = 1
    while batch <= MAX_SWEEP_BATCH:
        empty_cache(setup.device)
        if not fits_memory(batch):
            messages.append(Message("sweep fits no more", {"n": batch}))
            return
        start = budget.spent
        yield budget.progress(start)
        point = sweep.point_or_none(batch)
        if point is None:
            _free_memory(setup.device)
            messages.append(Message("sweep out of memory", {"n": batch}))
            return
        points.append(point)
        took = budget.spent - start
        next_seconds = took if (point.passes or 0) > point.spread.n else 2 * took  # single passes take twice as long
        if budget.spent + next_seconds > budget.seconds and len(points) > 1:
            messages.append(Message("sweep out of time", {"n": batch}))
            return
        batch *= 2


def random_batch(workload: Workload, batch: int, setup: Setup) -> Tensor:
    """Return random images for the workload, in its dtype and layout."""
    x = torch.empty((batch, *workload.x.shape[1:]), dtype=workload.x.dtype, device=setup.device)
    return x.contiguous(memory_format=LAYOUTS[setup.settings.memory_format]).normal_()


def _free_memory(device: torch.device) -> None:
    gc.collect()  # a cycle may still hold a tensor of the failed pass
    empty_cache(device)


class _Sweep:
    """Measures single batch sizes; after a failed capture this one and all further ones are run eagerly.

    A graph for which there is too little memory becomes one of the `messages`.
    """

    def __init__(self, workload: Workload, setup: Setup, longest_us: float, messages: list[Message]) -> None:
        self._workload, self._setup, self._longest_us, self._messages = workload, setup, longest_us, messages
        self._stopwatch = host_stopwatch(synchronizer(setup.device), setup.clock)
        self._execution: Execution = "cuda-graph" if setup.device.type == "cuda" else "eager"

    def point_or_none(self, batch: int) -> BatchPoint | None:
        """Measure a batch size; return None where the device runs out of memory, which is then free again."""
        try:
            with self._setup.torch_mode():
                return self._point(batch)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
        return None

    def _point(self, batch: int) -> BatchPoint:
        eager_pass = partial(self._workload.network, random_batch(self._workload, batch, self._setup))
        peak = peak_bytes(self._setup.device, eager_pass)
        run_pass = self._fastest(eager_pass, batch)
        self._stopwatch(run_pass)
        passes = max(1, ceil(BUSY_US / GROUPS / self._stopwatch(run_pass)))

        def run_group() -> None:
            for _ in range(passes):
                run_pass()

        groups: list[float] = []
        while not groups or (sum(groups) < self._longest_us and (len(groups) < GROUPS or sum(groups) < BUSY_US)):
            groups.append(self._stopwatch(run_group))
        summary = summarize([group / passes for group in groups])
        images_per_second = batch * passes * len(groups) / sum(groups) * 1e6
        return BatchPoint(batch, summary, images_per_second, peak, self._execution, passes * len(groups))

    def _fastest(self, eager_pass: Runnable, batch: int) -> Runnable:
        """Return the replay of a graph of the pass where the device can capture it, which spares the launches."""
        if self._execution == "cuda-graph":
            try:
                return Cuda(self._setup.device).capture(eager_pass).replay
            except RuntimeError as error:
                self._execution = "eager"
                if is_out_of_memory(error):
                    self._messages.append(Message("sweep graph out of memory", {"n": batch}))
            _free_memory(self._setup.device)
        return eager_pass
