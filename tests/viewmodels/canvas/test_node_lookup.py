"""What the canvas shows and answers, without a window."""

import pytest

from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.canvas.expansion import expanded_at, still_expanded, toggled
from resnet_viz.viewmodels.canvas.labels import legend_entries
from resnet_viz.viewmodels.canvas.layout import layout
from resnet_viz.viewmodels.canvas.node_lookup import NodeLookup
from resnet_viz.viewmodels.canvas.structure import NetworkStructure, structure_of
from tests.drawings import drawn, measure


@pytest.fixture(scope="module")
def network() -> NetworkStructure:
    return structure_of(analyse(preset("resnet152")), costs(analyse(preset("resnet152"))))


@pytest.fixture(scope="module")
def nodes() -> NodeLookup:
    analysis = analyse(preset("resnet152"))
    return NodeLookup(analysis, structure_of(analysis, costs(analysis)))


def test_the_outline_counts_what_the_analysis_counts(network: NetworkStructure) -> None:
    analysis = analyse(preset("resnet152"))
    assert network.blocks == 50
    assert sum(network.costs.by_id[section.id] for section in network.sections) == analysis.totals.macs
    assert [section.id for section in network.sections] == ["stem", "layer1", "layer2", "layer3", "layer4", "head"]


def test_toggling_twice_changes_nothing(network: NetworkStructure) -> None:
    expanded = expanded_at(network, "block")
    assert toggled(toggled(expanded, "layer2"), "layer2") == expanded
    assert "layer2" not in toggled(expanded, "layer2")


def test_only_what_another_network_has_stays_open(network: NetworkStructure) -> None:
    smaller = structure_of(analyse(preset("resnet50")), costs(analyse(preset("resnet50"))))
    assert still_expanded(frozenset({"layer3", "layer3.2", "layer3.30", "layer3.1-34"}), smaller) == {
        "layer3",
        "layer3.2",
    }


@pytest.mark.parametrize(
    ("name", "level", "box"),
    [
        ("layer3.20.conv2", "stage", "layer3"),
        ("layer3.20.conv2", "block", "layer3.1"),
        ("layer3.0.conv2", "block", "layer3.0"),
        ("layer3.20.conv2", "layer", "layer3.20.conv2"),
        ("bn1", "block", None),
        ("layer3", "block", None),
    ],
)
def test_a_card_stands_for_every_node(nodes: NodeLookup, name: str, level: str, box: str | None) -> None:
    drawing = drawn(nodes.analysis, level)  # type: ignore[arg-type]
    found = nodes.box_for(name, drawing)
    assert (found.id if found else None) == box


def test_the_innermost_opened_thing_is_folded_first(nodes: NodeLookup) -> None:
    expanded = frozenset({"layer3", "layer3.1-34", "layer3.20"})
    assert nodes.expanded_around("layer3.20.conv1", expanded) == "layer3.20"
    assert nodes.expanded_around("layer3.20", expanded - {"layer3.20"}) == "layer3.1-34"
    assert nodes.expanded_around("layer3.20", frozenset({"layer3"})) == "layer3"
    assert nodes.expanded_around("layer1.0", expanded) is None


def test_arrows_walk_along_edges(nodes: NodeLookup, network: NetworkStructure) -> None:
    drawing = layout(network, expanded_at(network, "block") | {"layer2.0"}, measure)
    node_boxes = {box.id: box for box in drawing.node_boxes}

    def step(name: str, *directions: str) -> str | None:
        box = node_boxes[name]
        for direction in directions:
            found = nodes.neighbor_box(box, direction, drawing)  # type: ignore[arg-type]
            if found is None:
                return None
            box = found
        return box.id

    assert step("conv1", "next") == "maxpool"
    assert step("layer1.2", "next") == "layer2.0.conv1"
    assert step("layer2.0.conv1", "up") == "layer2.0.downsample.0"
    assert step("layer2.0.conv1", "up", "next", "next") == "layer2.0.add"
    assert step("layer2.0.add", "down") == "layer2.0.conv1"
    assert step("conv1", "previous") is None
    assert step("conv1", "up") is None


def test_hover_says_shape_parameters_and_share(nodes: NodeLookup) -> None:
    node_boxes = {box.id: box for box in drawn(nodes.analysis, "block").node_boxes}
    block = nodes.hover_card(node_boxes["layer2.0"])
    assert (block.title, block.subtitle) == ("layer2.0", "Bottleneck · projection shortcut")
    assert dict(block.rows)["shape"] == "256×56×56 → 512×28×28"
    run = nodes.hover_card(node_boxes["layer3.1"])
    assert run.title == "layer3.1 to layer3.34"
    assert run.subtitle.startswith("34 × Bottleneck")
    stage = nodes.hover_card(drawn(nodes.analysis, "stage").node_boxes[2])
    assert stage.title == "stage 1 · conv2_x"
    layer = nodes.hover_card(node_boxes["conv1"])
    assert layer.subtitle == "Conv2d · 7×7, 64 · stride 2"


def test_the_legend_names_the_kinds_that_are_there(network: NetworkStructure) -> None:
    assert [entry.kind for entry in legend_entries(network)] == ["identity", "projection"]
    assert legend_entries(structure_of(analyse(preset("plain34")), costs(analyse(preset("plain34"))))) == ()
