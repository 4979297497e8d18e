"""The named networks: the published parameters and MACs, to the digit."""

import pytest

from resnet_viz.errors import SpecError, UnknownName
from resnet_viz.pipeline import analyse
from resnet_viz.spec.presets import PRESETS, name_of, preset, title_of

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


def test_every_preset_is_found_by_name_and_by_spec() -> None:
    for name, found in PRESETS.items():
        assert preset(name) == found.spec
        assert name_of(found.spec) == name
        assert name_of(found.spec.but(classes=7)) == name
        assert found.description
        assert found.source


def test_titles() -> None:
    assert title_of(preset("resnet50")) == "ResNet-50"
    assert title_of(preset("resnet77")) == "ResNet-77"
    assert title_of(preset("plain26")) == "Plain-26"
    assert title_of(preset("plain26_cifar")) == "Plain-26 (CIFAR)"
    assert title_of(preset("preact_resnet56_cifar")) == "PreAct ResNet-56 (CIFAR)"
    assert title_of(preset("resnet18").but(stride_in="1x1")) == "ResNet-18"
    assert title_of(preset("resnet50").but(shortcut="none")) == "Plain-50"
    assert title_of(preset("maskrcnn_resnet50").with_stages(3)) == "Mask R-CNN ResNet-50, first 3 stages"
    assert title_of(preset("resnet77").but(width=32)) == "ResNet-77 · custom"


def test_an_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean resnext50_32x4d"):
        preset("resnext50")
    with pytest.raises(SpecError, match="resnetN"):
        preset("∅")
