"""The named networks, and networks of any depth by name, with titles and sources."""

import difflib
import re
from collections.abc import Iterator

import msgspec

from resnet_viz.errors import SpecError, UnknownName
from resnet_viz.spec.depths import block_for_depth, nearest_depths, with_depth
from resnet_viz.spec.network import BlockKind, ResNetSpec
from resnet_viz.texts import tr, trn

HE2015 = "He et al., Deep Residual Learning for Image Recognition, arXiv:1512.03385"
HE2016 = "He et al., Identity Mappings in Deep Residual Networks, arXiv:1603.05027"
TORCHVISION = "torchvision.models.resnet"
XIE2016 = "Xie et al., Aggregated Residual Transformations, arXiv:1611.05431; torchvision.models.resnet"
ZAGORUYKO2016 = "Zagoruyko and Komodakis, Wide Residual Networks, arXiv:1605.07146; torchvision.models.resnet"
MASK_RCNN = "He et al., Mask R-CNN, arXiv:1703.06870; layer names of the Caffe models"


class Preset(msgspec.Struct, frozen=True):
    """A named network: its title, a description of one line, and the publication."""

    name: str
    title: str
    description: str
    source: str
    spec: ResNetSpec


IMAGENET: dict[int, tuple[BlockKind, tuple[int, ...]]] = {
    18: ("basic", (2, 2, 2, 2)),
    34: ("basic", (3, 4, 6, 3)),
    50: ("bottleneck", (3, 4, 6, 3)),
    101: ("bottleneck", (3, 4, 23, 3)),
    152: ("bottleneck", (3, 8, 36, 3)),
    200: ("bottleneck", (3, 24, 36, 3)),
}
CIFAR_BASE = ResNetSpec(
    block="basic", blocks=(3, 3, 3), width=16, stem="cifar", shortcut="A", classes=10, input=(1, 3, 32, 32)
)
CIFAR_BOTTLENECK = CIFAR_BASE.but(block="bottleneck", blocks=(18, 18, 18), shortcut="B", stride_in="1x1")
PUBLISHED_CIFAR_BOTTLENECKS = (164, 1001)


def _imagenet(depth: int) -> ResNetSpec:
    block, blocks = IMAGENET[depth]
    return ResNetSpec(block=block, blocks=blocks)


def _first_version(spec: ResNetSpec) -> ResNetSpec:
    return spec.but(shortcut="A") if spec.block == "basic" else spec.but(stride_in="1x1")


def _cifar(depth: int, block: BlockKind = "basic") -> ResNetSpec:
    return with_depth(CIFAR_BASE if block == "basic" else CIFAR_BOTTLENECK, depth)


def _plain(spec: ResNetSpec) -> ResNetSpec:
    return spec.but(shortcut="none")


def _imagenet_presets() -> Iterator[Preset]:
    for depth in IMAGENET:
        source = TORCHVISION if depth < 200 else HE2016
        text = tr("ResNet-{n} with a projection where shapes differ, stride in the 3×3 (v1.5)").format(n=depth)
        yield Preset(f"resnet{depth}", f"ResNet-{depth}", text, source, _imagenet(depth))
    for depth in (18, 34, 50, 101, 152):
        text = tr("the paper's ResNet-{n}: stride in the first 1×1").format(n=depth)
        if depth < 50:
            text = tr("the paper's ResNet-{n}: parameter-free shortcut A").format(n=depth)
        yield Preset(f"resnet{depth}_v1", f"ResNet-{depth} v1", text, HE2015, _first_version(_imagenet(depth)))


def _wide_presets() -> Iterator[Preset]:
    for depth, groups, per_group in ((50, 32, 4), (101, 32, 8), (101, 64, 4)):
        name, title = f"resnext{depth}_{groups}x{per_group}d", f"ResNeXt-{depth} {groups}×{per_group}d"
        text = tr("{groups} groups of {width} channels in the first stage").format(groups=groups, width=per_group)
        yield Preset(name, title, text, XIE2016, _imagenet(depth).but(groups=groups, width_per_group=per_group))
    text = tr("the inner 3×3 convolutions twice as wide")
    for depth in (50, 101):
        spec = _imagenet(depth).but(width_per_group=128)
        yield Preset(f"wide_resnet{depth}_2", f"Wide ResNet-{depth}-2", text, ZAGORUYKO2016, spec)


