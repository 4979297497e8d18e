"""Two blocks held side by side at one place, over a range of channels, and measured, as frozen data."""

from typing import Any, Literal, Protocol, get_args

import msgspec

from resnet_viz.errors import SpecError
from resnet_viz.records import Convention, EdgeRecord, LayerRecord
from resnet_viz.runs import Ceilings, Place, Timed
from resnet_viz.settings import Dtype
from resnet_viz.spec import (
    EXPANSION,
    MAX_CHANNELS,
    MAX_SIZE,
    MAX_STRIDE,
    BlockKind,
    Order,
    ResNetSpec,
    ShortcutKind,
    StrideIn,
)
from resnet_viz.texts import tr

Match = Literal["channels", "params", "macs", "latency"]
MAX_BATCH = 1_000_000
IMAGE_CHANNELS = 3


class BlockSetting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The place at which a Basic block and a Bottleneck are compared; every value checked when it is made.

    A block reads and writes the same number of channels on a square map of `size`; a stride takes the shortcut that
    `shortcut` then needs. `channels` are those of the block that is held; the other one, `solve`, gets the width at
    which the quantity `match` agrees best.

    Raises SpecError, which names the field.
    """

    channels: int = 256
    size: int = 56
    stride: int = 1
    batch: int = 1
    groups: int = 1
    order: Order = "post"
    stride_in: StrideIn = "3x3"
    shortcut: ShortcutKind = "B"
    match: Match = "channels"
    solve: BlockKind = "bottleneck"

    def __post_init__(self) -> None:
        choices: dict[str, Any] = {
            "order": Order, "stride_in": StrideIn, "shortcut": ShortcutKind, "match": Match, "solve": BlockKind,
        }  # fmt: skip
        for field, kind in choices.items():
            if getattr(self, field) not in get_args(kind):
                accepted = tr("give one of {choices}").format(choices=", ".join(get_args(kind)))
                raise SpecError(field, getattr(self, field), accepted)
        for field, most in (
            ("channels", MAX_CHANNELS), ("size", MAX_SIZE), ("stride", MAX_STRIDE), ("batch", MAX_BATCH),
            ("groups", MAX_CHANNELS),
        ):  # fmt: skip
            _check_whole(field, getattr(self, field), most)
        _check_held(self)

    @property
    def held(self) -> BlockKind:
        """The block that has `channels`."""
        return "basic" if self.solve == "bottleneck" else "bottleneck"

    @property
    def held_width(self) -> int:
        """The width of the held block: its channels divided by its expansion."""
        return self.channels // EXPANSION[self.held]

    def but(self, **changes: Any) -> "BlockSetting":
        """The same place with some fields changed, checked anew."""
        return msgspec.structs.replace(self, **changes)

    def differs_in_channels_alone(self, other: "BlockSetting") -> bool:
        """Whether everything else is the same; the channels of one may be none that the other could have."""
        fields = (field for field in self.__struct_fields__ if field != "channels")
        return all(getattr(self, field) == getattr(other, field) for field in fields)

    def spec_of(self, kind: BlockKind, width: int) -> ResNetSpec:
        """The smallest network that has this block: it is the only one of the second stage.

        It is not the first of the network, which in pre-activation networks lacks its first activation.
        """
        return ResNetSpec(
            block=kind,
            blocks=(1, 1),
            width=width * EXPANSION[kind],
            stage_widths=(width, width),
            strides=(1, self.stride),
            stem="cifar",
            shortcut=self.shortcut,
            order=self.order,
            stride_in=self.stride_in,
            groups=self.groups,
            head=False,
            input=(self.batch, IMAGE_CHANNELS, self.size, self.size),
        )


class Counted(Protocol):
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


class Operations(msgspec.Struct, frozen=True):
    """Counts by themselves, as `Counted` describes them."""

    macs: int
    elementwise: int
    folded: int


def operations(found: Counted, convention: Convention) -> int:
    """The operations by a convention of counting, as `metrics.conventions` counts a whole network's."""
    beside = {"elementwise": found.elementwise, "folded": found.folded}
    return found.macs if convention == "macs" else 2 * found.macs + beside.get(convention, 0)


class BlockFigures(msgspec.Struct, frozen=True):
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
    figures: BlockFigures

    @property
    def channels(self) -> int:
        """What the block reads and writes."""
        return self.width * EXPANSION[self.kind]


class BlockCounts(msgspec.Struct, frozen=True):
    """What a block of some width has, for the whole batch, as `BlockFigures` counts it."""

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

    place: Place
    dtype: Dtype
    first: Timed
    second: Timed
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


class SweepPoint(msgspec.Struct, frozen=True):
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
    points: tuple[SweepPoint, ...]
    crossings: tuple[Crossing, ...]


class FigurePair(msgspec.Struct, frozen=True):
    """One figure of both things; None is unknown."""

    name: str
    first: float | None
    second: float | None

    @property
    def ratio(self) -> float | None:
        """First ÷ second; None where either is unknown or the second is nothing."""
        return None if self.first is None or not self.second else self.first / self.second


def _check_whole(field: str, value: object, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise SpecError(field, value, tr("give a whole number from 1 to {high}").format(high=f"{most:,}"))


def _check_held(setting: BlockSetting) -> None:
    """The held block must have a whole width, which its groups divide."""
    step = EXPANSION[setting.held] * setting.groups
    if setting.channels % step:
        below = setting.channels // step * step
        near = " or ".join(f"{n:,}" for n in (below, below + step) if 0 < n <= MAX_CHANNELS)
        sentence = tr("a {block} block with {groups} groups needs a multiple of {step}, such as {near}")
        if setting.groups == 1:
            sentence = tr("a {block} block needs a multiple of {step}, such as {near}")
        raise SpecError("channels", setting.channels, sentence.format(
            block=setting.held, groups=setting.groups, step=step, near=near))  # fmt: skip
