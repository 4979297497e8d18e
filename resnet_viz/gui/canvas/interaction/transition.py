"""The animation between two drawings: what expands grows out of its box, what collapses shrinks into it."""

import msgspec
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from resnet_viz.gui.canvas.drawing.graph import paint_column
from resnet_viz.gui.canvas.drawing.node_boxes import NODE_CORNER
from resnet_viz.gui.canvas.drawing.spatial_index import IndexedDrawing
from resnet_viz.gui.canvas.drawing.style import Style
from resnet_viz.gui.canvas.interaction.camera import View
from resnet_viz.viewmodels.canvas.drawing import BRANCH_BOXES, OPERATORS, StageColumn
from resnet_viz.viewmodels.canvas.transition import PositionMap

MIN_OUTLINED_PX = 6.0  # narrower boxes have no outline
MIN_BRANCH_WIDTH_PX = 3.0  # narrower shortcuts and gates are left out
BISECTION_STEPS = 24
MAX_PAINTED = 400  # elements of each kind in one frame of the animation


class Transition:
    """The transition from the drawing before to the one after, as `progress` goes from 0 to 1."""

    def __init__(self, before: tuple[IndexedDrawing, View], after: tuple[IndexedDrawing, View]) -> None:
        self.expands = len(after[0].drawing.node_boxes) >= len(before[0].drawing.node_boxes)
        (self._indexed, self._expanded_view), (collapsed, self._collapsed_view) = (
            (after, before) if self.expands else (before, after)
        )
        self._position_map = PositionMap(self._indexed.drawing, collapsed.drawing)
        self.progress = 0.0

    def paint(self, painter: QPainter, style: Style, size: QSizeF) -> None:
        """Paint columns, boxes, branches and main path at their interpolated positions, without texts."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        drawing = self._indexed.drawing
        span = self._scene_x_at(0.0), self._scene_x_at(size.width())
        for column in self.columns:
            paint_column(painter, style, column.color, (column.x, column.x + column.w), size)
        middle = self._pixel_y(0.0)
        painter.setPen(style.pen("edge", 1.3))
        ends = (
            (self._pixel_x(drawing.main_edges[0].x), self._pixel_x(drawing.main_edges[-1].stop))
            if drawing.main_edges
            else (0, 0)
        )
        painter.drawLine(QPointF(ends[0], middle), QPointF(ends[1], middle))
        self._paint_frames(painter, style, span)
        self._paint_branch_edges(painter, style, span)
        self._paint_node_boxes(painter, style, span)

    @property
    def columns(self) -> tuple[StageColumn, ...]:
        """The columns at their interpolated positions, in pixels."""
        spans = (
            (column, self._pixel_x(column.x), self._pixel_x(column.x + column.w)) for column in self._indexed.columns
        )
        return tuple(msgspec.structs.replace(column, x=left, w=right - left) for column, left, right in spans)

    def _paint_frames(self, painter: QPainter, style: Style, span: tuple[float, float]) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for index in _thinned(self._indexed.frames(*span)):
            frame = self._indexed.drawing.frames[index]
            painter.setPen(style.pen(self._indexed.column_colors[frame.column], 1.0))
            painter.drawRoundedRect(self._rect(frame.x, frame.y, frame.w, frame.h), 6, 6)

    def _paint_branch_edges(self, painter: QPainter, style: Style, span: tuple[float, float]) -> None:
        for index in _thinned(self._indexed.branch_edges(*span)):
            edge = self._indexed.drawing.branch_edges[index]
            points = [QPointF(self._pixel_x(x), self._pixel_y(y)) for x, y in edge.points]
            if points[-1].x() - points[0].x() >= MIN_BRANCH_WIDTH_PX:
                painter.setPen(style.branch_pen(edge.kind))
                painter.drawPolyline(QPolygonF(points))

    def _paint_node_boxes(self, painter: QPainter, style: Style, span: tuple[float, float]) -> None:
        """Paint the boxes, of very narrow ones at most one per pixel."""
        indexed, painted = self._indexed, -1.0
        for index in _thinned(indexed.node_boxes(*span)):
            box = indexed.drawing.node_boxes[index]
            if box.kind not in BRANCH_BOXES:  # those lie above or below the others
                right = self._pixel_x(box.x + box.w)
                if right < painted + 1.0:
                    continue
                painted = right
            rect = self._rect(box.x, box.y, box.w, box.h)
            color = indexed.color(box)
            painter.setBrush(
                style.fill(box, color) if indexed.shades is None else style.shade(indexed.shades.parts[index])
            )
            if rect.width() < MIN_OUTLINED_PX:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.drawRect(rect)
                continue
            painter.setPen(QPen(style.outline_color(box, color), 1.2))
            radius = min(rect.width(), rect.height()) / 2 if box.kind in BRANCH_BOXES | OPERATORS else NODE_CORNER
            painter.drawRoundedRect(rect, radius, radius)

    def _scene_x_at(self, pixel: float) -> float:
        """Return the x of the expanded drawing that is at a pixel now, by bisection (the mapping is monotone)."""
        low, high = 0.0, self._indexed.drawing.width
        for _ in range(BISECTION_STEPS):
            middle = (low + high) / 2
            if self._pixel_x(middle) < pixel:
                low = middle
            else:
                high = middle
        return low

    def _rect(self, x: float, y: float, w: float, h: float) -> QRectF:
        left, top = self._pixel_x(x), self._pixel_y(y)
        return QRectF(left, top, self._pixel_x(x + w) - left, self._pixel_y(y + h) - top)

    def _pixel_x(self, x: float) -> float:
        return self._interpolated(self._collapsed_view.pixel_x(self._position_map(x)), self._expanded_view.pixel_x(x))

    def _pixel_y(self, y: float) -> float:
        return self._interpolated(self._collapsed_view.pixel_y(y), self._expanded_view.pixel_y(y))

    def _interpolated(self, collapsed: float, expanded: float) -> float:
        """Return the value at the current progress between those of the two drawings."""
        return collapsed + (self.progress if self.expands else 1.0 - self.progress) * (expanded - collapsed)


def _thinned(indices: range) -> range:
    """Return the indices, thinned out evenly where there are too many for a frame."""
    return indices[:: max(1, len(indices) // MAX_PAINTED)]
