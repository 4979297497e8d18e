"""Paints the drawing of a network: only what is in view, with the details that can be seen at this zoom."""

from contextlib import nullcontext

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter

from resnet_viz.gui.canvas.drawing.lines import ARROW_LENGTH, paint_branch_edge, paint_main_edges, paint_plain_lines
from resnet_viz.gui.canvas.drawing.node_boxes import paint_node_box, paint_plain_boxes
from resnet_viz.gui.canvas.drawing.spatial_index import IndexedDrawing
from resnet_viz.gui.canvas.drawing.style import CENTER, LEFT_MIDDLE, MIN_TEXT_PX, TRANSPOSE, Style, transposed
from resnet_viz.gui.canvas.interaction.camera import MIN_HEIGHT_ZOOM, View
from resnet_viz.viewmodels.canvas.drawing import (
    SHAPE_TEXT_HALF,
    SHAPE_TEXT_TOP,
    STACK_OFFSET,
    TEXT_SIZES,
    Frame,
)

MIN_DETAIL_ZOOM = MIN_HEIGHT_ZOOM  # below this zoom boxes are plain rectangles and edges thin lines
LINE_HEIGHT = 1.3
SHAPE_TEXT_HEIGHT, SHAPE_TEXT_WIDTH = 2 * SHAPE_TEXT_HALF, 90.0
ALL_SHAPES_ZOOM = 1.5  # from this zoom on, the shape is written at every edge, not only where it changes
TOP_LEFT = Qt.AlignmentFlag.AlignLeft


def paint_graph(painter: QPainter, indexed: IndexedDrawing, style: Style, view: View, size: QSizeF) -> None:
    """Paint the whole drawing as far as it is in view."""
    paint_columns(painter, indexed, style, view, size)
    paint_parts(painter, indexed, style, view, QRectF(QPointF(0, 0), size))


def paint_parts(painter: QPainter, indexed: IndexedDrawing, style: Style, view: View, part: QRectF) -> None:
    """Paint everything but the columns that lies in a part of the canvas, given in pixels."""
    left, top = view.to_scene(part.left(), part.top())
    right, bottom = view.to_scene(part.right(), part.bottom())
    margin = STACK_OFFSET + 2.0
    left, right, span_y = left - margin, right + margin, (top - margin, bottom + margin)
    painter.save()
    painter.translate(view.x, view.y)
    painter.scale(view.scale, view.height_zoom)
    simplified = view.scale < MIN_DETAIL_ZOOM
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, not simplified)
    if simplified:
        paint_plain_lines(painter, indexed, style, (left, right))
        paint_plain_boxes(painter, indexed, style, (left, right))
    else:
        for index in indexed.frames(left, right):
            _paint_frame(painter, indexed.drawing.frames[index], indexed, style, view.scale)
        for index in indexed.branch_edges(left, right):
            edge = indexed.drawing.branch_edges[index]
            lane = edge.points[1][1]
            if _overlaps(span_y, min(lane, edge.points[-1][1], 0.0), max(lane, 0.0)):
                paint_branch_edge(painter, edge, style)
        if _overlaps(span_y, -ARROW_LENGTH, ARROW_LENGTH):
            paint_main_edges(painter, indexed, style, (left, right))
        if _overlaps(span_y, 0.0, SHAPE_TEXT_WIDTH) and TEXT_SIZES["note"] * view.scale >= MIN_TEXT_PX:
            _paint_shapes(painter, indexed, style, (left, right), every=view.scale >= ALL_SHAPES_ZOOM)
        for index in indexed.node_boxes(left, right):
            rect = indexed.rects[index]
            if _overlaps(span_y, rect.top(), rect.bottom()):
                paint_node_box(painter, indexed, index, style, view.scale)
        if TEXT_SIZES["caption"] * view.scale >= MIN_TEXT_PX:
            _paint_captions(painter, indexed, style, (left, right))
    painter.restore()


