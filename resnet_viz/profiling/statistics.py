"""What repeated measurements say: median and quartiles, whether they have settled, and a warning where they vary."""

from collections.abc import Sequence

from resnet_viz.records.run import Spread, Timed
from resnet_viz.texts import tr

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


def spread(samples: Sequence[float]) -> Spread:
    """Median, quartiles and minimum of at least one sample."""
    ordered = sorted(samples)
    q1, median, q3 = (quantile(ordered, part) for part in (0.25, 0.5, 0.75))
    return Spread(round(median, 4), round(q1, 4), round(q3, 4), round(ordered[0], 4), len(ordered))


def timed(samples: Sequence[float]) -> Timed:
    """The samples with their spread, rounded to a tenth of a nanosecond."""
    return Timed(spread(samples), tuple(round(sample, 4) for sample in samples))


def settled(samples: Sequence[float]) -> bool:
    """Whether there are enough samples and their interquartile range is small."""
    return len(samples) >= LEAST_SAMPLES and spread(samples).variation < SETTLED


def whole_warning(found: Spread) -> str:
    """A sentence where the whole network's time varies, else nothing."""
    part = f"{100 * found.variation:.0f}"
    if found.variation >= VERY_NOISY:
        return tr(
            "The whole network's time varies by {part} % between its quartiles: something else uses this machine, or "
            "its clock changes. Do not rely on these figures; measure again."
        ).format(part=part)
    if found.variation >= NOISY:
        return tr("The whole network's time varies by {part} % between its quartiles; a longer run helps.").format(
            part=part
        )
    return ""


def layers_warning(spreads: Sequence[Spread]) -> str:
    """A sentence where many layers vary, else nothing; a few noisy ones are seen by their quartiles."""
    noisy = sum(1 for found in spreads if found.variation >= VERY_NOISY)
    if noisy * 10 < len(spreads) or not noisy:
        return ""
    return tr("{noisy} of {all} layers vary by 25 % or more between their quartiles.").format(
        noisy=noisy, all=len(spreads)
    )
