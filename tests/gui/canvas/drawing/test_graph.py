"""The drawing as it is painted: which details at which zoom, and only what is in view."""

import numpy
import pytest
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QImage, QPainter

from resnet_viz.gui.canvas.drawing.graph import paint_column, paint_graph, paint_parts
from resnet_viz.gui.canvas.drawing.spatial_index import IndexedDrawing
from resnet_viz.gui.canvas.interaction.camera import View
from resnet_viz.gui.theme import load_theme
from resnet_viz.pipeline import analyse
from resnet_viz.spec.presets import preset
from tests.drawings import drawn
from tests.gui.canvas.drawing.painted import WHITE, painted, style_of

pytestmark = pytest.mark.usefixtures("qapp")
RESNET = analyse(preset("resnet50"))
LAYERS = IndexedDrawing(drawn(RESNET, "layer"))
SIZE = QSizeF(600, 400)


def picture(view: View, part: QRectF | None = None) -> QImage:
    """Return a picture of ResNet-50's layers, of a part of the canvas alone where one is given."""

    def paint(painter: QPainter) -> None:
        if part is None:
            paint_parts(painter, LAYERS, style_of(), view, QRectF(QPointF(0, 0), SIZE))
        else:
            painter.setClipRect(part)
            paint_parts(painter, LAYERS, style_of(), view, part)

    return painted(paint, 600, 400)


def pixels(image: QImage) -> numpy.ndarray:
    """Return the red, green and blue of every pixel."""
    array = numpy.frombuffer(image.constBits(), numpy.uint8).reshape(image.height(), image.width(), 4)
    return array[:, :, :3].astype(int)


@pytest.mark.parametrize("scale", [0.1, 0.6, 1.0, 2.0])
@pytest.mark.parametrize("x", [0.0, -900.0, -2000.0])
def test_a_part_is_painted_as_it_is_in_the_whole(scale: float, x: float) -> None:
    """Nothing that reaches into the part is left out, whatever lies outside."""
    view = View(scale, x * scale, 200.0)
    whole = picture(view)
    for part in (QRectF(150, 100, 90, 120), QRectF(0, 180, 600, 40), QRectF(300, 0, 30, 400)):
        rect = part.toRect()
        differences = abs(pixels(picture(view, part).copy(rect)) - pixels(whole.copy(rect)))
        assert differences.max() <= 4  # of 255: clipped lines are antialiased a little differently


def test_shapes_are_written_where_they_change_and_everywhere_from_150_percent_on() -> None:
    """The edges that have room for a shape: counted by the darkening below the main path."""
    drawing = LAYERS.drawing
    edges = [edge for edge in drawing.main_edges if edge.shape and edge.stop - edge.x >= 14]
    same, changed = ([e for e in edges if e.shape_changed == new] for new in (False, True))

    def written(scale: float, x: float) -> bool:
        image = picture(View(scale, 300 - x * scale, 100.0))
        lines = range(round(100 + 9 * scale), round(100 + 40 * scale))
        muted = load_theme("light").color("text_muted").lightness()
        return any(image.pixelColor(px, y).lightness() < muted + 60 for px in range(296, 305) for y in lines)

    inner = next(edge for edge in same if "layer2.1" in _frame_at(edge.shape_x))
    assert (written(1.4, inner.shape_x), written(1.6, inner.shape_x)) == (False, True)
    first = next(edge for edge in changed if edge.x > 0)
    assert written(1.0, first.shape_x)
    assert not written(0.55, first.shape_x)


def _frame_at(x: float) -> list[str]:
    return [frame.id for frame in LAYERS.drawing.frames if frame.x < x < frame.x + frame.w]


def test_a_column_is_painted_between_its_pixels_and_within_the_canvas() -> None:
    tint = load_theme("light").color("stage1_tint").rgb()
    image = painted(lambda p: paint_column(p, style_of(), "stage1", (100.0, 200.0), SIZE), 600, 400)
    assert {x for x in range(600) if image.pixel(x, 200) == tint} == set(range(100, 200))
    assert {y for y in range(400) if image.pixel(150, y) == tint} == set(range(8, 392))
    for span in ((600.0, 700.0), (-90.0, 0.0), (50.0, 50.0)):
        outside = painted(lambda p, span=span: paint_column(p, style_of(), "stage1", span, SIZE), 600, 400)  # type: ignore[misc]
        assert {outside.pixel(x, 200) for x in range(600)} == {WHITE}


def test_the_whole_graph_has_columns_behind_its_boxes() -> None:
    view = View(1.0, 0.0, 200.0)
    graph = painted(lambda p: paint_graph(p, LAYERS, style_of(), view, SIZE), 600, 400)
    column, box = LAYERS.drawing.columns[0], LAYERS.drawing.node_boxes[0]
    assert graph.pixel(round(column.x) + 12, 20) == load_theme("light").color("stem_tint").rgb()
    pixel = round(box.x + box.w / 4), round(200 + box.y + 0.95 * box.h)
    assert graph.pixel(*pixel) == style_of().fill(box, "stem").rgb()
