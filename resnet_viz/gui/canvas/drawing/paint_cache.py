"""Caches the painted drawing, so that panning scrolls its picture and paints only what comes into view."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter, QPixmap

from resnet_viz.gui.canvas.drawing.graph import paint_parts
from resnet_viz.gui.canvas.drawing.spatial_index import IndexedDrawing
from resnet_viz.gui.canvas.drawing.style import TRANSPOSE, Style
from resnet_viz.gui.canvas.interaction.camera import View

PIXEL_TOLERANCE = 0.01
OVERLAP_PX = 1  # painted again at the border of the scrolled picture


@dataclass(frozen=True)
class _PaintedState:
    """The state that the cached picture shows; states that differ only in the view's offset can be scrolled."""

    indexed: IndexedDrawing
    style: Style
    size: QSizeF
    ratio: float
    view: View


class PaintCache:
    """A picture of the canvas with the drawing, without its columns."""

    def __init__(self) -> None:
        self._picture = QPixmap()
        self._painted: _PaintedState | None = None

    def paint(
        self, painter: QPainter, indexed: IndexedDrawing, style: Style, view: View, target: tuple[QSizeF, float]
    ) -> None:
        """Bring the picture up to date for a target of this size and device pixel ratio, and paint it."""
        state = _PaintedState(indexed, style, *target, view)
        scrolled = _scrolled_by(self._painted, state)
        if scrolled is None:
            self._repaint(state)
        elif scrolled != (0, 0):
            self._scroll(state, *scrolled)
        self._painted = state
        painter.drawPixmap(QPointF(0, 0), self._picture)

    def _repaint(self, state: _PaintedState) -> None:
        size = state.size * state.ratio
        if self._picture.size() != size.toSize() or self._picture.devicePixelRatio() != state.ratio:
            self._picture = QPixmap(size.toSize())
            self._picture.setDevicePixelRatio(state.ratio)
        self._picture.fill(Qt.GlobalColor.transparent)
        self._paint_part(state, QRect(0, 0, self._picture.width(), self._picture.height()))

    def _scroll(self, state: _PaintedState, dx: int, dy: int) -> None:
        width, height = self._picture.width(), self._picture.height()
        self._picture.scroll(dx, dy, QRect(0, 0, width, height))
        width_px, height_px = abs(dx) + OVERLAP_PX, abs(dy) + OVERLAP_PX
        if dx:
            self._paint_part(state, QRect(0 if dx > 0 else width - width_px, 0, width_px, height))
        if dy:
            self._paint_part(state, QRect(0, 0 if dy > 0 else height - height_px, width, height_px))

    def _paint_part(self, state: _PaintedState, part: QRect) -> None:
        """Paint a part of the drawing, given in pixels of the picture."""
        ratio = state.ratio
        rect = QRectF(part.x() / ratio, part.y() / ratio, part.width() / ratio, part.height() / ratio)
        painter = QPainter(self._picture)
        painter.setClipRect(rect)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.fillRect(rect, Qt.GlobalColor.transparent)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        if state.indexed.drawing.vertical:
            painter.setTransform(TRANSPOSE, True)
            rect = TRANSPOSE.mapRect(rect)
        paint_parts(painter, state.indexed, state.style, state.view, rect)
        painter.end()


def _scrolled_by(before: _PaintedState | None, now: _PaintedState) -> tuple[int, int] | None:
    """Return by how many whole pixels the picture has scrolled; None where it must be painted anew."""
    if before is None or replace(before, view=now.view) != now or before.view.scale != now.view.scale:
        return None
    dx, dy = (now.view.x - before.view.x) * now.ratio, (now.view.y - before.view.y) * now.ratio
    if abs(dx - round(dx)) > PIXEL_TOLERANCE or abs(dy - round(dy)) > PIXEL_TOLERANCE:
        return None
    if max(abs(dx), abs(dy)) >= min(now.size.width(), now.size.height()) * now.ratio:
        return None
    return (round(dy), round(dx)) if now.indexed.drawing.vertical else (round(dx), round(dy))
