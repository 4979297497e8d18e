"""The named networks, and networks of any depth by name, with titles and sources."""

import difflib
import functools
import re
from collections import defaultdict
from typing import Any, NamedTuple

import msgspec

from resnet_viz.errors import SpecError, UnknownName
from resnet_viz.spec.catalog.families import FAMILIES
from resnet_viz.spec.catalog.paper_networks import (
    CIFAR_BASE,
    CIFAR_BOTTLENECK,
    IMAGENET,
    PUBLISHED_CIFAR_BOTTLENECKS,
    first_version,
    imagenet,
    paper_presets,
    without_shortcuts,
)
from resnet_viz.spec.catalog.record import Preset, Pretrained
from resnet_viz.spec.catalog.timm_data import ALIASES, PRETRAINED
from resnet_viz.spec.catalog.timm_networks import timm_presets
from resnet_viz.spec.depths import block_for_depth, nearest_depths, with_depth
from resnet_viz.spec.network import BlockKind, ResNetSpec
from resnet_viz.texts import tr, trn

PRESETS: dict[str, Preset] = {
    found.name: msgspec.structs.replace(found, pretrained=PRETRAINED.get(found.name, ()))
    for found in sorted(
        (*paper_presets(), *timm_presets()), key=lambda found: (FAMILIES.index(found.family), found.spec.depth)
    )
}
"""The presets by name, family by family, and in a family by depth."""

_DEPTH_NAME = re.compile(r"(?P<pre>preact_)?(?P<family>resnet|plain)(?P<depth>\d{1,18})(?P<variant>_cifar|_v1)?")


def names() -> tuple[str, ...]:
    """The names of all presets, family by family and in a family by depth."""
    return tuple(PRESETS)


def search_presets(query: str) -> tuple[Preset, ...]:
    """Return the presets with every word of the query in `Preset.search_text`."""
    words = query.lower().split()
    return tuple(found for found in PRESETS.values() if all(word in found.search_text for word in words))


def preset(name: str, block: BlockKind | None = None) -> ResNetSpec:
    """Return the network of a name; with `block`, the network of that depth made of these blocks.

    A published name comes first: torchvision's, then timm's, its former names among them. `resnet50.a1_in1k` is the
    network with the test size and the classes of these weights. Then come `resnetN`, `resnetN_v1`, `resnetN_cifar`,
    `plainN`, `preact_resnetN` … for any possible depth N.

    Raises UnknownName with the nearest name or the tags, SpecError with the nearest possible depths.
    """
    if not isinstance(name, str):
        raise SpecError("preset", name, tr("give a name such as resnet50"))
    key = name.strip().lower().replace("-", "")
    base, dot, tag = ALIASES.get(key, key).partition(".")
    spec = _untagged(base, block, name)
    return _for_weights(spec, pretrained(base, tag)) if dot else spec


def pretrained(name: str, tag: str) -> Pretrained:
    """Return the weights of a network with this tag; raises UnknownName, which names the tags there are."""
    found = PRESETS[name].pretrained if name in PRESETS else ()
    for weights in found:
        if weights.tag == tag:
            return weights
    if not found:
        sentence = tr("timm has no weights for {name}; leave out '.{tag}'.")
        raise UnknownName(f"{name}.{tag}", sentence.format(name=name, tag=tag))
    sentence = tr("There are no weights '{tag}' for {name}; its tags are {tags}.")
    tags = ", ".join(weights.tag for weights in found)
    raise UnknownName(f"{name}.{tag}", sentence.format(tag=tag, name=name, tags=tags))


def _for_weights(spec: ResNetSpec, weights: Pretrained) -> ResNetSpec:
    """Return the network at the size for which the weights were tested, with their classes; no head without classes."""
    batch, channels, _, _ = spec.input
    size = weights.test_size
    return spec.but(
        input=(batch, channels, size, size), classes=weights.classes or spec.classes, head=weights.classes > 0
    )


def _untagged(key: str, block: BlockKind | None, name: str) -> ResNetSpec:
    """Return the preset with the name `key`, or the network of a depth; `name` is as it was given."""
    known = PRESETS.get(key)
    if known is not None and (block is None or {block} == {*known.spec.stage_kinds}):
        return known.spec
    match = _DEPTH_NAME.fullmatch(key)
    if match is None:
        if known is not None and block is not None:
            return known.spec.with_block(block)
        raise UnknownName(name, _unknown(name))
    spec = _of_depth(int(match["depth"]), block, cifar=match["variant"] == "_cifar")
    if match["variant"] == "_v1":
        spec = first_version(spec)
    if match["family"] == "plain":
        spec = without_shortcuts(spec)
    return spec.but(order="pre") if match["pre"] else spec


