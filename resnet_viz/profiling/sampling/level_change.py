"""Finds that the times of a measurement changed from one level to another, as a change of the clock makes them."""

from collections.abc import Sequence
from math import sqrt

from resnet_viz.profiling.statistics import quantile

MIN_LEVEL_PASSES, LEVEL_SHARE = 15, 0.1
"""The least number of passes that make a level, and the least share of all passes."""
MIN_CHANGE = 0.10
"""Two levels differ by at least this fraction of the lower one."""
MIN_Z = 4.0
"""The least standard score of the Mann-Whitney test: noise alone reaches it in one of 16,000 pairs of windows."""


def level_change(samples: Sequence[float]) -> tuple[float, float] | None:
    """Return the medians before and after the clearest change of level among samples in their order, or None.

    Two neighboring windows slide over the samples. They are two levels where their medians differ by `MIN_CHANGE` and
    their ranks by more than chance (Mann and Whitney, 1947), which outliers hardly move. A slow drift is no change of
    level, and neither are single slow passes.
    """
    width = max(MIN_LEVEL_PASSES, int(LEVEL_SHARE * len(samples)))
    clearest, found = 0.0, None
    for place in range(width, len(samples) - width + 1, max(1, width // MIN_LEVEL_PASSES)):
        first, second = sorted(samples[place - width : place]), sorted(samples[place : place + width])
        before, after = quantile(first, 0.5), quantile(second, 0.5)
        change = max(before, after) - min(before, after)
        if change >= MIN_CHANGE * min(before, after) and change > clearest and _standard_score(first, second) >= MIN_Z:
            clearest, found = change, (before, after)
    return found


def _standard_score(first: Sequence[float], second: Sequence[float]) -> float:
    """Return how many standard deviations the Mann-Whitney statistic of sorted samples is from that of equal ones."""
    below = equal = smaller = not_larger = 0
    for value in first:
        while smaller < len(second) and second[smaller] < value:
            smaller += 1
        while not_larger < len(second) and second[not_larger] <= value:
            not_larger += 1
        below += smaller
        equal += not_larger - smaller
    pairs = len(first) * len(second)
    return abs(below + equal / 2 - pairs / 2) / sqrt(pairs * (len(first) + len(second) + 1) / 12)
