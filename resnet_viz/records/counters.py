"""The answer about FLOP counters: the total that each reports for one network, part by part."""

from typing import Literal

import msgspec

from resnet_viz.records.analysis import CrossCheckResult
from resnet_viz.spec.network import ResNetSpec

Unit = Literal["operations", "bytes"]


class PublishedFigure(msgspec.Struct, frozen=True):
    """A published figure such as `4.13 G`, its source, and the reason where it is not our count rounded."""

    figure: str
    source: str
    why: str = ""


class CounterPart(msgspec.Struct, frozen=True):
    """The amount that one kind of operation adds to the base of a row, negative where it takes away."""

    kind: str
    count: int


class CounterRow(msgspec.Struct, frozen=True):
    """One counter's total, reproduced from our records: `count` is `base` and all `parts` together.

    The base of operations is the plain MACs, that of bytes the outputs of all layers. `quantity` is the counter's own
    name for its total. `printed` are the figures published of it, `published` the same figures in one line, empty
    where none is known. `crosscheck` is the counter's own result, None where it was not run.
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
    crosscheck: CrossCheckResult | None = msgspec.field(default=None, name="opinion")

    @property
    def difference(self) -> int:
        """The counter's total less the base."""
        return self.count - self.base


class CounterReport(msgspec.Struct, frozen=True):
    """Every counter's row on one network, and the plain MACs that they differ from."""

    spec: ResNetSpec
    macs: int
    rows: tuple[CounterRow, ...]
