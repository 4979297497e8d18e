"""Paints the edges of a drawing: the main path, the shortcuts and the gates, with their arrows."""

from itertools import pairwise

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPolygonF

from resnet_viz.gui.canvas.drawing.spatial_index import IndexedDrawing
from resnet_viz.gui.canvas.drawing.style import DASHES, Style, branch_color
from resnet_viz.records.analysis import EdgeKind
from resnet_viz.viewmodels.canvas.drawing import BranchEdge, Polyline

EDGE_CORNER = 7.0
ARROW_LENGTH = 5.0


def paint_plain_lines(painter: QPainter, indexed: IndexedDrawing, style: Style, span: tuple[float, float]) -> None:
    """Paint the main path and its branches between two scene x as thin lines without arrows."""
    indices = indexed.main_edges(*span)
    if indices:
        main_edges = indexed.drawing.main_edges
        painter.setPen(style.pen("edge", 0))
        painter.drawLine(QLineF(main_edges[indices[0]].x, 0, main_edges[indices[-1]].stop, 0))
    lines: dict[EdgeKind, list[QLineF]] = {}
    for index in indexed.branch_edges(*span):
        edge = indexed.drawing.branch_edges[index]
        lines.setdefault(edge.kind, []).extend(QLineF(*start, *end) for start, end in pairwise(edge.points))
    for kind in sorted(lines, key=lambda kind: kind not in DASHES):
        pen = style.pen(branch_color(kind), 0)
        if kind in DASHES:
            pen.setColor(style.blend(branch_color(kind), "canvas", 0.6))
        painter.setPen(pen)
        painter.drawLines(lines[kind])


def paint_main_edges(painter: QPainter, indexed: IndexedDrawing, style: Style, span: tuple[float, float]) -> None:
    """Paint the main path between two scene x, with its arrows."""
    main_edges = [indexed.drawing.main_edges[index] for index in indexed.main_edges(*span)]
    painter.setPen(style.pen("edge", 1.3))
    painter.drawLines(
        [QLineF(edge.x, 0, edge.stop - (ARROW_LENGTH - 1 if edge.arrow else 0), 0) for edge in main_edges]
    )
    for edge in main_edges:
        if edge.arrow:
            _arrow_head(painter, style.theme.color("edge"), (edge.stop, 0.0), (1.0, 0.0))


def paint_branch_edge(painter: QPainter, edge: BranchEdge, style: Style) -> None:
    """Paint a shortcut or a gate with rounded corners, and an arrow where it joins the main path."""
    painter.setPen(style.branch_pen(edge.kind))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(rounded_path(edge.points))
    if edge.arrow:
        direction = 1.0 if edge.points[-1][1] > edge.points[-2][1] else -1.0
        _arrow_head(painter, style.theme.color(branch_color(edge.kind)), edge.points[-1], (0.0, direction))


def rounded_path(points: Polyline) -> QPainterPath:
    """Return a path along the points with rounded corners, the radius at most half of the pieces beside each."""
    path = QPainterPath(QPointF(*points[0]))
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(EDGE_CORNER, _length(before, corner) / 2, _length(corner, after) / 2)
        path.lineTo(_towards(corner, before, radius))
        path.quadTo(QPointF(*corner), _towards(corner, after, radius))
    path.lineTo(QPointF(*points[-1]))
    return path


def _length(a: tuple[float, float], b: tuple[float, float]) -> float:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])


def _towards(start: tuple[float, float], end: tuple[float, float], distance: float) -> QPointF:
    fraction = distance / (_length(start, end) or 1.0)
    return QPointF(start[0] + (end[0] - start[0]) * fraction, start[1] + (end[1] - start[1]) * fraction)


def _arrow_head(painter: QPainter, color: QColor, tip: tuple[float, float], direction: tuple[float, float]) -> None:
    (x, y), dx, dy = tip, direction[0] * ARROW_LENGTH, direction[1] * ARROW_LENGTH
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    wings = (QPointF(x - dx - dy * 0.55, y - dy - dx * 0.55), QPointF(x - dx + dy * 0.55, y - dy + dx * 0.55))
    painter.drawPolygon(QPolygonF([QPointF(x, y), *wings]))
