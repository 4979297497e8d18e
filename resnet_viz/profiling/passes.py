"""Warm up, then measure clean and marked passes in turn until the times have settled or the budget is spent."""

from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from resnet_viz.profiling.statistics import settled
from resnet_viz.profiling.timers import Clock, Timer
from resnet_viz.spec.profiling import ProfileSettings

Guard = Callable[[], AbstractContextManager[object]]
PAUSE_NS = 50_000_000
"""Whoever takes a tick for longer than this has let the machine cool down, or do something else."""


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


def interleaved(
    timer: Timer, settings: ProfileSettings, *, clock: Clock, guard: Guard, samples: Samples
) -> Iterator[Tick]:
    """Clean and marked passes A B A B into `samples`; a tick at least between the passes.

    After a pause a pass of no account comes first: else the clean passes, which follow it, would bear it alone.
    """
    yield from _warm_up(timer, settings, clock=clock, guard=guard)
    start = clock()
    while True:
        with guard():
            clean = timer.clean()
        row = yield from _guarded(timer, guard, lambda step: _tick(clock() - start, settings, step))
        samples.clean.append(clean)
        samples.rows.append(row)
        spent = (clock() - start) / 1e9
        told = clock()
        yield _tick(told - start, settings, None)
        if spent >= settings.seconds or (settled(samples.clean) and settled(samples.sums)):
            return
        if clock() - told > PAUSE_NS:
            with guard():
                timer.clean()


def _warm_up(timer: Timer, settings: ProfileSettings, *, clock: Clock, guard: Guard) -> Iterator[Tick]:
    start = clock()
    passes = 0
    while passes < settings.warmup_passes or clock() - start < settings.warmup_seconds * 1e9:
        yield from _guarded(timer, guard, lambda step: Tick(True, step, 0.0, None))
        passes += 1
        if passes < settings.warmup_passes or clock() - start < settings.warmup_seconds * 1e9:
            with guard():
                timer.clean()
            passes += 1
        yield Tick(True, None, 0.0, None)


def _guarded(timer: Timer, guard: Guard, tick: Callable[[int], Tick]) -> Generator[Tick, None, list[float]]:
    """A marked pass under the guard, which is left whenever a tick goes out."""
    marked = timer.marked()
    while True:
        try:
            with guard():
                step = next(marked)
        except StopIteration as end:
            row: list[float] = end.value
            return row
        yield tick(step)


def _tick(spent_ns: int, settings: ProfileSettings, step: int | None) -> Tick:
    spent = spent_ns / 1e9
    return Tick(False, step, min(1.0, spent / settings.seconds), max(0.0, settings.seconds - spent))
