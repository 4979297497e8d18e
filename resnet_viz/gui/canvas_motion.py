"""The drawing on its way from one level to another: what opens grows out of its card, what closes shrinks into it."""

import msgspec
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from resnet_viz.gui.canvas_ink import Ink
from resnet_viz.gui.canvas_paint import CARD_CORNER, paint_band
from resnet_viz.gui.canvas_sketch import Sketch
from resnet_viz.gui.canvas_view import View
from resnet_viz.viewmodels.motion import Warp
from resnet_viz.viewmodels.picture import Band

OUTLINED = 6.0  # pixels; narrower cards have no outline


class Motion:
    """From the drawing that was to the drawing that is; `progress` goes from 0 to 1."""

    def __init__(self, before: tuple[Sketch, View], after: tuple[Sketch, View]) -> None:
        self.opens = len(after[0].drawing.cards) >= len(before[0].drawing.cards)
        (self._sketch, self._detail), (coarse, self._coarse) = (after, before) if self.opens else (before, after)
        self._warp = Warp(self._sketch.drawing, coarse.drawing)
        self.progress = 0.0

    def paint(self, painter: QPainter, ink: Ink, size: QSizeF) -> None:
        """Bands, cards, skips and trunk where they are on their way, without words."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        drawing = self._sketch.drawing
        for band, color in zip(drawing.bands, self._sketch.colors, strict=True):
            paint_band(painter, ink, color, (self._across(band.x), self._across(band.x + band.w)), size)
        middle = self._down(0.0)
        painter.setPen(ink.pen("edge", 1.3))
        ends = (self._across(drawing.links[0].x), self._across(drawing.links[-1].stop)) if drawing.links else (0, 0)
        painter.drawLine(QPointF(ends[0], middle), QPointF(ends[1], middle))
        self._paint_frames(painter, ink, size)
        self._paint_routes(painter, ink, size)
        self._paint_cards(painter, ink, size)

    @property
    def bands(self) -> tuple[Band, ...]:
        """The bands where they are on their way, in pixels."""
        bands = self._sketch.bands
        lefts = [self._across(band.x) for band in bands]
        rights = [self._across(band.x + band.w) for band in bands]
        spans = zip(bands, lefts, rights, strict=True)
        return tuple(msgspec.structs.replace(band, x=left, w=right - left) for band, left, right in spans)

    def _paint_frames(self, painter: QPainter, ink: Ink, size: QSizeF) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for frame in self._sketch.drawing.frames:
            box = self._box(frame.x, frame.y, frame.w, frame.h)
            if _seen(box, size):
                painter.setPen(ink.pen(self._sketch.colors[frame.band], 1.0))
                painter.drawRoundedRect(box, 6, 6)

    def _paint_routes(self, painter: QPainter, ink: Ink, size: QSizeF) -> None:
        for route in self._sketch.drawing.routes:
            points = [QPointF(self._across(x), self._down(y)) for x, y in route.stroke]
            if points[-1].x() > 0 and points[0].x() < size.width():
                painter.setPen(ink.skip_pen(route.kind))
                painter.drawPolyline(QPolygonF(points))

    def _paint_cards(self, painter: QPainter, ink: Ink, size: QSizeF) -> None:
        sketch = self._sketch
        for index, card in enumerate(sketch.drawing.cards):
            box = self._box(card.x, card.y, card.w, card.h)
            if not _seen(box, size):
                continue
            color = sketch.color(card)
            painter.setBrush(ink.fill(card, color) if sketch.shades is None else ink.shade(sketch.shades.parts[index]))
            outlined = box.width() >= OUTLINED
            painter.setPen(QPen(ink.outline(card, color), 1.2) if outlined else Qt.PenStyle.NoPen)
            radius = box.height() / 2 if card.kind in ("add", "pill") else CARD_CORNER
            painter.drawRoundedRect(box, radius, radius)

    def _box(self, x: float, y: float, w: float, h: float) -> QRectF:
        left, top = self._across(x), self._down(y)
        return QRectF(left, top, self._across(x + w) - left, self._down(y + h) - top)

    @property
    def _part(self) -> float:
        """How far the detailed drawing is opened, from 0 to 1."""
        return self.progress if self.opens else 1.0 - self.progress

    def _across(self, x: float) -> float:
        coarse, part = self._coarse.across(self._warp(x)), self._part
        return coarse + part * (self._detail.across(x) - coarse)

    def _down(self, y: float) -> float:
        coarse, part = self._coarse.down(y), self._part
        return coarse + part * (self._detail.down(y) - coarse)


def _seen(box: QRectF, size: QSizeF) -> bool:
    return box.right() > 0 and box.left() < size.width()
