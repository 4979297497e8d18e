"""The least time that a layer can take on this device, what sets it, and whether a measured time can be true."""

import msgspec

from resnet_viz.records.message import Message
from resnet_viz.records.run import Bound, Ceilings, TimeSummary

TOLERANCE = 0.9
"""A time is impossible when it is below this part of its floor: the ceilings are themselves measured."""


class LowerBound(msgspec.Struct, frozen=True):
    """The three least times of a layer in microseconds: its arithmetic, its bytes, and the launch of an operation."""

    compute_us: float
    memory_us: float
    launch_us: float

    @property
    def bound(self) -> Bound:
        """Which of the three is the largest."""
        times: dict[Bound, float] = {
            "compute": self.compute_us, "memory": self.memory_us, "launch": self.launch_us,
        }  # fmt: skip
        return max(times, key=times.__getitem__)

    @property
    def least_us(self) -> float:
        """The largest of the three."""
        return max(self.compute_us, self.memory_us, self.launch_us)


def lower_bound(flops: int, moved_bytes: int, ceilings: Ceilings) -> LowerBound:
    """The roofline of Williams et al. 2009 as times, with the launch beside it."""
    return LowerBound(
        1e6 * flops / ceilings.flops_per_second, 1e6 * moved_bytes / ceilings.bytes_per_second, ceilings.launch_us
    )


def implausible_reason(spread: TimeSummary, *, flops: int, moved_bytes: int, ceilings: Ceilings) -> Message | None:
    """Why a time cannot be what the layer's full work took; None where it can."""
    time = spread.median_us
    compute_us = lower_bound(flops, moved_bytes, ceilings).compute_us
    if flops and time < TOLERANCE * compute_us:
        return Message("faster than arithmetic", {"time": time, "floor": compute_us})
    beyond = 1e6 * max(0, moved_bytes - ceilings.cache_bytes) / ceilings.bytes_per_second
    if time < TOLERANCE * beyond:
        return Message("faster than bytes", {"time": time, "floor": beyond})
    return None
