"""Records of two compared networks, and of networks of Basic blocks and of Bottlenecks at every depth."""

from typing import Literal

import msgspec

from resnet_viz.records.analysis import Convention, LayerRecord
from resnet_viz.records.block_pair import OPERATIONS, FigurePair, PairTimes
from resnet_viz.spec.network import ResNetSpec

PairMatch = Literal["depth", "params", "macs"]
Change = Literal["same", "changed", "added", "removed"]


class NetworkPoint(msgspec.Struct, frozen=True):
    """One network of a depth series; `name` is that of its preset if it has been published.

    `elementwise` and `folded` are defined as in `BlockCost`. `latency_us` is the median of its forward pass, None until
    it is measured.
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
        """The number of layers with weights, as the papers count them."""
        return self.spec.depth


class NetworkPair(msgspec.Struct, frozen=True):
    """A published network, and the network of the other block that is nearest to it in depth, parameters or MACs."""

    match: PairMatch
    basic: NetworkPoint
    bottleneck: NetworkPoint


class NetworkPairs(msgspec.Struct, frozen=True):
    """The depth series of both blocks, and the pairs that match in each quantity."""

    basic: tuple[NetworkPoint, ...]
    bottleneck: tuple[NetworkPoint, ...]
    pairs: tuple[NetworkPair, ...]


class FieldChange(msgspec.Struct, frozen=True):
    """A field of the spec in which two networks differ, with both values as the command line spells them."""

    field: str
    first: str
    second: str


class LayerChange(msgspec.Struct, frozen=True):
    """One layer in two networks; `first` or `second` is None where that network lacks it.

    `id` is the first network's where both have the layer: the ReLU that ends a block may have another id in the second.
    """

    id: str
    stage: int | None
    change: Change
    first: LayerRecord | None
    second: LayerRecord | None


class NetworkComparison(msgspec.Struct, frozen=True):
    """Two compared networks: the fields that differ, the totals, and every layer, aligned block by block.

    `times` is None until both have been measured, interleaved.
    """

    first: ResNetSpec
    second: ResNetSpec
    fields: tuple[FieldChange, ...]
    totals: tuple[FigurePair, ...]
    layers: tuple[LayerChange, ...]
    times: PairTimes | None = None

    def total(self, name: str) -> FigurePair:
        """Return the total of this name for both networks."""
        return next(pair for pair in self.totals if pair.name == name)

    def operations(self, convention: Convention) -> FigurePair:
        """Return the operations of both networks by a counting convention."""
        if convention != "twice":
            return self.total(OPERATIONS[convention])
        macs = self.total("macs")
        return FigurePair(OPERATIONS[convention], 2 * (macs.first or 0), 2 * (macs.second or 0))

    def count(self, change: Change) -> int:
        """Return the number of layers that have changed in this way."""
        return sum(layer.change == change for layer in self.layers)
