"""When a measurement has run enough passes: not before its medians are certain enough, and looked at seldom."""

from collections.abc import Callable, Iterator, Sequence
from math import ceil

from resnet_viz.profiling.sampling.samples import Samples, Span, undisturbed
from resnet_viz.profiling.statistics import GROWTH, MIN_PASSES, is_certain

MIN_BUSY_SECONDS = 1.0
"""The least time that the passes of both kinds must have kept the device busy."""
MAIN_SHARE = 0.90
"""The medians of the layers that make this share of the time must be certain; the others are too short to matter."""
MAX_VALUES = 20_000_000
"""The most times of steps that a measurement holds, about 600 MB."""


class StoppingRule:
    """Whether the samples of a measurement are enough, asked after each round of passes.

    They are with at least `MIN_PASSES` of either kind, `MIN_BUSY_SECONDS` of work, and medians that are certain: that
    of the whole network, of the layers' sum, and of the layers that make most of the time. Only the passes that the
    result will be made of count: see `undisturbed`, which is given the spans that `disturbed` returns.
    """

    def __init__(self, samples: Samples, disturbed: Callable[[], Sequence[Span]] = tuple) -> None:
        self._samples, self._disturbed = samples, disturbed
        self._next_look = MIN_PASSES
        self._main_steps: list[int] = []

    def __call__(self) -> bool:
        """Return whether the samples are enough; most calls compare two numbers."""
        passes = len(self._samples.rows)
        if passes < self._next_look:
            return False
        self._next_look = ceil(passes * GROWTH)
        if passes * len(self._samples.rows[0]) >= MAX_VALUES:
            return True
        samples = undisturbed(self._samples, self._disturbed())
        if min(len(samples.rows), len(samples.uninstrumented)) < MIN_PASSES:
            return False
        sums = samples.sums
        if sum(samples.uninstrumented) + sum(sums) < 1e6 * MIN_BUSY_SECONDS:
            return False
        return is_certain(samples.uninstrumented) and is_certain(sums) and self._steps_are_certain(samples.rows)

    def _steps_are_certain(self, rows: Sequence[Sequence[float]]) -> bool:
        """Return whether the main steps' medians are certain; a step that was not is looked at first the next time."""
        self._main_steps = self._main_steps or list(main_steps(rows))
        for place, step in enumerate(self._main_steps):
            if not is_certain([row[step] for row in rows]):
                self._main_steps.insert(0, self._main_steps.pop(place))
                return False
        return True


def main_steps(rows: Sequence[Sequence[float]]) -> Iterator[int]:
    """Yield the steps that take the most time, the longest first, until they make `MAIN_SHARE` of it."""
    times = [sum(column) for column in zip(*rows, strict=True)]
    left = MAIN_SHARE * sum(times)
    for step in sorted(range(len(times)), key=lambda step: -times[step]):
        if left <= 0:
            return
        left -= times[step]
        yield step
