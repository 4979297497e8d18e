"""The parts of the selfcheck that need a process of their own: a profiler slows what follows, memory really ends.

`python -m resnet_viz.selfcheck.worker profiler|memory DEVICE DTYPE BATCH` prints one JSON object.
"""

import sys
from collections.abc import Iterator
from typing import Any

import msgspec
import psutil
import torch
from torch.profiler import ProfilerActivity, profile, record_function

from resnet_viz.device import capacity as memory
from resnet_viz.device import info as device
from resnet_viz.errors import UserError
from resnet_viz.pipeline import analyse
from resnet_viz.profiling.statistics import quantile
from resnet_viz.profiling.workload import Workload, prepare
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import ProfileSettings

PASSES, WARM = 24, 4
RANGE = "layer:"
HEADROOM = 1 << 30
ABSURD_BATCH = 100_000


def main(arguments: list[str]) -> None:
    """Do one part and print what came out."""
    part, name, dtype, batch = arguments
    settings = msgspec.convert({"device": name, "dtype": dtype, "batch": int(batch)}, ProfileSettings)
    found: dict[str, object] = _profiler(settings) if part == "profiler" else {"sentence": _memory(settings)}
    sys.stdout.write(msgspec.json.encode(found).decode() + "\n")


def _profiler(settings: ProfileSettings) -> dict[str, object]:
    """The median time of each layer of ResNet-50 in microseconds, as torch's own profiler sees it: kernels on a card,
    the layer's range on a CPU.
    """
    where = device.check(settings)
    with device.prepared(where, settings), torch.inference_mode():
        work = prepare(settings.applied_to(preset("resnet50")), settings, where)
        for _ in range(WARM):
            work.whole()
        activities = [ProfilerActivity.CPU] + ([ProfilerActivity.CUDA] if where.type == "cuda" else [])
        with profile(activities=activities) as recorded:
            for _ in range(PASSES):
                _ranged(work)
            if where.type == "cuda":
                torch.cuda.synchronize(where)
    times: dict[str, list[float]] = {}
    for event in recorded.events() or []:
        if event.name.startswith(RANGE):
            spent = sum(_kernels(event)) if where.type == "cuda" else event.cpu_time_total
            times.setdefault(event.name.removeprefix(RANGE), []).append(spent)
    return {name: quantile(sorted(samples), 0.5) for name, samples in times.items()}


def _ranged(work: Workload) -> None:
    """One pass with a named range around each step."""
    open_range: Any = None
    for place in work.run():
        if open_range is not None:
            open_range.__exit__(None, None, None)
        if place < len(work.steps):
            open_range = record_function(RANGE + work.steps[place].id)
            open_range.__enter__()


def _kernels(event: "torch.autograd.profiler_util.FunctionEvent") -> Iterator[float]:
    yield from (kernel.duration for kernel in event.kernels)
    for inner in event.cpu_children:
        yield from _kernels(inner)


def _memory(settings: ProfileSettings) -> str:
    """What is said when memory really ends; a CPU's is made scarce first, so that the machine does not suffer."""
    where = device.check(settings)
    analysis = analyse(settings.but(batch=ABSURD_BATCH).applied_to(preset("resnet50")))
    if where.type == "cpu":
        import resource  # not on Windows, where this check is not made

        used = psutil.Process().memory_info().vms
        resource.setrlimit(resource.RLIMIT_AS, (used + HEADROOM, used + HEADROOM))
    try:
        prepare(analysis.spec, settings, where).whole()
    except (RuntimeError, MemoryError) as error:
        if not memory.is_out_of_memory(error):
            raise
        return str(memory.out_of_memory_error(analysis, settings, where))
    raise UserError("the memory did not end")


if __name__ == "__main__":
    main(sys.argv[1:])
