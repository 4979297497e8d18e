"""Each distinct operation timed on its own, once for every (operation, input shapes), with cold and warm caches."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import torch
from torch import Tensor, nn

from resnet_viz.device.info import ASSUMED_CACHE_BYTES, cache_bytes
from resnet_viz.graph.calls import Call, Operation
from resnet_viz.profiling.passes import Budget, Progress, Setup, warm_ups
from resnet_viz.profiling.statistics import has_settled
from resnet_viz.profiling.timers.call_timers import CallTimer, TimedCalls, Timing, call_timer
from resnet_viz.profiling.timers.timer import Runnable, TimerUnavailable
from resnet_viz.profiling.workload import RANDOM_SEED, random_input
from resnet_viz.records.analysis import Shape
from resnet_viz.records.message import Message
from resnet_viz.records.run import Method
from resnet_viz.spec.profiling import ProfileSettings

MIN_REPETITIONS = 5
OperationKey = tuple[Operation, tuple[Shape, ...]]


@dataclass
class IsolatedSamples:
    """The samples of each distinct operation in microseconds, by the id of the first layer that has it.

    `cold` are those behind a flush of the caches, `warm` those that follow the same operation. `representative_of`
    maps every layer to that first layer. `method` and `event_pair_us` are those of the call timer, `refusals` the
    reasons against a better one.
    """

    cold: dict[str, list[float]] = field(default_factory=dict)
    warm: dict[str, list[float]] = field(default_factory=dict)
    representative_of: dict[str, str] = field(default_factory=dict)
    method: Method | None = None
    event_pair_us: float | None = None
    refusals: list[Message] = field(default_factory=list)

    def main(self, settings: ProfileSettings) -> dict[str, list[float]]:
        """Return the samples in the state of the caches that the settings ask for."""
        return self.cold if settings.cold else self.warm


def representatives(calls: Sequence[Call]) -> dict[str, str]:
    """Map each layer to the first one with the same operation and input shapes, which may be itself."""
    first: dict[OperationKey, str] = {}
    return {call.id: first.setdefault((call.operation, call.input_shapes), call.id) for call in calls}


def measure_isolated(
    network: nn.Module, calls: Sequence[Call], setup: Setup, isolated: IsolatedSamples
) -> Iterator[Progress]:
    """Measure each distinct operation within its share of the budget, cold and warm; yield progress before each."""
    isolated.representative_of.update(representatives(calls))
    flush = cache_flusher(setup.device)
    yield Progress(True, None, 0.0, None)
    with torch.inference_mode():
        x = random_inputs(calls[0], setup.settings, setup.device)[0]
        for _ in warm_ups(replace(setup, settings=setup.settings.but(warmup_passes=0))):  # clocks, libraries: no caches
            network(x)
    while True:
        with torch.inference_mode():
            timer = call_timer(setup.device, setup.clock, isolated.refusals)
        isolated.method, isolated.event_pair_us = timer.method, timer.event_pair_us
        try:
            yield from _measure_operations(network, calls, setup, isolated, timer, flush)
            return
        except TimerUnavailable as unavailable:  # all are measured again, so that all are measured alike
            isolated.refusals.append(unavailable.message)
            isolated.cold.clear()
            isolated.warm.clear()


def _measure_operations(
    network: nn.Module,
    calls: Sequence[Call],
    setup: Setup,
    isolated: IsolatedSamples,
    timer: CallTimer,
    flush: Runnable,
) -> Iterator[Progress]:
    indices = [index for index, call in enumerate(calls) if isolated.representative_of[call.id] == call.id]
    settings, clock = setup.settings, setup.clock
    start = clock()
    for number, index in enumerate(indices):
        call = calls[index]
        spent, remaining = (clock() - start) / 1e9, len(indices) - number
        seconds_left = spent / number * remaining if number else settings.seconds
        yield Progress(False, index, number / len(indices), seconds_left)
        with torch.inference_mode():
            inputs = random_inputs(call, settings, setup.device)
            work = partial(network.get_submodule(call.id), *inputs)
            (timing,) = timer.timings(TimedCalls((work, work), before=flush))
            isolated.cold[call.id], isolated.warm[call.id] = repeat(timing, settings.seconds / len(indices), setup)


def cache_flusher(device: torch.device) -> Runnable:
    """Return a call that reads a buffer twice the size of the last-level cache, so that nothing else stays in it.

    Writing it would leave changed lines, which the timed operation would have to write back. The buffer is filled
    first: memory never written to may be a single page of zeros.
    """
    size = 2 * (cache_bytes(device) or ASSUMED_CACHE_BYTES)
    buffer = torch.ones(size // 4, device=device)
    return lambda: buffer.sum()


def repeat(timing: Timing, seconds: float, setup: Setup) -> tuple[list[float], list[float]]:
    """Warm a timing of two calls up, then repeat it until both have settled or the seconds are spent.

    Returns the times of each call.
    """
    for _ in range(setup.settings.warmup_passes):
        timing()
    budget = Budget(seconds, setup.clock)
    cold: list[float] = []
    warm: list[float] = []
    while len(cold) < MIN_REPETITIONS or not (budget.spent >= seconds or (has_settled(cold) and has_settled(warm))):
        cold_us, warm_us = timing()
        cold.append(cold_us)
        warm.append(warm_us)
    return cold, warm


def random_inputs(call: Call, settings: ProfileSettings, device: torch.device) -> list[Tensor]:
    """Return random tensors in the shapes of a call's inputs, in the layout and precision of the settings."""
    generator = torch.Generator().manual_seed(RANDOM_SEED)
    return [random_input(shape, settings, device, generator) for shape in call.input_shapes]
