"""The measured ceilings of a device: a large copy, a large matrix product, and the shortest operation."""

import torch

from resnet_viz.device.cuda import Cuda
from resnet_viz.device.host_memory import give_back_freed_memory
from resnet_viz.device.info import DTYPES, cache_bytes
from resnet_viz.profiling.statistics import quantile
from resnet_viz.profiling.timers.call_timers import (
    LAUNCHES,
    QueuedCallTimer,
    TimedCalls,
    Timing,
    shortest_operation,
    timings_of,
)
from resnet_viz.profiling.timers.timer import Clock, Runnable
from resnet_viz.records.run import Ceilings
from resnet_viz.spec.profiling import ProfileSettings

COPY_BYTES = {"cuda": 1 << 32, "cpu": 1 << 28}
MATRIX_SIDE = {"cuda": 8_192, "cpu": 1_536}
REPETITIONS = 8


@torch.inference_mode()
def ceilings(device: torch.device, settings: ProfileSettings, clock: Clock) -> Ceilings:
    """Measure the device in the dtype of these settings; the best of several repetitions, since it is a ceiling.

    The copy counts the bytes read and the bytes written.
    """
    cache = cache_bytes(device)
    elements = max(COPY_BYTES.get(device.type, 1 << 29), 2 * cache) // 4
    if device.type == "cuda":
        elements = min(elements, torch.cuda.mem_get_info(device)[0] // 4 // 4)
    side, shortest = MATRIX_SIDE.get(device.type, 2_048), shortest_operation(device)
    works = _copy(elements, device), _matrix_product(side, device, settings), lambda: _repeat(shortest, LAUNCHES)
    timed = timings_of(device, clock, *[TimedCalls((work,)) for work in works])
    copy, product, launches = timed.timings
    launch_us, eager_launch_us = timed.timer.launch_us, None
    if launch_us is None:
        launch_us = quantile(sorted(_repeated_us(launches, warm_runs=1)), 0.5) / LAUNCHES
    else:
        is_eager = timed.timer.method == "run-ahead"
        eager_launch_us = launch_us if is_eager else QueuedCallTimer(Cuda(device), shortest).launch_us
    return Ceilings(
        bytes_per_second=2 * 4 * elements / min(_repeated_us(copy)) * 1e6,
        flops_per_second=2.0 * side**3 / min(_repeated_us(product)) * 1e6,
        launch_us=round(launch_us, 4),
        cache_bytes=cache,
        eager_launch_us=None if eager_launch_us is None else round(eager_launch_us, 4),
    )


def empty_cache(device: torch.device) -> None:
    """Give back the memory that torch's CUDA allocator or the C library holds for later, so that it counts as free."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "cpu":
        give_back_freed_memory()


def _copy(elements: int, device: torch.device) -> Runnable:
    source = torch.ones(elements, device=device)
    target = torch.empty_like(source)
    return lambda: target.copy_(source)


def _matrix_product(side: int, device: torch.device, settings: ProfileSettings) -> Runnable:
    left, right = (torch.randn(side, side).to(device=device, dtype=DTYPES[settings.dtype]) for _ in range(2))
    return lambda: left @ right


def _repeat(work: Runnable, times: int) -> None:
    for _ in range(times):
        work()


def _repeated_us(timing: Timing, warm_runs: int = 2) -> list[float]:
    for _ in range(warm_runs):
        timing()
    return [timing()[0] for _ in range(REPETITIONS)]
