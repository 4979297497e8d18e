"""The named networks: the published parameters and MACs, to the digit."""

import itertools
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from resnet_viz.errors import SpecError, UnknownName
from resnet_viz.pipeline import analyse
from resnet_viz.spec.catalog.families import FAMILIES
from resnet_viz.spec.catalog.paper_networks import CIFAR_BASE, CIFAR_BOTTLENECK
from resnet_viz.spec.network import BlockKind, ResNetSpec
from resnet_viz.spec.presets import (
    PRESETS,
    name_of,
    preset,
    published_blocks,
    title_of,
)

PUBLISHED = {
    "resnet18": (11_689_512, 1_814_073_344),
    "resnet34": (21_797_672, 3_663_761_408),
    "resnet50": (25_557_032, 4_089_184_256),
    "resnet101": (44_549_160, 7_801_405_440),
    "resnet152": (60_192_808, 11_513_626_624),
    "resnext50_32x4d": (25_028_904, 4_230_479_872),
    "resnext101_32x8d": (88_791_336, 16_414_015_488),
    "resnext101_64x4d": (83_455_272, 15_460_270_080),
    "wide_resnet50_2": (68_883_240, 11_398_021_120),
    "wide_resnet101_2": (126_886_696, 22_753_050_624),
    "resnet20_cifar": (269_722, 40_551_040),
    "resnet32_cifar": (464_154, 68_862_592),
    "resnet44_cifar": (658_586, 97_174_144),
    "resnet56_cifar": (853_018, 125_485_696),
    "resnet110_cifar": (1_727_962, 252_887_680),
    "resnet1202_cifar": (19_421_274, 2_829_238_912),
}
IN_GIGA = {
    "resnet50_v1": (25_557_032, 3.858),
    "resnet101_v1": (44_549_160, 7.570),
    "resnet152_v1": (60_192_808, 11.282),
    "resnet18_v1": (11_515_688, 1.795),
    "resnet34_v1": (21_623_848, 3.645),
}
ACTIVATIONS = {
    "resnet18": 2.48, "resnet34": 3.74, "resnet50": 11.11, "resnet101": 16.23, "resnet152": 22.56,
    "resnext50_32x4d": 14.40, "resnext101_32x8d": 31.21, "resnext101_64x4d": 31.21, "wide_resnet50_2": 14.40,
    "wide_resnet101_2": 21.23,
}  # fmt: skip


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_parameters_and_macs(name: str) -> None:
    totals = analyse(preset(name)).totals
    assert (totals.params, totals.macs) == PUBLISHED[name]


@pytest.mark.parametrize("name", IN_GIGA)
def test_the_papers_own_variants(name: str) -> None:
    totals = analyse(preset(name)).totals
    params, giga = IN_GIGA[name]
    assert totals.params == params
    assert totals.macs / 1e9 == pytest.approx(giga, abs=0.00051)  # 3.64449 is printed as 3.645


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_published_activations(name: str) -> None:
    assert round(analyse(preset(name)).totals.activations / 1e6, 2) == ACTIVATIONS[name]


@pytest.mark.parametrize(
    ("name", "params"), [("preact_resnet164_cifar", 1_703_258), ("preact_resnet1001_cifar", 10_327_706)]
)
def test_published_preactivation_parameters(name: str, params: int) -> None:
    assert analyse(preset(name)).totals.params == params


@pytest.mark.parametrize("name", [None, 50, b"resnet50", ["resnet50"]])
def test_a_name_of_another_type_is_refused(name: Any) -> None:
    with pytest.raises(SpecError, match=r"^preset: .*give a name such as resnet50"):
        preset(name)


def test_the_mask_rcnn_backbone_has_its_feature_levels_and_names() -> None:
    analysis = analyse(preset("maskrcnn_resnet50"))
    levels = {layer.feature_level: layer.output[1:] for layer in analysis.layers if layer.feature_level}
    assert levels == {
        "C1": (64, 256, 256), "C2": (256, 256, 256), "C3": (512, 128, 128), "C4": (1024, 64, 64), "C5": (2048, 32, 32),
    }  # fmt: skip
    names = {layer.id: layer.caffe_name for layer in analysis.layers}
    assert names["layer1.0.conv1"] == "res2a_branch2a"
    assert names["layer1.0.downsample.0"] == "res2a_branch1"
    assert names["layer3.5.bn2"] == "bn4f_branch2b"
    assert names["layer4.2.relu3"] == "res5c_relu"
    shorter = analyse(preset("maskrcnn_resnet50").with_stages(3))
    assert [layer.feature_level for layer in shorter.layers if layer.feature_level] == ["C1", "C2", "C3", "C4"]


