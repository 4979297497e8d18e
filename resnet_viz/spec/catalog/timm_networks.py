"""The networks of timm that no paper or torchvision names as well, each composed from the parts of its name.

`seresnextaa101d_32x8d` is a ResNeXt-101 of 32 groups of 8 channels (`next`, `101`, `32x8d`) with squeeze-and-excitation
(`se`), strides as average pools (`aa`), a deep stem and shortcut D (`d`).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from resnet_viz.spec.catalog import families, papers
from resnet_viz.spec.catalog.paper_networks import IMAGENET
from resnet_viz.spec.catalog.record import Paper, Preset
from resnet_viz.spec.catalog.timm_data import PRUNED
from resnet_viz.spec.network import BlockKind, ResNetSpec
from resnet_viz.texts import tr

LISTED: tuple[tuple[str, Paper, str], ...] = (
    (families.V1_5, papers.WIGHTMAN, "resnet26"),
    (families.CDST, papers.HE2018, """
        resnet10t resnet14t resnet18d resnet26d resnet26t resnet34d resnet50c resnet50d resnet50s resnet50t resnet101c
        resnet101d resnet101s resnet152c resnet152d resnet152s resnet200d"""),
    (families.CDST, papers.WIGHTMAN, "test_resnet"),
    (families.RESNEXT, papers.XIE2016, "resnext50d_32x4d resnext101_32x4d"),
    (families.RESNEXT, papers.MAHAJAN2018, "resnext101_32x16d resnext101_32x32d"),
    (families.SE, papers.HU2017, """
        seresnet18 seresnet34 seresnet50 seresnet50t seresnet101 seresnet152 seresnet152d seresnet200d seresnet269d
        seresnetaa50d seresnext26d_32x4d seresnext26t_32x4d seresnext50_32x4d seresnext101_32x4d seresnext101_32x8d
        seresnext101_64x4d seresnext101d_32x8d seresnextaa101d_32x8d seresnextaa201d_32x8d senet154"""),
    (families.ECA, papers.WANG2019, """
        ecaresnet26t ecaresnet50d ecaresnet50t ecaresnet101d ecaresnet200d ecaresnet269d ecaresnext26t_32x4d
        ecaresnext50t_32x4d"""),
    (families.ECA, papers.AFLALO2020, "ecaresnetlight ecaresnet50d_pruned ecaresnet101d_pruned"),
    (families.ANTIALIASED, papers.ZHANG2019, """
        resnetaa34d resnetaa50 resnetaa50d resnetaa101d resnetblur18 resnetblur50 resnetblur50d resnetblur101d"""),
    (families.RS, papers.BELLO2021, """
        resnetrs50 resnetrs101 resnetrs152 resnetrs200 resnetrs270 resnetrs350 resnetrs420"""),
    (families.V2, papers.HE2016, """
        resnetv2_18 resnetv2_18d resnetv2_34 resnetv2_34d resnetv2_50 resnetv2_50d resnetv2_50t resnetv2_101
        resnetv2_101d resnetv2_152 resnetv2_152d"""),
    (families.OTHER_NORMS, papers.WU2018, "resnet50_gn resnetv2_50d_gn"),
    (families.OTHER_NORMS, papers.LIU2020, "resnetv2_50d_evos"),
    (families.OTHER_NORMS, papers.SINGH2019, "resnetv2_50d_frn"),
    (families.BIT, papers.KOLESNIKOV2019, """
        resnetv2_50x1_bit resnetv2_50x3_bit resnetv2_101x1_bit resnetv2_101x3_bit resnetv2_152x2_bit
        resnetv2_152x4_bit"""),
)  # fmt: skip

BLOCKS: dict[int, tuple[BlockKind, tuple[int, ...]]] = {
    **IMAGENET,
    10: ("basic", (1, 1, 1, 1)),
    14: ("bottleneck", (1, 1, 1, 1)),
    26: ("bottleneck", (2, 2, 2, 2)),
    201: ("bottleneck", (3, 24, 36, 4)),
    269: ("bottleneck", (3, 30, 48, 8)),
    270: ("bottleneck", (4, 29, 53, 4)),
    350: ("bottleneck", (4, 36, 72, 4)),
    420: ("bottleneck", (4, 44, 87, 4)),
}
"""The block and blocks of each stage for the number in a name, which is not always that of the weighted layers."""


class Part(NamedTuple):
    """A part of a name: its text in the title and in the description, and the fields of the spec that it sets."""

    title: str
    text: str
    fields: Mapping[str, Any]


_DEEP: Mapping[str, Any] = {"stem_widths": (32, 32)}
_WIDE_DEEP: Mapping[str, Any] = {"stem_widths": (64, 64), "width": 128, "stage_widths": (64, 128, 256, 512)}
PARTS: dict[str, Part] = {
    "se": Part("SE-", tr("SE"), {"attention": "se"}),
    "eca": Part("ECA-", tr("ECA"), {"attention": "eca"}),
    "v2_": Part("V2", tr("pre-activation"), {"order": "pre", "first_activation": "block"}),
    "aa": Part("-AA", tr("strides by average pools"), {"stem_pool": "average", "antialias": "average"}),
    "blur": Part("-Blur", tr("strides by blur filters"), {"stem_pool": "blur", "antialias": "blur"}),
    "rs": Part(
        "-RS", tr("deep stem, convolution as its pool, shortcut D, SE with a quarter of the channels"),
        {**_DEEP, "stem_pool": "conv", "shortcut": "D", "attention": "se", "attention_reduction": 4},
    ),
    "c": Part("-C", tr("deep stem"), _DEEP),
    "d": Part("-D", tr("deep stem, shortcut D"), {**_DEEP, "shortcut": "D"}),
    "wide d": Part("-D", tr("deep stem, 128 wide, shortcut D"), {**_WIDE_DEEP, "shortcut": "D"}),
    "s": Part("-S", tr("deep stem, 128 wide"), _WIDE_DEEP),
    "t": Part("-T", tr("tiered deep stem, shortcut D"), {"stem_widths": (24, 32), "shortcut": "D"}),
    "_gn": Part(" group norm", tr("group norm"), {"norm": "group"}),
    "_evos": Part(" EvoNorm S0", tr("EvoNorm S0"), {"norm": "evonorm"}),
    "_frn": Part(" FRN", tr("filter response norm"), {"norm": "frn"}),
    "_bit": Part(
        " BiT", tr("group norm, standardized weights, stem pool padded with zeros"),
        {"norm": "group", "weight_standardization": True, "stem_pool_padding": "zero"},
    ),
}  # fmt: skip
_NOTHING = Part("", "", {})
_NAME = re.compile(
    r"(?P<gate>se|eca)?resne(?P<family>t|xt)(?P<order>v2_)?(?P<antialias>aa|blur)?(?P<rs>rs)?(?P<depth>\d+)"
    r"(?P<stem>[cdst])?(?:x(?P<factor>\d))?(?:_(?P<groups>\d+)x(?P<per_group>\d+)d)?(?P<norm>_gn|_evos|_frn|_bit)?"
)
_STEMS = {"seresnextaa201d_32x8d": "wide d"}  # where the name alone would mean another


def timm_presets() -> Iterator[Preset]:
    """Yield the networks in the order of LISTED."""
    for family, paper, names in LISTED:
        for name in names.split():
            title, text, spec = _special(name) or _composed(name)
            module = "timm.models.resnetv2" if name.startswith("resnetv2") else "timm.models.resnet"
            yield Preset(name, title, text, f"{paper.reference}; {module}", spec, family, paper.year)


def _composed(name: str) -> tuple[str, str, ResNetSpec]:
    """Return the title, description and spec of a name that follows the grammar."""
    match = _NAME.fullmatch(name)
    if match is None:
        raise ValueError(name)
    words = {**match.groupdict(), "stem": _STEMS.get(name, match["stem"])}
    gate, order, antialias, rs, stem, norm = (
        PARTS.get(words[part] or "", _NOTHING) for part in ("gate", "order", "antialias", "rs", "stem", "norm")
    )
    block, blocks = BLOCKS[int(match["depth"])]
    fields: dict[str, Any] = {"block": block, "blocks": blocks}
    texts = [order.text, stem.text]
    title = f"{gate.title}ResNe{match['family'].replace('x', 'X')}{order.title}{antialias.title}{rs.title}"
    title += f"-{match['depth']}{stem.title}"
    if match["factor"]:
        factor = int(match["factor"])
        fields["width"] = 64 * factor
        title += f"×{factor}"
        texts.append(tr("{n} × as wide").format(n=factor) if factor > 1 else "")
    if match["groups"]:
        groups, per_group = int(match["groups"]), int(match["per_group"])
        fields |= {"groups": groups, "width_per_group": per_group}
        title += f" {groups}×{per_group}d"
        texts.append(tr("{groups} groups of {width} channels").format(groups=groups, width=per_group))
    for part in (order, antialias, rs, stem, norm, gate):
        fields |= part.fields
    texts += [gate.text, antialias.text, rs.text, norm.text]
    text = ", ".join(filter(None, texts)) or tr("two Bottleneck blocks in every stage")
    return title + norm.title, text, ResNetSpec(**fields)


def _special(name: str) -> tuple[str, str, ResNetSpec] | None:
    """Return the title, description and spec of a name outside the grammar; None for the others."""
    if name.endswith("_pruned"):
        title, text, spec = _composed(name.removesuffix("_pruned"))
        widths = PRUNED[name]
        spec = spec.but(stage_outputs=widths.stage_outputs, block_widths=widths.block_widths)
        return tr("{title} pruned").format(title=title), tr("{text}, pruned channels").format(text=text), spec
    if name == "ecaresnetlight":
        text = tr("shortcut D, ECA, most blocks in the third stage")
        return "ECA-ResNet-light", text, ResNetSpec(blocks=(1, 1, 11, 3), shortcut="D", attention="eca")
    if name == "senet154":
        text = tr("deep stem, 128 wide, 64 groups of 4 channels, SE, 3×3 projections")
        return "SENet-154", text, ResNetSpec(
            blocks=(3, 8, 36, 3), groups=64, width_per_group=4, attention="se", projection_kernel=3, reduce_first=2,
            **_WIDE_DEEP,
        )  # fmt: skip
    if name == "test_resnet":
        text = tr("a small network for tests: Bottlenecks in the third stage alone, deep stem, shortcut D")
        return "ResNet for tests", text, ResNetSpec(
            block="basic", blocks=(1, 1, 1, 1), stage_blocks=("basic", "basic", "bottleneck", "basic"), width=32,
            stem_widths=(16, 16), stage_widths=(32, 48, 48, 96), shortcut="D",
        )  # fmt: skip
    return None
