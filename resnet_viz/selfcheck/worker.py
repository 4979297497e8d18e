"""The parts of the selfcheck that need a process of their own: a profiler slows what follows, and memory runs out.

`python -m resnet_viz.selfcheck.worker profiler|memory DEVICE DTYPE BATCH` prints one JSON object.
"""

import sys
from collections.abc import Iterable
from typing import Any

import msgspec
import psutil
import torch
from torch.profiler import ProfilerActivity, profile, record_function

from resnet_viz.device import capacity
from resnet_viz.device import info as device_info
from resnet_viz.errors import UserError
from resnet_viz.pipeline import analyse
from resnet_viz.profiling.kernels.events import RANGE_PREFIX, ProfilerEvent, named_ranges
from resnet_viz.profiling.statistics import quantile
from resnet_viz.profiling.workload import Workload, prepare
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import ProfileSettings

PASSES, WARMUP_PASSES = 24, 4
HEADROOM_BYTES = 1 << 30
ABSURD_BATCH = 100_000


def main(arguments: list[str]) -> None:
    """Run one part and print its result."""
    part, name, dtype, batch = arguments
    settings = msgspec.convert({"device": name, "dtype": dtype, "batch": int(batch)}, ProfileSettings)
    result: object = profiled_us(settings) if part == "profiler" else {"sentence": _run_out_of_memory(settings)}
    sys.stdout.write(msgspec.json.encode(result).decode() + "\n")


def profiled_us(settings: ProfileSettings) -> dict[str, float]:
    """Return the median time of each layer of ResNet-50 in microseconds by torch's own profiler.

    A layer's time is that of its kernels on a card, and of its named range on a CPU.
    """
    device = device_info.check(settings)
    on_cuda = device.type == "cuda"
    with device_info.prepared(device, settings), torch.inference_mode():
        workload = prepare(settings.applied_to(preset("resnet50")), settings, device)
        for _ in range(WARMUP_PASSES):
            workload.run_whole()
        activities = [ProfilerActivity.CPU] + ([ProfilerActivity.CUDA] if on_cuda else [])
        with profile(activities=activities) as recorded:
            for _ in range(PASSES):
                _run_with_named_ranges(workload)
            if on_cuda:
                torch.cuda.synchronize(device)
    return medians_us(recorded.events() or [], on_cuda=on_cuda)


def medians_us(events: Iterable[ProfilerEvent], *, on_cuda: bool) -> dict[str, float]:
    """Return the median time of each layer in the events of some passes with named ranges."""
    times: dict[str, list[float]] = {}
    for found in named_ranges(events):
        time_us = sum(kernel.duration_us for kernel in found.kernels) if on_cuda else found.host_us
        times.setdefault(found.layer, []).append(time_us)
    return {name: quantile(sorted(samples), 0.5) for name, samples in times.items()}


def _run_with_named_ranges(workload: Workload) -> None:
    """Run a pass with a named profiler range around each step."""
    open_range: Any = None
    for index in workload.run_steps():
        if open_range is not None:
            open_range.__exit__(None, None, None)
        if index < len(workload.steps):
            open_range = record_function(RANGE_PREFIX + workload.steps[index].id)
            open_range.__enter__()


def _run_out_of_memory(settings: ProfileSettings) -> str:
    """Run out of memory and return the sentence that a user would see.

    This process limits its own memory on a CPU, so that the machine does not suffer.
    """
    device = device_info.check(settings)
    analysis = analyse(settings.but(batch=ABSURD_BATCH).applied_to(preset("resnet50")))
    if device.type == "cpu":
        import resource  # not on Windows, where this check is not made

        used = psutil.Process().memory_info().vms
        resource.setrlimit(resource.RLIMIT_AS, (used + HEADROOM_BYTES, used + HEADROOM_BYTES))
    try:
        prepare(analysis.spec, settings, device).run_whole()
    except (RuntimeError, MemoryError) as error:
        if not capacity.is_out_of_memory(error):
            raise
        return str(capacity.out_of_memory_error(analysis, settings, device))
    raise UserError("the device did not run out of memory")


if __name__ == "__main__":
    main(sys.argv[1:])
