"""The answer about FLOP counters: what each of them reports for one network, part by part."""

from typing import Literal

import msgspec

from resnet_viz.records.analysis import CrossCheckResult
from resnet_viz.spec.network import ResNetSpec

Unit = Literal["operations", "bytes"]


class PublishedFigure(msgspec.Struct, frozen=True):
    """A figure as it was printed, `4.13 G`, where it stands, and why it is not ours rounded where it is not."""

    figure: str
    source: str
    why: str = ""


class CounterPart(msgspec.Struct, frozen=True):
    """What one kind of operation adds to the base of a row, or takes from it where `count` is negative."""

    kind: str
    count: int


class CounterRow(msgspec.Struct, frozen=True):
    """One counter's total, reproduced from our records: `count` is `base` and all `parts` together.

    The base of operations is the plain MACs, that of bytes what the layers put out. `quantity` is what the counter
    calls its total. `printed` are the figures that others have printed of it, `published` the same in a line, empty
    where none is known. `opinion` is what the counter itself says, None where it was not run.
    """

    tool: str
    quantity: str
    unit: Unit
    count: int
    base: int
    parts: tuple[CounterPart, ...]
    sentence: str
    published: str = ""
    printed: tuple[PublishedFigure, ...] = ()
    opinion: CrossCheckResult | None = None

    @property
    def difference(self) -> int:
        """What the counter has beyond the base; negative where it has less."""
        return self.count - self.base


class CounterReport(msgspec.Struct, frozen=True):
    """Every counter's row on one network, and the plain MACs that they differ from."""

    spec: ResNetSpec
    macs: int
    rows: tuple[CounterRow, ...]
