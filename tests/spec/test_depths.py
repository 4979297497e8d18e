"""Networks of any depth: exactly that many layers, or an error with the nearest possible depths."""

import re

import pytest

from resnet_viz.errors import SpecError
from resnet_viz.spec.depths import distribute_blocks, next_depth, with_depth
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import CIFAR_BASE, preset


@pytest.mark.parametrize("form", ["", "_cifar", "_v1"])
def test_every_depth_is_made_or_refused_with_the_nearest(form: str) -> None:
    made = {}
    refused = {}
    for depth in range(8, 1_301):
        try:
            made[depth] = preset(f"resnet{depth}{form}")
        except SpecError as error:
            refused[depth] = str(error)
    assert all(spec.depth == depth for depth, spec in made.items())
    for depth, sentence in refused.items():
        near = [int(number) for number in re.findall(r"\d+", sentence.split(";")[1])]
        below = max((made_depth for made_depth in made if made_depth < depth), default=None)
        above = min((made_depth for made_depth in made if made_depth > depth), default=None)
        if above is not None:
            assert near == [number for number in (below, above) if number is not None]
    assert len(made) > 200
    assert len(refused) > 200


@pytest.mark.parametrize(
    ("blocks", "stages"),
    [(8, (2, 2, 2, 2)), (16, (3, 4, 6, 3)), (33, (3, 4, 23, 3)), (50, (3, 8, 36, 3)), (66, (3, 24, 36, 3)),
     (4, (1, 1, 1, 1))],
)  # fmt: skip
def test_published_depths_have_their_published_stages(blocks: int, stages: tuple[int, ...]) -> None:
    assert distribute_blocks(blocks, 4) == stages


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


def test_a_full_stage_leaves_the_excess_to_the_others() -> None:
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
