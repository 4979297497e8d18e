"""The rules of a graph: a traced graph obeys them, and each rule finds what breaks it."""

from collections.abc import Callable

import networkx
import pytest

from resnet_viz.graph import rules
from resnet_viz.pipeline import analyse
from resnet_viz.spec.network import ResNetSpec

SPEC = ResNetSpec(block="basic", blocks=(2, 1), width=8, stem="cifar", input=(1, 3, 8, 8))
Damage = Callable[[networkx.DiGraph], object]


def _graph() -> networkx.DiGraph:
    return networkx.DiGraph(analyse(SPEC).graph)


def change(node: str, **data: object) -> Damage:
    """Return a damage that changes attributes of a node."""
    return lambda graph: graph.nodes[node].update(data)


def change_edge(source: str, target: str, **data: object) -> Damage:
    """Return a damage that changes attributes of an edge."""
    return lambda graph: graph[source][target].update(data)


def add(source: str, target: str) -> Damage:
    """Return a damage that adds a main edge."""
    return lambda graph: graph.add_edge(source, target, kind="main", fork=None)


def add_loose_end(source: str, before: str) -> Damage:
    """Return a damage that adds a layer, before another one, whose output is not read."""

    def damage(graph: networkx.DiGraph) -> None:
        order = list(graph)
        index = order.index(before)
        copy = networkx.DiGraph()
        copy.add_nodes_from((node, graph.nodes[node]) for node in order[:index])
        copy.add_node("loose", **graph.nodes[before])
        copy.add_nodes_from((node, graph.nodes[node]) for node in order[index:])
        copy.add_edges_from(graph.edges(data=True))
        copy.add_edge(source, "loose", kind="main", fork=None)
        graph.clear()
        graph.update(copy)

    return damage


DAMAGES: list[tuple[Damage, str, str]] = [
    (add("fc", "conv1"), "execution order", "fc → conv1"),
    (add("bn1", "bn1"), "execution order", "bn1 → bn1"),
    (lambda graph: graph.remove_edge("conv1", "bn1"), "Only the first node", "bn1"),
    (add_loose_end("layer1.0.bn1", before="layer1.0.relu1"), "Only the first node", "loose"),
    (add_loose_end("flatten", before="fc"), "Only the first node", "loose"),
    (change_edge("relu", "layer1.0.add", kind="main"), "A residual + reads two", "layer1.0.add"),
    (change_edge("conv1", "bn1", kind="identity"), "A residual + reads two", "bn1"),
    (add("relu", "layer1.0.conv2"), "A residual + reads two", "layer1.0.conv2"),
    (change("bn1", output=(1, 9, 8, 8)), "input shapes", "relu"),
    (change("layer1.0.add", output=(1, 9, 8, 8)), "input shapes", "layer1.0.add"),
    (change("layer1.0.conv1", stage=2), "stem comes first", "layer1.0.conv1 → layer1.0.bn1"),
    (change("layer1.0.relu2", block=2), "stem comes first", "layer1.0.relu2 → layer1.1.conv1"),
    (change("relu", stage=None), "stem comes first", "relu → layer1.0.conv1"),
    (change_edge("relu", "layer1.0.add", fork="conv1"), "A shortcut leads", "relu → layer1.0.add"),
    (change_edge("relu", "layer1.0.add", kind="padding"), "A shortcut leads", "relu → layer1.0.add"),
    (change("layer2.0.downsample.0", kind="pad"), "A shortcut leads", "layer2.0.downsample.1 → layer2.0.add"),
    (change("fc", params=-1), "No count is negative", "fc"),
    (change("bn1", macs=-1), "No count is negative", "bn1"),
    (change("relu", flops=-1), "No count is negative", "relu"),
    (change("fc", output_bytes=0), "No count is negative", "fc"),
    (change("layer1.1.conv1", receptive_field=100), "No count is negative", "layer1.1.bn1"),
]


GATED = analyse(SPEC.but(attention="se"))
GATE = "layer1.0.se.sigmoid", "layer1.0.se.multiply"
GATE_DAMAGES: list[tuple[Damage, str, str]] = [
    (change_edge(*GATE, kind="main"), "A residual \\+ reads two", GATE[1]),
    (change_edge("layer1.0.bn2", GATE[1], kind="gate"), "A residual \\+ reads two", GATE[1]),
    (change(GATE[1], inputs=((1, 8, 1, 1), (1, 8, 8, 8))), "input shapes", GATE[1]),
    (change(GATE[1], output=(1, 8, 8, 4)), "input shapes", GATE[1]),
    (change_edge(*GATE, fork="layer1.0.conv2"), "A gate leads", " → ".join(GATE)),
    (change("layer1.0.se.fc1", role="main"), "A gate leads", " → ".join(GATE)),
    (change(GATE[0], role="main"), "A gate leads", " → ".join(GATE)),
    (change("layer1.0.add", receptive_field=1), "No count is negative", "layer1.0.add"),
]


@pytest.mark.parametrize(("damage", "rule", "where"), GATE_DAMAGES)
def test_a_damaged_gate_is_found(damage: Damage, rule: str, where: str) -> None:
    graph = networkx.DiGraph(GATED.graph)
    rules.check(graph)
    damage(graph)
    with pytest.raises(rules.BrokenGraph, match=rf"{rule}.* Broken by {where}\."):
        rules.check(graph)


def test_a_traced_graph_is_valid() -> None:
    rules.check(_graph())


def test_no_count_and_a_single_byte_are_valid() -> None:
    graph = _graph()
    graph.nodes["fc"].update(params=0, macs=0, flops=0, output_bytes=1)
    rules.check(graph)


@pytest.mark.parametrize(("damage", "sentence", "where"), DAMAGES)
def test_each_rule_finds_what_breaks_it(damage: Damage, sentence: str, where: str) -> None:
    graph = _graph()
    damage(graph)
    with pytest.raises(rules.BrokenGraph) as caught:
        rules.check(graph)
    assert sentence in str(caught.value)
    assert str(caught.value).endswith(f"Broken by {where}.")


def test_the_kind_of_a_shortcut_is_checked_too() -> None:
    graph = _graph()
    graph["layer2.0.downsample.1"]["layer2.0.add"].update(kind="identity")
    with pytest.raises(rules.BrokenGraph, match=r"layer2\.0\.add"):
        rules.check(graph)
