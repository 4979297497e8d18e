"""Keeps the picture of what was painted last: a panned drawing is moved, and only what comes into view is painted."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter, QPixmap

from resnet_viz.gui.canvas.drawing.cards import paint_parts
from resnet_viz.gui.canvas.drawing.spatial_index import Sketch
from resnet_viz.gui.canvas.drawing.style import TURN, Ink
from resnet_viz.gui.canvas.interaction.camera import View

WHOLE_PIXEL = 0.01
OVERLAP = 1  # pixels that are painted again at the border of what was there before


@dataclass(frozen=True)
class _Shown:
    """What the picture shows; two that are equal but for their view's offset differ by a movement."""

    sketch: Sketch
    ink: Ink
    size: QSizeF
    ratio: float
    view: View


class Picture:
    """The drawing without its bands as a picture of the canvas."""

    def __init__(self) -> None:
        self._picture = QPixmap()
        self._shown: _Shown | None = None

    def paint(self, painter: QPainter, sketch: Sketch, ink: Ink, view: View, how: tuple[QSizeF, float]) -> None:
        """Bring the picture up to date for a canvas of this size and pixel ratio, and paint it."""
        shown = _Shown(sketch, ink, *how, view)
        moved = _moved(self._shown, shown)
        if moved is None:
            self._begin(shown)
        elif moved != (0, 0):
            self._move(shown, *moved)
        self._shown = shown
        painter.drawPixmap(QPointF(0, 0), self._picture)

    def _begin(self, shown: _Shown) -> None:
        size = shown.size * shown.ratio
        if self._picture.size() != size.toSize() or self._picture.devicePixelRatio() != shown.ratio:
            self._picture = QPixmap(size.toSize())
            self._picture.setDevicePixelRatio(shown.ratio)
        self._picture.fill(Qt.GlobalColor.transparent)
        self._fill(shown, QRect(0, 0, self._picture.width(), self._picture.height()))

    def _move(self, shown: _Shown, dx: int, dy: int) -> None:
        width, height = self._picture.width(), self._picture.height()
        self._picture.scroll(dx, dy, QRect(0, 0, width, height))
        across, down = abs(dx) + OVERLAP, abs(dy) + OVERLAP
        if dx:
            self._fill(shown, QRect(0 if dx > 0 else width - across, 0, across, height))
        if dy:
            self._fill(shown, QRect(0, 0 if dy > 0 else height - down, width, down))

    def _fill(self, shown: _Shown, part: QRect) -> None:
        """Paint a part, given in pixels of the picture."""
        ratio = shown.ratio
        box = QRectF(part.x() / ratio, part.y() / ratio, part.width() / ratio, part.height() / ratio)
        painter = QPainter(self._picture)
        painter.setClipRect(box)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.fillRect(box, Qt.GlobalColor.transparent)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        if shown.sketch.drawing.down:
            painter.setTransform(TURN, True)
            box = TURN.mapRect(box)
        paint_parts(painter, shown.sketch, shown.ink, shown.view, box)
        painter.end()


def _moved(before: _Shown | None, now: _Shown) -> tuple[int, int] | None:
    """By how many whole pixels of the picture the view went; None where the picture must be made anew."""
    if before is None or replace(before, view=now.view) != now or before.view.scale != now.view.scale:
        return None
    dx, dy = (now.view.x - before.view.x) * now.ratio, (now.view.y - before.view.y) * now.ratio
    if abs(dx - round(dx)) > WHOLE_PIXEL or abs(dy - round(dy)) > WHOLE_PIXEL:
        return None
    if max(abs(dx), abs(dy)) >= min(now.size.width(), now.size.height()) * now.ratio:
        return None
    return (round(dy), round(dx)) if now.sketch.drawing.down else (round(dx), round(dy))
