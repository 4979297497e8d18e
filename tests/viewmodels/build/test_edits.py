"""Edits of the Build panel: the network after them, or a sentence that names the field."""

import pytest

from resnet_viz.errors import SpecError
from resnet_viz.spec.presets import PRESETS, preset
from resnet_viz.viewmodels.build.edits import edited_spec, preset_of
from resnet_viz.viewmodels.parts import preset_groups

RESNET50 = preset("resnet50")
FAMILIES = {
    "resnet50": "ResNet (v1.5)",
    "resnet50_v1": "ResNet as in the paper (v1)",
    "resnext50_32x4d": "ResNeXt",
    "wide_resnet50_2": "Wide ResNet",
    "resnet20_cifar": "ResNet for CIFAR",
    "resnet34_cifar_wide": "ResNet for CIFAR",
    "preact_resnet110_cifar": "Pre-activation",
    "plain20_cifar": "Plain networks",
    "maskrcnn_resnet50": "Backbones",
}


def test_every_preset_is_in_the_group_of_its_family() -> None:
    groups = {group.title: [choice.value for choice in group.choices] for group in preset_groups()}
    assert len(groups) == len(preset_groups())
    assert sorted(name for names in groups.values() for name in names) == sorted(PRESETS)
    family = {name: title for title, names in groups.items() for name in names}
    assert {name: family[name] for name in FAMILIES} == FAMILIES


def test_the_choice_of_a_preset_has_its_title_description_and_source() -> None:
    choice = next(choice for group in preset_groups() for choice in group.choices if choice.value == "resnet50")
    known = PRESETS["resnet50"]
    assert (choice.text, choice.detail) == (known.title, f"{known.description}\n{known.source}")


def test_a_spec_has_the_name_of_its_preset_or_none() -> None:
    assert preset_of(RESNET50) == "resnet50"
    assert preset_of(RESNET50.but(classes=10)) == "resnet50"
    assert preset_of(RESNET50.but(blocks=(1, 2, 3, 4))) == ""


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("preset", "resnet101", preset("resnet101")),
        ("depth", 101, preset("resnet101")),
        ("depth_step", 1, edited_spec(RESNET50, "depth", 53)),
        ("depth_step", -2, edited_spec(RESNET50, "depth", 44)),
        ("block", "basic", preset("resnet34")),
        ("blocks", (3, 4, 23, 3), preset("resnet101")),
        ("width_per_group", 128, preset("wide_resnet50_2")),
        ("width_per_group", 0, RESNET50),
        ("stage_widths", "64, 128; 256 512", RESNET50),
        ("stage_widths", "", RESNET50),
        ("strides", "1,2,2,1", RESNET50.but(strides=(1, 2, 2, 1))),
        ("dilate", (False, False, True), RESNET50.but(dilate=(False, False, True))),
        ("stem_pool_stride", "1", RESNET50.but(stem_pool_stride=1)),
        ("head", False, RESNET50.but(head=False)),
        ("stages", 3, RESNET50.but(blocks=(3, 4, 6))),
        ("stages", 5, RESNET50.but(blocks=(3, 4, 6, 3, 1))),
        ("depth_step", 0, RESNET50),
        ("stem_pool_stride", 2, RESNET50),
        ("stage_widths", "64x128×256;512", RESNET50),
        ("strides", " 1 , 1,2,2 ", RESNET50.but(strides=(1, 1, 2, 2))),
        ("strides", "", RESNET50),
        ("dilate", (), RESNET50),
        ("dilate", [False, True, True], RESNET50.but(dilate=(False, True, True))),
        ("classes", 10, RESNET50.but(classes=10)),
        ("stem_widths", "32, 32", RESNET50.but(stem_widths=(32, 32))),
        ("stem_widths", "", RESNET50),
        ("stem_pool", "blur", RESNET50.but(stem_pool="blur")),
        ("attention_reduction", 4, RESNET50.but(attention_reduction=4)),
        ("projection_kernel", "3", RESNET50.but(projection_kernel=3)),
        ("reduce_first", "2", RESNET50.but(reduce_first=2)),
        ("weight_standardization", True, RESNET50.but(weight_standardization=True)),
        ("stage_outputs", "256, 512, 1000, 2048", RESNET50.but(stage_outputs=(256, 512, 1000, 2048))),
        ("stage_outputs", "256, 512, 1024, 2048", RESNET50),
        ("stage_blocks", (True, True, True, True), RESNET50),
        ("stage_blocks", (False, False, False, False), RESNET50.but(block="basic")),
        (
            "stage_blocks",
            (True, False, True, True),
            RESNET50.but(stage_blocks=("bottleneck", "basic", "bottleneck", "bottleneck")),
        ),
        ("block_widths", "64×64 / 128×128 / 256×256 / 512×512", RESNET50),
        ("block_widths", "", RESNET50),
        (
            "block_widths",
            "64x64, 48x64, 32x64 / 128×128 / 256×256 / 512×512",
            RESNET50.but(
                block_widths=(((64, 64), (48, 64), (32, 64)), ((128, 128),) * 4, ((256, 256),) * 6, ((512, 512),) * 3)
            ),
        ),
    ],
)
def test_an_edit_gives_the_expected_spec(field: str, value: object, expected: object) -> None:
    assert edited_spec(RESNET50, field, value) == expected


