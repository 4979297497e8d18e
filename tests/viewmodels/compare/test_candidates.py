"""The candidates for a comparison with the network on the screen."""

from pathlib import Path

import pytest

from resnet_viz.errors import UserError
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import PRESETS, preset
from resnet_viz.storage.specs import find_spec, save_spec
from resnet_viz.viewmodels.compare.candidates import candidate_groups, candidate_spec, default_candidate
from tests.spec.random_specs import random_specs


def test_the_default_candidate_is_the_same_network_with_the_other_block() -> None:
    assert candidate_spec(preset("resnet50"), default_candidate(preset("resnet50")), find_spec) == preset("resnet34")
    assert candidate_spec(preset("resnet34"), default_candidate(preset("resnet34")), find_spec) == preset("resnet50")


def test_each_choice_is_a_network_that_differs_in_its_field_alone() -> None:
    for spec in random_specs(60, seed=5):
        changed, *presets = candidate_groups(spec)
        for choice in changed.choices:
            field = choice.value.partition("=")[0]
            other = candidate_spec(spec, choice.value, find_spec)
            assert other != spec
            assert [name for name in ResNetSpec.__struct_fields__ if getattr(other, name) != getattr(spec, name)] == [
                field
            ]
        assert sorted(choice.value for group in presets for choice in group.choices) == sorted(PRESETS)


def test_the_placement_of_strides_is_offered_for_bottlenecks_only() -> None:
    offered = {choice.value for choice in candidate_groups(preset("resnet50"))[0].choices}
    assert "stride_in=1x1" in offered
    assert not any(choice.value.startswith("stride_in") for choice in candidate_groups(preset("resnet18"))[0].choices)


def test_a_preset_and_a_file_get_the_batch_of_the_network(tmp_path: Path) -> None:
    spec = preset("resnet50").but(input=(8, 3, 64, 64))
    assert candidate_spec(spec, "resnet77", find_spec).input == (8, 3, 224, 224)
    save_spec(preset("resnet20_cifar"), tmp_path / "small.json")
    assert candidate_spec(spec, str(tmp_path / "small.json"), find_spec).input == (8, 3, 32, 32)
    with pytest.raises(UserError, match="resnet5o"):
        candidate_spec(spec, "resnet5o", find_spec)


def test_every_change_is_offered_with_its_value_and_text() -> None:
    changed, *_ = candidate_groups(preset("resnet50"))
    assert changed.title == "This network, but"
    assert [(choice.value, choice.text) for choice in changed.choices] == [
        ("block=basic", "with Basic blocks"),
        ("stride_in=1x1", "stride in the first 1×1 (v1)"),
        ("shortcut=A", "shortcut A, zero padding"),
        ("shortcut=C", "shortcut C, projections everywhere"),
        ("shortcut=none", "plain, without shortcuts"),
        ("order=pre", "pre-activation"),
    ]
    other = preset("resnet50").but(stride_in="1x1", shortcut="none", order="pre")
    assert [choice.value for choice in candidate_groups(other)[0].choices] == [
        "block=basic", "stride_in=3x3", "shortcut=A", "shortcut=B", "shortcut=C", "order=post"]  # fmt: skip


def test_a_value_of_an_unknown_field_is_a_name() -> None:
    with pytest.raises(UserError, match="color=red"):
        candidate_spec(preset("resnet50"), "color=red", find_spec)
