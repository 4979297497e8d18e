"""A small picture of the whole drawing, in which the part in view is framed."""

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter, QPixmap

from resnet_viz.gui.canvas.drawing.spatial_index import IndexedDrawing
from resnet_viz.gui.canvas.drawing.style import Style
from resnet_viz.gui.canvas.interaction.camera import View
from resnet_viz.viewmodels.canvas.drawing import BRANCH_BOXES, OPERATORS

MINIMAP_WIDTH, MINIMAP_HEIGHT = 180.0, 46.0
MINIMAP_MARGIN = 12.0
MINIMAP_PADDING = 5.0


class Minimap:
    """The minimap of one drawing; its picture is painted once, only the frame moves."""

    def __init__(self, indexed: IndexedDrawing, style: Style, ratio: float) -> None:
        self._drawing = indexed.drawing
        self._style = style
        self._picture = QPixmap(round(MINIMAP_WIDTH * ratio), round(MINIMAP_HEIGHT * ratio))
        self._picture.setDevicePixelRatio(ratio)
        self._picture.fill(style.theme.color("panel"))
        self._scale_x = (MINIMAP_WIDTH - 2 * MINIMAP_PADDING) / max(1.0, self._drawing.width)
        tallest = max(2 * max(abs(box.y) for box in indexed.drawing.node_boxes), 1.0)
        self._scale_y = (MINIMAP_HEIGHT - 2 * MINIMAP_PADDING) / tallest
        painter = QPainter(self._picture)
        painter.setPen(Qt.PenStyle.NoPen)
        painted: dict[int, float] = {}  # the height painted in each column of pixels
        for index, box in enumerate(self._drawing.node_boxes):
            column = int(box.x * self._scale_x * ratio)
            if box.kind in BRANCH_BOXES | OPERATORS or box.h <= painted.get(column, 0.0):
                continue
            painted[column] = box.h
            plain = style.outline_color(box, indexed.color(box))
            painter.setBrush(plain if indexed.shades is None else style.shade(indexed.shades.parts[index]))
            width = max(1.0, box.w * self._scale_x)
            painter.drawRect(QRectF(MINIMAP_PADDING + box.x * self._scale_x, MINIMAP_HEIGHT / 2 + box.y * self._scale_y,
                                    width, box.h * self._scale_y))  # fmt: skip
        painter.end()

    def rect(self, size: QSizeF) -> QRectF:
        """Return the minimap's rectangle on a canvas of this size."""
        return QRectF(
            size.width() - MINIMAP_WIDTH - MINIMAP_MARGIN,
            size.height() - MINIMAP_HEIGHT - MINIMAP_MARGIN,
            MINIMAP_WIDTH,
            MINIMAP_HEIGHT,
        )

    def is_needed(self, view: View, size: QSizeF) -> bool:
        """Return whether a part of the drawing is out of view."""
        return view.pixel_x(0.0) < -1.0 or view.pixel_x(self._drawing.width) > size.width() + 1.0

    def scene_x(self, point: QPointF, size: QSizeF) -> float:
        """Return the scene x for a pixel of the minimap."""
        return (point.x() - self.rect(size).x() - MINIMAP_PADDING) / self._scale_x

    def paint(self, painter: QPainter, view: View, size: QSizeF, canvas: QSizeF) -> None:
        """Paint the minimap on a canvas of size `canvas`; `size` is the canvas's along and across the main path."""
        rect = self.rect(canvas)
        painter.drawPixmap(rect.topLeft(), self._picture)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(self._style.pen("border_strong"))
        painter.drawRoundedRect(rect, 3, 3)
        left = max(0.0, view.to_scene(0, 0)[0]) * self._scale_x
        right = min(self._drawing.width, view.to_scene(size.width(), 0)[0]) * self._scale_x
        fill = self._style.theme.color("accent")
        fill.setAlphaF(0.18)
        painter.setBrush(fill)
        painter.setPen(self._style.pen("accent", 1.3))
        painter.drawRect(
            QRectF(rect.x() + MINIMAP_PADDING + left, rect.y() + 2, max(3.0, right - left), MINIMAP_HEIGHT - 4)
        )
