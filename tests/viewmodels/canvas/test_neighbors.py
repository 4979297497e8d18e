"""The neighbors of a node, compared with networkx on the same edges."""

import networkx
import pytest

from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import SHORTCUT_KINDS
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.canvas.neighbors import neighbors, other_shortcut_end
from tests.drawings import with_gates
from tests.spec.random_specs import random_specs


def test_neighbors_are_those_of_the_graph() -> None:
    for spec in random_specs(30, seed=12):
        analysis = analyse(spec)
        graph = networkx.DiGraph((edge.source, edge.target) for edge in analysis.edges)
        for layer in analysis.layers:
            found = neighbors(analysis, layer.id)
            assert set(found.inputs) == set(graph.predecessors(layer.id)), spec
            assert set(found.outputs) == set(graph.successors(layer.id)), spec
        for stage in range(1, len(spec.blocks) + 1):
            inside = {layer.id for layer in analysis.layers if layer.stage == stage}
            found = neighbors(analysis, f"layer{stage}")
            assert set(found.outputs) == {target for _, target in networkx.edge_boundary(graph, inside)}
            before = networkx.edge_boundary(graph.reverse(), inside)
            assert set(found.inputs) == {source for _, source in before}


def test_the_head_reads_the_last_stage() -> None:
    assert neighbors(analyse(preset("resnet50")), "head").inputs == ("layer4.2.relu3",)


@pytest.mark.parametrize(
    ("node", "end"),
    [
        ("layer1.1", "layer1.1.add"),
        ("layer1.1.conv2", "layer1.1.add"),
        ("layer1.1.add", "layer1.0.relu3"),
        ("layer1.0.relu3", "layer1.1.add"),
        ("layer2.0.downsample.0", "layer2.0.add"),
        ("layer2.0.add", "layer1.2.relu3"),
        ("conv1", None),
        ("head", None),
    ],
)
def test_a_shortcut_is_followed_both_ways(node: str, end: str | None) -> None:
    assert other_shortcut_end(analyse(preset("resnet50")), node) == end


def test_every_shortcut_leads_there_and_back() -> None:
    for name in ("resnet34_v1", "resnext50_32x4d", "preact_resnet164_cifar"):
        analysis = analyse(preset(name))
        for edge in analysis.edges:
            if edge.kind in SHORTCUT_KINDS:
                start = other_shortcut_end(analysis, edge.target)
                assert start == (edge.fork or edge.source)
                assert other_shortcut_end(analysis, start) is not None
    assert other_shortcut_end(analyse(preset("plain34")), "layer1.0") is None


@pytest.mark.parametrize(
    ("node", "join_ids"),
    [
        ("layer1.1", ("layer1.1.add", "layer1.2.add")),
        ("layer1.2", ("layer1.2.add", "layer2.0.add")),  # the projection of the next block begins at its output
        ("layer2.0.relu3", ("layer2.1.add",)),
        ("layer2.0.downsample.1", ("layer2.0.add",)),
        ("layer2.0.add", ("layer2.0.add",)),
        ("layer2.0.conv2", ()),
        ("stem", ("layer1.0.add",)),
        ("head", ()),
    ],
)
def test_the_shortcuts_of_a_node_are_those_that_begin_or_end_in_it(node: str, join_ids: tuple[str, ...]) -> None:
    assert neighbors(analyse(preset("resnet50")), node).join_ids == join_ids


def test_the_shortcuts_of_a_stage_are_its_own_and_the_next_one_s_first() -> None:
    adds = neighbors(analyse(preset("resnet50")), "layer2").join_ids
    assert adds == (*(f"layer2.{block}.add" for block in range(4)), "layer3.0.add")


@pytest.mark.parametrize(
    ("node", "end"),
    [
        ("layer1.1.bn3", "layer1.1.se.multiply"),
        ("layer1.1.se.multiply", "layer1.1.bn3"),
        ("layer1.1.se.pool", "layer1.1.se.multiply"),
        ("layer1.1.se.sigmoid", "layer1.1.se.multiply"),
        ("layer1.1.conv2", "layer1.1.add"),
        ("layer1.1", "layer1.1.add"),
    ],
)
def test_a_gate_is_followed_both_ways(node: str, end: str) -> None:
    assert other_shortcut_end(with_gates(analyse(preset("resnet50"))), node) == end
