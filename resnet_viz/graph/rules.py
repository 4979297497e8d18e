"""The rules of a valid layer graph, checked on every trace."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import networkx

from resnet_viz.records.analysis import SHORTCUT_KINDS

GraphRule = Callable[[networkx.DiGraph], Iterator[str]]


class BrokenGraph(AssertionError):
    """A traced graph breaks a rule: a defect of the program, not an error of the user."""


def check(graph: networkx.DiGraph) -> None:
    """Check all rules in time linear in the edges; raise BrokenGraph with the first rule that is broken, and where."""
    for rule in RULES:
        for where in rule(graph):
            raise BrokenGraph(f"{rule.__doc__} Broken by {where}.")


def _order(graph: networkx.DiGraph) -> Iterator[str]:
    """The nodes are in execution order: every edge leads forward, so there is no cycle."""
    index = {node: number for number, node in enumerate(graph)}
    yield from (f"{source} → {target}" for source, target in graph.edges if index[source] >= index[target])


def _one_way_through(graph: networkx.DiGraph) -> Iterator[str]:
    """Only the first node reads the network's input, and only the last node's output is not read."""
    nodes = list(graph)
    yield from (node for node in nodes[1:] if graph.in_degree(node) == 0)
    yield from (node for node in nodes[:-1] if graph.out_degree(node) == 0)


def _inputs(graph: networkx.DiGraph) -> Iterator[str]:
    """A residual + reads two tensors, one by a shortcut edge, a × one of two by a gate edge; other layers read one."""
    for number, (node, kind) in enumerate(graph.nodes(data="kind")):
        kinds = (edge["kind"] for edge in graph.pred[node].values())
        branches = ["shortcut" if kind in SHORTCUT_KINDS else kind for kind in kinds]
        expected = {"add": ["main", "shortcut"], "multiply": ["gate", "main"]}.get(kind, ["main"] * (number > 0))
        if sorted(branches) != expected:
            yield str(node)


def _shapes(graph: networkx.DiGraph) -> Iterator[str]:
    """The input shapes of a layer are the outputs that it reads; a + adds equal shapes, a × scales whole channels."""
    for node, data in graph.nodes(data=True):
        if data["kind"] == "add" and len({*data["inputs"], data["output"]}) != 1:
            yield str(node)
        if data["kind"] == "multiply" and data["inputs"] != (data["output"], (*data["output"][:2], 1, 1)):
            yield str(node)
        sources = [graph.nodes[source]["output"] for source in graph.pred[node]]
        if sources and sorted(sources) != sorted(data["inputs"]):
            yield str(node)


def _stages(graph: networkx.DiGraph) -> Iterator[str]:
    """The stem comes first, then the stages and their blocks in order, then the head."""

    def position(node: str) -> tuple[float, int]:
        data = graph.nodes[node]
        stage = float("inf") if data["stage"] is None else data["stage"]
        return stage, -1 if data["block"] is None else data["block"]

    yield from (f"{one} → {other}" for one, other in pairwise(graph) if position(one) > position(other))


def _shortcuts(graph: networkx.DiGraph) -> Iterator[str]:
    """A shortcut leads from its fork only through layers of the shortcut into a +, and has the kind of those layers."""
    for source, target, data in graph.edges(data=True):
        if data["kind"] not in SHORTCUT_KINDS:
            continue
        node, passed = source, set()
        while graph.nodes[node]["role"] == "shortcut":
            passed.add(graph.nodes[node]["kind"])
            node = next(iter(graph.pred[node]))
        if node != data["fork"] or data["kind"] != _kind_of(passed):
            yield f"{source} → {target}"


def _gates(graph: networkx.DiGraph) -> Iterator[str]:
    """A gate leads from its fork only through layers of the gate into a ×, which multiplies the output of that fork."""
    for source, target, data in graph.edges(data=True):
        if data["kind"] != "gate":
            continue
        node = source
        while graph.nodes[node]["role"] == "gate":
            node = next(iter(graph.pred[node]))
        multiplied = graph.get_edge_data(node, target, {"kind": None})["kind"] == "main"
        if node == source or node != data["fork"] or not multiplied:
            yield f"{source} → {target}"


def _kind_of(passed: set[Any]) -> str:
    if not passed:
        return "identity"
    return "padding" if "pad" in passed else "projection"


def _numbers(graph: networkx.DiGraph) -> Iterator[str]:
    """No count is negative, every output has a size, and no receptive field shrinks along an edge but a gate's."""
    for node, data in graph.nodes(data=True):
        if min(data["params"], data["macs"], data["flops"]) < 0 or data["output_bytes"] <= 0:
            yield str(node)
        spatial = [source for source, edge in graph.pred[node].items() if edge["kind"] != "gate"]
        if any(graph.nodes[source]["receptive_field"] > data["receptive_field"] for source in spatial):
            yield str(node)


RULES: tuple[GraphRule, ...] = (_order, _one_way_through, _inputs, _shapes, _stages, _shortcuts, _gates, _numbers)
