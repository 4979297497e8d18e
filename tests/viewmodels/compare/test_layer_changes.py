"""The rows of the layers that differ: each changed layer in one row, equal changes of neighboring blocks together."""

import re

import pytest

from resnet_viz.pipeline import compare_specs
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.compare.layer_changes import ChangeRow, change_names, change_rows
from tests.spec.random_specs import random_specs

FOUND = [compare_specs(first, second) for first, second in
         zip(random_specs(30, seed=71), random_specs(30, seed=72), strict=True)]  # fmt: skip


def test_equal_networks_have_no_rows() -> None:
    assert change_rows(compare_specs(preset("resnet18"), preset("resnet18"))) == ()


def test_a_changed_layer_is_described_in_both_networks() -> None:
    rows = change_rows(compare_specs(preset("resnet50_v1"), preset("resnet50")))
    assert rows[0] == ChangeRow(
        "layer2.0.conv1", "changed", "1×1, 128 · stride 2 · 128×28×28", "1×1, 128 · 128×56×56"
    )  # fmt: skip
    assert [row.where for row in rows] == [
        f"layer{stage}.0.{name}" for stage in (2, 3, 4) for name in ("conv1", "bn1", "relu1", "conv2")
    ]


def test_layers_of_stem_and_head_have_their_own_names() -> None:
    spec = preset("resnet18")
    assert change_rows(compare_specs(spec, spec.but(classes=10))) == (
        ChangeRow("fc", "changed", "fc, 1000 · 1000", "fc, 10 · 10"),)  # fmt: skip
    headless = change_rows(compare_specs(spec, spec.but(head=False)))
    assert [(row.where, row.change, row.second) for row in headless] == [
        ("avgpool", "removed", ""), ("flatten", "removed", ""), ("fc", "removed", "")]  # fmt: skip


def test_blocks_that_only_one_network_has_share_a_row() -> None:
    deeper = change_rows(compare_specs(preset("resnet50"), preset("resnet101")))
    assert deeper == (ChangeRow("layer3.6–22", "added", "", "17 blocks · 170 layers · 18.99 M parameters"),)
    shallower = change_rows(compare_specs(preset("resnet101"), preset("resnet50")))
    assert shallower == (ChangeRow("layer3.6–22", "removed", "17 blocks · 170 layers · 18.99 M parameters", ""),)
    spec = preset("resnet18")
    (one,) = change_rows(compare_specs(spec, spec.but(blocks=(2, 2, 2, 3))))
    assert (one.where, one.second.split(" · ")[:2]) == ("layer4.2", ["1 block", "7 layers"])


def test_blocks_of_two_stages_have_a_row_each() -> None:
    spec = preset("resnet18")
    rows = change_rows(compare_specs(spec, spec.but(blocks=(2, 3, 4, 2))))
    assert [row.where for row in rows] == ["layer2.2", "layer3.2–3"]


def test_neighboring_blocks_with_equal_changes_share_their_rows() -> None:
    rows = change_rows(compare_specs(preset("resnet101"), preset("resnet101").but(block="basic")))
    third = [row for row in rows if row.where.startswith("layer3.1")]
    assert [row.where for row in third if row.change == "removed"] == [
        f"layer3.1–22.{name}" for name in ("relu2", "conv3", "bn3")]  # fmt: skip
    assert all(row.where.startswith("layer3.1–22.") for row in third)


def test_a_relu_with_two_names_has_both() -> None:
    rows = change_rows(compare_specs(preset("resnet34"), preset("resnet34").but(block="bottleneck", width=32)))
    assert "layer1.0.relu2 → relu3" in {row.where for row in rows}


def test_a_block_that_lost_only_its_shortcut_is_not_removed_as_a_whole() -> None:
    rows = change_rows(compare_specs(preset("resnet18"), preset("resnet18").but(shortcut="none")))
    assert [row.where for row in rows[:3]] == ["layer1.0–1.add", "layer2.0.downsample.0", "layer2.0.downsample.1"]
    assert {row.change for row in rows} == {"removed"}


@pytest.mark.parametrize("index", range(len(FOUND)))
def test_every_changed_layer_is_in_exactly_one_row(index: int) -> None:
    compared = FOUND[index]
    counted = sum(_layers(row.where, row.first + row.second) for row in change_rows(compared))
    assert counted == len(compared.layers) - compared.count("same")


def _layers(where: str, text: str) -> int:
    """Return how many layers a row stands for."""
    blocks = re.search(r"· ([\d,]+) layers ·", text)
    if blocks is not None:
        return int(blocks[1].replace(",", ""))
    span = re.search(r"\.(\d+)–(\d+)\.", where)
    return 1 if span is None else int(span[2]) - int(span[1]) + 1


def test_every_change_has_a_name() -> None:
    assert change_names() == {"same": "same", "changed": "changed", "added": "added", "removed": "removed"}
