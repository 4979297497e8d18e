"""Samples of a card's sensors, and the clock that they show."""

from collections.abc import Sequence
from typing import ClassVar

import msgspec

CLOCK_TOLERANCE = 0.02
"""A card whose clock changes by no more than this fraction is steady: cards change theirs in steps of 15 MHz."""


class SensorSample(msgspec.Struct, frozen=True):
    """The card's sensors at one moment of the run; None is unknown.

    `clock_mhz` is the clock of its multiprocessors. `clock_is_set` is true where a clock that somebody chose holds it.
    """

    LATER_FIELDS: ClassVar[tuple[str, ...]] = ("memory_clock_mhz", "clock_is_set")
    second: float
    clock_mhz: int | None = None
    temperature_c: int | None = None
    power_w: float | None = None
    throttled: str = ""
    memory_clock_mhz: int | None = None
    clock_is_set: bool = False


def clock_range(samples: Sequence[SensorSample]) -> tuple[int, int] | None:
    """Return the lowest and the highest clock of the samples in MHz; None where it is unknown."""
    clocks = [sample.clock_mhz for sample in samples if sample.clock_mhz is not None]
    return (min(clocks), max(clocks)) if clocks else None


def clock_drifts(samples: Sequence[SensorSample]) -> bool:
    """Return whether the card's clock changed so much that the times of its passes show it."""
    low, high = clock_range(samples) or (0, 0)
    return high - low > CLOCK_TOLERANCE * high
