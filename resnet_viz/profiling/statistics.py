"""Statistics of repeated measurements: median, quartiles, how certain the median is, and warnings about noise."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import ceil, floor, sqrt
from statistics import NormalDist, fmean

from resnet_viz.profiling.sampling.samples import filed_samples
from resnet_viz.records.message import Message
from resnet_viz.records.run import Measurement, TimeSummary

CONFIDENCE = 0.95
TARGET_UNCERTAINTY = 0.01
"""Half the width of a median's 95 % confidence interval, as a fraction of the median, at which measuring may stop."""
RESOLUTION_US = 0.5
"""The resolution of CUDA's events; an interval that is no wider cannot become narrower."""
MIN_PASSES = 50
"""Fewer passes are no measurement."""
GROWTH = 1.15
"""The number of passes grows by this factor from one look at them to the next, so that looking costs little."""
MAX_SAMPLES = 100_000_000
MAX_EXACT_RANKS = 1_000
NOISY_VARIATION, VERY_NOISY_VARIATION = 0.10, 0.25
MIN_SAMPLES = 10
"""Fewer rounds have no bootstrap confidence interval."""


def quantile(ordered: Sequence[float], fraction: float) -> float:
    """Return the value below which `fraction` of the sorted samples lie, interpolated as numpy does by default."""
    position = fraction * (len(ordered) - 1)
    low = int(position)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (position - low)


def summarize(samples: Sequence[float]) -> TimeSummary:
    """Return the summary of at least one sample, rounded to a tenth of a nanosecond."""
    ordered = sorted(samples)
    q1, median, q3 = (quantile(ordered, fraction) for fraction in (0.25, 0.5, 0.75))
    low, high = median_interval(ordered) or (None, None)
    return TimeSummary(
        round(median, 4),
        round(q1, 4),
        round(q3, 4),
        round(ordered[0], 4),
        len(ordered),
        None if low is None else round(low, 4),
        None if high is None else round(high, 4),
        round(fmean(ordered), 4),
    )


def median_interval(ordered: Sequence[float]) -> tuple[float, float] | None:
    """Return the 95 % confidence interval of the median of sorted samples; None where there are fewer than six.

    Its ends are samples, and it holds for any distribution: the number of samples below the true median is binomial
    (Hoefler and Belli, "Scientific Benchmarking of Parallel Computing Systems", SC 2015, section 3.1.3). Passes are
    taken to be independent of each other.
    """
    place = _low_place(len(ordered))
    return None if place is None else (ordered[place], ordered[-1 - place])


@lru_cache(maxsize=4_096)
def _low_place(n: int) -> int | None:
    """Return the index of the sample that begins the interval, the last k with P(fewer than k + 1 below) ≤ 2.5 %."""
    tail = (1 - CONFIDENCE) / 2
    if n > MAX_EXACT_RANKS:  # the binomial is normal by then, with its correction for continuity
        return floor((n + 1 + NormalDist().inv_cdf(tail) * sqrt(n)) / 2) - 1
    allowed, outcomes, below = 2**n // round(1 / tail), 1, 0
    for place in range(n):
        below += outcomes
        if below > allowed:
            return place - 1 if place else None
        outcomes = outcomes * (n - place) // (place + 1)
    return None


def is_certain(samples: Sequence[float]) -> bool:
    """Return whether the median's confidence interval is as narrow as a measurement aims at."""
    ordered = sorted(samples)
    interval = median_interval(ordered)
    if interval is None:
        return False
    return interval[1] - interval[0] <= max(2 * TARGET_UNCERTAINTY * quantile(ordered, 0.5), RESOLUTION_US)


def measurement_of(samples: Sequence[float], layers: int = 1) -> Measurement:
    """Return the samples that a file keeps with the summary of all of them, rounded to a tenth of a nanosecond.

    They are of the same passes as the samples that it keeps of each of so many layers.
    """
    return Measurement(summarize(samples), filed_samples(samples, 4, layers))


def has_settled(samples: Sequence[float]) -> bool:
    """Return whether there are enough samples for a measurement, and their median is certain.

    It is meant to be asked after each sample, and looks at them at growing intervals only.
    """
    return len(samples) in _look_counts() and is_certain(samples)


@lru_cache(maxsize=1)
def _look_counts() -> frozenset[int]:
    """Return the numbers of samples at which a measurement is looked at: 50, 58, 67 …"""
    counts = [MIN_PASSES]
    while counts[-1] < MAX_SAMPLES:
        counts.append(ceil(counts[-1] * GROWTH))
    return frozenset(counts)


def whole_noise_warning(summary: TimeSummary) -> Iterator[Message]:
    """Yield a message where the whole network's time varies."""
    if summary.variation >= NOISY_VARIATION:
        kind = "whole varies much" if summary.variation >= VERY_NOISY_VARIATION else "whole varies"
        yield Message(kind, {"part": 100 * summary.variation})


def layers_noise_warning(summaries: Sequence[TimeSummary]) -> Iterator[Message]:
    """Yield a message where a tenth of the layers varies much; a few noisy ones can be seen by their quartiles."""
    noisy = sum(1 for summary in summaries if summary.variation >= VERY_NOISY_VARIATION)
    if noisy and noisy * 10 >= len(summaries):
        yield Message("one layer varies" if noisy == 1 else "layers vary", {"noisy": noisy, "all": len(summaries)})
