"""Lists as texts: what is shown can be typed."""

import pytest

from resnet_viz.errors import SpecError
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.build.edits import edited_spec
from resnet_viz.viewmodels.build.lists import block_widths_of, list_text, numbers_of

RESNET50 = preset("resnet50")
PRUNED = ResNetSpec(blocks=(2, 1), block_widths=(((7, 8), (6, 8)), ((16, 15),)), stage_outputs=(20, 50))


@pytest.mark.parametrize(
    ("spec", "field", "text"),
    [
        (RESNET50, "stage_widths", "64, 128, 256, 512"),
        (RESNET50, "strides", "1, 2, 2, 2"),
        (RESNET50, "stage_outputs", "256, 512, 1024, 2048"),
        (RESNET50, "stem_widths", ""),
        (RESNET50.but(stem_widths=(24, 32)), "stem_widths", "24, 32"),
        (RESNET50, "block_widths", "64×64 / 128×128 / 256×256 / 512×512"),
        (preset("resnet18"), "block_widths", "64 / 128 / 256 / 512"),
        (RESNET50.but(reduce_first=2), "block_widths", "32×64 / 64×128 / 128×256 / 256×512"),
        (PRUNED, "block_widths", "7×8, 6×8 / 16×15"),
        (PRUNED, "stage_outputs", "20, 50"),
        (PRUNED.but(block_widths=(((7, 8), (7, 8)), ((16, 15),))), "block_widths", "7×8 / 16×15"),
    ],
)
def test_a_list_is_written_as_it_can_be_typed(spec: ResNetSpec, field: str, text: str) -> None:
    assert list_text(spec, field) == text
    assert edited_spec(spec, field, text) == spec


def test_the_text_of_equal_blocks_does_not_grow_with_them() -> None:
    assert list_text(ResNetSpec(blocks=(2000, 2000)), "block_widths") == "64×64 / 128×128"


@pytest.mark.parametrize("text", ["7×8,6×8/16×15", " 7x8, 6 x 8 / 16×15 "])
def test_spaces_and_both_crosses_are_read(text: str) -> None:
    assert block_widths_of(text) == PRUNED.block_widths


@pytest.mark.parametrize("text", ["7×8, / 16", "/", "7×8 / wide", "7.5×8", "1" * 30])
def test_what_is_no_list_of_widths_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(SpecError, match="as in 64×64, 48×64 / 128×128"):
        block_widths_of(text)


@pytest.mark.parametrize("text", ["64, wide", "1.5", "1" * 30])
def test_what_is_no_list_of_numbers_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(SpecError, match=r"strides: .* such as 64, 128, 256, 512"):
        numbers_of("strides", text)
