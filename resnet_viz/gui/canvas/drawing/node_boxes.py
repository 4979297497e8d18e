"""Paints the node boxes of a drawing, with their texts or as plain rectangles."""

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen

from resnet_viz.gui.canvas.drawing.spatial_index import IndexedDrawing
from resnet_viz.gui.canvas.drawing.style import CENTER, MIN_TEXT_PX, TRANSPOSE, Style
from resnet_viz.viewmodels.canvas.drawing import (
    BRANCH_BOXES,
    GATE_MARK_RADIUS,
    OPERATORS,
    STACK_OFFSET,
    TEXT_SIZES,
    NodeBox,
    TextRole,
    gate_mark,
)

NODE_CORNER = 3.5
STRIP_HEIGHT = 5.0
SMALL_TEXT_KINDS = BRANCH_BOXES | {"minor"}


def paint_plain_boxes(painter: QPainter, indexed: IndexedDrawing, style: Style, span: tuple[float, float]) -> None:
    """Paint the boxes between two scene x as rectangles of one color."""
    painter.setPen(Qt.PenStyle.NoPen)
    by_color: dict[int, tuple[QColor, list[QRectF]]] = {}
    node_boxes = indexed.drawing.node_boxes
    fills: dict[tuple[str, str], QColor] = {}
    if indexed.shades is not None:
        for index in indexed.node_boxes(*span):
            painter.setBrush(style.shade(indexed.shades.parts[index]))
            painter.drawRect(indexed.rects[index])
        return
    for index in indexed.node_boxes(*span):
        box = node_boxes[index]
        color = indexed.color(box)
        fill = fills.get((color, box.kind))
        if fill is None:
            fill = fills[color, box.kind] = style.outline_color(box, color)
            by_color.setdefault(fill.rgba(), (fill, []))
        by_color[fill.rgba()][1].append(indexed.rects[index])
    for fill, rects in by_color.values():
        painter.setBrush(fill)
        painter.drawRects(rects)


def paint_node_box(painter: QPainter, indexed: IndexedDrawing, index: int, style: Style, zoom: float) -> None:
    """Paint one node box, its texts only where they are large enough to read."""
    box, rect = indexed.drawing.node_boxes[index], indexed.rects[index]
    color = indexed.color(box)
    outline = style.outline_color(box, color)
    painter.setPen(QPen(outline, 1.2))
    painter.setBrush(style.fill(box, color) if indexed.shades is None else style.shade(indexed.shades.parts[index]))
    if box.kind in OPERATORS:
        painter.drawEllipse(rect)
        if indexed.shades is not None:
            outline = style.text_color(indexed.shades.parts[index])
        painter.setPen(QPen(outline, 1.8))
        (_paint_plus if box.kind == "add" else _paint_times)(painter, rect.center(), box.w / 2)
        return
    if box.kind in ("stage", "repeat"):
        _paint_stack(painter, rect)
    radius = corner_radius(box)
    painter.drawRoundedRect(rect, radius, radius)
    if box.kind in ("stage", "repeat", "block", "layer"):
        _paint_strip(painter, box, rect, QBrush(outline))
    text_color = style.theme.color(box.kind if box.kind in BRANCH_BOXES else "card_text")
    if indexed.shades is not None:
        text_color = style.text_color(indexed.shades.parts[index])
    if TEXT_SIZES["note" if box.kind in SMALL_TEXT_KINDS else "label"] * zoom >= MIN_TEXT_PX:
        _paint_texts(painter, box, rect, style, text_color, vertical=indexed.drawing.vertical)
    if box.gated:
        paint_gate_mark(painter, QPointF(*gate_mark(box)), style)


def corner_radius(box: NodeBox) -> float:
    """Return the radius of a box's corners; the boxes beside the main path and the circles on it have round ends."""
    return min(box.w, box.h) / 2 if box.kind in BRANCH_BOXES | OPERATORS else NODE_CORNER


def paint_gate_mark(painter: QPainter, middle: QPointF, style: Style) -> None:
    """Paint the small `×` in a circle that stands for a gate within a collapsed block."""
    painter.setPen(style.pen("gate", 1.2))
    painter.setBrush(style.theme.color("canvas"))
    painter.drawEllipse(middle, GATE_MARK_RADIUS, GATE_MARK_RADIUS)
    painter.setPen(style.pen("gate", 1.4))
    _paint_times(painter, middle, GATE_MARK_RADIUS)


def _paint_plus(painter: QPainter, middle: QPointF, radius: float) -> None:
    arm = radius * 0.48
    across, along = QPointF(arm, 0.0), QPointF(0.0, arm)
    painter.drawLines([QLineF(middle - across, middle + across), QLineF(middle - along, middle + along)])


def _paint_times(painter: QPainter, middle: QPointF, radius: float) -> None:
    arm = radius * 0.37
    rising, falling = QPointF(arm, -arm), QPointF(arm, arm)
    painter.drawLines([QLineF(middle - rising, middle + rising), QLineF(middle - falling, middle + falling)])


def _paint_stack(painter: QPainter, rect: QRectF) -> None:
    """Paint two boxes behind, to show that this one stands for several blocks."""
    for offset in (STACK_OFFSET, STACK_OFFSET / 2):
        painter.drawRoundedRect(rect.translated(offset, offset), NODE_CORNER, NODE_CORNER)


def _paint_strip(painter: QPainter, box: NodeBox, rect: QRectF, brush: QBrush) -> None:
    path = QPainterPath()
    path.addRoundedRect(rect, NODE_CORNER, NODE_CORNER)
    strip = QPainterPath()
    strip.addRect(QRectF(rect.x(), rect.y(), rect.width(), STRIP_HEIGHT))
    painter.fillPath(path & strip, brush)
    if box.slices > 1:
        step = box.w / box.slices
        painter.drawLines([
            QLineF(box.x + step * position, box.y + STRIP_HEIGHT, box.x + step * position, box.y + STRIP_HEIGHT * 2)
            for position in range(1, box.slices)
        ])  # fmt: skip


def _paint_texts(painter: QPainter, box: NodeBox, rect: QRectF, style: Style, color: QColor, *, vertical: bool) -> None:
    role: TextRole = "note" if box.kind in SMALL_TEXT_KINDS else "label"
    painter.save()
    painter.translate(rect.center())
    width, height = rect.width(), rect.height()
    rotated = box.rotated
    if vertical:
        painter.setTransform(TRANSPOSE, True)
        width, height = height, width
        rotated = box.kind == "shortcut"
    if rotated:
        painter.rotate(-90)
        width, height = height, width
    first = QRectF(-width / 2, -height / 2, width, height)
    if box.note:
        second = first.translated(0, TEXT_SIZES["note"] * 0.62)
        first.translate(0, -TEXT_SIZES["label"] * 0.55)
        style.draw_text(painter, second, box.note, "note", color, CENTER)
    style.draw_text(painter, first, box.label, role, color, CENTER)
    painter.restore()
