"""The layers of a node, the edges into a layer, and the graph of an analysis."""

import msgspec

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


def test_the_graph_has_the_layers_and_edges_as_attributes() -> None:
    analysis = analyse(preset("resnet18"))
    assert dict(analysis.graph.nodes(data=True)) == {
        layer.id: msgspec.structs.asdict(layer) for layer in analysis.layers
    }
    assert [(source, target, data) for source, target, data in analysis.graph.edges(data=True)] == [
        (edge.source, edge.target, {"kind": edge.kind, "fork": edge.fork})
        for edge in sorted(analysis.edges, key=lambda edge: list(analysis.graph).index(edge.source))
    ]


def test_the_edges_of_a_network_have_a_fork_only_where_they_are_shortcuts() -> None:
    for spec in random_specs(20, seed=4):
        for edge in analyse(spec).edges:
            assert (edge.fork is None) == (edge.kind == "main")