def _overlaps(span_y: tuple[float, float], top: float, bottom: float) -> bool:
    return bottom >= span_y[0] and top <= span_y[1]


def paint_columns(painter: QPainter, indexed: IndexedDrawing, style: Style, view: View, size: QSizeF) -> None:
    """Paint the colored columns behind the sections."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for column in indexed.columns:
        paint_column(painter, style, column.color, (view.pixel_x(column.x), view.pixel_x(column.x + column.w)), size)


def paint_column(painter: QPainter, style: Style, color: str, span: tuple[float, float], size: QSizeF) -> None:
    """Paint one column between two pixels."""
    if span[0] < size.width() and span[1] > max(0.0, span[0]):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.theme.color(f"{color}_tint"))
        painter.drawRoundedRect(QRectF(span[0], 8, span[1] - span[0], size.height() - 16), 8, 8)


def _paint_frame(painter: QPainter, frame: Frame, indexed: IndexedDrawing, style: Style, scale: float) -> None:
    color = indexed.column_colors[frame.column]
    pen = style.pen(color, 1.1)
    pen.setDashPattern([3, 2.5])
    painter.setPen(pen)
    painter.setBrush(style.blend(color, "canvas", 0.1))
    painter.drawRoundedRect(QRectF(frame.x, frame.y, frame.w, frame.h), 6, 6)
    if TEXT_SIZES["label"] * scale < MIN_TEXT_PX:
        return
    painter.save()
    painter.translate(frame.x + 10, frame.y + 5)
    height = TEXT_SIZES["label"] * LINE_HEIGHT
    if indexed.drawing.vertical:
        painter.setTransform(TRANSPOSE, True)
        painter.rotate(90)
        painter.translate(0, -height)
    rect = QRectF(0, 0, frame.w - 20, height)
    style.draw_text(painter, rect, frame.title, "label", style.blend(color, "text", 0.75), TOP_LEFT)
    title_rect = painter.boundingRect(rect, int(TOP_LEFT), frame.title)
    style.draw_text(painter, rect.adjusted(title_rect.width() + 8, 1, 0, 1), frame.note, "note", "text_muted", TOP_LEFT)
    painter.restore()


def _paint_shapes(
    painter: QPainter, indexed: IndexedDrawing, style: Style, span: tuple[float, float], *, every: bool
) -> None:
    """Write the tensors' shapes below the main path: where they change, or at every edge."""
    painter.setPen(style.theme.color("text_muted"))
    painter.setFont(style.fonts["note"])
    for index in indexed.main_edges(*span):
        edge = indexed.drawing.main_edges[index]
        if edge.shape and (every or edge.shape_changed) and edge.stop - edge.x >= SHAPE_TEXT_HEIGHT:
            painter.save()
            painter.translate(edge.shape_x, SHAPE_TEXT_TOP)
            if indexed.drawing.vertical:
                painter.setTransform(TRANSPOSE, True)
            else:
                painter.rotate(90)
            painter.drawText(
                QRectF(0, -SHAPE_TEXT_HEIGHT / 2, SHAPE_TEXT_WIDTH, SHAPE_TEXT_HEIGHT), int(LEFT_MIDDLE), edge.shape
            )
            painter.restore()


def _paint_captions(painter: QPainter, indexed: IndexedDrawing, style: Style, span: tuple[float, float]) -> None:
    painter.setPen(style.theme.color("text_muted"))
    vertical, center = indexed.drawing.vertical, int(CENTER)
    for index in indexed.captions(*span):
        caption = indexed.drawing.captions[index]
        painter.setFont(style.fonts[caption.role])
        rect = QRectF(caption.x, caption.y, caption.w, caption.h)
        with transposed(painter) if vertical else nullcontext():
            painter.drawText(
                (TRANSPOSE.mapRect(rect) if vertical else rect).adjusted(-1, 0, 1, 0), center, caption.text
            )
