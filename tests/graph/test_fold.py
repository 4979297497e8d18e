"""Folding: coarser, no shortcut lost, nothing counted twice."""

import itertools
from collections import Counter

import networkx
import pytest

from resnet_viz.errors import SpecError
from resnet_viz.graph.fold import fold
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import GroupLevel
from resnet_viz.spec.presets import preset
from tests.spec.random_specs import random_specs

LEVELS: tuple[GroupLevel, ...] = ("block", "stage")


def _shortcuts(graph: networkx.DiGraph) -> Counter[str]:
    return Counter(kind for *_, kind in graph.edges(data="kind") if kind != "main")


@pytest.mark.parametrize("level", LEVELS)
def test_resnet50_keeps_its_sixteen_shortcuts(level: GroupLevel) -> None:
    folded = fold(analyse(preset("resnet50")).graph, level)
    assert _shortcuts(folded) == {"identity": 12, "projection": 4}
    assert len(folded) == {"block": 18, "stage": 6}[level]
    assert folded.nodes["layer3" if level == "stage" else "layer3.5"]["output"] == (1, 1024, 14, 14)


def test_a_shortcut_leads_from_where_x_comes_to_its_block() -> None:
    folded = fold(analyse(preset("resnet18")).graph, "block")
    kinds = {edge["kind"] for edge in folded["layer1.1"]["layer2.0"].values()}
    assert kinds == {"main", "projection"}
    assert not list(networkx.selfloop_edges(folded))


def test_random_networks_keep_every_shortcut_and_every_sum() -> None:
    for spec in random_specs(60, seed=3):
        analysis = analyse(spec)
        for level in LEVELS:
            folded = fold(analysis.graph, level)
            assert _shortcuts(folded) == _shortcuts(analysis.graph)
            for name in ("params", "macs", "flops"):
                assert sum(dict(folded.nodes(data=name)).values()) == getattr(analysis.totals, name)
            assert sum(dict(folded.nodes(data="layers")).values()) == analysis.totals.layers
            main = networkx.DiGraph((a, b) for a, b, kind in folded.edges(data="kind") if kind == "main")
            assert networkx.is_directed_acyclic_graph(main)
            assert nodes_in_a_row(main, list(folded))


def test_other_levels() -> None:
    graph = analyse(preset("resnet18")).graph
    assert fold(graph, "layer") is graph
    with pytest.raises(SpecError, match="layer, block, stage"):
        fold(graph, "foo")  # type: ignore[arg-type]


def nodes_in_a_row(main: networkx.DiGraph, nodes: list[str]) -> bool:
    """Whether the main edges join each node to the next, and nothing else."""
    return set(main.edges) == set(itertools.pairwise(nodes))
