"""What the canvas shows and answers, without a window."""

import pytest

from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.canvas.layout import layout
from resnet_viz.viewmodels.canvas.nodes import Nodes, kept, legend, opened_at, toggled
from resnet_viz.viewmodels.canvas.outline import Outline, outline
from tests.drawings import drawn, measure


@pytest.fixture(scope="module")
def network() -> Outline:
    return outline(analyse(preset("resnet152")), costs(analyse(preset("resnet152"))))


@pytest.fixture(scope="module")
def nodes() -> Nodes:
    analysis = analyse(preset("resnet152"))
    return Nodes(analysis, outline(analysis, costs(analysis)))


def test_the_outline_counts_what_the_analysis_counts(network: Outline) -> None:
    analysis = analyse(preset("resnet152"))
    assert network.blocks == 50
    assert sum(network.costs.by_id[section.id] for section in network.sections) == analysis.totals.macs
    assert [section.id for section in network.sections] == ["stem", "layer1", "layer2", "layer3", "layer4", "head"]


def test_toggling_twice_changes_nothing(network: Outline) -> None:
    opened = opened_at(network, "block")
    assert toggled(toggled(opened, "layer2"), "layer2") == opened
    assert "layer2" not in toggled(opened, "layer2")


def test_only_what_another_network_has_stays_open(network: Outline) -> None:
    smaller = outline(analyse(preset("resnet50")), costs(analyse(preset("resnet50"))))
    assert kept(frozenset({"layer3", "layer3.2", "layer3.30", "layer3.1-34"}), smaller) == {"layer3", "layer3.2"}


@pytest.mark.parametrize(
    ("name", "level", "card"),
    [
        ("layer3.20.conv2", "stage", "layer3"),
        ("layer3.20.conv2", "block", "layer3.1"),
        ("layer3.0.conv2", "block", "layer3.0"),
        ("layer3.20.conv2", "layer", "layer3.20.conv2"),
        ("bn1", "block", None),
        ("layer3", "block", None),
    ],
)
def test_a_card_stands_for_every_node(nodes: Nodes, name: str, level: str, card: str | None) -> None:
    drawing = drawn(nodes.analysis, level)  # type: ignore[arg-type]
    found = nodes.card_of(name, drawing)
    assert (found.id if found else None) == card


def test_the_innermost_opened_thing_is_folded_first(nodes: Nodes) -> None:
    opened = frozenset({"layer3", "layer3.1-34", "layer3.20"})
    assert nodes.opened_around("layer3.20.conv1", opened) == "layer3.20"
    assert nodes.opened_around("layer3.20", opened - {"layer3.20"}) == "layer3.1-34"
    assert nodes.opened_around("layer3.20", frozenset({"layer3"})) == "layer3"
    assert nodes.opened_around("layer1.0", opened) is None


def test_arrows_walk_along_edges(nodes: Nodes, network: Outline) -> None:
    drawing = layout(network, opened_at(network, "block") | {"layer2.0"}, measure)
    cards = {card.id: card for card in drawing.cards}

    def step(name: str, *directions: str) -> str | None:
        card = cards[name]
        for direction in directions:
            found = nodes.step(card, direction, drawing)  # type: ignore[arg-type]
            if found is None:
                return None
            card = found
        return card.id

    assert step("conv1", "next") == "maxpool"
    assert step("layer1.2", "next") == "layer2.0.conv1"
    assert step("layer2.0.conv1", "up") == "layer2.0.downsample.0"
    assert step("layer2.0.conv1", "up", "next", "next") == "layer2.0.add"
    assert step("layer2.0.add", "down") == "layer2.0.conv1"
    assert step("conv1", "previous") is None
    assert step("conv1", "up") is None


def test_hover_says_shape_parameters_and_share(nodes: Nodes) -> None:
    cards = {card.id: card for card in drawn(nodes.analysis, "block").cards}
    block = nodes.hover(cards["layer2.0"])
    assert (block.title, block.subtitle) == ("layer2.0", "Bottleneck · projection shortcut")
    assert dict(block.rows)["shape"] == "256×56×56 → 512×28×28"
    run = nodes.hover(cards["layer3.1"])
    assert run.title == "layer3.1 to layer3.34"
    assert run.subtitle.startswith("34 × Bottleneck")
    stage = nodes.hover(drawn(nodes.analysis, "stage").cards[2])
    assert stage.title == "stage 1 · conv2_x"
    layer = nodes.hover(cards["conv1"])
    assert layer.subtitle == "Conv2d · 7×7, 64 · stride 2"


def test_the_legend_names_the_kinds_that_are_there(network: Outline) -> None:
    assert [entry.kind for entry in legend(network)] == ["identity", "projection"]
    assert legend(outline(analyse(preset("plain34")), costs(analyse(preset("plain34"))))) == ()
