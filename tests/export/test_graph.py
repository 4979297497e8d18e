"""The exported graphs read back by other programs."""

import io
import json

import msgspec
import networkx
import pytest

from resnet_viz.export.graph import as_graphml, as_json
from resnet_viz.metrics.rollup import groups
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import Analysis
from resnet_viz.spec.presets import preset


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    """A small backbone, so that every kind of attribute occurs."""
    return analyse(preset("maskrcnn_resnet50").but(input=(1, 3, 64, 64)))


def test_json_is_the_analysis(analysis: Analysis) -> None:
    """What is written decodes to what was written."""
    assert msgspec.json.decode(as_json(analysis), type=Analysis) == analysis


def test_json_has_the_public_keys(analysis: Analysis) -> None:
    """The shape that scripts rely on; unknown is null."""
    content = json.loads(as_json(analysis, groups(analysis, "stage")))
    totals = "layers params macs flops activations params_bytes peak_activation_bytes receptive_field"
    layer = "id kind stage block role inputs output params macs flops output_bytes receptive_field"
    assert set(totals.split()) <= set(content["totals"])
    assert all(set(layer.split()) <= set(found) for found in content["layers"])
    assert content["layers"][0]["inputs"] == [[1, 3, 64, 64]]
    assert content["layers"][0]["block"] is None
    assert [group["id"] for group in content["groups"]] == ["stem", "layer1", "layer2", "layer3", "layer4"]


def test_graphml_keeps_everything(analysis: Analysis) -> None:
    """networkx reads the same nodes, edges and numbers; what does not apply is absent."""
    graph = networkx.read_graphml(io.BytesIO(as_graphml(analysis).encode()))
    assert list(graph) == list(analysis.graph)
    assert {(*edge, data["kind"]) for *edge, data in graph.edges(data=True)} == {
        (edge.source, edge.target, edge.kind) for edge in analysis.edges
    }
    for layer in analysis.layers:
        node = graph.nodes[layer.id]
        assert (node["params"], node["macs"], node["stage"]) == (layer.params, layer.macs, layer.stage)
        assert ("block" in node) == (layer.block is not None)
    conv = graph.nodes["layer2.0.conv1"]
    assert (conv["inputs"], conv["output"], conv["stride"], conv["bias"]) == ("1x256x16x16", "1x128x8x8", 2, True)
    assert graph.nodes["layer1.0.add"]["inputs"] == "1x256x16x16;1x256x16x16"
    assert "kernel" not in graph.nodes["bn1"]


def test_graphml_knows_its_network(analysis: Analysis) -> None:
    """The spec travels with the graph."""
    graph = networkx.read_graphml(io.BytesIO(as_graphml(analysis).encode()))
    assert json.loads(graph.graph["spec"])["input"] == [1, 3, 64, 64]