def test_the_tutorials_variant_projects_in_every_first_block() -> None:
    analysis = analyse(preset("resnet34_cifar_wide"))
    kinds = [edge.kind for edge in analysis.edges if edge.kind != "main"]
    assert kinds.count("projection") == 4
    assert len(kinds) == 4 + 5 + 7 + 4
    assert analysis.layer_by_id["maxpool"].output == (1, 64, 16, 16)
    assert analysis.layer_by_id["layer4.3.relu2"].output == (1, 512, 2, 2)


GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "presets.json").read_text("utf8"))


def test_the_presets_are_those_in_the_golden_file() -> None:
    """Names, titles, sources and, where they are not the defaults, the fields of the spec."""
    assert {entry["name"] for entry in GOLDEN} == names_of_papers()
    for entry in GOLDEN:
        found = PRESETS[entry["name"]]
        assert (found.name, found.title, found.source) == (entry["name"], entry["title"], entry["source"])
        assert found.spec == msgspec.convert(entry["spec"], ResNetSpec)


def names_of_papers() -> set[str]:
    """The presets that are not in timm alone."""
    return {found.name for found in PRESETS.values() if "timm.models" not in found.source}


def test_presets_are_listed_by_family_and_depth() -> None:
    listed = [
        (family, [*found]) for family, found in itertools.groupby(PRESETS.values(), key=lambda found: found.family)
    ]
    assert [family for family, _ in listed] == [*FAMILIES]
    for _, found in listed:
        depths = [preset.spec.depth for preset in found]
        assert depths == sorted(depths)


def test_every_preset_is_found_by_name_and_by_spec() -> None:
    for name, found in PRESETS.items():
        assert preset(name) is preset(f" {name.upper()} ") is found.spec
        assert name_of(found.spec) == name
        assert name_of(found.spec.but(classes=7, input=(2, found.spec.input[1], 64, 64))) == name
        assert title_of(found.spec) == found.title
        assert not {"{", "}"} & set(found.description)
    assert preset("ResNet-50") == preset("resnet50")
    assert name_of(preset("resnet77")) is None


def test_descriptions_say_how_a_preset_differs() -> None:
    assert PRESETS["resnet34_v1"].description == "the paper's ResNet-34: parameter-free shortcut A"
    assert PRESETS["resnet50_v1"].description == "the paper's ResNet-50: stride in the first 1×1"
    assert PRESETS["resnet101"].description.startswith("ResNet-101 with a projection")
    assert PRESETS["plain34"].description == "the 34-layer network without its shortcuts"
    assert PRESETS["resnet56_cifar"].description == "three stages of 9 Basic blocks for 32×32, shortcut A"
    assert PRESETS["resnext50_32x4d"].description == "32 groups of 4 channels in the first stage"


def test_networks_of_any_depth_start_from_published_ones() -> None:
    assert preset("resnet20_cifar") == CIFAR_BASE
    assert preset("preact_resnet164_cifar") == CIFAR_BOTTLENECK.but(order="pre")


