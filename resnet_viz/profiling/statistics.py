"""Statistics of repeated measurements: median and quartiles, whether they have settled, and warnings about noise."""

from collections.abc import Iterator, Sequence

from resnet_viz.records.message import Message
from resnet_viz.records.run import Measurement, TimeSummary

SETTLED_VARIATION = 0.05
"""Measuring may stop when the interquartile range is below this fraction of the median."""
NOISY_VARIATION, VERY_NOISY_VARIATION = 0.10, 0.25
MIN_SAMPLES = 10
"""Fewer repetitions never count as settled."""


def quantile(ordered: Sequence[float], fraction: float) -> float:
    """Return the value below which `fraction` of the sorted samples lie, interpolated as numpy does by default."""
    position = fraction * (len(ordered) - 1)
    low = int(position)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (position - low)


def summarize(samples: Sequence[float]) -> TimeSummary:
    """Return the median, quartiles and minimum of at least one sample, rounded to a tenth of a nanosecond."""
    ordered = sorted(samples)
    q1, median, q3 = (quantile(ordered, fraction) for fraction in (0.25, 0.5, 0.75))
    return TimeSummary(round(median, 4), round(q1, 4), round(q3, 4), round(ordered[0], 4), len(ordered))


def measurement_of(samples: Sequence[float]) -> Measurement:
    """Return the samples with their summary, rounded to a tenth of a nanosecond."""
    return Measurement(summarize(samples), tuple(round(sample, 4) for sample in samples))


def has_settled(samples: Sequence[float]) -> bool:
    """Return whether there are enough samples and their interquartile range is small."""
    return len(samples) >= MIN_SAMPLES and summarize(samples).variation < SETTLED_VARIATION


def whole_noise_warning(summary: TimeSummary) -> Iterator[Message]:
    """Yield a message where the whole network's time varies."""
    if summary.variation >= NOISY_VARIATION:
        kind = "whole varies much" if summary.variation >= VERY_NOISY_VARIATION else "whole varies"
        yield Message(kind, {"part": 100 * summary.variation})


def layers_noise_warning(summaries: Sequence[TimeSummary]) -> Iterator[Message]:
    """Yield a message where a tenth of the layers varies much; a few noisy ones can be seen by their quartiles."""
    noisy = sum(1 for summary in summaries if summary.variation >= VERY_NOISY_VARIATION)
    if noisy and noisy * 10 >= len(summaries):
        yield Message("layers vary", {"noisy": noisy, "all": len(summaries)})
