"""The input image with the part that a chosen layer's middle pixel sees."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from resnet_viz.gui.theme import Theme, load_theme
from resnet_viz.metrics.receptive_field import FieldBox
from resnet_viz.texts import tr
from resnet_viz.viewmodels.field import FieldPicture, field_picture

MARGIN = 8.0
CAPTION = 22  # pixels at the foot
PALE = 0.25


class FieldView(QWidget):
    """Draws a box over the image to scale; what reaches beyond the image, into the padding, is dashed."""

    def __init__(self, theme: Theme | None = None) -> None:
        super().__init__()
        self._theme = theme or load_theme("light")
        self._box: FieldBox | None = None
        self.setMinimumSize(120, 120)
        self.setAccessibleName(tr("Receptive field"))

    def show_box(self, box: FieldBox | None) -> None:
        """Draw a box, or say how to get one."""
        self._box = box
        self.setAccessibleDescription("" if box is None else self._picture(box).caption)
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Draw in this theme's colours."""
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt override
        """Image, box and caption."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("canvas"))
        painter.setPen(self._theme.color("text_muted"))
        foot = QRectF(0, self.height() - CAPTION, self.width(), CAPTION)
        if self._box is None:
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, tr("Choose a layer to see what it sees."))
        else:
            picture = self._picture(self._box)
            fitting = self.fontMetrics().elidedText(picture.caption, Qt.TextElideMode.ElideRight, self.width())
            painter.drawText(foot, Qt.AlignmentFlag.AlignCenter, fitting)
            self._paint(painter, picture)
        painter.end()

    def _picture(self, box: FieldBox) -> FieldPicture:
        return field_picture(box, self.width(), self.height() - CAPTION, MARGIN)

    def _paint(self, painter: QPainter, picture: FieldPicture) -> None:
        painter.setPen(QPen(self._theme.color("border_strong")))
        painter.setBrush(self._theme.color("alternate_row"))
        painter.drawRect(QRectF(*picture.image))
        fill = QColor(self._theme.color("accent"))
        fill.setAlphaF(PALE)
        painter.fillRect(QRectF(*picture.inside), fill)
        pen = QPen(self._theme.color("accent"), 1.5, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(*picture.box))
