"""The measured ceilings of a device (a large copy, a large matrix product, the shortest operation), and stopwatches."""

import torch

from resnet_viz.device.cuda import Cuda
from resnet_viz.device.info import DTYPES, cache_bytes
from resnet_viz.profiling.statistics import quantile
from resnet_viz.profiling.timers.stopwatches import MAX_SLEEP_CYCLES, host_stopwatch, time_queued
from resnet_viz.profiling.timers.timer import Clock, Runnable, Stopwatch
from resnet_viz.records.run import Ceilings
from resnet_viz.spec.profiling import ProfileSettings

COPY_BYTES = {"cuda": 1 << 32, "cpu": 1 << 28}
MATRIX_SIDE = {"cuda": 8_192, "cpu": 1_536}
REPETITIONS = 8
LAUNCHES_PER_SAMPLE = 50
FIRST_WAIT_CYCLES = 2_000_000  # about 1 ms


@torch.inference_mode()
def ceilings(device: torch.device, settings: ProfileSettings, clock: Clock) -> Ceilings:
    """Measure the device in the dtype of these settings; the best of several repetitions, since it is a ceiling.

    The copy counts the bytes read and the bytes written.
    """
    stopwatch = stopwatch_for(device, clock)
    cache = cache_bytes(device)
    elements = max(COPY_BYTES.get(device.type, 1 << 29), 2 * cache) // 4
    if device.type == "cuda":
        elements = min(elements, torch.cuda.mem_get_info(device)[0] // 4 // 4)
    copy_us = _copy_us(elements, device, stopwatch)
    flops = _matrix_flops(device, settings, stopwatch)
    tiny = torch.zeros(1, device=device)
    launch_us = _median_us(stopwatch, lambda: [tiny.add_(1) for _ in range(LAUNCHES_PER_SAMPLE)]) / LAUNCHES_PER_SAMPLE
    return Ceilings(
        bytes_per_second=2 * 4 * elements / copy_us * 1e6,
        flops_per_second=flops,
        launch_us=round(launch_us, 4),
        cache_bytes=cache,
    )


def empty_cache(device: torch.device) -> None:
    """Give back the memory that torch's CUDA allocator holds for later, so that it counts as free."""
    if device.type == "cuda":
        torch.cuda.empty_cache()


def stopwatch_for(device: torch.device, clock: Clock) -> Stopwatch:
    """Return the stopwatch of this device: events behind a sleep on CUDA, the host's clock elsewhere."""
    if device.type == "cuda":
        return event_stopwatch(Cuda(device))
    return host_stopwatch(synchronizer(device), clock)


def synchronizer(device: torch.device) -> Runnable:
    """Return a call that waits until the device has done its work; it does nothing for a CPU."""
    if device.type == "cuda":
        return Cuda(device).synchronize
    if device.type == "mps":
        return torch.mps.synchronize
    if device.type == "xpu":
        return lambda: torch.xpu.synchronize(device)
    return lambda: None


def event_stopwatch(cuda: Cuda) -> Stopwatch:
    """Return a stopwatch by events, behind a sleep that grows until the device never waits for the host."""
    cycles = FIRST_WAIT_CYCLES

    def measure(work: Runnable) -> float:
        nonlocal cycles
        while True:
            ahead, time_us = time_queued(cuda, cycles, work)
            if ahead or cycles >= MAX_SLEEP_CYCLES:
                return time_us
            cycles *= 2

    return measure


def _copy_us(elements: int, device: torch.device, stopwatch: Stopwatch) -> float:
    source = torch.ones(elements, device=device)
    target = torch.empty_like(source)
    return _shortest_us(stopwatch, lambda: target.copy_(source))


def _matrix_flops(device: torch.device, settings: ProfileSettings, stopwatch: Stopwatch) -> float:
    size = MATRIX_SIDE.get(device.type, 2_048)
    left, right = (torch.randn(size, size).to(device=device, dtype=DTYPES[settings.dtype]) for _ in range(2))
    return 2.0 * size**3 / _shortest_us(stopwatch, lambda: left @ right) * 1e6


def _shortest_us(stopwatch: Stopwatch, work: Runnable) -> float:
    for _ in range(2):
        work()
    return min(stopwatch(work) for _ in range(REPETITIONS))


def _median_us(stopwatch: Stopwatch, work: Runnable) -> float:
    work()
    return quantile(sorted(stopwatch(work) for _ in range(REPETITIONS)), 0.5)
