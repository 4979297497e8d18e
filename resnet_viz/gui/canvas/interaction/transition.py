"""The drawing on its way from one level to another: what opens grows out of its card, what closes shrinks into it."""

import msgspec
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from resnet_viz.gui.canvas.drawing.cards import CARD_CORNER, paint_band
from resnet_viz.gui.canvas.drawing.spatial_index import Sketch
from resnet_viz.gui.canvas.drawing.style import Ink
from resnet_viz.gui.canvas.interaction.camera import View
from resnet_viz.viewmodels.canvas.drawing import Band
from resnet_viz.viewmodels.canvas.transition import Warp

OUTLINED = 6.0  # pixels; narrower cards have no outline
LEAST_ROUTE = 3.0  # pixels; narrower shortcuts cannot be told apart
HALVINGS = 24
MOST = 400  # of a kind in a frame; where there are more, nobody can tell them apart


class Motion:
    """From the drawing that was to the drawing that is; `progress` goes from 0 to 1."""

    def __init__(self, before: tuple[Sketch, View], after: tuple[Sketch, View]) -> None:
        self.opens = len(after[0].drawing.cards) >= len(before[0].drawing.cards)
        (self._sketch, self._detail), (coarse, self._coarse) = (after, before) if self.opens else (before, after)
        self._warp = Warp(self._sketch.drawing, coarse.drawing)
        self.progress = 0.0

    def paint(self, painter: QPainter, ink: Ink, size: QSizeF) -> None:
        """Bands, cards, shortcuts and trunk where they are on their way, without words."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        drawing = self._sketch.drawing
        seen = self._place(0.0), self._place(size.width())
        for band in self.bands:
            paint_band(painter, ink, band.color, (band.x, band.x + band.w), size)
        middle = self._down(0.0)
        painter.setPen(ink.pen("edge", 1.3))
        ends = (self._across(drawing.links[0].x), self._across(drawing.links[-1].stop)) if drawing.links else (0, 0)
        painter.drawLine(QPointF(ends[0], middle), QPointF(ends[1], middle))
        self._paint_frames(painter, ink, seen)
        self._paint_routes(painter, ink, seen)
        self._paint_cards(painter, ink, seen)

    @property
    def bands(self) -> tuple[Band, ...]:
        """The bands where they are on their way, in pixels."""
        spans = ((band, self._across(band.x), self._across(band.x + band.w)) for band in self._sketch.bands)
        return tuple(msgspec.structs.replace(band, x=left, w=right - left) for band, left, right in spans)

    def _paint_frames(self, painter: QPainter, ink: Ink, seen: tuple[float, float]) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for index in _some(self._sketch.frames(*seen)):
            frame = self._sketch.drawing.frames[index]
            painter.setPen(ink.pen(self._sketch.colors[frame.band], 1.0))
            painter.drawRoundedRect(self._box(frame.x, frame.y, frame.w, frame.h), 6, 6)

    def _paint_routes(self, painter: QPainter, ink: Ink, seen: tuple[float, float]) -> None:
        for index in _some(self._sketch.routes(*seen)):
            route = self._sketch.drawing.routes[index]
            points = [QPointF(self._across(x), self._down(y)) for x, y in route.stroke]
            if points[-1].x() - points[0].x() >= LEAST_ROUTE:
                painter.setPen(ink.shortcut_pen(route.kind))
                painter.drawPolyline(QPolygonF(points))

    def _paint_cards(self, painter: QPainter, ink: Ink, seen: tuple[float, float]) -> None:
        """Of those too narrow to tell apart one a pixel."""
        sketch, painted = self._sketch, -1.0
        for index in _some(sketch.cards(*seen)):
            card = sketch.drawing.cards[index]
            right = self._across(card.x + card.w)
            if right < painted + 1.0:
                continue
            painted = right
            box = self._box(card.x, card.y, card.w, card.h)
            color = sketch.color(card)
            painter.setBrush(ink.fill(card, color) if sketch.shades is None else ink.shade(sketch.shades.parts[index]))
            if box.width() < OUTLINED:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.drawRect(box)
                continue
            painter.setPen(QPen(ink.outline(card, color), 1.2))
            radius = box.height() / 2 if card.kind in ("add", "pill") else CARD_CORNER
            painter.drawRoundedRect(box, radius, radius)

    def _place(self, pixel: float) -> float:
        """The place in the detailed drawing that is at a pixel now; the way there rises, so that halving finds it."""
        low, high = 0.0, self._sketch.drawing.width
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            if self._across(middle) < pixel:
                low = middle
            else:
                high = middle
        return low

    def _box(self, x: float, y: float, w: float, h: float) -> QRectF:
        left, top = self._across(x), self._down(y)
        return QRectF(left, top, self._across(x + w) - left, self._down(y + h) - top)

    def _across(self, x: float) -> float:
        return self._between(self._coarse.across(self._warp(x)), self._detail.across(x))

    def _down(self, y: float) -> float:
        return self._between(self._coarse.down(y), self._detail.down(y))

    def _between(self, coarse: float, detailed: float) -> float:
        """Where on its way from one drawing to the other something is."""
        return coarse + (self.progress if self.opens else 1.0 - self.progress) * (detailed - coarse)


def _some(places: range) -> range:
    """All, or evenly as many of them as can be painted in a frame."""
    return places[:: max(1, len(places) // MOST)]
