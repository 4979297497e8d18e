"""Networks of any depth: exactly that many layers, or an error with the nearest possible depths."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz.errors import SpecError
from resnet_viz.spec.catalog.paper_networks import CIFAR_BASE
from resnet_viz.spec.depths import distribute_blocks, next_depth, with_depth
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import preset

STAGES = st.lists(st.integers(1, 3), min_size=1, max_size=6).map(tuple)
SPECS = st.builds(
    ResNetSpec,
    block=st.sampled_from(("basic", "bottleneck")),
    blocks=STAGES,
    stem=st.sampled_from(("imagenet", "cifar")),
)


def possible_depths(spec: ResNetSpec, up_to: int) -> list[int]:
    """Return the depths with 1 to 2,000 blocks in each stage, which are equal in three stages after the CIFAR stem."""
    stages, convs = len(spec.blocks), 2 if spec.block == "basic" else 3
    step = 3 if stages == 3 and spec.stem == "cifar" else 1
    return [2 + convs * total for total in range(stages, 2_000 * stages + 1, step) if 2 + convs * total <= up_to]


@given(SPECS, st.integers(1, 600))
def test_a_depth_is_exact_or_refused_with_its_neighbors(spec: ResNetSpec, depth: int) -> None:
    possible = possible_depths(spec, 700)
    if depth in possible:
        deep = with_depth(spec, depth)
        assert deep.depth == depth
        assert deep == spec.but(blocks=deep.blocks)
        assert len(deep.blocks) == len(spec.blocks)
        return
    with pytest.raises(SpecError) as caught:
        with_depth(spec, depth)
    below, above = [near for near in possible if near < depth], [near for near in possible if near > depth]
    near = f"depths are {below[-1]} and {above[0]}" if below else f"depth is {above[0]}"
    assert str(caught.value) == f"depth: {depth} is not accepted; the nearest possible {near}."


@given(SPECS, st.integers(1, 600), st.sampled_from((1, -1)))
def test_stepping_goes_to_the_next_possible_depth(spec: ResNetSpec, depth: int, direction: int) -> None:
    possible = possible_depths(spec, 5_000)
    beyond = [near for near in possible if (near - spec.depth) * direction > 0]
    assert next_depth(spec, direction) == (
        min(beyond, key=lambda near: abs(near - spec.depth)) if beyond else possible[0]
    )


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("resnet51", "depths are 50 and 52"), ("resnet9", "depth is 10"), ("resnet13", "depths are 12 and 14"),
        ("resnet21_cifar", "depths are 20 and 26"), ("resnet200000", "depth is 24002"), ("resnet7", "depth is 10"),
        ("resnet3_v1", "depth is 10"), ("plain15_cifar", "depths are 14 and 20"),
    ],
)  # fmt: skip
def test_a_name_of_an_impossible_depth_is_refused_with_the_nearest_of_both_blocks(name: str, near: str) -> None:
    with pytest.raises(SpecError, match=f"the nearest possible {near}"):
        preset(name)


@pytest.mark.parametrize(
    ("blocks", "stages"),
    [(8, (2, 2, 2, 2)), (16, (3, 4, 6, 3)), (33, (3, 4, 23, 3)), (50, (3, 8, 36, 3)), (66, (3, 24, 36, 3)),
     (4, (1, 1, 1, 1))],
)  # fmt: skip
def test_published_depths_have_their_published_stages(blocks: int, stages: tuple[int, ...]) -> None:
    assert distribute_blocks(blocks, 4) == stages


@pytest.mark.parametrize("depth", [None, "50", 50.5, [50]])
def test_a_depth_of_another_type_is_refused(depth: Any) -> None:
    with pytest.raises(SpecError, match=r"^depth: .*give a whole number"):
        with_depth(ResNetSpec(), depth)


def test_between_published_depths_every_stage_lies_between_its_neighbors() -> None:
    for blocks in range(16, 34):
        counts = distribute_blocks(blocks, 4)
        assert sum(counts) == blocks
        assert counts[0] == 3
        assert counts[1] == 4
        assert 6 <= counts[2] <= 23
        assert counts[3] == 3


def test_far_beyond_the_last_the_proportions_stay() -> None:
    assert distribute_blocks(660, 4) == (30, 240, 360, 30)


@pytest.mark.parametrize(
    ("blocks", "stages"),
    [(5, (2, 1, 1, 1)), (6, (2, 2, 1, 1)), (7, (2, 2, 2, 1)), (12, (3, 3, 4, 2)), (5, (2, 3)), (7, (2, 2, 3))],
)
def test_equal_remainders_round_up_earlier_stages_of_four_and_later_ones_of_others(
    blocks: int, stages: tuple[int, ...]
) -> None:
    assert distribute_blocks(blocks, len(stages)) == stages


@given(st.integers(4, 8_000))
def test_four_stages_keep_the_total_the_limit_and_a_block_each(blocks: int) -> None:
    counts = distribute_blocks(blocks, 4)
    assert sum(counts) == blocks
    assert 1 <= min(counts) <= max(counts) <= 2_000


def test_the_other_stages_take_the_excess_above_the_limit() -> None:
    deepest = preset("resnet24002")
    assert deepest.blocks == (2_000, 2_000, 2_000, 2_000)
    counts = distribute_blocks(5_000, 4)
    assert sum(counts) == 5_000
    assert counts[2] == 2_000
    assert max(counts) == 2_000
    with pytest.raises(SpecError, match="24002"):
        preset("resnet24005")


def test_depth_51_as_bottleneck_names_50_and_53() -> None:
    with pytest.raises(SpecError, match="nearest possible depths are 50 and 53"):
        with_depth(ResNetSpec(), 51)
    with pytest.raises(SpecError, match="50 and 53"):
        preset("resnet51", block="bottleneck")


def test_equal_stages_behind_the_cifar_stem() -> None:
    assert with_depth(CIFAR_BASE, 56).blocks == (9, 9, 9)
    with pytest.raises(SpecError, match="20 and 26"):
        with_depth(CIFAR_BASE, 22)


def test_stepping_visits_only_depths_that_exist() -> None:
    spec = ResNetSpec()
    assert (next_depth(spec, 1), next_depth(spec, -1)) == (53, 47)
    assert next_depth(preset("resnet14", block="bottleneck"), -1) == 14
    uneven = CIFAR_BASE.but(blocks=(3, 4, 3))
    assert (next_depth(uneven, -1), next_depth(uneven, 1)) == (20, 26)
    assert with_depth(uneven, 26).blocks == (4, 4, 4)


def test_a_depth_that_one_block_cannot_make_takes_the_other() -> None:
    assert preset("resnet52").block == "basic"
    assert preset("resnet53").block == "bottleneck"
    assert preset("resnet50", block="basic").depth == 50
    assert preset("resnet1001_cifar").block == "bottleneck"
