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
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import preset


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    """A small backbone, so that every kind of attribute occurs."""
    return analyse(preset("maskrcnn_resnet50").but(input=(1, 3, 64, 64)))


def test_json_is_the_analysis(analysis: Analysis) -> None:
    """The text decodes to the analysis, and groups are there only if they are given."""
    assert "groups" not in json.loads(as_json(analysis))
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
        fields = {name: getattr(layer, name) for name in layer.__struct_fields__ if name not in ("geometry", "inputs")}
        if layer.geometry:
            fields |= msgspec.structs.asdict(layer.geometry)
        fields |= {"inputs": ";".join(map(written, layer.inputs)), "output": written(layer.output)}
        assert graph.nodes[layer.id] == {name: value for name, value in fields.items() if value is not None}
    forks = {(edge.source, edge.target): edge.fork for edge in analysis.edges if edge.fork is not None}
    assert networkx.get_edge_attributes(graph, "fork") == forks
    conv = graph.nodes["layer2.0.conv1"]
    assert (conv["inputs"], conv["output"], conv["stride"], conv["bias"]) == ("1x256x16x16", "1x128x8x8", 2, True)
    assert graph.nodes["layer1.0.add"]["inputs"] == "1x256x16x16;1x256x16x16"
    assert "kernel" not in graph.nodes["bn1"]


def written(shape: tuple[int, ...]) -> str:
    """Return a shape as GraphML has it."""
    return "x".join(map(str, shape))


def test_graphml_has_the_name_and_the_spec_of_its_network(analysis: Analysis) -> None:
    graph = networkx.read_graphml(io.BytesIO(as_graphml(analysis).encode()))
    assert graph.graph["name"] == "Mask R-CNN ResNet-50"
    assert msgspec.json.decode(graph.graph["spec"], type=ResNetSpec) == analysis.spec
    assert as_graphml(analysis).endswith("</graphml>\n")
