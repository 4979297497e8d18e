"""The highlight of a selection: its neighbors and shortcuts, and how it is painted."""

import pytest
from PySide6.QtCore import QSizeF
from PySide6.QtGui import QImage, QPainter

from resnet_viz.gui.canvas.drawing.highlight import Highlight, highlight_of, paint_highlight
from resnet_viz.gui.canvas.drawing.style import Style
from resnet_viz.gui.canvas.interaction.camera import View
from resnet_viz.gui.theme import load_theme
from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import EdgeKind, Level
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.canvas.drawing import BranchEdge
from resnet_viz.viewmodels.canvas.node_lookup import NodeLookup
from resnet_viz.viewmodels.canvas.structure import structure_of
from tests.drawings import drawn, with_gates

RESNET = analyse(preset("resnet50"))
LOOKUP = NodeLookup(RESNET, structure_of(RESNET, costs(RESNET)))


def highlighted(name: str | None, level: Level) -> tuple[str | None, list[str], list[tuple[str, ...]]]:
    """Return the kind of what is selected, the neighbors' ids, and the shortcuts' additions."""
    drawing = drawn(RESNET, level)
    found = highlight_of(LOOKUP, drawing, name)
    ids = {(box.x, box.y, box.w, box.h): box.id for box in drawing.node_boxes}
    neighbors = [ids[rect] for rect, _ in found.neighbor_boxes]
    return found.selected[1] if found.selected else None, neighbors, [edge.join_ids for edge in found.branch_edges]


@pytest.mark.parametrize(
    ("name", "level", "kind", "neighbors", "shortcuts"),
    [
        (None, "block", None, [], []),
        ("layer2.1", "block", "block", ["layer2.0", "layer2.2"], [("layer2.1.add",), ("layer2.2.add",)]),
        # the projection of the next block begins in this one
        ("layer1.2", "block", "block", ["layer1.1", "layer2.0"], [("layer1.2.add",), ("layer2.0.add",)]),
        ("conv1", "block", "layer", ["maxpool"], []),  # bn1 and relu have no box: their stem's neighbor does
        ("layer3", "block", "column", ["layer2.3", "layer4.0"], None),
        ("layer2.1", "layer", "frame", ["layer2.0.relu3", "layer2.2.conv1", "layer2.2.add"], None),
        ("layer2.0.add", "layer", "add", ["layer2.0.bn3", "layer2.0.downsample.1", "layer2.0.relu3"], None),
    ],
)
def test_the_neighbors_and_shortcuts_of_the_selection_are_highlighted(
    name: str | None, level: Level, kind: str | None, neighbors: list[str], shortcuts: list[tuple[str, ...]] | None
) -> None:
    found = highlighted(name, level)
    assert found[0] == kind
    if name != "conv1":
        assert found[1] == neighbors
    if shortcuts is not None:
        assert found[2] == shortcuts


def test_the_boxes_on_a_highlighted_shortcut_are_known() -> None:
    found = highlight_of(LOOKUP, drawn(RESNET, "layer"), "layer2.0.add")
    assert [box.id for box in found.branch_boxes] == ["layer2.0.downsample.0", "layer2.0.downsample.1"]
    assert highlight_of(LOOKUP, drawn(RESNET, "layer"), "layer2.1.add").branch_boxes == ()


def painted(highlight: Highlight, view: View) -> QImage:
    """Return a white picture with the highlight."""
    image = QImage(300, 200, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFFFF)
    painter = QPainter(image)
    paint_highlight(painter, highlight, Style(load_theme("light"), painter.font()), view, QSizeF(300, 200))
    painter.end()
    return image


def test_the_selected_box_has_a_line_on_its_edge_and_a_neighbor_one_around_it(qapp: object) -> None:
    view = View(2.0, 10.0, 20.0)
    rect = (20.0, 10.0, 50.0, 40.0)  # pixels 50 to 150 by 40 to 120
    selected, neighbor = painted(Highlight((rect, "block")), view), painted(Highlight(None, ((rect, "block"),)), view)
    text, accent = (load_theme("light").color(name).rgb() for name in ("text", "accent"))
    assert selected.pixel(50, 80) == text
    assert selected.pixel(100, 80) == selected.pixel(44, 80) == 0xFFFFFFFF
    assert neighbor.pixel(50, 80) == neighbor.pixel(100, 80) == 0xFFFFFFFF
    assert any(neighbor.pixel(x, 80) == accent for x in (45, 46, 47))


