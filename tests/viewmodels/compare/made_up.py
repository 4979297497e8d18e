"""Made-up times for comparisons, whose figures a test can work out."""

from resnet_viz.records.block_pair import PairTimes
from resnet_viz.records.run import Ceilings, Environment, Measurement, TimeSummary


def summary(median_us: float, *, quartiles: float = 0.05, n: int = 20) -> TimeSummary:
    """A summary whose quartiles are this part away from the median."""
    low, high = median_us * (1 - quartiles), median_us * (1 + quartiles)
    return TimeSummary(median_us, low, high, low, n)


def pair_times(
    first_us: float = 200.0, second_us: float = 100.0, *, interval: bool = True, ceilings: Ceilings | None = None
) -> PairTimes:
    """Times of two things; the interval reaches from 0.9 to 1.1 of their ratio."""
    ratio = first_us / second_us
    low, high = (0.9 * ratio, 1.1 * ratio) if interval else (None, None)
    first, second = (Measurement(summary(median_us), (median_us,)) for median_us in (first_us, second_us))
    return PairTimes(
        Environment(device="cpu", name="a processor"), "bf16", first, second, ratio, low, high, ceilings
    )  # fmt: skip