def test_steps_of_depth_end_at_the_last_depth() -> None:
    shallowest = edited_spec(RESNET50, "depth_step", -1000)
    assert edited_spec(shallowest, "depth_step", -1) == shallowest
    assert edited_spec(edited_spec(RESNET50, "depth_step", 3), "depth_step", -3) == RESNET50


def test_new_stages_double_the_last_width_and_have_stride_2() -> None:
    spec = RESNET50.but(stage_widths=(8, 16, 24, 40), strides=(1, 2, 2, 1), dilate=(True, False, False))
    longer = edited_spec(spec, "stages", 6)
    assert longer.stage_widths == (8, 16, 24, 40, 80, 160)
    assert longer.strides == (1, 2, 2, 1, 2, 2)
    assert longer.dilate == (True, False, False, False, False)
    assert longer.blocks == (3, 4, 6, 3, 1, 1)
    assert edited_spec(RESNET50, "stages", 6) == RESNET50.but(blocks=(3, 4, 6, 3, 1, 1))
    three = preset("resnet18").but(blocks=(1, 1, 1), stage_widths=(4, 6, 10))
    assert edited_spec(three, "stages", 6).stage_widths == (4, 6, 10, 20, 40, 80)


def test_another_number_of_stages_changes_all_lists_of_stages() -> None:
    spec = RESNET50.but(stage_widths=(64, 96, 128, 160), strides=(1, 1, 2, 2), dilate=(False, False, True))
    longer = edited_spec(spec, "stages", 5)
    assert longer.stage_widths == (64, 96, 128, 160, 320)
    assert longer.strides == (1, 1, 2, 2, 2)
    assert edited_spec(longer, "stages", 4) == spec


@pytest.mark.parametrize(
    ("field", "value", "at"),
    [
        ("depth", 51, "depth"), ("blocks", (0, 1, 1, 1), "blocks"), ("width", -3, "width"), ("groups", 3, "groups"),
        ("stage_widths", "64, wide", "stage_widths"), ("strides", "1,2", "strides"), ("input", (1, 3, 0, 9), "input"),
        ("stem_widths", "32", "stem_widths"), ("block_widths", "64×64 / 1, / 9", "block_widths"),
        ("block_widths", "64×64 / 128×128", "block_widths"), ("norm", "frn", "norm"), ("preset", "x", "preset"),
        ("stages", 7, "stages"), ("stages", 0, "stages"), ("blocks", (10**9, 1, 1, 1), "blocks"),
    ],
)  # fmt: skip
def test_refusals_name_the_field(field: str, value: object, at: str) -> None:
    with pytest.raises(SpecError) as refused:
        edited_spec(RESNET50, field, value)
    assert refused.value.field == at
    assert refused.value.accepted


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("groups", 3, "3 is not accepted; it must divide the 64 channels of every grouped convolution."),
        ("width", 100, "Groups: 32 is not accepted; it must divide the 100 channels of every grouped convolution."),
        ("depth", 51, "51 is not accepted; the nearest possible depths are 50 and 53."),
        ("preset", "x", "There is no network called 'x'; see the command presets, or give resnetN for any depth N."),
        ("stages", 7, "7 is not accepted; a network has at most 6 stages."),
        ("blocks", (0, 1, 1, 1), "0 is not accepted; give a whole number from 1 to 2,000."),
        ("strides", "1,2", "1,2 is not accepted; blocks has 4 stages, so give 4 values."),
        ("stage_widths", "64, wide", "64, wide is not accepted; give whole numbers, such as 64, 128, 256, 512."),
        ("stage_widths", "-8,8,8,8", "-8 is not accepted; give a whole number from 1 to 65,536."),
    ],
)
def test_a_refusal_is_a_whole_sentence_for_the_edited_field(field: str, value: object, sentence: str) -> None:
    """The sentence begins with the name of the invalid field where that is another one."""
    spec = RESNET50 if field == "groups" else RESNET50.but(groups=32)
    with pytest.raises(SpecError) as refused:
        edited_spec(spec, field, value)
    assert refused.value.field == field
    assert str(refused.value) == f"{refused.value.accepted}." == sentence
