"""The question of a comparison of two blocks: where both stand, and what they have in common."""

from typing import Any, Literal

import msgspec

from resnet_viz.errors import SpecError
from resnet_viz.spec.checks import check_choices, check_integer
from resnet_viz.spec.network import (
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
        check_choices(self, order=Order, stride_in=StrideIn, shortcut=ShortcutKind, match=Match, solve=BlockKind)
        for field, most in (
            ("channels", MAX_CHANNELS), ("size", MAX_SIZE), ("stride", MAX_STRIDE), ("batch", MAX_BATCH),
            ("groups", MAX_CHANNELS),
        ):  # fmt: skip
            check_integer(field, getattr(self, field), 1, most)
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
