"""Node boxes as they are painted: fills, shades, stacks, slices and texts."""

import pytest
from PySide6.QtGui import QImage, QPainter

from resnet_viz.gui.canvas.drawing.node_boxes import paint_node_box, paint_plain_boxes
from resnet_viz.gui.canvas.drawing.spatial_index import IndexedDrawing
from resnet_viz.gui.theme import load_theme
from resnet_viz.viewmodels.canvas.coloring import ColorScale
from resnet_viz.viewmodels.canvas.drawing import BoxKind, Drawing, NodeBox, StageColumn
from tests.gui.canvas.drawing.painted import WHITE, colors_in, painted, style_of

pytestmark = pytest.mark.usefixtures("qapp")
COLUMN = StageColumn("layer1", "stage1", 0.0, 100.0, ("",), ("",), None)


def indexed_box(kind: BoxKind, *, label: str = "", slices: int = 1, value: float | None = None) -> IndexedDrawing:
    """Return a drawing of one box, from (20, 20) to (80, 80), with a value where one is given."""
    box = NodeBox(kind, 20.0, 20.0, 60.0, 60.0, label, slices=slices, id="a")
    colors = None if value is None else ColorScale("Title", {"a": value, "b": 1.0}, str)
    return IndexedDrawing(Drawing((COLUMN,), (), (box,), (), (), (), 100.0, 0.0, 100.0), colors)


def picture(indexed: IndexedDrawing, zoom: float = 1.0) -> QImage:
    """Return a picture of the box, painted for this zoom."""
    return painted(lambda painter: paint_node_box(painter, indexed, 0, style_of(), zoom), 100, 100)


@pytest.mark.parametrize("kind", ["stage", "repeat", "block", "layer", "minor", "shortcut", "gate", "add", "multiply"])
def test_a_box_has_its_fill_within_and_nothing_outside(kind: BoxKind) -> None:
    indexed = indexed_box(kind)
    image = picture(indexed)
    assert image.pixel(40, 66) == style_of().fill(indexed.drawing.node_boxes[0], "stage1").rgb()
    assert image.pixel(15, 50) == image.pixel(50, 15) == image.pixel(90, 50) == WHITE


@pytest.mark.parametrize(("kind", "stacked"), [("stage", True), ("repeat", True), ("block", False), ("layer", False)])
def test_a_box_of_several_blocks_has_others_behind_it(kind: BoxKind, stacked: bool) -> None:
    assert (colors_in(picture(indexed_box(kind)), 82, 30, 4, 50) != {WHITE}) == stacked


@pytest.mark.parametrize(("kind", "strip"), [("block", True), ("layer", True), ("minor", False), ("shortcut", False)])
def test_a_box_has_a_strip_in_the_color_of_its_column(kind: BoxKind, strip: bool) -> None:
    assert (picture(indexed_box(kind)).pixel(50, 23) == load_theme("light").color("stage1").rgb()) == strip


def test_slices_are_marked_below_the_strip() -> None:
    three, one = picture(indexed_box("stage", slices=3)), picture(indexed_box("stage"))
    changed = {x for x in range(100) if three.pixel(x, 28) != one.pixel(x, 28)}
    assert {40, 60} <= changed | {x + 1 for x in changed}
    assert len(changed) <= 4


def test_a_sum_is_a_circle_with_a_cross() -> None:
    image, text = picture(indexed_box("add")), load_theme("light").color("text").rgb()
    assert image.pixel(22, 22) == WHITE
    assert text in colors_in(image, 40, 49, 2, 3)
    assert text in colors_in(image, 49, 40, 3, 2)
    assert text not in colors_in(image, 40, 40, 5, 5)


def test_a_product_is_a_circle_with_an_oblique_cross() -> None:
    image, text = picture(indexed_box("multiply")), load_theme("light").color("text").rgb()
    assert image.pixel(22, 22) == WHITE
    for x, y in ((42, 42), (42, 57), (57, 42), (57, 57)):
        assert text in colors_in(image, x, y, 2, 2)
    assert text not in colors_in(image, 48, 38, 4, 5) | colors_in(image, 38, 48, 5, 4)


@pytest.mark.parametrize("kind", ["stage", "repeat", "block"])
def test_blocks_with_gates_have_a_mark_at_the_middle_of_their_lower_edge(kind: BoxKind) -> None:
    box = NodeBox(kind, 20.0, 20.0, 60.0, 60.0, "", id="a", gated=True)
    with_mark = picture(IndexedDrawing(Drawing((COLUMN,), (), (box,), (), (), (), 100.0, 0.0, 100.0)))
    without = picture(indexed_box(kind))
    changed = {(x, y) for x in range(100) for y in range(100) if with_mark.pixel(x, y) != without.pixel(x, y)}
    columns, rows = {x for x, _ in changed}, {y for _, y in changed}
    assert [min(columns), max(columns), min(rows), max(rows)] == pytest.approx([43, 56, 73, 86], abs=1)
    assert with_mark.pixel(50, 76) == load_theme("light").color("canvas").rgb()
    assert load_theme("light").color("gate").rgb() in {with_mark.pixel(x, y) for x, y in changed}


@pytest.mark.parametrize("kind", ["block", "layer", "minor", "add", "gate", "multiply"])
def test_a_box_with_a_value_has_its_shade(kind: BoxKind) -> None:
    image = picture(indexed_box(kind, value=0.5))
    assert image.pixel(40, 66) == style_of().shade(1.0).color().rgb()  # it is the largest value shown


@pytest.mark.parametrize(("zoom", "written"), [(1.0, True), (0.55, True), (0.53, False)])
def test_a_text_is_left_out_where_it_would_be_too_small(zoom: float, written: bool) -> None:
    """A label has 12 units, of which 6.5 pixels can be read."""
    assert (picture(indexed_box("block", label="Basic"), zoom) != picture(indexed_box("block"), zoom)) == written


def test_plain_boxes_are_rectangles_of_one_color() -> None:
    for value, color in ((None, load_theme("light").color("stage1")), (1.0, style_of().shade(1.0).color())):
        indexed = indexed_box("block", label="Basic", value=value)

        def paint(painter: QPainter, indexed: IndexedDrawing = indexed) -> None:
            paint_plain_boxes(painter, indexed, style_of(), (0.0, 100.0))

        image = painted(paint, 100, 100)
        assert colors_in(image, 20, 20, 60, 60) == {color.rgb()}
        assert colors_in(image, 0, 0, 20, 100) == {WHITE}
