"""Warm up, then measure one thing after the other, A B A B, until the times have settled or the budget is spent."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import count

import torch

from resnet_viz.profiling.statistics import settled
from resnet_viz.profiling.timers import Clock, Timer
from resnet_viz.spec.profiling import ProfileSettings

Guard = Callable[[], AbstractContextManager[object]]
Side = Callable[[], Iterator[int]]
"""One measurement, which keeps its own sample: it gives the number of a step now and then while it is slow."""
PAUSE_SECONDS = 0.05
"""Whoever takes a tick for longer than this has let the machine cool down, or do something else."""


@dataclass(frozen=True)
class Setup:
    """What a measurement is made with: its settings, the device and the clock, and the guard that passes run under."""

    settings: ProfileSettings
    device: torch.device
    clock: Clock
    guard: Guard = torch.inference_mode


@dataclass(frozen=True)
class Tick:
    """Where the measuring is: in which step (None between passes), how much of it is done, and the seconds left."""

    warming: bool
    step: int | None
    done: float
    seconds_left: float | None


@dataclass
class Samples:
    """Clean whole times and the rows of steps' times, in microseconds; filled as the passes go on."""

    clean: list[float] = field(default_factory=list)
    rows: list[list[float]] = field(default_factory=list)

    @property
    def sums(self) -> list[float]:
        """The steps' sum in each marked pass."""
        return [sum(row) for row in self.rows]


class Budget:
    """Seconds to measure in, from now on; other parts of the run have `before` and `after` them."""

    def __init__(self, seconds: float, clock: Clock, *, before: float = 0.0, after: float = 0.0) -> None:
        self.seconds, self.clock = seconds, clock
        self._before, self._run_seconds = before, before + seconds + after
        self._start = clock()

    @property
    def spent(self) -> float:
        """The seconds that have passed."""
        return (self.clock() - self._start) / 1e9

    def tick(self, spent: float, step: int | None = None) -> Tick:
        """How far the run is with so many of these seconds spent, and what is left of them."""
        spent = min(spent, self.seconds)
        return Tick(False, step, (self._before + spent) / self._run_seconds, self.seconds - spent)


def warm_ups(setup: Setup, *, least: int = 0) -> Iterator[int]:
    """The numbers of the passes that warm up: as many, and for as long, as the settings ask, and at least so many."""
    budget = Budget(setup.settings.warmup_seconds, setup.clock)
    for number in count():
        if number >= max(least, setup.settings.warmup_passes) and budget.spent >= budget.seconds:
            return
        yield number


def alternated(
    sides: Sequence[Side],
    budget: Budget,
    *,
    guard: Guard,
    enough: Callable[[], bool],
    least: int = 1,
    swapping: bool = False,
    after_pause: Callable[[], object] = lambda: None,
) -> Iterator[Tick]:
    """Rounds of all sides, at least so many, until there is enough or the budget is spent; a tick at least after each.

    The guard is left whenever a tick goes out. With `swapping` every second round goes the other way round. What comes
    `after_pause` is of no account: else the first side, which follows the pause, would bear it alone.
    """
    for number in count(1):
        for side in sides[::-1] if swapping and number % 2 == 0 else sides:
            for step in guarded(side(), guard):
                yield budget.tick(budget.spent, step)
        spent = budget.spent
        yield budget.tick(spent)
        if number >= least and (spent >= budget.seconds or enough()):
            return
        if budget.spent - spent > PAUSE_SECONDS:
            with guard():
                after_pause()


def at_once(measure: Callable[[], float], samples: list[float]) -> Side:
    """The side that measures without a word and appends to these samples."""

    def side() -> Iterator[int]:
        samples.append(measure())
        yield from ()

    return side


def guarded(steps: Iterator[int], guard: Guard) -> Iterator[int]:
    """The steps under the guard, which is left whenever one goes out."""
    while True:
        with guard():
            step = next(steps, None)
        if step is None:
            return
        yield step


def interleaved(timer: Timer, setup: Setup, samples: Samples) -> Iterator[Tick]:
    """Clean and marked passes A B A B into `samples`, until both have settled or the budget is spent."""
    for number in warm_ups(setup):
        if number % 2:
            with setup.guard():
                timer.clean()
        else:
            for step in guarded(timer.marked(), setup.guard):
                yield Tick(True, step, 0.0, None)
        yield Tick(True, None, 0.0, None)

    def marked() -> Iterator[int]:
        samples.rows.append((yield from timer.marked()))

    def enough() -> bool:
        return settled(samples.clean) and settled(samples.sums)

    sides = at_once(timer.clean, samples.clean), marked
    budget = Budget(setup.settings.seconds, setup.clock)
    yield from alternated(sides, budget, guard=setup.guard, enough=enough, after_pause=timer.clean)
