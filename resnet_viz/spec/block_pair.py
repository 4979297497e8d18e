"""The setting in which a Basic block and a Bottleneck are compared, and what they have in common."""

from typing import Any, Literal

import msgspec

from resnet_viz.errors import SpecError
from resnet_viz.spec.checks import check_choices, check_integer
from resnet_viz.spec.limits import MAX_CHANNELS, MAX_SIZE, MAX_STRIDE
from resnet_viz.spec.network import EXPANSION, BlockKind, Order, ResNetSpec, ShortcutKind, StrideIn
from resnet_viz.texts import tr

Match = Literal["channels", "params", "macs", "latency"]
MAX_BATCH = 1_000_000
IMAGE_CHANNELS = 3


class BlockSetting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The setting of a comparison of two blocks; every value is checked on construction.

    Both blocks read a square map of `size` pixels a side and write as many channels as they read. `channels` are those
    of the fixed block; the other block, `solve`, gets the width at which the quantity `match` agrees best.

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
        _check_fixed_block(self)

    @property
    def fixed(self) -> BlockKind:
        """The block that has `channels`, to which the other one is matched."""
        return "basic" if self.solve == "bottleneck" else "bottleneck"

    @property
    def fixed_width(self) -> int:
        """The width of the fixed block: its channels divided by its expansion."""
        return self.channels // EXPANSION[self.fixed]

    def but(self, **changes: Any) -> "BlockSetting":
        """Return this setting with some fields changed, checked anew."""
        return msgspec.structs.replace(self, **changes)

    def differs_in_channels_alone(self, other: "BlockSetting") -> bool:
        """Return True if the two settings agree in every field but the channels."""
        fields = (field for field in self.__struct_fields__ if field != "channels")
        return all(getattr(self, field) == getattr(other, field) for field in fields)

    def spec_of(self, kind: BlockKind, width: int) -> ResNetSpec:
        """Return the smallest network with this block, as the only one of its second stage.

        It is not the first block of the network, since that one lacks its first activation in a pre-activation network.
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


def _check_fixed_block(setting: BlockSetting) -> None:
    """Raise SpecError unless the fixed block has a whole width that its groups divide."""
    step = EXPANSION[setting.fixed] * setting.groups
    if setting.channels % step:
        below = setting.channels // step * step
        near = " or ".join(f"{n:,}" for n in (below, below + step) if 0 < n <= MAX_CHANNELS)
        sentence = tr("a {block} block with {groups} groups needs a multiple of {step}, such as {near}")
        if setting.groups == 1:
            sentence = tr("a {block} block needs a multiple of {step}, such as {near}")
        raise SpecError("channels", setting.channels, sentence.format(
            block=setting.fixed, groups=setting.groups, step=step, near=near))  # fmt: skip
