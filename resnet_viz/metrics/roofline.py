"""The least time of a layer on a device, the ceiling that sets it, and the plausibility of a measured time."""

import msgspec

from resnet_viz.records.message import Message
from resnet_viz.records.run import Bound, Ceilings, TimeSummary

PLAUSIBLE_FRACTION = 0.9
"""A time is implausible below this fraction of its lower bound; the ceilings are themselves measured."""


class LowerBound(msgspec.Struct, frozen=True):
    """The three least times of a layer in microseconds: its arithmetic, its bytes, and the launch of an operation.

    Bytes are taken to come from memory. What fits into the cache may be faster, and `implausible_reason` allows it.
    """

    compute_us: float
    memory_us: float
    launch_us: float

    @property
    def bound(self) -> Bound:
        """The name of the largest of the three."""
        times: dict[Bound, float] = {
            "compute": self.compute_us, "memory": self.memory_us, "launch": self.launch_us,
        }  # fmt: skip
        return max(times, key=times.__getitem__)

    @property
    def least_us(self) -> float:
        """The largest of the three."""
        return max(self.compute_us, self.memory_us, self.launch_us)


def lower_bound(flops: int, moved_bytes: int, ceilings: Ceilings) -> LowerBound:
    """Return the roofline of Williams et al. 2009 as times in microseconds, and the time of a launch."""
    return LowerBound(
        1e6 * flops / ceilings.flops_per_second, 1e6 * moved_bytes / ceilings.bytes_per_second, ceilings.launch_us
    )


def implausible_reason(spread: TimeSummary, *, flops: int, moved_bytes: int, ceilings: Ceilings) -> Message | None:
    """Return the reason why the layer's full work cannot have taken so little time; None where it can."""
    time_us = spread.median_us
    compute_us = lower_bound(flops, moved_bytes, ceilings).compute_us
    if time_us < PLAUSIBLE_FRACTION * compute_us:
        return Message("faster than arithmetic", {"time": time_us / 1000, "floor": compute_us / 1000})
    uncached_us = 1e6 * max(0, moved_bytes - ceilings.cache_bytes) / ceilings.bytes_per_second
    if time_us < PLAUSIBLE_FRACTION * uncached_us:
        return Message("faster than bytes", {"time": time_us / 1000, "floor": uncached_us / 1000})
    return None
