"""Made-up summaries and measurements."""

import random

from resnet_viz.records.analysis import Analysis
from resnet_viz.records.run import Measurement, TimeSummary


def varying(variation: float, median_us: float = 1000.0, n: int = 20) -> TimeSummary:
    """A summary with this interquartile range as a fraction of its median."""
    half = variation * median_us / 2
    return TimeSummary(median_us, median_us - half, median_us + half, median_us - half, n)


def whole(median_us: float, n: int = 20, variation: float = 0.0) -> Measurement:
    """The whole network's time, made up."""
    return Measurement(varying(variation, median_us, n), (median_us,) * n)


def random_rows(analysis: Analysis, *, passes: int, seed: int = 0, more: int = 0) -> list[list[float]]:
    """Random rows of layers' times, with `more` columns after them."""
    chance = random.Random(seed)
    width = len(analysis.layers) + more
    return [[round(chance.uniform(1, 100), 3) for _ in range(width)] for _ in range(passes)]
