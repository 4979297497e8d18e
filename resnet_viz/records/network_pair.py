"""Two networks held side by side, and networks with either block over their depth, as frozen data."""

from typing import Literal

import msgspec

from resnet_viz.records.analysis import Convention, LayerRecord
from resnet_viz.records.block_pair import OPERATIONS, FigurePair, PairTimes
from resnet_viz.spec.network import ResNetSpec

PairMatch = Literal["depth", "params", "macs"]
Change = Literal["same", "changed", "added", "removed"]


class NetworkPoint(msgspec.Struct, frozen=True):
    """One network of a series over its depth; `name` is the preset's where it has been published.

    `elementwise` and `folded` are as a block's. `latency_us` is the median of its forward pass, None until it is
    measured.
    """

    spec: ResNetSpec
    params: int
    macs: int
    elementwise: int
    folded: int
    kept_bytes: int
    name: str | None = None
    latency_us: float | None = None

    @property
    def depth(self) -> int:
        """Its layers with weights."""
        return self.spec.depth


class NetworkPair(msgspec.Struct, frozen=True):
    """A published network, and the one with the other block that is nearest to it in depth, parameters or MACs."""

    match: PairMatch
    basic: NetworkPoint
    bottleneck: NetworkPoint


class NetworkPairs(msgspec.Struct, frozen=True):
    """Networks with either block over their depth, and the pairs of each match."""

    basic: tuple[NetworkPoint, ...]
    bottleneck: tuple[NetworkPoint, ...]
    pairs: tuple[NetworkPair, ...]


class FieldChange(msgspec.Struct, frozen=True):
    """A field of the spec in which two networks differ, with both values as the command line spells them."""

    field: str
    first: str
    second: str


class LayerChange(msgspec.Struct, frozen=True):
    """One layer in two networks: `first` or `second` is None where that network lacks it.

    `id` is the first's where both have it; the one that ends a block may be called otherwise in the second.
    """

    id: str
    stage: int | None
    change: Change
    first: LayerRecord | None
    second: LayerRecord | None


class NetworkComparison(msgspec.Struct, frozen=True):
    """Two networks: the fields that differ, the totals, and every layer, aligned stage by stage.

    `times` is None until both have been measured in turn.
    """

    first: ResNetSpec
    second: ResNetSpec
    fields: tuple[FieldChange, ...]
    totals: tuple[FigurePair, ...]
    layers: tuple[LayerChange, ...]
    times: PairTimes | None = None

    def total(self, name: str) -> FigurePair:
        """The total of that name."""
        return next(pair for pair in self.totals if pair.name == name)

    def operations(self, convention: Convention) -> FigurePair:
        """What both do by a convention of counting."""
        if convention != "twice":
            return self.total(OPERATIONS[convention])
        macs = self.total("macs")
        return FigurePair(OPERATIONS[convention], 2 * (macs.first or 0), 2 * (macs.second or 0))

    def count(self, change: Change) -> int:
        """How many layers have changed in this way."""
        return sum(layer.change == change for layer in self.layers)
