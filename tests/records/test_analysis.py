"""What an analysis answers about its own layers and edges."""

from resnet_viz.pipeline import analyse
from resnet_viz.spec.presets import preset
from tests.spec.random_specs import random_specs


def names(analysis_of: str, node_id: str) -> list[str]:
    """The ids of a preset's layers in a node."""
    return [layer.id for layer in analyse(preset(analysis_of)).layers_in(node_id)]


def test_a_stage_has_its_layers_and_they_stand_in_order() -> None:
    for spec in random_specs(30, seed=12):
        analysis = analyse(spec)
        for stage in range(1, len(spec.blocks) + 1):
            inside = tuple(layer for layer in analysis.layers if layer.stage == stage)
            assert analysis.layers_in(f"layer{stage}") == inside, spec


def test_stem_and_head_have_what_lies_outside_the_stages() -> None:
    assert names("resnet50", "stem") == ["conv1", "bn1", "relu", "maxpool"]
    assert names("resnet50", "head") == ["avgpool", "flatten", "fc"]


def test_a_layer_is_itself_and_an_unknown_node_nothing() -> None:
    assert names("resnet18", "layer2.0.downsample.0") == ["layer2.0.downsample.0"]
    assert names("resnet18", "layer9") == []
    assert "layer1.1.add" not in names("resnet18", "layer1.10")


def test_the_edges_into_a_layer_come_in_the_order_of_its_inputs() -> None:
    analysis = analyse(preset("resnet18"))
    assert [(edge.source, edge.kind) for edge in analysis.edges_into["layer2.0.add"]] == [
        ("layer2.0.bn2", "main"),
        ("layer2.0.downsample.1", "projection"),
    ]
    assert analysis.edges_into["conv1"] == []
    assert sum(map(len, analysis.edges_into.values())) == len(analysis.edges)
