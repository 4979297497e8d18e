"""Warm-up, then interleaved passes (A B A B) until their times have settled or the time budget is spent."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import count

import torch

from resnet_viz.profiling.sampling.samples import Samples, Span
from resnet_viz.profiling.sampling.stopping import StoppingRule
from resnet_viz.profiling.timers.timer import Clock, Timer
from resnet_viz.spec.profiling import ProfileSettings

TorchMode = Callable[[], AbstractContextManager[object]]
"""Makes the context that passes run in, such as `torch.no_grad`."""
Sampler = Callable[[], Iterator[int]]
"""Takes one sample and stores it; while that is slow, it yields the number of the current step now and then."""
PAUSE_SECONDS = 0.05
"""After a longer pause between two rounds the device has cooled down, or the host has done other work."""


@dataclass(frozen=True)
class Setup:
    """The settings, device, clock and torch mode of a measurement."""

    settings: ProfileSettings
    device: torch.device
    clock: Clock
    torch_mode: TorchMode = torch.inference_mode


@dataclass(frozen=True)
class Progress:
    """The current step of a pass (None between passes), the fraction done, and the seconds left (None if unknown)."""

    warming_up: bool
    step: int | None
    done: float
    seconds_left: float | None


class Budget:
    """A time budget in seconds that starts when it is made.

    `before` and `after` are the seconds that other parts of the same run take, so that progress is that of the run.
    """

    def __init__(self, seconds: float, clock: Clock, *, before: float = 0.0, after: float = 0.0) -> None:
        self.seconds, self.clock = seconds, clock
        self._before, self._run_seconds = before, before + seconds + after
        self._start = clock()

    @property
    def spent(self) -> float:
        """The seconds that have passed since the start."""
        return (self.clock() - self._start) / 1e9

    def progress(self, spent: float, step: int | None = None) -> Progress:
        """Return the progress of the run after `spent` seconds of this budget."""
        spent = min(spent, self.seconds)
        return Progress(False, step, (self._before + spent) / self._run_seconds, self.seconds - spent)


def warm_ups(setup: Setup, *, min_passes: int = 0) -> Iterator[int]:
    """Count the warm-up passes from 0, until there were as many and they took as long as the settings ask.

    There are at least `min_passes`, whatever the settings say.
    """
    budget = Budget(setup.settings.warmup_seconds, setup.clock)
    for number in count():
        if number >= max(min_passes, setup.settings.warmup_passes) and budget.spent >= budget.seconds:
            return
        yield number


def take_rounds(
    samplers: Sequence[Sampler],
    budget: Budget,
    *,
    torch_mode: TorchMode,
    enough: Callable[[], bool],
    min_rounds: int = 1,
    swap_order: bool = False,
    discarded_pass: Callable[[], object] = lambda: None,
) -> Iterator[Progress]:
    """Take rounds of one sample from each sampler, until there are `enough` or the budget is spent.

    Progress is reported at least once a round, always outside the torch mode. With `swap_order` every second round
    takes the samplers in reverse. Where the consumer of the progress pauses, `discarded_pass` runs before the next
    round: otherwise the first sampler alone would pay for the pause.
    """
    for number in count(1):
        for sampler in samplers[::-1] if swap_order and number % 2 == 0 else samplers:
            for step in in_torch_mode(sampler(), torch_mode):
                yield budget.progress(budget.spent, step)
        spent = budget.spent
        yield budget.progress(spent)
        if number >= min_rounds and (spent >= budget.seconds or enough()):
            return
        if budget.spent - spent > PAUSE_SECONDS:
            with torch_mode():
                discarded_pass()


def sampler_of(measure: Callable[[], float], samples: list[float]) -> Sampler:
    """Return a sampler that reports no steps and appends what `measure` returns to `samples`."""

    def sampler() -> Iterator[int]:
        samples.append(measure())
        yield from ()

    return sampler


def in_torch_mode(steps: Iterator[int], torch_mode: TorchMode) -> Iterator[int]:
    """Iterate over `steps` inside the torch mode, and leave it whenever a step is yielded."""
    while True:
        with torch_mode():
            step = next(steps, None)
        if step is None:
            return
        yield step


def measure_passes(
    timer: Timer,
    setup: Setup,
    samples: Samples,
    disturbed: Callable[[], Sequence[Span]] = tuple,
    *,
    seconds_after: float = 0.0,
) -> Iterator[Progress]:
    """Warm up, then add uninstrumented, instrumented and, where the timer has them, sparse passes, interleaved.

    Measuring ends when their medians are certain or the time budget is spent, of which the last `seconds_after` are
    left to something else. Passes within the spans that `disturbed` returns do not count, unless they are most of them.
    """
    for number in warm_ups(setup):
        if number % 2:
            with setup.torch_mode():
                timer.time_whole()
        else:
            for step in in_torch_mode(timer.time_steps(), setup.torch_mode):
                yield Progress(True, step, 0.0, None)
        yield Progress(True, None, 0.0, None)

    def uninstrumented() -> Iterator[int]:
        start = setup.clock()
        samples.uninstrumented.append(timer.time_whole())
        samples.uninstrumented_spans.append((start, setup.clock()))
        yield from ()

    def instrumented() -> Iterator[int]:
        start = setup.clock()
        samples.rows.append((yield from timer.time_steps()))
        samples.row_spans.append((start, setup.clock()))

    def sparse() -> Iterator[int]:
        start = setup.clock()
        if times := timer.time_sparsely():
            samples.sparse.append(times)
            samples.sparse_spans.append((start, setup.clock()))
        yield from ()

    yield from take_rounds(
        (uninstrumented, instrumented, sparse),
        Budget(setup.settings.seconds - seconds_after, setup.clock, after=seconds_after),
        torch_mode=setup.torch_mode,
        enough=StoppingRule(samples, disturbed),
        discarded_pass=timer.time_whole,
    )
