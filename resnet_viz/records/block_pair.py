"""Records of two compared blocks: at one setting, over a range of channels, and measured."""

from typing import Protocol

import msgspec

from resnet_viz.records.analysis import Convention, EdgeRecord, LayerRecord
from resnet_viz.records.message import Message
from resnet_viz.records.run import Ceilings, Environment, Measurement, Method
from resnet_viz.spec.block_pair import BlockSetting, Match
from resnet_viz.spec.network import EXPANSION, BlockKind, ResNetSpec
from resnet_viz.spec.profiling import Dtype


class Operations(Protocol):
    """Anything whose operations have been counted."""

    @property
    def macs(self) -> int:
        """Multiply-adds of convolutions and linear layers."""

    @property
    def elementwise(self) -> int:
        """The operations of all other layers."""

    @property
    def folded(self) -> int:
        """The elementwise operations that are left when norms are folded into the convolutions before them."""


OPERATIONS: dict[Convention, str] = {
    "macs": "macs", "twice": "twice_macs", "elementwise": "flops", "folded": "flops_norms_folded",
}  # fmt: skip
"""The key of the operations by each convention in JSON and CSV."""


def operations(counted: Operations, convention: Convention) -> int:
    """Return the operations by a counting convention, as `metrics.conventions` counts those of a network."""
    beside = {"elementwise": counted.elementwise, "folded": counted.folded}
    return counted.macs if convention == "macs" else 2 * counted.macs + beside.get(convention, 0)


class FigurePair(msgspec.Struct, frozen=True):
    """One figure of two compared things; None is unknown."""

    name: str
    first: float | None
    second: float | None

    @property
    def ratio(self) -> float | None:
        """First ÷ second; None where either is unknown or the second is 0."""
        return None if self.first is None or not self.second else self.first / self.second


class BlockCost(msgspec.Struct, frozen=True):
    """The cost of one block for the whole batch, in fp32.

    `weights` are those of convolutions, `params` all parameters. `elementwise` are the operations of norms, activations
    and the `+`; `folded` those left when norms are folded into the convolutions before them. `kept` are the elements
    saved for backward, including the block's input. `moved_bytes` is the least that all layers read and write, and
    `intensity` the operations on each of these bytes. `layers` are the convolutions on the longest path. `field_added`
    is the growth of the receptive field in pixels of the block's input.
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
        """Two operations for each multiply-add, plus the elementwise operations."""
        return 2 * self.macs + self.elementwise


class BlockSide(msgspec.Struct, frozen=True):
    """One of the two blocks: the network that it was taken from, its layers in order, the edges into them, its cost."""

    kind: BlockKind
    width: int
    spec: ResNetSpec
    layers: tuple[LayerRecord, ...]
    edges: tuple[EdgeRecord, ...]
    figures: BlockCost

    @property
    def channels(self) -> int:
        """The channels that the block reads and writes."""
        return self.width * EXPANSION[self.kind]


class ClosedFormCost(msgspec.Struct, frozen=True):
    """The cost of a block computed in closed form, for the whole batch; the fields are those of `BlockCost`."""

    channels: int
    params: int
    macs: int
    elementwise: int
    folded: int
    kept: int


class Agreement(msgspec.Struct, frozen=True):
    """The matched quantity in both blocks: `target` in the fixed one, `reached` in the solved one."""

    quantity: Match
    target: float
    reached: float

    @property
    def remainder(self) -> float:
        """The surplus of the solved block; negative where it has less."""
        return self.reached - self.target


class PairTimes(msgspec.Struct, frozen=True):
    """Interleaved times of two things; `ratio` is first ÷ second, from `low` to `high` its 95 % confidence interval.

    The interval is bootstrapped; its ends are None where there were too few rounds for it. `ceilings` are those of the
    device in the measured dtype, for the roofline. `method` says how both were timed, and `messages` why not in a
    better way; `event_pair_us` is what two events cost by themselves, which has been taken off every time.
    `others_share` is the share of the processor, 0 to 1, that other programs took. All three are None where unknown.
    Of blocks, `first` and `second` are the times with warm caches, right after the same block, and `cold_first` and
    `cold_second` those behind a flush of the caches; whole networks have no cold times.
    """

    place: Environment
    dtype: Dtype
    first: Measurement
    second: Measurement
    ratio: float
    low: float | None
    high: float | None
    ceilings: Ceilings | None = None
    method: Method | None = None
    event_pair_us: float | None = None
    messages: tuple[Message, ...] = ()
    others_share: float | None = None
    cold_first: Measurement | None = None
    cold_second: Measurement | None = None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Both ends of the 95 % confidence interval of the ratio; None where there is none."""
        return None if self.low is None or self.high is None else (self.low, self.high)

    @property
    def rounds(self) -> int:
        """The number of rounds, in each of which both were measured."""
        return self.first.spread.n


class BlockComparison(msgspec.Struct, frozen=True):
    """A Basic block and a Bottleneck compared at one setting; `times` is None until they are measured."""

    setting: BlockSetting
    basic: BlockSide
    bottleneck: BlockSide
    agreement: Agreement
    times: PairTimes | None = None

    def total(self, name: str) -> FigurePair:
        """Return the figure of this name for both blocks."""
        return FigurePair(name, getattr(self.basic.figures, name), getattr(self.bottleneck.figures, name))

    def operations(self, convention: Convention) -> FigurePair:
        """Return the operations of both blocks by a counting convention."""
        both = (operations(side.figures, convention) for side in (self.basic, self.bottleneck))
        return FigurePair(OPERATIONS[convention], *both)


class ChannelPoint(msgspec.Struct, frozen=True):
    """Both blocks where the fixed one has `channels`; the times are None until they are measured.

    `slack` is the relative difference that is left in the matched quantity.
    """

    channels: int
    basic: ClosedFormCost
    bottleneck: ClosedFormCost
    slack: float
    basic_us: float | None = None
    bottleneck_us: float | None = None


class Crossing(msgspec.Struct, frozen=True):
    """The channels at which a figure of one block crosses the other's, and the block that has less of it above them."""

    figure: str
    channels: float
    lesser_above: BlockKind


class Sweep(msgspec.Struct, frozen=True):
    """Both blocks over a range of channels, and where their figures cross."""

    setting: BlockSetting
    points: tuple[ChannelPoint, ...]
    crossings: tuple[Crossing, ...]