def test_a_selected_column_is_framed_over_the_height_of_the_canvas(qapp: object) -> None:
    column = painted(Highlight(((20.0, -500.0, 50.0, 900.0), "column")), View(2.0, 10.0, 20.0))
    dark = [y for y in range(200) if column.pixel(100, y) != 0xFFFFFFFF]
    assert 6 <= min(dark) <= 9
    assert 190 <= max(dark) <= 193


def test_what_is_beside_the_canvas_is_not_painted(qapp: object) -> None:
    view = View(1.0, 0.0, 0.0)
    assert painted(Highlight(((301.0, 10.0, 20.0, 20.0), "block")), view) == painted(Highlight(), view)
    assert painted(Highlight(((-30.0, 10.0, 20.0, 20.0), "block")), view) == painted(Highlight(), view)


GATED = with_gates(RESNET)
GATED_LOOKUP = NodeLookup(GATED, structure_of(GATED, costs(GATED)))


@pytest.mark.parametrize(
    ("name", "joins"),
    [
        ("layer2.1.se.pool", []),
        ("layer2.1.se.sigmoid", [("layer2.1.se.multiply",)]),
        ("layer2.1.se.multiply", [("layer2.1.se.multiply",)]),
        ("layer2.1.bn3", [("layer2.1.se.multiply",)]),
        ("layer2.1.add", [("layer2.1.add",)]),
        ("layer2.1", [("layer2.1.add",), ("layer2.1.se.multiply",), ("layer2.2.add",)]),
    ],
)
def test_the_branch_of_a_gate_is_highlighted_with_what_it_touches(name: str, joins: list[tuple[str, ...]]) -> None:
    found = highlight_of(GATED_LOOKUP, drawn(GATED, "layer"), name)
    assert [edge.join_ids for edge in found.branch_edges] == joins
    gated = any(join[0].endswith("multiply") for join in joins)
    assert [box.label for box in found.branch_boxes] == ["pool", "1×1, 32", "ReLU", "1×1, 512", "sigmoid"] * gated


def test_the_line_around_a_box_does_not_cross_its_mark_of_a_gate(qapp: object) -> None:
    drawing = drawn(GATED, "block")
    box = next(box for box in drawing.node_boxes if box.id == "layer2.1")
    found = highlight_of(GATED_LOOKUP, drawing, "layer2.1")
    assert (box.x + box.w / 2, box.y + box.h) in found.gate_marks
    image = painted(found, View(1.0, 100.0 - box.x, 100.0 - box.y - box.h))
    x, text = round(100 + box.w / 2), load_theme("light").color("text").rgb()
    across = {image.pixel(x + dx, y) for dx in (-4, 0, 4) for y in range(98, 103)}
    assert text not in across
    assert text in {image.pixel(x + 12, y) for y in range(98, 103)}


def test_a_gate_within_a_collapsed_block_hides_no_shortcut() -> None:
    found = highlight_of(GATED_LOOKUP, drawn(GATED, "block"), "layer2.1")
    assert [edge.join_ids for edge in found.branch_edges] == [("layer2.1.add",), ("layer2.2.add",)]


@pytest.mark.parametrize("kind", ["identity", "gate"])
def test_the_highlight_of_a_branch_is_a_solid_thin_line_where_the_drawing_is_simplified(
    qapp: object, kind: EdgeKind
) -> None:
    """At a tenth of the size along the main path, and three tenths across it."""
    edge = BranchEdge(kind, ((500.0, 0.0), (500.0, -300.0), (2500.0, -300.0), (2500.0, 0.0)), True)
    image = painted(Highlight(branch_edges=(edge,)), View(0.1, 0.0, 150.0))
    thick = [y for y in range(200) if image.pixel(150, y) != 0xFFFFFFFF]
    assert 2 <= len(thick) <= 4
    assert all(abs(y - 59.5) <= 2 for y in thick)
    assert all(image.pixel(x, 60) != 0xFFFFFFFF for x in range(70, 240))
