"""What repeated measurements say: median and quartiles, whether they have settled, and a message where they vary."""

from collections.abc import Iterator, Sequence

from resnet_viz.records.message import Message
from resnet_viz.records.run import Measurement, TimeSummary

SETTLED = 0.05
"""Measuring may stop when the interquartile range is below this part of the median."""
NOISY, VERY_NOISY = 0.10, 0.25
LEAST_SAMPLES = 10
"""Fewer repetitions are never called settled."""


def quantile(ordered: Sequence[float], part: float) -> float:
    """The value below which `part` of the sorted samples lie, with linear interpolation (numpy's default)."""
    place = part * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def summarize(samples: Sequence[float]) -> TimeSummary:
    """Median, quartiles and minimum of at least one sample."""
    ordered = sorted(samples)
    q1, median, q3 = (quantile(ordered, part) for part in (0.25, 0.5, 0.75))
    return TimeSummary(round(median, 4), round(q1, 4), round(q3, 4), round(ordered[0], 4), len(ordered))


def timed(samples: Sequence[float]) -> Measurement:
    """The samples with their spread, rounded to a tenth of a nanosecond."""
    return Measurement(summarize(samples), tuple(round(sample, 4) for sample in samples))


def settled(samples: Sequence[float]) -> bool:
    """Whether there are enough samples and their interquartile range is small."""
    return len(samples) >= LEAST_SAMPLES and summarize(samples).variation < SETTLED


def whole_variation(found: TimeSummary) -> Iterator[Message]:
    """A message where the whole network's time varies."""
    if found.variation >= NOISY:
        kind = "whole varies much" if found.variation >= VERY_NOISY else "whole varies"
        yield Message(kind, {"part": 100 * found.variation})


def layers_variation(spreads: Sequence[TimeSummary]) -> Iterator[Message]:
    """A message where many layers vary; a few noisy ones are seen by their quartiles."""
    noisy = sum(1 for found in spreads if found.variation >= VERY_NOISY)
    if noisy and noisy * 10 >= len(spreads):
        yield Message("layers vary", {"noisy": noisy, "all": len(spreads)})
