"""The nodes that are expanded at a level, after a toggle, and in another network."""

import pytest

from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.canvas.expansion import expanded_at, still_expanded, toggled
from resnet_viz.viewmodels.canvas.structure import NetworkStructure, structure_of

STAGES = {"layer1", "layer2", "layer3", "layer4"}


@pytest.fixture(scope="module")
def deep() -> NetworkStructure:
    """The structure of ResNet-152."""
    return structure_of(analyse(preset("resnet152")), costs(analyse(preset("resnet152"))))


def test_each_level_expands_more(deep: NetworkStructure) -> None:
    assert expanded_at(deep, "stage") == frozenset()
    assert expanded_at(deep, "block") == STAGES
    blocks = {block.id for section in deep.sections for block in section.blocks}
    assert expanded_at(deep, "layer") == STAGES | {"stem", "head", "layer3.1-34"} | blocks
    assert len(blocks) == 50


def test_toggling_twice_changes_nothing(deep: NetworkStructure) -> None:
    expanded = expanded_at(deep, "block")
    assert toggled(expanded, "layer2") == {"layer1", "layer3", "layer4"}
    assert toggled(toggled(expanded, "layer2"), "layer2") == expanded


def test_only_what_another_network_has_stays_expanded() -> None:
    smaller = structure_of(analyse(preset("resnet50")), costs(analyse(preset("resnet50"))))
    expanded = frozenset({"layer3", "layer3.2", "layer3.30", "layer3.1-34"})
    assert still_expanded(expanded, smaller) == {"layer3", "layer3.2"}
