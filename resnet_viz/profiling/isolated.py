"""Each distinct operation on its own: once for every (operation, input shapes), cold or warm."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from resnet_viz.device.info import DTYPES, UNKNOWN_CACHE, cache_bytes
from resnet_viz.graph.calls import Call, Operation
from resnet_viz.profiling.ceilings import Measure, timing
from resnet_viz.profiling.passes import Tick, warm_ups
from resnet_viz.profiling.statistics import settled
from resnet_viz.profiling.timers import Clock
from resnet_viz.profiling.workload import LAYOUTS, SEED
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
    settings: ProfileSettings,
    *,
    device: torch.device,
    clock: Clock,
    found: Alone,
) -> Iterator[Tick]:
    """Measure each distinct operation within its part of the budget; a tick after each."""
    found.stands_for.update(distinct(calls))
    places = [place for place, call in enumerate(calls) if found.stands_for[call.id] == call.id]
    measure = timing(device, clock)
    flush = flusher(device) if settings.cold else None
    yield Tick(True, None, 0.0, None)
    with torch.inference_mode():
        x = _inputs(calls[0], settings, device)[0]
        for _ in warm_ups(settings.but(warmup_passes=0), clock):  # clocks and libraries, not caches
            network(x)
    start = clock()
    for number, place in enumerate(places):
        call = calls[place]
        yield Tick(False, place, number / len(places), _left(clock() - start, number, len(places), settings))
        with torch.inference_mode():
            inputs = _inputs(call, settings, device)
            module = network.get_submodule(call.id)
            budget = settings.seconds / len(places)
            found.samples[call.id] = _repeat(measure, lambda: module(*inputs), flush, budget, settings, clock)  # noqa: B023


def flusher(device: torch.device) -> Callable[[], object]:
    """What writes a buffer twice the size of the last cache, so that nothing of an operation stays in it."""
    size = 2 * (cache_bytes(device) or UNKNOWN_CACHE)
    buffer = torch.empty(size, dtype=torch.uint8, device=device)
    return lambda: buffer.fill_(1)


def _repeat(
    measure: Measure,
    work: Callable[[], object],
    flush: Callable[[], object] | None,
    budget: float,
    settings: ProfileSettings,
    clock: Clock,
) -> list[float]:
    for _ in range(settings.warmup_passes):
        work()
    start = clock()
    samples: list[float] = []
    while True:
        if flush is not None:
            flush()
        samples.append(measure(work))
        spent = (clock() - start) / 1e9
        if len(samples) >= LEAST_REPETITIONS and (spent >= budget or settled(samples)):
            return samples


def _inputs(call: Call, settings: ProfileSettings, device: torch.device) -> list[Tensor]:
    generator = torch.Generator().manual_seed(SEED)
    found = []
    for shape in call.input_shapes:
        x = torch.randn(shape, generator=generator).to(device=device, dtype=DTYPES[settings.dtype])
        found.append(x.contiguous(memory_format=LAYOUTS[settings.memory_format]) if x.dim() == 4 else x)
    return found


def _left(spent_ns: int, done: int, total: int, settings: ProfileSettings) -> float:
    """The budget for the operations to come, or what the speed so far says."""
    if not done:
        return settings.seconds
    return spent_ns / 1e9 / done * (total - done)