NAMED: list[tuple[str, BlockKind | None, BlockKind, tuple[int, ...], str]] = [
    ("resnet44", None, "basic", (3, 4, 11, 3), "ResNet-44"),
    ("resnet47", None, "bottleneck", (3, 4, 5, 3), "ResNet-47"),
    ("resnet80", None, "bottleneck", (3, 4, 16, 3), "ResNet-80"),
    ("resnet50", "basic", "basic", (3, 4, 14, 3), "ResNet-50"),
    ("resnet50", "bottleneck", "bottleneck", (3, 4, 6, 3), "ResNet-50"),
    ("resnet26_v1", None, "basic", (3, 3, 4, 2), "ResNet-26 v1"),
    ("resnet77_v1", None, "bottleneck", (3, 4, 15, 3), "ResNet-77 v1"),
    ("plain26", None, "basic", (3, 3, 4, 2), "Plain-26"),
    ("plain26_cifar", None, "basic", (4, 4, 4), "Plain-26 (CIFAR)"),
    ("resnet164_cifar", None, "bottleneck", (18, 18, 18), "ResNet-164 (CIFAR)"),
    ("resnet1001_cifar", None, "bottleneck", (111, 111, 111), "ResNet-1001 (CIFAR)"),
    ("resnet20_cifar", "bottleneck", "bottleneck", (2, 2, 2), "ResNet-20 (CIFAR)"),
    ("preact_resnet56_cifar", None, "basic", (9, 9, 9), "PreAct ResNet-56 (CIFAR)"),
    ("preact_plain56_cifar", None, "basic", (9, 9, 9), "PreAct Plain-56 (CIFAR)"),
    ("preact_resnet50_v1", None, "bottleneck", (3, 4, 6, 3), "PreAct ResNet-50 v1"),
    ("wide_resnet50_2", "basic", "basic", (3, 4, 6, 3), "ResNet-34 · custom"),
    ("wide_resnet50_2", "bottleneck", "bottleneck", (3, 4, 6, 3), "Wide ResNet-50-2"),
]


@pytest.mark.parametrize(("name", "asked", "block", "blocks", "title"), NAMED)
def test_a_name_of_any_depth_gives_its_network_and_title(
    name: str, asked: BlockKind | None, block: BlockKind, blocks: tuple[int, ...], title: str
) -> None:
    spec = preset(name, asked)
    assert (spec.block, spec.blocks) == (block, blocks)
    assert spec.order == ("pre" if "preact" in name else "post")
    assert (spec.shortcut == "none") == ("plain" in name)
    assert (spec.stem == "cifar") == ("cifar" in name)
    assert title_of(spec) == title


def test_titles_of_changed_networks() -> None:
    assert title_of(preset("resnet18").but(stride_in="1x1")) == "ResNet-18"
    assert title_of(preset("resnet20_cifar").but(stem_pool_stride=1)) == "ResNet-20 (CIFAR)"
    assert title_of(preset("resnet50").but(shortcut="none")) == "Plain-50"
    assert title_of(preset("maskrcnn_resnet50").with_stages(3)) == "Mask R-CNN ResNet-50, first 3 stages"
    assert title_of(preset("maskrcnn_resnet50").with_stages(1)) == "Mask R-CNN ResNet-50, first 1 stage"
    assert title_of(preset("resnet77").but(width=32)) == "ResNet-77 · custom"
    assert title_of(ResNetSpec(blocks=(1, 5))) == "ResNet-20 · custom"


def test_the_published_blocks_are_those_of_presets_with_all_other_fields_equal() -> None:
    imagenet = [(2, 2, 2, 2), (3, 4, 6, 3)]
    assert list(published_blocks(preset("resnet44").but(classes=3, stride_in="1x1"))) == imagenet
    assert list(published_blocks(preset("plain26"))) == imagenet
    assert published_blocks(preset("resnet50").but(order="pre")) == ((3, 24, 36, 3),)
    assert published_blocks(preset("resnet50").but(width=32)) == ()
    assert published_blocks(preset("resnet50").with_stages(3)) == ()


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("resnext50", "resnext50_32x4d"), ("resnet50x", "resnet50"), ("WIDE", "wide_resnet50_2"), ("net50", "resnet50"),
        ("resnet50_cifr", "resnet56_cifar"), ("plain", "plain18"), ("prect_resnet200", "preact_resnet200"),
        ("gluon_resnet50", "gluon_resnet50_v1b"), ("seresnet5", "seresnet50"),
    ],
)  # fmt: skip
def test_an_unknown_name_suggests_a_similar_one(name: str, near: str) -> None:
    with pytest.raises(UnknownName) as caught:
        preset(name)
    assert str(caught.value) == f"There is no network called '{name}'; did you mean {near}?"


@pytest.mark.parametrize("name", ["∅", ""])
def test_a_name_like_no_other_gets_general_advice(name: str) -> None:
    with pytest.raises(SpecError) as caught:
        preset(name)
    sentence = f"There is no network called '{name}'; see the command presets, or give resnetN for any depth N."
    assert str(caught.value) == sentence
    assert (caught.value.field, caught.value.value) == ("preset", name)


