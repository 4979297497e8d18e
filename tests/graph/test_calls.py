"""The ids of groups of layers, and the layers that a layer reads."""

import pytest

from resnet_viz.graph.calls import INPUT, id_of_group, sources
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import GroupLevel
from resnet_viz.spec.presets import preset


@pytest.mark.parametrize(
    ("stage", "block", "level", "name"),
    [
        (None, None, "block", "head"), (0, None, "stage", "stem"), (3, 2, "block", "layer3.2"),
        (3, 0, "block", "layer3.0"), (3, 2, "stage", "layer3"), (3, None, "block", "layer3"),
    ],
)  # fmt: skip
def test_the_id_of_the_group_of_a_layer(stage: int | None, block: int | None, level: GroupLevel, name: str) -> None:
    assert id_of_group(stage, block, level) == name


def test_the_sources_of_a_layer_are_in_the_order_of_its_inputs() -> None:
    analysis = analyse(preset("resnet18"))
    assert sources(analysis, "conv1") == (INPUT,)
    assert sources(analysis, "bn1") == ("conv1",)
    assert sources(analysis, "layer2.0.add") == ("layer2.0.bn2", "layer2.0.downsample.1")
