"""Each distinct operation timed on its own, once for every (operation, input shapes), cold or warm."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import torch
from torch import Tensor, nn

from resnet_viz.device.info import ASSUMED_CACHE_BYTES, cache_bytes
from resnet_viz.graph.calls import Call, Operation
from resnet_viz.profiling.ceilings import stopwatch_for
from resnet_viz.profiling.passes import Budget, Progress, Setup, warm_ups
from resnet_viz.profiling.statistics import has_settled
from resnet_viz.profiling.timers.timer import Runnable, Stopwatch
from resnet_viz.profiling.workload import RANDOM_SEED, random_input
from resnet_viz.records.analysis import Shape
from resnet_viz.spec.profiling import ProfileSettings

MIN_REPETITIONS = 5
OperationKey = tuple[Operation, tuple[Shape, ...]]


@dataclass
class IsolatedSamples:
    """The samples of each distinct operation in microseconds, by the id of the first layer that has it.

    `representative_of` maps every layer to that first layer.
    """

    samples: dict[str, list[float]] = field(default_factory=dict)
    representative_of: dict[str, str] = field(default_factory=dict)


def representatives(calls: Sequence[Call]) -> dict[str, str]:
    """Map each layer to the first one with the same operation and input shapes, which may be itself."""
    first: dict[OperationKey, str] = {}
    return {call.id: first.setdefault((call.operation, call.input_shapes), call.id) for call in calls}


def measure_isolated(
    network: nn.Module,
    calls: Sequence[Call],
    setup: Setup,
    isolated: IsolatedSamples,
) -> Iterator[Progress]:
    """Measure each distinct operation within its share of the budget; yield progress before each."""
    isolated.representative_of.update(representatives(calls))
    indices = [index for index, call in enumerate(calls) if isolated.representative_of[call.id] == call.id]
    settings, clock = setup.settings, setup.clock
    stopwatch = stopwatch_for(setup.device, clock)
    flush = cache_flusher(setup.device) if settings.cold else lambda: None
    yield Progress(True, None, 0.0, None)
    with torch.inference_mode():
        x = random_inputs(calls[0], settings, setup.device)[0]
        for _ in warm_ups(replace(setup, settings=settings.but(warmup_passes=0))):  # clocks and libraries, not caches
            network(x)
    start = clock()
    for number, index in enumerate(indices):
        call = calls[index]
        spent, remaining = (clock() - start) / 1e9, len(indices) - number
        seconds_left = spent / number * remaining if number else settings.seconds
        yield Progress(False, index, number / len(indices), seconds_left)
        with torch.inference_mode():
            inputs = random_inputs(call, settings, setup.device)
            module = network.get_submodule(call.id)
            seconds = settings.seconds / len(indices)
            isolated.samples[call.id] = repeat(stopwatch, partial(module, *inputs), flush, seconds, setup)


def cache_flusher(device: torch.device) -> Runnable:
    """Return a call that writes a buffer twice the size of the last-level cache, so that nothing else stays in it."""
    size = 2 * (cache_bytes(device) or ASSUMED_CACHE_BYTES)
    buffer = torch.empty(size, dtype=torch.uint8, device=device)
    return lambda: buffer.fill_(1)


def repeat(stopwatch: Stopwatch, work: Runnable, flush: Runnable, seconds: float, setup: Setup) -> list[float]:
    """Warm the work up, then time it until the times have settled or the seconds are spent; flush before each time."""
    for _ in range(setup.settings.warmup_passes):
        work()
    budget = Budget(seconds, setup.clock)
    samples: list[float] = []
    while len(samples) < MIN_REPETITIONS or not (budget.spent >= seconds or has_settled(samples)):
        flush()
        samples.append(stopwatch(work))
    return samples


def random_inputs(call: Call, settings: ProfileSettings, device: torch.device) -> list[Tensor]:
    """Return random tensors in the shapes of a call's inputs, in the layout and precision of the settings."""
    generator = torch.Generator().manual_seed(RANDOM_SEED)
    return [random_input(shape, settings, device, generator) for shape in call.input_shapes]
