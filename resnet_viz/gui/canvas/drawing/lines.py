"""Paints the lines of a drawing: the shortcuts with their arrows, and the trunk."""

from itertools import pairwise

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPolygonF

from resnet_viz.gui.canvas.drawing.spatial_index import Sketch
from resnet_viz.gui.canvas.drawing.style import Ink
from resnet_viz.viewmodels.canvas.drawing import Route, Stroke

CORNER = 7.0
ARROW = 5.0


def paint_bare_routes(painter: QPainter, sketch: Sketch, ink: Ink, span: tuple[float, float]) -> None:
    """Trunk and shortcuts between two scene x as thin lines without arrows."""
    trunk = sketch.links(*span)
    if trunk:
        links = sketch.drawing.links
        painter.setPen(ink.pen("edge", 0))
        painter.drawLine(QLineF(links[trunk[0]].x, 0, links[trunk[-1]].stop, 0))
    lines: dict[str, list[QLineF]] = {}
    for index in sketch.routes(*span):
        route = sketch.drawing.routes[index]
        lines.setdefault(route.kind, []).extend(QLineF(*start, *end) for start, end in pairwise(route.stroke))
    for kind in ("identity", "padding", "projection"):
        pen = ink.pen("shortcut", 0)
        if kind != "projection":
            pen.setColor(ink.mixed("shortcut", "canvas", 0.6))
        painter.setPen(pen)
        if kind in lines:
            painter.drawLines(lines[kind])


def paint_links(painter: QPainter, sketch: Sketch, ink: Ink, span: tuple[float, float]) -> None:
    """The pieces of the trunk between two scene x, with their arrows."""
    links = [sketch.drawing.links[index] for index in sketch.links(*span)]
    painter.setPen(ink.pen("edge", 1.3))
    painter.drawLines([QLineF(link.x, 0, link.stop - (ARROW - 1 if link.arrow else 0), 0) for link in links])
    for link in links:
        if link.arrow:
            _arrow_head(painter, ink.theme.color("edge"), (link.stop, 0.0), (1.0, 0.0))


def paint_route(painter: QPainter, route: Route, ink: Ink) -> None:
    """One shortcut with rounded corners, and an arrow where it joins."""
    painter.setPen(ink.shortcut_pen(route.kind))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(rounded(route.stroke))
    if route.arrow:
        _arrow_head(painter, ink.theme.color("shortcut"), route.stroke[-1], (0.0, 1.0))


def rounded(stroke: Stroke) -> QPainterPath:
    """The stroke as a path, its corners rounded as far as its pieces are long."""
    path = QPainterPath(QPointF(*stroke[0]))
    for before, corner, after in zip(stroke, stroke[1:], stroke[2:], strict=False):
        radius = min(CORNER, _length(before, corner) / 2, _length(corner, after) / 2)
        path.lineTo(_towards(corner, before, radius))
        path.quadTo(QPointF(*corner), _towards(corner, after, radius))
    path.lineTo(QPointF(*stroke[-1]))
    return path


def _length(a: tuple[float, float], b: tuple[float, float]) -> float:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])


def _towards(start: tuple[float, float], end: tuple[float, float], distance: float) -> QPointF:
    part = distance / (_length(start, end) or 1.0)
    return QPointF(start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part)


def _arrow_head(painter: QPainter, color: QColor, tip: tuple[float, float], way: tuple[float, float]) -> None:
    (x, y), dx, dy = tip, way[0] * ARROW, way[1] * ARROW
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    wings = (QPointF(x - dx - dy * 0.55, y - dy - dx * 0.55), QPointF(x - dx + dy * 0.55, y - dy + dx * 0.55))
    painter.drawPolygon(QPolygonF([QPointF(x, y), *wings]))
