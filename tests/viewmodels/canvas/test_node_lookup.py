"""Nodes by id, the boxes that stand for them, the boxes beside them, and their hover cards."""

import pytest

from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import Level
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.canvas.drawing import Drawing
from resnet_viz.viewmodels.canvas.expansion import expanded_at
from resnet_viz.viewmodels.canvas.layout import layout
from resnet_viz.viewmodels.canvas.node_lookup import Direction, HoverCard, NodeLookup
from resnet_viz.viewmodels.canvas.structure import NetworkStructure, structure_of
from resnet_viz.viewmodels.text.numbers import percent, short
from tests.drawings import drawn, measure, with_gates

DEEP = analyse(preset("resnet152"))


@pytest.fixture(scope="module")
def network() -> NetworkStructure:
    """The structure of ResNet-152."""
    return structure_of(DEEP, costs(DEEP))


@pytest.fixture(scope="module")
def lookup(network: NetworkStructure) -> NodeLookup:
    """The nodes of ResNet-152."""
    return NodeLookup(DEEP, network)


@pytest.fixture(scope="module")
def drawing(network: NetworkStructure) -> Drawing:
    """ResNet-152 with one expanded block, whose shortcut is a projection."""
    return layout(network, expanded_at(network, "block") | {"layer2.0"}, measure)


@pytest.mark.parametrize("name", ["layer3", "layer3.20", "layer3.20.conv2", "stem", "head", "fc"])
def test_stages_blocks_and_layers_are_known(lookup: NodeLookup, name: str) -> None:
    assert lookup.has_node(name)
    assert lookup.describe(name) is not None


@pytest.mark.parametrize("name", ["layer5", "layer3.36", "layer3.1-34", "conv9", ""])
def test_other_names_are_not(lookup: NodeLookup, name: str) -> None:
    assert not lookup.has_node(name)
    assert lookup.describe(name) is None


@pytest.mark.parametrize(
    ("name", "containers"),
    [
        ("layer3.20.conv2", ("layer3.20.conv2", "layer3.20", "layer3")),
        ("layer3.20", ("layer3.20", "layer3")),
        ("layer3", ("layer3",)),
        ("conv1", ("conv1", "stem")),
        ("fc", ("fc", "head")),
        ("stem", ("stem",)),
    ],
)
def test_a_node_lies_in_its_block_and_its_stage(lookup: NodeLookup, name: str, containers: tuple[str, ...]) -> None:
    assert lookup.containers(name) == containers


@pytest.mark.parametrize(
    ("name", "level", "box"),
    [
        ("layer3.20.conv2", "stage", "layer3"),
        ("layer3.20.conv2", "block", "layer3.1"),
        ("layer3.34", "block", "layer3.1"),
        ("layer3.1", "block", "layer3.1"),
        ("layer3.0.conv2", "block", "layer3.0"),
        ("layer3.35.conv2", "block", "layer3.35"),
        ("layer3.20.conv2", "layer", "layer3.20.conv2"),
        ("bn1", "block", None),
        ("layer3", "block", None),
        ("layer3.20", "layer", None),
    ],
)
def test_the_box_of_a_node_is_its_own_or_that_of_what_it_lies_in(
    lookup: NodeLookup, name: str, level: Level, box: str | None
) -> None:
    found = lookup.box_for(name, drawn(DEEP, level))
    assert (found.id if found else None) == box


def test_the_innermost_expanded_node_is_found_first(lookup: NodeLookup) -> None:
    expanded = frozenset({"layer3", "layer3.1-34", "layer3.20"})
    assert lookup.expanded_around("layer3.20.conv1", expanded) == "layer3.20"
    assert lookup.expanded_around("layer3.20", expanded - {"layer3.20"}) == "layer3.1-34"
    assert lookup.expanded_around("layer3.34", expanded) == "layer3.1-34"
    assert lookup.expanded_around("layer3.1", expanded) == "layer3.1-34"
    assert lookup.expanded_around("layer3.35", expanded) == "layer3"
    assert lookup.expanded_around("layer3.0", expanded) == "layer3"
    assert lookup.expanded_around("layer3.20", frozenset({"layer3"})) == "layer3"
    assert lookup.expanded_around("layer1.0", expanded) is None


@pytest.mark.parametrize(
    ("start", "directions", "end"),
    [
        ("conv1", ("next",), "maxpool"),
        ("maxpool", ("previous",), "conv1"),
        ("layer1.2", ("next",), "layer2.0.conv1"),
        ("layer2.0.conv1", ("up",), "layer2.0.downsample.0"),
        ("layer2.0.downsample.0", ("next",), "layer2.0.downsample.1"),
        ("layer2.0.downsample.1", ("next",), "layer2.0.add"),
        ("layer2.0.downsample.1", ("previous",), "layer2.0.downsample.0"),
        ("layer2.0.downsample.1", ("down",), "layer2.0.conv1"),
        ("layer2.0.downsample.0", ("previous",), None),
        ("layer2.0.downsample.0", ("up",), None),
        ("layer2.0.add", ("down",), "layer2.0.conv1"),
        ("layer2.0.add", ("up",), None),
        ("layer2.0.add", ("next",), "layer2.0.relu3"),
        ("layer2.0.add", ("previous",), "layer2.0.bn3"),
        ("layer2.0.conv1", ("down",), None),
        ("conv1", ("previous",), None),
        ("fc", ("next",), None),
        ("conv1", ("up",), None),
    ],
)
def test_arrows_go_along_the_main_path_and_the_shortcut(
    lookup: NodeLookup, drawing: Drawing, start: str, directions: tuple[Direction, ...], end: str | None
) -> None:
    box = {box.id: box for box in drawing.node_boxes}[start]
    found = lookup.neighbor_box(box, directions[0], drawing)
    assert (found.id if found else None) == end


