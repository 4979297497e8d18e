"""Each distinct operation on its own: once for every (operation, input shapes), cold or warm."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import torch
from torch import Tensor, nn

from resnet_viz.device.info import UNKNOWN_CACHE, cache_bytes
from resnet_viz.graph.calls import Call, Operation
from resnet_viz.profiling.ceilings import timing
from resnet_viz.profiling.passes import Budget, Setup, Tick, warm_ups
from resnet_viz.profiling.statistics import settled
from resnet_viz.profiling.timers import Measure, Work
from resnet_viz.profiling.workload import SEED, random_input
from resnet_viz.records.analysis import Shape
from resnet_viz.spec.profiling import ProfileSettings

LEAST_REPETITIONS = 5
Key = tuple[Operation, tuple[Shape, ...]]


@dataclass
class Alone:
    """The samples of each distinct operation, by the id of the first layer that has it; `stands_for` maps the rest."""

    samples: dict[str, list[float]] = field(default_factory=dict)
    stands_for: dict[str, str] = field(default_factory=dict)


def distinct(calls: Sequence[Call]) -> dict[str, str]:
    """For each layer the first one with the same operation and input shapes, itself included."""
    first: dict[Key, str] = {}
    return {call.id: first.setdefault((call.operation, call.input_shapes), call.id) for call in calls}


def measure_alone(
    network: nn.Module,
    calls: Sequence[Call],
    setup: Setup,
    found: Alone,
) -> Iterator[Tick]:
    """Measure each distinct operation within its part of the budget; a tick after each."""
    found.stands_for.update(distinct(calls))
    places = [place for place, call in enumerate(calls) if found.stands_for[call.id] == call.id]
    settings, clock = setup.settings, setup.clock
    measure = timing(setup.device, clock)
    flush = flusher(setup.device) if settings.cold else lambda: None
    yield Tick(True, None, 0.0, None)
    with torch.inference_mode():
        x = _inputs(calls[0], settings, setup.device)[0]
        for _ in warm_ups(replace(setup, settings=settings.but(warmup_passes=0))):  # clocks and libraries, not caches
            network(x)
    start = clock()
    for number, place in enumerate(places):
        call = calls[place]
        spent, rest = (clock() - start) / 1e9, len(places) - number
        yield Tick(False, place, number / len(places), spent / number * rest if number else settings.seconds)
        with torch.inference_mode():
            inputs = _inputs(call, settings, setup.device)
            module = network.get_submodule(call.id)
            work = partial(module, *inputs)
            found.samples[call.id] = _repeat(measure, work, flush, settings.seconds / len(places), setup)


def flusher(device: torch.device) -> Work:
    """What writes a buffer twice the size of the last cache, so that nothing of an operation stays in it."""
    size = 2 * (cache_bytes(device) or UNKNOWN_CACHE)
    buffer = torch.empty(size, dtype=torch.uint8, device=device)
    return lambda: buffer.fill_(1)


def _repeat(measure: Measure, work: Work, flush: Work, seconds: float, setup: Setup) -> list[float]:
    for _ in range(setup.settings.warmup_passes):
        work()
    budget = Budget(seconds, setup.clock)
    samples: list[float] = []
    while len(samples) < LEAST_REPETITIONS or not (budget.spent >= seconds or settled(samples)):
        flush()
        samples.append(measure(work))
    return samples


def _inputs(call: Call, settings: ProfileSettings, device: torch.device) -> list[Tensor]:
    generator = torch.Generator().manual_seed(SEED)
    return [random_input(shape, settings, device, generator) for shape in call.input_shapes]
