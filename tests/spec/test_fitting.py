"""Lists for each stage and block follow the stages and blocks of a network."""

import pytest

from resnet_viz.errors import SpecError
from resnet_viz.spec.fitting import fitted
from resnet_viz.spec.network import ResNetSpec

LISTS = ResNetSpec(
    blocks=(2, 1), stage_widths=(8, 24), strides=(2, 1), dilate=(True,), stage_blocks=("basic", "bottleneck"),
    stage_outputs=(10, 90), block_widths=(((7,), (6,)), ((16, 15),)),
)  # fmt: skip


def test_new_stages_are_twice_as_wide_and_have_stride_2() -> None:
    spec = fitted(LISTS, blocks=(2, 1, 2))
    assert (spec.stage_widths, spec.strides, spec.dilate) == ((8, 24, 48), (2, 1, 2), (True, False))
    assert (spec.stage_kinds, spec.stage_outputs) == (("basic", "bottleneck", "bottleneck"), (10, 90, 180))
    assert spec.block_widths == (((7,), (6,)), ((16, 15),), ((32, 30), (32, 30)))


def test_removed_stages_take_their_values_with_them() -> None:
    assert fitted(fitted(LISTS, blocks=(2, 1, 2, 1)), blocks=(2, 1)) == LISTS
    assert fitted(LISTS, blocks=(2,)) == ResNetSpec(
        block="basic", blocks=(2,), stage_widths=(8,), strides=(2,), stage_outputs=(10,), block_widths=(((7,), (6,)),)
    )  # fmt: skip


def test_a_new_block_has_the_widths_of_the_one_before() -> None:
    assert fitted(LISTS, blocks=(4, 2)).block_widths == (((7,), (6,), (6,), (6,)), ((16, 15), (16, 15)))
    assert fitted(LISTS, blocks=(1, 1)).block_widths == (((7,),), ((16, 15),))


def test_a_list_that_is_changed_itself_is_taken_as_it_is() -> None:
    assert fitted(LISTS, blocks=(2, 1, 1), strides=(1, 1, 1)).strides == (1, 1, 1)
    assert fitted(LISTS, stage_outputs=None).stage_outputs is None
    with pytest.raises(SpecError, match="strides"):
        fitted(LISTS, blocks=(2, 1, 1), strides=(1, 1))


def test_another_kind_of_block_drops_the_widths_of_single_blocks() -> None:
    """They are those of the blocks that are gone."""
    spec = fitted(LISTS, block="basic")
    assert spec == LISTS.but(block="basic", stage_blocks=None, stage_outputs=None, block_widths=None)
    assert fitted(LISTS, stage_blocks=("basic", "basic")) == spec
    assert fitted(LISTS, stage_blocks=("basic", "bottleneck")) == LISTS


def test_one_block_may_stand_for_its_stage() -> None:
    widths = fitted(LISTS, block_widths=(((9,),), ((3, 4),))).block_widths
    assert widths == (((9,), (9,)), ((3, 4),))


@pytest.mark.parametrize("blocks", [(0, 1), (10**9, 1), (1,) * 7, (), "22"])
def test_impossible_numbers_of_blocks_are_refused_before_lists_are_made(blocks: object) -> None:
    with pytest.raises(SpecError, match="blocks"):
        fitted(LISTS, blocks=blocks)
