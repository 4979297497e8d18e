"""The rules: a traced graph obeys them, and each rule catches what breaks it."""

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


def _swap_stages(graph: networkx.DiGraph) -> None:
    graph.nodes["layer1.0.conv1"]["stage"] = 2


DAMAGES: dict[str, Damage] = {
    "_order": lambda graph: graph.add_edge("fc", "conv1", kind="main", fork=None),
    "_one_way_through": lambda graph: graph.remove_edge("conv1", "bn1"),
    "_inputs": lambda graph: graph["relu"]["layer1.0.add"].update(kind="main"),
    "_shapes": lambda graph: graph.nodes["bn1"].update(output=(1, 9, 8, 8)),
    "_stages": _swap_stages,
    "_shortcuts": lambda graph: graph["relu"]["layer1.0.add"].update(fork="conv1"),
    "_numbers": lambda graph: graph.nodes["fc"].update(params=-1),
}


def test_a_traced_graph_is_valid() -> None:
    rules.check(_graph())


def test_every_rule_is_broken_once_below() -> None:
    assert set(DAMAGES) == {rule.__name__ for rule in rules.RULES}


@pytest.mark.parametrize("name", DAMAGES)
def test_each_rule_catches_what_breaks_it(name: str) -> None:
    graph = _graph()
    rule = getattr(rules, name)
    assert list(rule(graph)) == []
    DAMAGES[name](graph)
    assert list(rule(graph))
    with pytest.raises(rules.BrokenGraph):
        rules.check(graph)


def test_the_kind_of_a_shortcut_is_checked_too() -> None:
    graph = _graph()
    graph["layer2.0.downsample.1"]["layer2.0.add"].update(kind="identity")
    with pytest.raises(rules.BrokenGraph, match=r"layer2\.0\.add"):
        rules.check(graph)
