"""Sums of layer records: groups in execution order, and sums that agree on every level."""

from typing import get_args

import msgspec
import pytest

from resnet_viz.metrics.rollup import groups
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import GroupLevel
from resnet_viz.spec.presets import preset
from tests.spec.random_specs import random_specs

RESNET18 = analyse(preset("resnet18"))


def test_the_stages_of_resnet18() -> None:
    stages = groups(RESNET18, "stage")
    assert [(group.id, group.title, group.stage, group.block) for group in stages] == [
        ("stem", "stem", 0, None),
        ("layer1", "stage 1 · conv2_x", 1, None),
        ("layer2", "stage 2 · conv3_x", 2, None),
        ("layer3", "stage 3 · conv4_x", 3, None),
        ("layer4", "stage 4 · conv5_x", 4, None),
        ("head", "head", None, None),
    ]
    assert [group.layers for group in stages] == [4, 14, 16, 16, 16, 3]
    assert [(group.input, group.output) for group in stages[:3]] == [
        ((1, 3, 224, 224), (1, 64, 56, 56)),
        ((1, 64, 56, 56), (1, 64, 56, 56)),
        ((1, 64, 56, 56), (1, 128, 28, 28)),
    ]
    assert [group.receptive_field for group in stages[:-1]] == [11, 43, 99, 211, 435]


def test_the_blocks_of_resnet18() -> None:
    blocks = groups(RESNET18, "block")
    assert [(group.id, group.title, group.stage, group.block) for group in blocks[:4]] == [
        ("stem", "stem", 0, None),
        ("layer1.0", "stage 1 · block 1", 1, 0),
        ("layer1.1", "stage 1 · block 2", 1, 1),
        ("layer2.0", "stage 2 · block 1", 2, 0),
    ]
    assert len(blocks) == 1 + 8 + 1


def test_a_group_may_have_a_single_layer() -> None:
    (stem,) = groups(msgspec.structs.replace(RESNET18, layers=RESNET18.layers[:1]), "block")
    assert (stem.id, stem.layers, stem.input, stem.output) == ("stem", 1, (1, 3, 224, 224), (1, 64, 112, 112))


@pytest.mark.parametrize("level", get_args(GroupLevel))
def test_groups_sum_to_the_totals(level: GroupLevel) -> None:
    for spec in random_specs(20, seed=8):
        analysis = analyse(spec)
        parts, totals = groups(analysis, level), analysis.totals
        for field in ("layers", "params", "macs", "flops"):
            assert sum(getattr(part, field) for part in parts) == getattr(totals, field), (spec, field)


def test_the_totals_of_resnet18() -> None:
    totals = RESNET18.totals
    assert (totals.layers, totals.params, totals.params_bytes) == (69, 11_689_512, 4 * 11_689_512)
    assert totals.macs == 1_814_073_344
    convolutions = 64 * 112**2 + 4 * 64 * 56**2 + 5 * (128 * 28**2 + 256 * 14**2 + 512 * 7**2)
    assert totals.activations == convolutions + 1000
    assert totals.receptive_field == 435
