"""The specification of a ResNet and its input as frozen, validated data."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, ClassVar, Literal, get_origin

import msgspec

from resnet_viz.errors import SpecError, shown_value
from resnet_viz.spec.checks import check_block_widths, check_choices, check_flags, check_integer, check_tuple
from resnet_viz.spec.feature_sizes import Pool, fits, nearest_size
from resnet_viz.spec.limits import MAX_BLOCK_CHANNELS, MAX_BLOCKS, MAX_CHANNELS, MAX_SIZE, MAX_STAGES, MAX_STRIDE
from resnet_viz.texts import tr

BlockKind = Literal["basic", "bottleneck"]
StemKind = Literal["imagenet", "cifar"]
StemPool = Literal["max", "average", "blur", "conv"]
StemPoolPadding = Literal["both", "zero", "end"]
ShortcutKind = Literal["A", "B", "C", "D", "none"]
Order = Literal["post", "pre"]
FirstActivation = Literal["stem", "block"]
StrideIn = Literal["3x3", "1x1"]
NormKind = Literal["batch", "group", "evonorm", "frn", "none"]
Attention = Literal["none", "se", "eca"]
Antialias = Literal["none", "average", "blur"]

EXPANSION: dict[BlockKind, int] = {"basic": 1, "bottleneck": 4}
CONVS_PER_BLOCK: dict[BlockKind, int] = {"basic": 2, "bottleneck": 3}
NORM_GROUPS = 32
"""The groups of group norm and EvoNorm S0."""


class ResNetSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A residual network and its input; every value is checked on construction. A field without effect is ignored.

    **Blocks.** `blocks` is the number of residual blocks of each stage (1 to 6 stages), `block` their kind, and
    `stage_blocks` the kind of each stage where they differ. `width` is the number of the stem's channels; stage i (from
    0) is `width · 2^i` wide unless `stage_widths` is given, and its output has that many channels times the block's
    expansion (1 for basic, 4 for bottleneck) unless `stage_outputs` is given. `width_per_group` follows torchvision:
    the inner width is `⌊stage width · width_per_group ÷ 64⌋ · groups`; with None it is the stage width for any number
    of groups. `reduce_first` divides the output channels of each block's first convolution. `block_widths` has the
    output channels of all convolutions of each block but the last, by stage and block, as pruned networks need them.

    **Resolution.** `strides` defaults to 1, 2, 2, … . `dilate` has an entry for each stage from the second on: true
    replaces the stride by dilation and so keeps the resolution. `antialias` replaces the strides inside blocks by a
    pool after the activation. `stem_pool_stride` and the other fields of the stem apply to the imagenet stem only:
    `stem_widths` are the channels of the first two of three 3×3 convolutions, which replace the 7×7.

    **Shortcuts and gates.** `shortcut` is A, B, C of He et al. 2015, D of He et al. 2019 (average pool, then 1×1), or
    none; `projection_kernel` is the kernel of a projection with a stride. `attention` adds a gate for each channel to
    the residual path; the hidden layer of a squeeze-and-excitation gate has the channels divided by
    `attention_reduction`, rounded to a multiple of 8.

    **Order and norm.** With `order` "pre" the first norm and ReLU are those of the stem (He et al. 2016) or, with
    `first_activation` "block", of the first block, behind the stem's pool (timm's ResNetV2). "group" is group norm of
    32 groups; "evonorm" (EvoNorm S0) and "frn" (filter response norm with its threshold) are norm and activation in
    one. `weight_standardization` applies to all convolutions.

    `input` is N, C, H, W. Raises SpecError, which names the field.
    """

    LATER_FIELDS: ClassVar[tuple[str, ...]] = (
        "stem_widths", "stem_pool", "stem_pool_padding", "attention", "attention_reduction", "antialias", "norm",
        "weight_standardization", "first_activation", "projection_kernel", "reduce_first", "stage_blocks",
        "stage_outputs", "block_widths",
    )  # fmt: skip
    """The fields that files leave out where they have their defaults, as older files do."""

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
    stem_widths: tuple[int, ...] | None = None
    stem_pool: StemPool = "max"
    stem_pool_padding: StemPoolPadding = "both"
    attention: Attention = "none"
    attention_reduction: int = 16
    antialias: Antialias = "none"
    norm: NormKind = "batch"
    weight_standardization: bool = False
    first_activation: FirstActivation = "stem"
    projection_kernel: int = 1
    reduce_first: int = 1
    stage_blocks: tuple[BlockKind, ...] | None = None
    stage_outputs: tuple[int, ...] | None = None
    block_widths: tuple[tuple[tuple[int, ...], ...], ...] | None = None

    def __post_init__(self) -> None:
        _check_fields(self)
        _drop_defaults(self)

    @property
    def stage_kinds(self) -> tuple[BlockKind, ...]:
        """The kind of the blocks of each stage."""
        return self.stage_blocks or (self.block,) * len(self.blocks)

    @property
    def depth(self) -> int:
        """The weighted layers on the longest path, counted as in the paper: stem, block convolutions, classifier.

        A stem of three convolutions counts as one layer, as in the names of the published networks.
        """
        counted = zip(self.stage_kinds, self.blocks, strict=True)
        return 2 + sum(CONVS_PER_BLOCK[kind] * blocks for kind, blocks in counted)

    @property
    def widths(self) -> tuple[int, ...]:
        """The width of each stage, before expansion."""
        return self.stage_widths or tuple(self.width * 2**stage for stage in range(len(self.blocks)))

    @property
    def outputs(self) -> tuple[int, ...]:
        """The output channels of each stage."""
        return self.stage_outputs or self.unpruned_outputs

    @property
    def unpruned_outputs(self) -> tuple[int, ...]:
        """The output channels of each stage by its width and its block's expansion."""
        return tuple(width * EXPANSION[kind] for width, kind in zip(self.widths, self.stage_kinds, strict=True))

    @property
    def inner_widths(self) -> tuple[int, ...]:
        """The channels between the convolutions of a block, for each stage."""
        if self.width_per_group is None:
            return self.widths
        return tuple(width * self.width_per_group // 64 * self.groups for width in self.widths)

    def widths_inside(self, stage: int, block: int) -> tuple[int, ...]:
        """Return the output channels of all convolutions of a block but the last; both indices are from 0."""
        return self.unpruned_widths_inside(stage) if self.block_widths is None else self.block_widths[stage][block]

    def unpruned_widths_inside(self, stage: int) -> tuple[int, ...]:
        """Return `widths_inside` for every block of a stage of which nothing is pruned."""
        inner = self.inner_widths[stage]
        return (inner // self.reduce_first,) + (inner,) * (CONVS_PER_BLOCK[self.stage_kinds[stage]] - 2)

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

    def with_block(self, block: BlockKind) -> "ResNetSpec":
        """Return the network with this block in all stages; the widths and outputs of single blocks are dropped."""
        if block == self.block and self.stage_blocks is None:
            return self
        return self.but(block=block, stage_blocks=None, stage_outputs=None, block_widths=None)

    def with_stages(self, count: int) -> "ResNetSpec":
        """Return the network cut after its first `count` stages; raises SpecError if it has fewer."""
        stages = len(self.blocks)
        if not isinstance(count, int) or not 1 <= count <= stages:
            raise SpecError("stages", count, tr("this network has {n}: give 1 to {n}").format(n=stages))
        cut = {field: getattr(self, field) and getattr(self, field)[:count] for field in FIELDS_BY_STAGE}
        return self.but(**cut, dilate=self.dilate and (self.dilate[: count - 1] or None))


FIELDS_BY_STAGE = ("blocks", "stage_widths", "strides", "stage_blocks", "stage_outputs", "block_widths")
"""The fields with a value for every stage."""


def default_strides(stages: int) -> tuple[int, ...]:
    """Return the strides of the published networks: 1 for the first stage, 2 for every later one."""
    return (1,) + (2,) * (stages - 1)


_TYPES = {field.name: field.type for field in msgspec.structs.fields(ResNetSpec)}
_CHOICES = {name: kind for name, kind in _TYPES.items() if get_origin(kind) is Literal}
_FLAGS = tuple(name for name, kind in _TYPES.items() if kind is bool)


def _check_fields(spec: ResNetSpec) -> None:
    """Check every field by itself, then the fields that depend on each other."""
    check_choices(spec, **_CHOICES)
    check_flags(spec, *_FLAGS)
    _check_numbers(spec)
    _check_stages(spec)
    _check_input(spec)
    _check_combinations(spec)
    _check_channels(spec)
    _check_sizes(spec)


def _drop_defaults(spec: ResNetSpec) -> None:
    """Replace a value that equals the default by None, so that equal networks have equal specs."""
    stages = len(spec.blocks)
    defaults: dict[str, object] = {
        "stage_widths": tuple(spec.width * 2**stage for stage in range(stages)),
        "strides": (1,) + (2,) * (stages - 1),
        "stage_outputs": spec.unpruned_outputs,
        "block_widths": spec.block_widths
        and tuple((spec.unpruned_widths_inside(stage),) * blocks for stage, blocks in enumerate(spec.blocks)),
    }
    for field, default in defaults.items():
        if getattr(spec, field) == default:
            msgspec.structs.force_setattr(spec, field, None)
    if spec.stage_blocks is not None:
        msgspec.structs.force_setattr(spec, "block", spec.stage_blocks[0])
        if len(set(spec.stage_blocks)) == 1:
            msgspec.structs.force_setattr(spec, "stage_blocks", None)
    if spec.dilate is not None:
        flags = tuple(bool(flag) for flag in spec.dilate)
        msgspec.structs.force_setattr(spec, "dilate", flags if any(flags) else None)
    if spec.width_per_group == 64 and spec.groups == 1:
        msgspec.structs.force_setattr(spec, "width_per_group", None)


def _check_numbers(spec: ResNetSpec) -> None:
    for field, low, high in (
        ("width", 1, MAX_CHANNELS), ("stem_pool_stride", 1, 2), ("groups", 1, MAX_CHANNELS), ("classes", 1, 10_000_000),
        ("attention_reduction", 1, MAX_CHANNELS), ("reduce_first", 1, 2),
    ):  # fmt: skip
        check_integer(field, getattr(spec, field), low, high)
    if spec.width_per_group is not None:
        check_integer("width_per_group", spec.width_per_group, 1, MAX_CHANNELS)
    if spec.projection_kernel not in (1, 3) or isinstance(spec.projection_kernel, bool):
        raise SpecError("projection_kernel", spec.projection_kernel, tr("give 1 or 3"))
    if spec.stem_widths is not None:
        accepted = tr("give the channels of the stem's first two convolutions, such as 32,32")
        check_tuple("stem_widths", spec.stem_widths, accepted)
        if len(spec.stem_widths) != 2:
            raise SpecError("stem_widths", spec.stem_widths, accepted)
        for width in spec.stem_widths:
            check_integer("stem_widths", width, 1, MAX_CHANNELS)


def _check_stages(spec: ResNetSpec) -> None:
    if not isinstance(spec.blocks, tuple) or not 1 <= len(spec.blocks) <= MAX_STAGES:
        accepted = tr("give the blocks of 1 to {most} stages, such as 3,4,6,3").format(most=MAX_STAGES)
        raise SpecError("blocks", spec.blocks, accepted)
    for field, high in (
        ("blocks", MAX_BLOCKS), ("stage_widths", MAX_CHANNELS), ("strides", MAX_STRIDE),
        ("stage_outputs", MAX_BLOCK_CHANNELS),
    ):  # fmt: skip
        values = getattr(spec, field)
        if values is not None:
            check_tuple(field, values, tr("give a tuple of whole numbers, one for each stage"))
            for value in values:
                check_integer(field, value, 1, high)
    if spec.dilate is not None:
        accepted = tr("give a tuple of true and false, one for each stage from the second on")
        check_tuple("dilate", spec.dilate, accepted)
        if not all(isinstance(flag, int) and flag in (0, 1) for flag in spec.dilate):
            raise SpecError("dilate", spec.dilate, accepted)
    if spec.stage_blocks is not None:
        accepted = tr("give basic or bottleneck for each stage")
        check_tuple("stage_blocks", spec.stage_blocks, accepted)
        if not all(isinstance(kind, str) and kind in ("basic", "bottleneck") for kind in spec.stage_blocks):
            raise SpecError("stage_blocks", spec.stage_blocks, accepted)
    stages = len(spec.blocks)
    lengths = {"stage_widths": stages, "strides": stages, "stage_blocks": stages, "stage_outputs": stages}
    for field, length in {**lengths, "dilate": stages - 1}.items():
        value = getattr(spec, field)
        if value is not None and len(value) != length:
            accepted = tr("blocks has {stages} stages, so give {length} values").format(stages=stages, length=length)
            raise SpecError(field, value, accepted)
    if spec.block_widths is not None:
        convolutions = [CONVS_PER_BLOCK[kind] - 1 for kind in spec.stage_kinds]
        check_block_widths(spec.block_widths, spec.blocks, convolutions)


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


def _check_combinations(spec: ResNetSpec) -> None:
    """Check the choices that exclude each other."""
    if spec.norm in ("evonorm", "frn") and spec.order == "post":
        raise SpecError("norm", spec.norm, tr("it is norm and activation in one, which needs the order pre"))
    if spec.stem == "imagenet" and spec.stem_pool_stride == 1:
        if spec.stem_pool == "average":
            raise SpecError("stem_pool_stride", 1, tr("the stem's average pool needs the stride 2"))
        if spec.stem_pool == "max" and spec.stem_pool_padding == "end":
            raise SpecError("stem_pool_stride", 1, tr("a stem pool that is padded at its end needs the stride 2"))


def _check_channels(spec: ResNetSpec) -> None:
    if max(spec.unpruned_outputs) > MAX_BLOCK_CHANNELS:
        accepted = tr("the last stage would have {n} channels; give a smaller width")
        raise SpecError("width", spec.width, accepted.format(n=f"{max(spec.unpruned_outputs):,}"))
    if max(spec.inner_widths) > MAX_BLOCK_CHANNELS:
        accepted = tr("its widest block would have {n} channels inside, of at most {most}; give less, or fewer groups")
        raise SpecError("width_per_group", spec.width_per_group, accepted.format(
            n=f"{max(spec.inner_widths):,}", most=f"{MAX_BLOCK_CHANNELS:,}"))  # fmt: skip
    if min(spec.inner_widths) < 1:
        lowest = -(-64 // min(spec.widths))
        raise SpecError("width_per_group", spec.width_per_group, tr("give at least {n}").format(n=lowest))
    if min(spec.inner_widths) < spec.reduce_first:
        accepted = tr("the narrowest block has {n} channel inside, so give 1").format(n=min(spec.inner_widths))
        raise SpecError("reduce_first", spec.reduce_first, accepted)
    for channels in _grouped_channels(spec):
        if channels % spec.groups:
            accepted = tr("it must divide the {n} channels of every grouped convolution").format(n=channels)
            raise SpecError("groups", spec.groups, accepted)
    if spec.norm in ("group", "evonorm"):
        for channels in _normalized_channels(spec):
            if channels % NORM_GROUPS:
                accepted = tr("its {groups} groups must divide the channels of every norm, and one has {n}; give batch")
                raise SpecError("norm", spec.norm, accepted.format(groups=NORM_GROUPS, n=channels))
    if spec.shortcut == "A":
        for before, after in pairwise((spec.width, *spec.outputs)):
            if after < before:
                accepted = tr("zero padding cannot narrow {before} channels to {after}; give B, C, D or none")
                raise SpecError("shortcut", spec.shortcut, accepted.format(before=before, after=after))


def _grouped_channels(spec: ResNetSpec) -> Iterator[int]:
    """Yield the input and output channels of the convolutions with groups, the 3×3 ones of the blocks."""
    if spec.groups == 1:
        return
    before = spec.width
    for stage, (kind, after) in enumerate(zip(spec.stage_kinds, spec.outputs, strict=True)):
        yield from _widths_inside(spec, stage)
        if kind == "basic":
            yield from (before, after)
        before = after


def _normalized_channels(spec: ResNetSpec) -> Iterator[int]:
    """Yield the channels of every norm of the network."""
    yield from (*(spec.stem_widths or ()), spec.width, *spec.outputs)
    for stage in range(len(spec.blocks)):
        yield from _widths_inside(spec, stage)


def _widths_inside(spec: ResNetSpec, stage: int) -> Iterator[int]:
    blocks = range(spec.blocks[stage] if spec.block_widths else 1)  # without pruning all blocks of a stage are alike
    for block in blocks:
        yield from spec.widths_inside(stage, block)


def _check_sizes(spec: ResNetSpec) -> None:
    batch, channels, height, width = spec.input
    pools = tuple(_pools(spec))
    if fits(pools, height) and fits(pools, width):
        return
    near = [(nearest_size(pools, height, step), nearest_size(pools, width, step)) for step in (-1, 1)]
    sizes = [f"{batch}x{channels}x{high}x{wide}" for high, wide in near if high and wide]
    if not sizes:
        accepted = tr("the pools of this network can take no input of about this size; give other strides")
    elif len(set(sizes)) == 1:
        accepted = tr("the pools of this network cannot take it; give {size}").format(size=sizes[0])
    else:
        accepted = tr("the pools of this network cannot take it; give {smaller} or {larger}")
        accepted = accepted.format(smaller=sizes[0], larger=sizes[1])
    raise SpecError("input", shown_value(spec.input, "x"), accepted)


def _pools(spec: ResNetSpec) -> Iterator[Pool]:
    """Yield everything that lowers the resolution, in order, with what it asks of the size of its map.

    A blur filter mirrors the map at its edges, so it needs two pixels. An average pool in place of a stride rounds down
    where the shortcut rounds up.
    """
    if spec.stem == "imagenet":
        yield Pool(2)
        padded_at_end = spec.stem_pool == "max" and spec.stem_pool_padding == "end"
        rounds_down = padded_at_end or spec.stem_pool == "average"
        yield Pool(spec.stem_pool_stride, rounds_down, least=2 if rounds_down or spec.stem_pool == "blur" else 1)
    for stride, dilated in zip(spec.stage_strides, spec.dilated, strict=True):
        if stride > 1 and not dilated:
            average = spec.antialias == "average"
            least = {"none": 1, "average": stride, "blur": 2}[spec.antialias]
            yield Pool(stride, average, least, must_divide=average and spec.shortcut != "none")
