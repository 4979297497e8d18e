"""The specification of a ResNet and its input as frozen, validated data."""

from itertools import pairwise
from typing import Any, Literal

import msgspec

from resnet_viz.errors import SpecError, shown_value
from resnet_viz.spec.checks import check_choices, check_flags, check_integer, check_tuple
from resnet_viz.texts import tr

BlockKind = Literal["basic", "bottleneck"]
StemKind = Literal["imagenet", "cifar"]
ShortcutKind = Literal["A", "B", "C", "none"]
Order = Literal["post", "pre"]
StrideIn = Literal["3x3", "1x1"]

MAX_STAGES = 6
MAX_BLOCKS = 2_000
MAX_CHANNELS = 65_536
MAX_SIZE = 65_536
MAX_STRIDE = 8
EXPANSION: dict[BlockKind, int] = {"basic": 1, "bottleneck": 4}
CONVS_PER_BLOCK: dict[BlockKind, int] = {"basic": 2, "bottleneck": 3}


class ResNetSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A residual network and its input; every value is checked on construction.

    `blocks` is the number of residual blocks of each stage (1 to 6 stages). `width` is the number of the stem's
    channels; stage i (from 0) is `width · 2^i` wide unless `stage_widths` is given, and its output has that many
    channels times the block's expansion (1 for basic, 4 for bottleneck). `strides` defaults to 1, 2, 2, … .
    `width_per_group` follows torchvision: the inner width is `⌊stage width · width_per_group ÷ 64⌋ · groups`; with
    None it is the stage width for any number of groups. `dilate` has an entry for each stage from the second on: true
    replaces the stride by dilation and so keeps the resolution. `stem_pool_stride` applies to the imagenet stem only.
    `input` is N, C, H, W.

    Raises SpecError, which names the field.
    """

    block: BlockKind = "bottleneck"
    blocks: tuple[int, ...] = (3, 4, 6, 3)
    width: int = 64
    stage_widths: tuple[int, ...] | None = None
    strides: tuple[int, ...] | None = None
    stem: StemKind = "imagenet"
    stem_pool_stride: int = 2
    shortcut: ShortcutKind = "B"
    order: Order = "post"
    stride_in: StrideIn = "3x3"
    groups: int = 1
    width_per_group: int | None = None
    dilate: tuple[bool, ...] | None = None
    bias: bool = False
    head: bool = True
    classes: int = 1000
    input: tuple[int, int, int, int] = (1, 3, 224, 224)

    def __post_init__(self) -> None:
        _check_choices(self)
        _check_numbers(self)
        _check_lengths(self)
        _drop_defaults(self)
        _check_widths(self)

    @property
    def expansion(self) -> int:
        """The output channels of a block divided by its stage's width."""
        return EXPANSION[self.block]

    @property
    def depth(self) -> int:
        """The weighted layers on the longest path, counted as in the paper: stem, block convolutions, classifier."""
        return 2 + CONVS_PER_BLOCK[self.block] * sum(self.blocks)

    @property
    def widths(self) -> tuple[int, ...]:
        """The width of each stage, before expansion."""
        return self.stage_widths or tuple(self.width * 2**stage for stage in range(len(self.blocks)))

    @property
    def inner_widths(self) -> tuple[int, ...]:
        """The channels between the convolutions of a block, for each stage."""
        if self.width_per_group is None:
            return self.widths
        return tuple(width * self.width_per_group // 64 * self.groups for width in self.widths)

    @property
    def stage_strides(self) -> tuple[int, ...]:
        """The stride of each stage's first block, before dilation replaces it."""
        return self.strides or default_strides(len(self.blocks))

    @property
    def dilated(self) -> tuple[bool, ...]:
        """A flag for each stage: True if dilation replaces its stride; always False for the first."""
        return (False, *(self.dilate or (False,) * (len(self.blocks) - 1)))

    def but(self, **changes: Any) -> "ResNetSpec":
        """Return a copy with some fields changed; raises SpecError if the result is not valid."""
        return msgspec.structs.replace(self, **changes)

    def with_stages(self, count: int) -> "ResNetSpec":
        """Return the network cut after its first `count` stages; raises SpecError if it has fewer."""
        stages = len(self.blocks)
        if not isinstance(count, int) or not 1 <= count <= stages:
            raise SpecError("stages", count, tr("this network has {n}: give 1 to {n}").format(n=stages))
        return self.but(
            blocks=self.blocks[:count],
            stage_widths=self.stage_widths and self.stage_widths[:count],
            strides=self.strides and self.strides[:count],
            dilate=self.dilate and (self.dilate[: count - 1] or None),
        )


def default_strides(stages: int) -> tuple[int, ...]:
    """Return the strides of the published networks: 1 for the first stage, 2 for every later one."""
    return (1,) + (2,) * (stages - 1)


def _check_choices(spec: ResNetSpec) -> None:
    check_choices(spec, block=BlockKind, stem=StemKind, shortcut=ShortcutKind, order=Order, stride_in=StrideIn)
    check_flags(spec, "bias", "head")


def _check_numbers(spec: ResNetSpec) -> None:
    for field, low, high in (
        ("width", 1, MAX_CHANNELS), ("stem_pool_stride", 1, 2), ("groups", 1, MAX_CHANNELS), ("classes", 1, 10_000_000),
    ):  # fmt: skip
        check_integer(field, getattr(spec, field), low, high)
    if spec.width_per_group is not None:
        check_integer("width_per_group", spec.width_per_group, 1, MAX_CHANNELS)
    if not isinstance(spec.blocks, tuple) or not 1 <= len(spec.blocks) <= MAX_STAGES:
        accepted = tr("give the blocks of 1 to {most} stages, such as 3,4,6,3").format(most=MAX_STAGES)
        raise SpecError("blocks", spec.blocks, accepted)
    for field, high in (("blocks", MAX_BLOCKS), ("stage_widths", MAX_CHANNELS), ("strides", MAX_STRIDE)):
        values = getattr(spec, field)
        if values is not None:
            check_tuple(field, values, tr("give a tuple of whole numbers, one for each stage"))
            for value in values:
                check_integer(field, value, 1, high)
    _check_input(spec)


def _check_input(spec: ResNetSpec) -> None:
    if not isinstance(spec.input, tuple) or len(spec.input) != 4:
        raise SpecError("input", spec.input, tr("give N×C×H×W, such as 1x3x224x224"))
    shown = shown_value(spec.input, "x")
    batch, channels, height, width = spec.input
    check_integer("input", batch, 1, 1_000_000, shown)
    check_integer("input", channels, 1, MAX_CHANNELS, shown)
    for size in (height, width):
        if isinstance(size, int) and size < 1:
            accepted = tr("the smallest input of this network is {smallest}")
            raise SpecError("input", shown, accepted.format(smallest=f"{batch}x{channels}x1x1"))
        check_integer("input", size, 1, MAX_SIZE, shown)


def _check_lengths(spec: ResNetSpec) -> None:
    stages = len(spec.blocks)
    if spec.dilate is not None:
        accepted = tr("give a tuple of true and false, one for each stage from the second on")
        check_tuple("dilate", spec.dilate, accepted)
        if not all(isinstance(flag, int) and flag in (0, 1) for flag in spec.dilate):
            raise SpecError("dilate", spec.dilate, accepted)
    for field, length in (("stage_widths", stages), ("strides", stages), ("dilate", stages - 1)):
        value = getattr(spec, field)
        if value is not None and len(value) != length:
            accepted = tr("blocks has {stages} stages, so give {length} values").format(stages=stages, length=length)
            raise SpecError(field, value, accepted)


def _drop_defaults(spec: ResNetSpec) -> None:
    """Replace a value that equals the default by None, so that equal networks have equal specs."""
    doubled = tuple(spec.width * 2**stage for stage in range(len(spec.blocks)))
    if spec.stage_widths == doubled:
        msgspec.structs.force_setattr(spec, "stage_widths", None)
    if spec.strides == default_strides(len(spec.blocks)):
        msgspec.structs.force_setattr(spec, "strides", None)
    if spec.dilate is not None:
        flags = tuple(bool(flag) for flag in spec.dilate)
        msgspec.structs.force_setattr(spec, "dilate", flags if any(flags) else None)
    if spec.width_per_group is not None and spec.width_per_group * spec.groups == 64 and spec.groups == 1:
        msgspec.structs.force_setattr(spec, "width_per_group", None)


def _check_widths(spec: ResNetSpec) -> None:
    if max(spec.widths) * spec.expansion > MAX_CHANNELS * 4:
        raise SpecError("width", spec.width, tr("the last stage would have {n} channels; give a smaller width").format(
            n=f"{max(spec.widths) * spec.expansion:,}"))  # fmt: skip
    if max(spec.inner_widths) > MAX_CHANNELS * 4:
        accepted = tr("its widest block would have {n} channels inside, of at most {most}; give less, or fewer groups")
        raise SpecError("width_per_group", spec.width_per_group, accepted.format(
            n=f"{max(spec.inner_widths):,}", most=f"{MAX_CHANNELS * 4:,}"))  # fmt: skip
    if min(spec.inner_widths) < 1:
        lowest = -(-64 // min(spec.widths))
        raise SpecError("width_per_group", spec.width_per_group, tr("give at least {n}").format(n=lowest))
    outer = () if spec.block == "bottleneck" else (spec.width, *spec.widths)  # a Bottleneck's 1×1s have no groups
    for channels in (*spec.inner_widths, *outer):
        if channels % spec.groups:
            accepted = tr("it must divide the {n} channels of every grouped convolution").format(n=channels)
            raise SpecError("groups", spec.groups, accepted)
    if spec.shortcut == "A":
        _check_padding(spec)


def _check_padding(spec: ResNetSpec) -> None:
    for before, after in pairwise((spec.width, *(width * spec.expansion for width in spec.widths))):
        if after < before:
            accepted = tr("zero padding cannot narrow {before} channels to {after}; give B, C or none")
            raise SpecError("shortcut", spec.shortcut, accepted.format(before=before, after=after))
