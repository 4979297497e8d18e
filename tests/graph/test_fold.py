"""Folding to blocks and stages: the exact nodes and edges, every shortcut and every sum."""

import itertools
from collections import Counter

import networkx
import pytest

from resnet_viz.errors import SpecError
from resnet_viz.graph.calls import id_of_group
from resnet_viz.graph.fold import fold
from resnet_viz.metrics.rollup import groups
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import GroupLevel
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import preset
from tests.spec.random_specs import random_specs

LEVELS: tuple[GroupLevel, ...] = ("block", "stage")
SMALL = ResNetSpec(block="basic", blocks=(2, 1), width=8, stem="cifar", classes=3, input=(1, 3, 8, 8))
Edge = tuple[str, str, str, str | None, str | None]
EDGES: dict[tuple[str, GroupLevel], list[Edge]] = {
    ("post", "block"): [
        ("stem", "layer1.0", "main", None, None),
        ("stem", "layer1.0", "identity", "relu", "layer1.0.add"),
        ("layer1.0", "layer1.1", "main", None, None),
        ("layer1.0", "layer1.1", "identity", "layer1.0.relu2", "layer1.1.add"),
        ("layer1.1", "layer2.0", "main", None, None),
        ("layer1.1", "layer2.0", "projection", "layer1.1.relu2", "layer2.0.add"),
        ("layer2.0", "head", "main", None, None),
    ],
    ("post", "stage"): [
        ("stem", "layer1", "main", None, None),
        ("stem", "layer1", "identity", "relu", "layer1.0.add"),
        ("layer1", "layer1", "identity", "layer1.0.relu2", "layer1.1.add"),
        ("layer1", "layer2", "main", None, None),
        ("layer1", "layer2", "projection", "layer1.1.relu2", "layer2.0.add"),
        ("layer2", "head", "main", None, None),
    ],
    ("pre", "block"): [
        ("stem", "layer1.0", "main", None, None),
        ("stem", "layer1.0", "identity", "relu", "layer1.0.add"),
        ("layer1.0", "layer1.1", "main", None, None),
        ("layer1.0", "layer1.1", "identity", "layer1.0.add", "layer1.1.add"),
        ("layer1.1", "layer2.0", "main", None, None),
        ("layer2.0", "layer2.0", "projection", "layer2.0.relu1", "layer2.0.add"),
        ("layer2.0", "head", "main", None, None),
    ],
}


def edges_of(graph: networkx.MultiDiGraph) -> Counter[Edge]:
    """Return the edges of a folded graph with their multiplicity."""
    return Counter((*ends, data["kind"], data.get("fork"), data.get("into")) for *ends, data in graph.edges(data=True))


@pytest.mark.parametrize(("order", "level"), EDGES)
def test_a_small_network_has_exactly_these_edges(order: str, level: GroupLevel) -> None:
    folded = fold(analyse(SMALL.but(order=order)).graph, level)
    assert edges_of(folded) == Counter(EDGES[order, level])


@pytest.mark.parametrize(
    ("name", "level", "nodes", "main", "shortcuts"),
    [
        ("resnet50", "block", 18, 17, {"identity": 12, "projection": 4}),
        ("resnet50", "stage", 6, 5, {"identity": 12, "projection": 4}),
        ("resnet34_v1", "block", 18, 17, {"identity": 13, "padding": 3}),
        ("plain34", "block", 18, 17, {}),
        ("maskrcnn_resnet50", "stage", 5, 4, {"identity": 12, "projection": 4}),
    ],
)
def test_published_networks_have_their_nodes_and_edges(
    name: str, level: GroupLevel, nodes: int, main: int, shortcuts: dict[str, int]
) -> None:
    folded = fold(analyse(preset(name)).graph, level)
    assert len(folded) == nodes
    assert Counter(kind for *_, kind in folded.edges(data="kind")) == {"main": main, **shortcuts}


def test_random_networks_keep_every_edge_between_groups_and_every_sum() -> None:
    for spec in random_specs(40, seed=3):
        analysis = analyse(spec)
        group_of = {layer.id: (layer.stage, layer.block) for layer in analysis.layers}
        for level in LEVELS:
            folded = fold(analysis.graph, level)
            expected: Counter[Edge] = Counter()
            for first, second in itertools.pairwise(folded):
                expected[first, second, "main", None, None] = 1
            for edge in analysis.edges:
                if edge.fork is not None:
                    begin, end = (id_of_group(*group_of[name], level) for name in (edge.fork, edge.target))
                    expected[begin, end, edge.kind, edge.fork, edge.target] = 1
            assert edges_of(folded) == expected, spec
            records = groups(analysis, level)
            assert list(folded) == [record.id for record in records]
            for record in records:
                node = folded.nodes[record.id]
                kind = record.id if record.id in ("stem", "head") else level
                assert (node["kind"], node["stage"], node["block"]) == (kind, record.stage, record.block)
                assert (node["inputs"], node["output"]) == ((record.input,), record.output)
                for name in ("layers", "params", "macs", "flops", "output_bytes"):
                    assert node[name] == getattr(record, name), name


def test_a_folded_graph_cannot_be_changed() -> None:
    with pytest.raises(networkx.NetworkXError, match=r"[Ff]rozen"):
        fold(analyse(SMALL).graph, "block").add_node("new")


def test_layers_are_the_graph_itself_and_other_levels_are_refused() -> None:
    graph = analyse(SMALL).graph
    assert fold(graph, "layer") is graph
    with pytest.raises(SpecError, match=r"level: foo is not accepted; give one of layer, block, stage\."):
        fold(graph, "foo")  # type: ignore[arg-type]


def test_a_gate_leaves_no_edge_and_its_layers_are_summed() -> None:
    gated, plain = analyse(SMALL.but(attention="se")), analyse(SMALL)
    for level in LEVELS:
        folded, without = fold(gated.graph, level), fold(plain.graph, level)
        assert list(folded.edges(data=True)) == list(without.edges(data=True))
        blocks = [node for node in folded if node.startswith("layer")]
        added = {node: folded.nodes[node]["layers"] - without.nodes[node]["layers"] for node in blocks}
        assert added == {node: 6 * (2 if node == "layer1" else 1) for node in blocks}
