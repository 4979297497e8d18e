"""What this device does at most, measured: a large copy, a large matrix product, the shortest operation."""

import torch

from resnet_viz.device.cuda import Cuda
from resnet_viz.device.info import DTYPES, cache_bytes
from resnet_viz.profiling.statistics import quantile
from resnet_viz.profiling.timers import LONGEST_SLEEP, Clock, Measure, Work, by_clock, queued
from resnet_viz.records.run import Ceilings
from resnet_viz.spec.profiling import ProfileSettings

COPY_BYTES = {"cuda": 1 << 32, "cpu": 1 << 28}
MATRIX = {"cuda": 8_192, "cpu": 1_536}
REPETITIONS = 8
LAUNCHES = 50
SHORTEST_WAIT = 2_000_000  # cycles, about 1 ms


@torch.inference_mode()
def ceilings(device: torch.device, settings: ProfileSettings, clock: Clock) -> Ceilings:
    """Measure the device in the dtype of these settings; the best of several repetitions, since it is a ceiling.

    The copy counts the bytes read and the bytes written.
    """
    measure = timing(device, clock)
    cache = cache_bytes(device)
    elements = max(COPY_BYTES.get(device.type, 1 << 29), 2 * cache) // 4
    if device.type == "cuda":
        elements = min(elements, torch.cuda.mem_get_info(device)[0] // 4 // 4)
    copy_us = _copy_us(elements, device, measure)
    flops = _matrix_flops(device, settings, measure)
    tiny = torch.zeros(1, device=device)
    launch_us = _typical(measure, lambda: [tiny.add_(1) for _ in range(LAUNCHES)]) / LAUNCHES
    return Ceilings(
        bytes_per_second=2 * 4 * elements / copy_us * 1e6,
        flops_per_second=flops,
        launch_us=round(launch_us, 4),
        cache_bytes=cache,
    )


def release(device: torch.device) -> None:
    """Give back the memory that torch keeps for later, so that what is free can be seen."""
    if device.type == "cuda":
        torch.cuda.empty_cache()


def timing(device: torch.device, clock: Clock) -> Measure:
    """How to time one piece of work on this device: events behind a wait on CUDA, the host's clock elsewhere."""
    if device.type == "cuda":
        return _by_events(Cuda(device))
    return by_clock(waiter(device), clock)


def waiter(device: torch.device) -> Work:
    """What waits until the device has done its work; nothing for a CPU."""
    if device.type == "cuda":
        return Cuda(device).synchronise
    if device.type == "mps":
        return torch.mps.synchronize
    if device.type == "xpu":
        return lambda: torch.xpu.synchronize(device)
    return lambda: None


def _by_events(cuda: Cuda) -> Measure:
    """Events around the work, queued behind a wait that grows until the device never waits for the host."""
    cycles = SHORTEST_WAIT

    def measure(work: Work) -> float:
        nonlocal cycles
        while True:
            ahead, time_us = queued(cuda, cycles, work)
            if ahead or cycles >= LONGEST_SLEEP:
                return time_us
            cycles *= 2

    return measure


def _copy_us(elements: int, device: torch.device, measure: Measure) -> float:
    source = torch.ones(elements, device=device)
    target = torch.empty_like(source)
    return _best(measure, lambda: target.copy_(source))


def _matrix_flops(device: torch.device, settings: ProfileSettings, measure: Measure) -> float:
    size = MATRIX.get(device.type, 2_048)
    left, right = (torch.randn(size, size).to(device=device, dtype=DTYPES[settings.dtype]) for _ in range(2))
    return 2.0 * size**3 / _best(measure, lambda: left @ right) * 1e6


def _best(measure: Measure, work: Work) -> float:
    for _ in range(2):
        work()
    return min(measure(work) for _ in range(REPETITIONS))


def _typical(measure: Measure, work: Work) -> float:
    work()
    return quantile(sorted(measure(work) for _ in range(REPETITIONS)), 0.5)