def _cifar_presets() -> Iterator[Preset]:
    for depth in (20, 32, 44, 56, 110, 1202):
        text = tr("three stages of {n} Basic blocks for 32×32, shortcut A").format(n=(depth - 2) // 6)
        yield Preset(f"resnet{depth}_cifar", f"ResNet-{depth} (CIFAR)", text, HE2015, _cifar(depth))
    text = tr("the {n}-layer network without its shortcuts")
    for depth in (20, 32, 44, 56):
        name, title = f"plain{depth}_cifar", f"Plain-{depth} (CIFAR)"
        yield Preset(name, title, text.format(n=depth), HE2015, _plain(_cifar(depth)))
    for depth in (18, 34):
        yield Preset(f"plain{depth}", f"Plain-{depth}", text.format(n=depth), HE2015, _plain(_imagenet(depth)))


def _preactivation_presets() -> Iterator[Preset]:
    text = tr("batch norm and ReLU before each convolution; identity all the way")
    cifar = (_cifar(110), *(_cifar(depth, "bottleneck") for depth in PUBLISHED_CIFAR_BOTTLENECKS))
    for spec in cifar:
        name, title = f"preact_resnet{spec.depth}_cifar", f"PreAct ResNet-{spec.depth} (CIFAR)"
        yield Preset(name, title, text, HE2016, spec.but(order="pre"))
    yield Preset("preact_resnet200", "PreAct ResNet-200", text, HE2016, _imagenet(200).but(order="pre"))


def _other_presets() -> Iterator[Preset]:
    text = tr("backbone for 1024×1024: biased convolutions, no head, feature levels C1 to C5")
    for depth in (50, 101):
        spec = _first_version(_imagenet(depth)).but(bias=True, head=False, input=(1, 3, 1024, 1024))
        yield Preset(f"maskrcnn_resnet{depth}", f"Mask R-CNN ResNet-{depth}", text, MASK_RCNN, spec)
    tutorial = ResNetSpec(
        block="basic", blocks=(4, 5, 7, 4), stage_widths=(128, 256, 512, 512), stem_pool_stride=1, classes=10,
        input=(1, 3, 32, 32),
    )  # fmt: skip
    text = tr("wider Basic blocks 4, 5, 7, 4 behind the ImageNet stem, for 32×32 and 10 classes")
    source = tr("a widespread CIFAR-10 tutorial's variant")
    yield Preset("resnet34_cifar_wide", "ResNet-34 wide (CIFAR)", text, source, tutorial)


PRESETS: dict[str, Preset] = {
    found.name: found
    for family in (_imagenet_presets, _wide_presets, _cifar_presets, _preactivation_presets, _other_presets)
    for found in family()
}

_DEPTH_NAME = re.compile(r"(?P<pre>preact_)?(?P<family>resnet|plain)(?P<depth>\d{1,18})(?P<variant>_cifar|_v1)?")


def names() -> tuple[str, ...]:
    """The names of all presets, in the order of their families."""
    return tuple(PRESETS)


def preset(name: str, block: BlockKind | None = None) -> ResNetSpec:
    """Return the network of that name: a preset, or `resnetN`, `resnetN_v1`, `resnetN_cifar`, `plainN`,
    `preact_resnetN` … for any possible depth N; with `block`, the network of that depth made of these blocks.

    Raises UnknownName with the nearest name, SpecError with the nearest possible depths.
    """
    if not isinstance(name, str):
        raise SpecError("preset", name, tr("give a name such as resnet50"))
    key = name.strip().lower().replace("-", "")
    known = PRESETS.get(key)
    if known is not None and block in (None, known.spec.block):
        return known.spec
    match = _DEPTH_NAME.fullmatch(key)
    if match is None:
        if known is not None and block is not None:
            return known.spec.with_block(block)
        raise UnknownName(name, _unknown(name))
    spec = _of_depth(int(match["depth"]), block, cifar=match["variant"] == "_cifar")
    if match["variant"] == "_v1":
        spec = _first_version(spec)
    if match["family"] == "plain":
        spec = _plain(spec)
    return spec.but(order="pre") if match["pre"] else spec


def _of_depth(depth: int, block: BlockKind | None, *, cifar: bool) -> ResNetSpec:
    if not cifar and depth in IMAGENET and block in (None, IMAGENET[depth][0]):
        return _imagenet(depth)
    bases: dict[BlockKind, ResNetSpec] = {
        "basic": CIFAR_BASE if cifar else ResNetSpec(block="basic"),
        "bottleneck": CIFAR_BOTTLENECK if cifar else ResNetSpec(),
    }
    if block is None:
        deep = depth in PUBLISHED_CIFAR_BOTTLENECKS if cifar else depth >= 50
        first: BlockKind = "bottleneck" if deep else "basic"
        block = block_for_depth(depth, bases, first)
    if block is None:
        raise SpecError("depth", depth, nearest_depths(depth, tuple(bases.values())))
    return with_depth(bases[block], depth)


def _unknown(name: str) -> str:
    lowered = name.lower()
    similar = [known for known in PRESETS if lowered and known.startswith(lowered)]
    similar += difflib.get_close_matches(lowered, PRESETS, cutoff=0.4)
    if similar:
        return tr("There is no network called '{name}'; did you mean {near}?").format(name=name, near=similar[0])
    sentence = tr("There is no network called '{name}'; see the command presets, or give resnetN for any depth N.")
    return sentence.format(name=name)


def name_of(spec: ResNetSpec) -> str | None:
    """Return the name of the preset that is this network, ignoring classes and input; None if there is none."""
    return _NAMES.get(_normalized(spec))


def published_blocks(spec: ResNetSpec) -> tuple[tuple[int, ...], ...]:
    """Return `blocks` of each preset that differs from this network only in them, ignoring classes and input."""
    normalized = _normalized(spec)
    return tuple(
        found.blocks for found in _NAMES
        if len(found.blocks) == len(spec.blocks) and found == normalized.but(blocks=found.blocks)
    )  # fmt: skip


def title_of(spec: ResNetSpec) -> str:
    """Return the network's title: a preset's, such as `ResNet-50`; `ResNet-77` for a depth that has a name;
    `ResNet-50, first 3 stages` for the beginning of a preset; `ResNet-77 · custom` for everything else.
    """
    name = name_of(spec)
    if name is not None:
        return PRESETS[name].title
    stages = len(spec.blocks)
    for found in PRESETS.values():
        if stages < len(found.spec.blocks) and _normalized(found.spec.with_stages(stages)) == _normalized(spec):
            text = trn("{title}, first {n} stage", "{title}, first {n} stages", stages)
            return text.format(title=found.title, n=stages)
    prefix = "PreAct " if spec.order == "pre" else ""
    title = f"{prefix}{'Plain' if spec.shortcut == 'none' else 'ResNet'}-{spec.depth}"
    for variant, suffix in (("", ""), ("_cifar", " (CIFAR)"), ("_v1", " v1")):
        if _has_depth_name(spec, variant):
            return title + suffix
    return tr("{title} · custom").format(title=title)


def _has_depth_name(spec: ResNetSpec, variant: str) -> bool:
    """Return True if the name of this depth, such as `resnet77_cifar`, gives exactly this network."""
    prefix = "preact_" if spec.order == "pre" else ""
    family = "plain" if spec.shortcut == "none" else "resnet"
    try:
        return _normalized(preset(f"{prefix}{family}{spec.depth}{variant}", spec.block)) == _normalized(spec)
    except SpecError:
        return False


def _normalized(spec: ResNetSpec) -> ResNetSpec:
    """Return the spec with default classes and input, and with defaults in the fields that its parts ignore."""
    default = ResNetSpec()
    normalized = spec.but(classes=default.classes, input=default.input)
    if spec.block == "basic":
        normalized = normalized.but(stride_in=default.stride_in)
    return normalized.but(stem_pool_stride=default.stem_pool_stride) if spec.stem == "cifar" else normalized


_NAMES: dict[ResNetSpec, str] = {_normalized(found.spec): name for name, found in PRESETS.items()}
