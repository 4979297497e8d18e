"""The small picture of the whole drawing, with what is in view framed."""

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter, QPixmap

from resnet_viz.gui.canvas.drawing.spatial_index import Sketch
from resnet_viz.gui.canvas.drawing.style import Ink
from resnet_viz.gui.canvas.interaction.camera import View

WIDTH, HEIGHT = 180.0, 46.0
EDGE = 12.0
PAD = 5.0


class Minimap:
    """The picture is drawn once for a drawing; only the frame moves."""

    def __init__(self, sketch: Sketch, ink: Ink, ratio: float) -> None:
        self._drawing = sketch.drawing
        self._ink = ink
        self._picture = QPixmap(round(WIDTH * ratio), round(HEIGHT * ratio))
        self._picture.setDevicePixelRatio(ratio)
        self._picture.fill(ink.theme.color("panel"))
        self._across = (WIDTH - 2 * PAD) / max(1.0, self._drawing.width)
        tallest = max(2 * max(abs(card.y) for card in sketch.drawing.cards), 1.0)
        self._down = (HEIGHT - 2 * PAD) / tallest
        painter = QPainter(self._picture)
        painter.setPen(Qt.PenStyle.NoPen)
        painted: dict[int, float] = {}  # of each column of pixels, the height
        for index, card in enumerate(self._drawing.cards):
            column = int(card.x * self._across * ratio)
            if card.kind in ("add", "pill") or card.h <= painted.get(column, 0.0):
                continue
            painted[column] = card.h
            plain = ink.outline(card, sketch.color(card))
            painter.setBrush(plain if sketch.shades is None else ink.shade(sketch.shades.parts[index]))
            width = max(1.0, card.w * self._across)
            painter.drawRect(QRectF(PAD + card.x * self._across, HEIGHT / 2 + card.y * self._down,
                                    width, card.h * self._down))  # fmt: skip
        painter.end()

    def box(self, size: QSizeF) -> QRectF:
        """Where it lies in a canvas of this size."""
        return QRectF(size.width() - WIDTH - EDGE, size.height() - HEIGHT - EDGE, WIDTH, HEIGHT)

    def needed(self, view: View, size: QSizeF) -> bool:
        """Whether a part of the drawing is out of view."""
        return view.across(0.0) < -1.0 or view.across(self._drawing.width) > size.width() + 1.0

    def scene_x(self, point: QPointF, size: QSizeF) -> float:
        """The scene x that a pixel of the minimap stands for."""
        return (point.x() - self.box(size).x() - PAD) / self._across

    def paint(self, painter: QPainter, view: View, size: QSizeF, real: QSizeF) -> None:
        """The picture, its border, and the frame of what is in view; `real` is the size of the canvas."""
        box = self.box(real)
        painter.drawPixmap(box.topLeft(), self._picture)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(self._ink.pen("border_strong"))
        painter.drawRoundedRect(box, 3, 3)
        left = max(0.0, view.scene(0, 0)[0]) * self._across
        right = min(self._drawing.width, view.scene(size.width(), 0)[0]) * self._across
        tint = self._ink.theme.color("accent")
        tint.setAlphaF(0.18)
        painter.setBrush(tint)
        painter.setPen(self._ink.pen("accent", 1.3))
        painter.drawRect(QRectF(box.x() + PAD + left, box.y() + 2, max(3.0, right - left), HEIGHT - 4))