def _of_depth(depth: int, block: BlockKind | None, *, cifar: bool) -> ResNetSpec:
    if not cifar and depth in IMAGENET and block in (None, IMAGENET[depth][0]):
        return imagenet(depth)
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
    lowered, known_names = name.lower().partition(".")[0], [*PRESETS, *ALIASES]
    similar = [known for known in known_names if lowered and known.startswith(lowered)]
    similar += difflib.get_close_matches(lowered, known_names, cutoff=0.4)
    if similar:
        return tr("There is no network called '{name}'; did you mean {near}?").format(name=name, near=similar[0])
    sentence = tr("There is no network called '{name}'; see the command presets, or give resnetN for any depth N.")
    return sentence.format(name=name)


class _Identity(NamedTuple):
    """A network without its classes and input: what each stage is, and all that holds for the whole of it."""

    stages: tuple[tuple[Any, ...], ...]
    whole: tuple[Any, ...]


_STAGE_FIELDS = {
    "block",
    "blocks",
    "stage_widths",
    "strides",
    "dilate",
    "stage_blocks",
    "stage_outputs",
    "block_widths",
}
_WHOLE_FIELDS = tuple(
    field for field in ResNetSpec.__struct_fields__ if field not in {*_STAGE_FIELDS, "classes", "input"}
)


def _identity(spec: ResNetSpec) -> _Identity:
    """Return the identity of a network, with defaults in the fields that its parts ignore."""
    default, whole = ResNetSpec(), {field: getattr(spec, field) for field in _WHOLE_FIELDS}
    if "bottleneck" not in spec.stage_kinds:
        whole["stride_in"] = default.stride_in
    if spec.stem == "cifar":
        whole["stem_pool_stride"] = default.stem_pool_stride
    stages = zip(
        spec.blocks, spec.stage_kinds, spec.widths, spec.stage_strides, spec.dilated, spec.outputs,
        spec.block_widths or (None,) * len(spec.blocks), strict=True,
    )  # fmt: skip
    return _Identity(tuple(stages), tuple(whole.values()))


def _but_blocks(identity: _Identity) -> _Identity:
    return _Identity(tuple(stage[1:] for stage in identity.stages), identity.whole)


_NAMES: dict[_Identity, str] = {_identity(found.spec): name for name, found in PRESETS.items()}


@functools.cache
def _published_blocks() -> dict[_Identity, list[tuple[int, ...]]]:
    """Return the blocks of the presets by the identity without blocks."""
    found = defaultdict(list)
    for identity in _NAMES:
        found[_but_blocks(identity)].append(tuple(stage[0] for stage in identity.stages))
    return found


@functools.cache
def _beginnings() -> dict[_Identity, str]:
    """Return the names of the presets by the identities of their first stages; the first preset counts."""
    found: dict[_Identity, str] = {}
    for identity, name in _NAMES.items():
        for stages in range(1, len(identity.stages)):
            found.setdefault(_Identity(identity.stages[:stages], identity.whole), name)
    return found


def name_of(spec: ResNetSpec) -> str | None:
    """Return the name of the preset that is this network, ignoring classes and input; None if there is none."""
    return _NAMES.get(_identity(spec))


def published_blocks(spec: ResNetSpec) -> tuple[tuple[int, ...], ...]:
    """Return `blocks` of each preset that differs from this network only in them, ignoring classes and input."""
    return tuple(_published_blocks().get(_but_blocks(_identity(spec)), ()))


def title_of(spec: ResNetSpec) -> str:
    """Return the network's title: a preset's, such as `ResNet-50`; `ResNet-77` for a depth that has a name;
    `ResNet-50, first 3 stages` for the beginning of a preset; `ResNet-77 · custom` for everything else.
    """
    name = name_of(spec)
    if name is not None:
        return PRESETS[name].title
    beginning = _beginnings().get(_identity(spec))
    if beginning is not None:
        text = trn("{title}, first {n} stage", "{title}, first {n} stages", len(spec.blocks))
        return text.format(title=PRESETS[beginning].title, n=len(spec.blocks))
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
        return _identity(preset(f"{prefix}{family}{spec.depth}{variant}", spec.block)) == _identity(spec)
    except SpecError:
        return False