def test_a_shortcut_without_layers_is_gone_up_to_its_sum(lookup: NodeLookup, network: NetworkStructure) -> None:
    drawing = layout(network, expanded_at(network, "block") | {"layer2.1"}, measure)
    box = lookup.box_for("layer2.1.conv2", drawing)
    assert box is not None
    above = lookup.neighbor_box(box, "up", drawing)
    assert above is not None
    assert above.id == "layer2.1.add"


def test_a_box_of_another_drawing_has_no_neighbor(lookup: NodeLookup, drawing: Drawing) -> None:
    stage = drawn(DEEP, "stage").node_boxes[2]
    assert lookup.neighbor_box(stage, "next", drawing) is None


def test_a_hover_card_has_shape_parameters_and_the_share_of_the_operations(lookup: NodeLookup) -> None:
    macs = DEEP.layer_by_id["layer2.1.conv2"].macs
    assert lookup.describe("layer2.1.conv2") == HoverCard(
        "layer2.1.conv2",
        "Conv2d · 3×3, 128",
        (
            ("shape", "128×28×28 → 128×28×28"),
            ("parameters", "147.5 k"),
            ("MACs", f"{short(macs)} · {percent(macs / DEEP.totals.macs)}"),
        ),
    )


@pytest.mark.parametrize(
    ("name", "title", "subtitle", "shape", "parameters"),
    [
        ("layer2.0", "layer2.0", "Bottleneck · projection shortcut", "256×56×56 → 512×28×28", "379.4 k"),
        ("conv1", "conv1", "Conv2d · 7×7, 64 · stride 2", "3×224×224 → 64×112×112", "9,408"),
        ("bn1", "bn1", "BatchNorm2d", "64×112×112 → 64×112×112", "128"),
        ("layer1", "stage 1 · conv2_x", "3 blocks · Bottleneck", "64×56×56 → 256×56×56", "215.8 k"),
        ("stem", "stem", "4 layers", "3×224×224 → 64×56×56", "9,536"),
        ("head", "head", "3 layers", "2048×7×7 → 1000", "2.0 M"),
    ],
)
def test_a_hover_card_describes_a_node(
    lookup: NodeLookup, name: str, title: str, subtitle: str, shape: str, parameters: str
) -> None:
    card = lookup.describe(name)
    assert card is not None
    assert (card.title, card.subtitle) == (title, subtitle)
    assert card.rows[0] == ("shape", shape)
    assert card.rows[1][1].startswith(parameters[:3])


def test_the_hover_card_of_a_layer_without_operations_says_0(lookup: NodeLookup) -> None:
    card = lookup.describe("relu")
    assert card is not None
    assert card.rows[2] == ("MACs", "0")


def test_the_hover_card_of_a_repeat_sums_its_blocks(lookup: NodeLookup) -> None:
    boxes = {box.id: box for box in drawn(DEEP, "block").node_boxes}
    card = lookup.hover_card(boxes["layer3.1"])
    blocks = [layer for layer in DEEP.layers if layer.stage == 3 and layer.block is not None and 1 <= layer.block <= 34]
    macs, params = sum(layer.macs for layer in blocks), sum(layer.params for layer in blocks)
    assert card.title == "layer3.1 to layer3.34"
    assert card.subtitle == "34 × Bottleneck · identity shortcut"
    assert card.rows == (
        ("shape", "1024×14×14 → 1024×14×14"),
        ("parameters", short(params)),
        ("MACs", f"{short(macs)} · {percent(macs / DEEP.totals.macs)}"),
    )
    assert lookup.hover_card(boxes["layer3.0"]).title == "layer3.0"
    assert lookup.hover_card(boxes["conv1"]).title == "conv1"  # its id does not begin with that of a stage


def test_a_plain_block_has_no_shortcut_in_its_hover_card() -> None:
    plain = analyse(preset("plain34"))
    card = NodeLookup(plain, structure_of(plain, costs(plain))).describe("layer1.0")
    assert card is not None
    assert card.subtitle == "Basic"


def test_a_screen_reader_gets_the_card_in_one_line() -> None:
    card = HoverCard("a", "b", (("c", "1"),)).with_rows((("d", "2"),))
    assert card.rows == (("c", "1"), ("d", "2"))
    assert card.accessible_text == "a, b, c 1, d 2"


@pytest.mark.parametrize(
    ("name", "subtitle"),
    [
        ("layer2.0", "Bottleneck · projection shortcut · SE gate"),
        ("layer2", "4 blocks · Bottleneck · 4 SE gates"),
        ("layer2.0.se.sigmoid", "Sigmoid"),
    ],
)
def test_a_hover_card_tells_of_gates(name: str, subtitle: str) -> None:
    gated = with_gates(analyse(preset("resnet50")))
    card = NodeLookup(gated, structure_of(gated, costs(gated))).describe(name)
    assert card is not None
    assert card.subtitle == subtitle
