"""timm's networks: each name composed from its parts."""

import json
from pathlib import Path

import pytest

from resnet_viz.spec.catalog.timm_networks import LISTED, timm_presets
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import PRESETS, name_of, preset

FAMILIES = json.loads((Path(__file__).parents[2] / "golden" / "families.json").read_text("utf8"))
DEEP, WIDE_DEEP = (32, 32), {"stem_widths": (64, 64), "width": 128, "stage_widths": (64, 128, 256, 512)}
SPECS = {
    "resnet10t": ResNetSpec(block="basic", blocks=(1, 1, 1, 1), stem_widths=(24, 32), shortcut="D"),
    "resnet50c": ResNetSpec(stem_widths=DEEP),
    "resnet152s": ResNetSpec(blocks=(3, 8, 36, 3), stem_widths=(64, 64), width=128, stage_widths=(64, 128, 256, 512)),
    "resnext101_32x16d": ResNetSpec(blocks=(3, 4, 23, 3), groups=32, width_per_group=16),
    "ecaresnetlight": ResNetSpec(blocks=(1, 1, 11, 3), shortcut="D", attention="eca"),
    "seresnet269d": ResNetSpec(blocks=(3, 30, 48, 8), stem_widths=DEEP, shortcut="D", attention="se"),
    "seresnextaa101d_32x8d": ResNetSpec(
        blocks=(3, 4, 23, 3), stem_widths=DEEP, shortcut="D", attention="se", antialias="average",
        stem_pool="average", groups=32, width_per_group=8,
    ),
    "resnetblur50d": ResNetSpec(stem_widths=DEEP, shortcut="D", antialias="blur", stem_pool="blur"),
    "resnetrs420": ResNetSpec(
        blocks=(4, 44, 87, 4), stem_widths=DEEP, stem_pool="conv", shortcut="D", attention="se", attention_reduction=4
    ),
    "resnet50_gn": ResNetSpec(norm="group"),
    "resnetv2_18d": ResNetSpec(
        block="basic", blocks=(2, 2, 2, 2), stem_widths=DEEP, shortcut="D", order="pre", first_activation="block"
    ),
    "resnetv2_50d_frn": ResNetSpec(
        stem_widths=DEEP, shortcut="D", order="pre", first_activation="block", norm="frn"
    ),
    "resnetv2_101x3_bit": ResNetSpec(
        blocks=(3, 4, 23, 3), width=192, order="pre", first_activation="block", norm="group",
        weight_standardization=True, stem_pool_padding="zero",
    ),
}  # fmt: skip


def test_all_networks_of_timm_are_presets() -> None:
    assert len(FAMILIES["networks"]) == 101
    assert [name for name in FAMILIES["networks"] if name not in PRESETS] == []
    assert {found.name for found in timm_presets()} <= {*FAMILIES["networks"]}
    assert all(PRESETS[name].pretrained for name in FAMILIES["networks"])


@pytest.mark.parametrize("name", SPECS)
def test_a_name_has_the_fields_of_its_parts(name: str) -> None:
    assert preset(name) == SPECS[name]
    assert name_of(SPECS[name]) == name


def test_networks_outside_the_grammar() -> None:
    senet, large, small = preset("senet154"), preset("seresnextaa201d_32x8d"), preset("test_resnet")
    assert senet == ResNetSpec(
        blocks=(3, 8, 36, 3), stem_widths=(64, 64), width=128, stage_widths=(64, 128, 256, 512), groups=64,
        width_per_group=4, attention="se", projection_kernel=3, reduce_first=2,
    )  # fmt: skip
    assert (large.blocks, large.stem_widths, large.width, large.widths) == (
        (3, 24, 36, 4), (64, 64), 128, (64, 128, 256, 512))  # fmt: skip
    assert (large.shortcut, large.antialias) == ("D", "average")
    assert small.stage_kinds == ("basic", "basic", "bottleneck", "basic")
    assert small.outputs == (32, 48, 192, 96)


def test_the_pruned_networks_have_the_widths_that_were_left() -> None:
    """The README of timm's pruned networks: 19, 171, 818 and 2,022 channels leave the stages of the 50 layers."""
    pruned = preset("ecaresnet50d_pruned")
    assert pruned.outputs == (19, 171, 818, 2022)
    assert pruned.widths_inside(0, 0) == (47, 18)
    assert pruned.but(stage_outputs=None, block_widths=None) == preset("ecaresnet50d")
    assert preset("ecaresnet101d_pruned").outputs == (26, 142, 278, 2042)


def test_titles_and_descriptions_say_what_the_parts_are() -> None:
    found = {found.name: (found.title, found.description) for found in timm_presets()}
    assert found["seresnextaa101d_32x8d"] == (
        "SE-ResNeXt-AA-101-D 32×8d", "deep stem, shortcut D, 32 groups of 8 channels, SE, strides by average pools"
    )  # fmt: skip
    assert found["resnetv2_50x3_bit"] == (
        "ResNetV2-50×3 BiT",
        "pre-activation, 3 × as wide, group norm, standardized weights, stem pool padded with zeros",
    )
    assert found["resnet26"] == ("ResNet-26", "two Bottleneck blocks in every stage")
    assert found["ecaresnet50d_pruned"] == ("ECA-ResNet-50-D pruned", "deep stem, shortcut D, ECA, pruned channels")
    assert len({title for title, _ in found.values()}) == len(found)


def test_every_network_names_its_publication() -> None:
    assert (
        PRESETS["seresnet50"].source
        == "Hu et al., Squeeze-and-Excitation Networks, arXiv:1709.01507; timm.models.resnet"
    )
    assert PRESETS["seresnet50"].year == 2017
    assert PRESETS["resnetv2_50d_evos"].source.endswith("arXiv:2004.02967; timm.models.resnetv2")
    assert sum(len(names.split()) for *_, names in LISTED) == 90