def test_a_tag_sets_the_size_of_the_test_images_and_the_classes() -> None:
    tagged = {
        "resnet50.a1_in1k": preset("resnet50").but(input=(1, 3, 288, 288)),
        " ResNet-50.A3_in1k ": preset("resnet50"),
        "resnetaa50d.sw_in12k": preset("resnetaa50d").but(input=(1, 3, 288, 288), classes=11_821),
        "resnetv2_152x4_bit.goog_in21k_ft_in1k": preset("resnetv2_152x4_bit").but(input=(1, 3, 480, 480)),
        "resnet50.bamboo": preset("resnet50").but(head=False),
    }
    for name, spec in tagged.items():
        assert preset(name) == spec
    assert preset("resnet50.a1_in1k", "basic") == preset("resnet50", "basic").but(input=(1, 3, 288, 288))
    assert title_of(preset("resnet50.a1_in1k")) == "ResNet-50"


def test_former_names_are_those_of_the_networks_with_their_tags() -> None:
    former = {
        "gluon_resnet50_v1b": "resnet50.gluon_in1k", "gluon_resnet101_v1s": "resnet101s", "tv_resnet50": "resnet50",
        "ig_resnext101_32x16d": "resnext101_32x16d", "ssl_resnet18": "resnet18", "seresnext26tn_32x4d":
        "seresnext26t_32x4d", "resnetv2_50x1_bitm": "resnetv2_50x1_bit.goog_in21k_ft_in1k",
        "resnetv2_152x2_bitm_in21k": "resnetv2_152x2_bit.goog_in21k",
    }  # fmt: skip
    for name, now in former.items():
        assert preset(name) == preset(now)
    assert preset("resnetv2_50x1_bitm").input == (1, 3, 448, 448)
    assert preset("resnetv2_152x2_bitm_in21k").classes == 21_843


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("resnet50d.a9_in1k", "There are no weights 'a9_in1k' for resnet50d; its tags are ra2_in1k, "
         "ra4_e3600_r224_in1k, a1_in1k, a2_in1k, a3_in1k, gluon_in1k."),
        ("resnet77.a1_in1k", "timm has no weights for resnet77; leave out '.a1_in1k'."),
        ("resnet20_cifar.", "timm has no weights for resnet20_cifar; leave out '.'."),
        ("resnet5o.a1_in1k", "There is no network called 'resnet5o.a1_in1k'; did you mean resnet50?"),
        ("resnet51.a1_in1k", "depth: 51 is not accepted; the nearest possible depths are 50 and 52."),
    ],
)  # fmt: skip
def test_a_wrong_tag_is_refused_with_the_tags_there_are(name: str, sentence: str) -> None:
    with pytest.raises(SpecError) as caught:
        preset(name)
    assert str(caught.value) == sentence


def test_published_names_come_before_the_rule_of_depths() -> None:
    """timm's ResNet-26 has Bottlenecks; the paper's first version and the plain network of that depth have none."""
    assert (preset("resnet26").block, preset("resnet26").blocks) == ("bottleneck", (2, 2, 2, 2))
    for name in ("resnet26_v1", "plain26", "preact_resnet26"):
        assert preset(name).block == "basic"
    assert preset("resnet26", "basic").blocks == (3, 3, 4, 2)


def test_the_two_preactivated_networks_are_not_the_same() -> None:
    he, timm = preset("preact_resnet50"), preset("resnetv2_50")
    assert (he.first_activation, timm.first_activation) == ("stem", "block")
    assert he == timm.but(first_activation="stem") != timm
    assert name_of(timm) == "resnetv2_50"
    assert name_of(he) is None


def test_another_block_replaces_those_of_all_stages() -> None:
    found = preset("test_resnet", "basic")
    assert (found.block, found.stage_blocks, found.blocks) == ("basic", None, (1, 1, 1, 1))
    assert preset("test_resnet", "bottleneck").stage_kinds == ("bottleneck",) * 4
    pruned = preset("ecaresnet50d_pruned", "basic")
    assert (pruned.block, pruned.outputs) == ("basic", (64, 128, 256, 512))
