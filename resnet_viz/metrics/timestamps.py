"""What timestamps between the layers cost, the times without them, and whether the layers' sum meets the whole."""

from typing import NamedTuple

from resnet_viz.records.run import ProfileRun, TimeSummary

MAX_TIMESTAMP_US = 5.0
"""No timestamp costs more: what takes longer is the layers' own time, or a fault of the measurement."""
RESOLUTION_US = 0.5
"""The resolution of a card's events."""
SUM_TOLERANCE, SUM_TOLERANCE_US = 0.05, 20.0
"""Two times of the network agree when they differ by at most this fraction of it, or by so many microseconds."""


def in_situ_us(whole: TimeSummary, instrumented: TimeSummary, steps: int) -> float | None:
    """Return the cost of a timestamp between the layers: (instrumented − uninstrumented) ÷ timestamps.

    Both kinds of pass begin and end with a timestamp, so an instrumented one has `steps` − 1 more. None where there
    are none more, and where the confidence intervals of the two medians do not lie apart.
    """
    if steps < 2 or whole.high_us is None or instrumented.low_us is None or whole.high_us >= instrumented.low_us:
        return None
    return (instrumented.median_us - whole.median_us) / (steps - 1)


def correction_us(empty_us: float | None, measured_us: float | None) -> float | None:
    """Return the cost to take off for a timestamp: the one measured in situ where that is credible, else the empty one.

    It is credible if it is no less than the empty one and no more than MAX_TIMESTAMP_US.
    """
    if measured_us is not None and (empty_us or 0.0) <= measured_us <= MAX_TIMESTAMP_US:
        return measured_us
    return empty_us


def is_credible(run: ProfileRun) -> bool:
    """Return whether the cost of the run's timestamps in situ is known and is what a timestamp may cost."""
    cost_us = run.timestamp_in_situ_us
    return cost_us is not None and correction_us(run.mark_us, cost_us) == cost_us


def corrected_us(time: TimeSummary, timestamp_us: float | None, timestamps: int = 1) -> float | None:
    """Return a time without its timestamps; None where their cost is unknown, or no less than the time.

    Where mean and median differ by no more than the resolution of events, the mean is taken, which is finer.
    """
    if timestamp_us is None:
        return None
    near = time.mean_us is not None and abs(time.mean_us - time.median_us) <= RESOLUTION_US
    left = (time.mean_us if near and time.mean_us is not None else time.median_us) - timestamps * timestamp_us
    return left if left > 0 else None


def timestamps_in_sum(run: ProfileRun) -> int:
    """Return the number of timestamps in the sum: one for each layer, block that is trained, and the loss."""
    blocks = sum(1 for group in (*run.backward, *run.optimizer) if group.level == "block")
    return len(run.layers) + blocks + (run.loss is not None)


def corrected_sum_us(run: ProfileRun) -> float | None:
    """Return the layers' sum without the timestamps that the uninstrumented pass does not contain; None if unknown."""
    cost_us = run.mark_us if run.timestamp_correction_us is None else run.timestamp_correction_us  # of an older file
    if run.sum_us is None or cost_us is None:
        return None
    return run.sum_us - (timestamps_in_sum(run) - 1) * cost_us


def sum_meets_whole(run: ProfileRun) -> bool | None:
    """Return whether the layers' sum agrees with the whole network's time, as it is or without its timestamps.

    None where either was not measured. Where the timestamps' cost comes from the difference between sum and whole, the
    sum without them agrees by itself: then it is the cost that has to be credible. The rule is that of latency.md.
    """
    if run.whole is None or run.sum_us is None:
        return None
    whole_us = run.whole.spread.median_us
    sums = [run.sum_us, corrected_sum_us(run)]
    return any(agree(whole_us, each) for each in sums if each is not None)


def agree(whole_us: float, other_us: float) -> bool:
    """Return whether two times of one network are as near as they should be."""
    return abs(whole_us - other_us) <= max(SUM_TOLERANCE * whole_us, SUM_TOLERANCE_US)


class SparseAgreement(NamedTuple):
    """The sums of the `layers` timed by dense and by sparse timestamps, in microseconds."""

    layers: int
    dense_us: float
    sparse_us: float

    @property
    def difference(self) -> float:
        """The sparse sum less the dense one as a fraction of the dense one; 0 where that is 0."""
        return (self.sparse_us - self.dense_us) / self.dense_us if self.dense_us else 0.0


def sparse_agreement(run: ProfileRun) -> SparseAgreement | None:
    """Return the sums over the layers that sparse passes timed; None where there were none."""
    both = [(layer.spread.median_us, layer.sparse_us) for layer in run.layers if layer.sparse_us is not None]
    if not both:
        return None
    dense, sparse = zip(*both, strict=True)
    return SparseAgreement(len(both), sum(dense), sum(sparse))
