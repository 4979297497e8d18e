"""The checks of a device's timers: their order, their cost, and whether a starved queue is noticed."""

import time
from itertools import pairwise

import torch

from resnet_viz.device.cuda import Cuda
from resnet_viz.profiling.timers.graph import GraphTimer
from resnet_viz.profiling.timers.host import HostTimer
from resnet_viz.profiling.timers.run_ahead import RunAheadTimer
from resnet_viz.profiling.timers.timer import step_times
from resnet_viz.selfcheck.check_setup import TOLERANCE_US, CheckSetup, outcome_of, workload_of
from resnet_viz.selfcheck.outcome import Outcome
from resnet_viz.texts import tr

CLOCK_READINGS = 100_000


def clock_runs_forward(setup: CheckSetup) -> Outcome:
    """Check the order of the events in a CUDA graph, elsewhere that of the host clock's readings."""
    if setup.on_cuda:
        workload = workload_of(setup, "resnet18", dtype="bf16", batch=16)
        with torch.inference_mode():
            timer = GraphTimer(workload, Cuda(setup.device))  # raises where events run backwards or too far
            times = step_times(timer)
        return outcome_of(tr("{n} events, the shortest step {us} µs").format(n=len(times) + 1, us=f"{min(times):.2f}"),
                        min(times) >= 0, shortest_us=min(times))  # fmt: skip
    readings = [time.perf_counter_ns() for _ in range(CLOCK_READINGS)]
    steps = [after - before for before, after in pairwise(readings)]
    return outcome_of(tr("{n} readings, the smallest step {ns} ns").format(n=f"{CLOCK_READINGS:,}", ns=min(steps)),
                    min(steps) >= 0, smallest_ns=min(steps))  # fmt: skip


def timestamp_cost(setup: CheckSetup) -> Outcome:
    """Check that a timestamp costs less than the layers that are worth looking at."""
    workload = workload_of(setup, "resnet18", batch=1)
    with torch.inference_mode():
        timer = GraphTimer(workload, Cuda(setup.device)) if setup.on_cuda else HostTimer(workload, time.perf_counter_ns)
    cost_us = timer.timestamp_us or 0.0
    return outcome_of(f"{cost_us:.2f} µs", 0 <= cost_us < TOLERANCE_US, mark_us=cost_us)


def starved_queue_is_noticed(setup: CheckSetup) -> Outcome:
    """Check that the timer sees that the host falls behind: without a sleep, a batch of one cannot keep it ahead."""
    if not setup.on_cuda:
        return outcome_of(tr("this device has no queue that could starve"), None)
    workload = workload_of(setup, "resnet50", dtype="bf16", batch=1)
    with torch.inference_mode():
        timer = RunAheadTimer(workload, Cuda(setup.device), workload.cuts, sleep_cycles=1_000)
        step_times(timer)
    figure = tr("starved passes before the queue was kept full: {n}").format(n=timer.starved_passes)
    return outcome_of(figure, timer.starved_passes > 0, starved=timer.starved_passes)
