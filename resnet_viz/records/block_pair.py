"""Two blocks held side by side at one place, over a range of channels, and measured, as frozen data."""

from typing import Protocol

import msgspec

from resnet_viz.records.analysis import Convention, EdgeRecord, LayerRecord
from resnet_viz.records.run import Ceilings, Environment, Measurement
from resnet_viz.spec.block_pair import BlockSetting, Match
from resnet_viz.spec.network import EXPANSION, BlockKind, ResNetSpec
from resnet_viz.spec.profiling import Dtype


class Operations(Protocol):
    """Something whose operations have been counted."""

    @property
    def macs(self) -> int:
        """Multiply-adds of convolutions and linear layers."""

    @property
    def elementwise(self) -> int:
        """The operations of all other layers."""

    @property
    def folded(self) -> int:
        """What is left of those when norms are folded into the convolutions before them."""


OPERATIONS: dict[Convention, str] = {
    "macs": "macs", "twice": "twice_macs", "elementwise": "flops", "folded": "flops_norms_folded",
}  # fmt: skip
"""What a program finds the operations under."""


def operations(found: Operations, convention: Convention) -> int:
    """The operations by a convention of counting, as `metrics.conventions` counts a whole network's."""
    beside = {"elementwise": found.elementwise, "folded": found.folded}
    return found.macs if convention == "macs" else 2 * found.macs + beside.get(convention, 0)


class FigurePair(msgspec.Struct, frozen=True):
    """One figure of both things; None is unknown."""

    name: str
    first: float | None
    second: float | None

    @property
    def ratio(self) -> float | None:
        """First ÷ second; None where either is unknown or the second is nothing."""
        return None if self.first is None or not self.second else self.first / self.second


class BlockCost(msgspec.Struct, frozen=True):
    """What one block costs, for the whole batch, in fp32.

    `weights` are those of convolutions, `params` all. `elementwise` are the operations of norms, activations and the
    `+`, `folded` what is left of them when norms are folded into the convolutions before them. `kept` counts the
    elements that a training pass keeps for its backward pass, the block's input among them. `moved_bytes` is what
    every layer reads and writes at least, `intensity` the operations on a byte of it. `layers` are the convolutions
    on the longest path. `field_added` is in pixels of the block's input.
    """

    weights: int
    params: int
    macs: int
    elementwise: int
    folded: int
    kept: int
    kept_bytes: int
    moved_bytes: int
    intensity: float
    layers: int
    field_added: int

    @property
    def flops(self) -> int:
        """Two for each multiply-add, and the elementwise operations."""
        return 2 * self.macs + self.elementwise


class BlockSide(msgspec.Struct, frozen=True):
    """One of the two blocks: the network it was taken from, its layers in order, the edges into them, its figures."""

    kind: BlockKind
    width: int
    spec: ResNetSpec
    layers: tuple[LayerRecord, ...]
    edges: tuple[EdgeRecord, ...]
    figures: BlockCost

    @property
    def channels(self) -> int:
        """What the block reads and writes."""
        return self.width * EXPANSION[self.kind]


class BlockCounts(msgspec.Struct, frozen=True):
    """What a block of some width has, for the whole batch, as `BlockCost` counts it."""

    channels: int
    params: int
    macs: int
    elementwise: int
    folded: int
    kept: int


class Agreement(msgspec.Struct, frozen=True):
    """How nearly the matched quantity agrees: what the held block has, and the solved one."""

    quantity: Match
    target: float
    reached: float

    @property
    def remainder(self) -> float:
        """What the solved block has more; less where negative."""
        return self.reached - self.target


class PairTimes(msgspec.Struct, frozen=True):
    """Two things measured in turn; `ratio` is first ÷ second with the interval that holds it in 95 of 100 cases.

    `low` and `high` are None where there were too few rounds for an interval.
    `ceilings` are those of the device in the dtype of the measuring, for the roofline.
    """

    place: Environment
    dtype: Dtype
    first: Measurement
    second: Measurement
    ratio: float
    low: float | None
    high: float | None
    ceilings: Ceilings | None = None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Both ends, where there is an interval."""
        return None if self.low is None or self.high is None else (self.low, self.high)

    @property
    def rounds(self) -> int:
        """How often both were measured."""
        return self.first.spread.n


class BlockComparison(msgspec.Struct, frozen=True):
    """A Basic block and a Bottleneck at one place; `times` is None until they are measured."""

    setting: BlockSetting
    basic: BlockSide
    bottleneck: BlockSide
    agreement: Agreement
    times: PairTimes | None = None

    def total(self, name: str) -> FigurePair:
        """The figure of that name."""
        return FigurePair(name, getattr(self.basic.figures, name), getattr(self.bottleneck.figures, name))

    def operations(self, convention: Convention) -> FigurePair:
        """What both do by a convention of counting."""
        both = (operations(side.figures, convention) for side in (self.basic, self.bottleneck))
        return FigurePair(OPERATIONS[convention], *both)


class ChannelPoint(msgspec.Struct, frozen=True):
    """Both blocks where the held one has so many channels; the times are None until they are measured.

    `slack` is the part by which the matched quantity fails to agree.
    """

    channels: int
    basic: BlockCounts
    bottleneck: BlockCounts
    slack: float
    basic_us: float | None = None
    bottleneck_us: float | None = None


class Crossing(msgspec.Struct, frozen=True):
    """The channels at which a figure of the one block passes the other's, and which is the lesser from there on."""

    figure: str
    channels: float
    lesser_above: BlockKind


class Sweep(msgspec.Struct, frozen=True):
    """Both blocks over a range of channels, and where their figures cross."""

    setting: BlockSetting
    points: tuple[ChannelPoint, ...]
    crossings: tuple[Crossing, ...]
