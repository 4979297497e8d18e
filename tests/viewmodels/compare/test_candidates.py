"""What can be held beside the network on the screen."""

from pathlib import Path

import pytest

from resnet_viz.errors import UserError
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import PRESETS, preset
from resnet_viz.storage.specs import find_spec, save_spec
from resnet_viz.viewmodels.compare.candidates import candidate_groups, candidate_spec, default_candidate
from tests.spec.random_specs import random_specs


def test_the_first_is_the_same_network_with_the_other_block() -> None:
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


def test_a_strided_bottleneck_is_offered_where_there_is_one() -> None:
    offered = {choice.value for choice in candidate_groups(preset("resnet50"))[0].choices}
    assert "stride_in=1x1" in offered
    assert not any(choice.value.startswith("stride_in") for choice in candidate_groups(preset("resnet18"))[0].choices)


def test_a_preset_and_a_file_take_the_batch(tmp_path: Path) -> None:
    spec = preset("resnet50").but(input=(8, 3, 64, 64))
    assert candidate_spec(spec, "resnet77", find_spec).input == (8, 3, 224, 224)
    save_spec(preset("resnet20_cifar"), tmp_path / "small.json")
    assert candidate_spec(spec, str(tmp_path / "small.json"), find_spec).input == (8, 3, 32, 32)
    with pytest.raises(UserError, match="resnet5o"):
        candidate_spec(spec, "resnet5o", find_spec)
