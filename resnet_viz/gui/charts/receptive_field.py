"""The Receptive field view: its growth over the layers, and the chosen layer's receptive field over the image."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from resnet_viz.gui.charts.receptive_field_curve import ReceptiveFieldCurveView
from resnet_viz.gui.shown import Changed, Shown
from resnet_viz.gui.theme import Theme
from resnet_viz.gui.widgets.layouts import column, row, sentences
from resnet_viz.gui.widgets.painted import PaintedWidget
from resnet_viz.metrics.receptive_field import Extents, ReceptiveFieldBox, extents, receptive_field_box
from resnet_viz.records.analysis import Analysis
from resnet_viz.texts import tr
from resnet_viz.viewmodels.charts.receptive_field import BoxDrawing, box_drawing
from resnet_viz.viewmodels.charts.receptive_field_curve import (
    ReceptiveFieldCurve,
    last_layer,
    receptive_field_curve,
    receptive_field_sentence,
)

BOX_MARGIN_PX = 8.0
CAPTION_HEIGHT_PX = 22  # below the image
BOX_ALPHA = 0.25


class ReceptiveFieldPanel(QWidget):
    """Shows the curve and the box of the chosen layer side by side, and a sentence that compares it with the image."""

    node_chosen = Signal(str)

    def __init__(self, theme: Theme | None = None) -> None:
        super().__init__()
        self._analysis: Analysis | None = None
        self._curve: ReceptiveFieldCurve | None = None
        self._extents: Extents | None = None
        self.curve, self.box, self.sentence = (
            ReceptiveFieldCurveView(theme),
            ReceptiveFieldView(theme),
            sentences((8, 5, 8, 3)),
        )
        self.curve.node_chosen.connect(self.node_chosen)
        column(self.sentence, (row((self.curve, 3), (self.box, 2)), 1), owner=self)
        self.show_network(None)

    def display(self, shown: Shown, changed: Changed) -> None:
        """Show the analyzed network and the selection."""
        self.show_network(shown.analysis, shown.selection)

    def show_network(self, analysis: Analysis | None, chosen: str | None = None) -> None:
        """Show a network's curve, and the box of a layer or of the last layer of a stem, block, stage or head."""
        if analysis is not self._analysis:
            self._analysis = analysis
            self._curve = None if analysis is None else receptive_field_curve(analysis)
            self._extents = None if analysis is None else extents(analysis)
        if analysis is None:
            self.curve.show_curve(None)
            self.box.show_box(None)
            self.sentence.setText(tr("No network yet."))
            return
        layer = None if chosen is None else last_layer(analysis, chosen)
        self.curve.show_curve(self._curve, () if layer is None else (layer.id,))
        self.box.show_box(None if layer is None else receptive_field_box(analysis, layer.id, known=self._extents))
        self.sentence.setText(receptive_field_sentence(analysis, layer))

    def set_theme(self, theme: Theme) -> None:
        """Draw in this theme's colors."""
        self.curve.set_theme(theme)
        self.box.set_theme(theme)


class ReceptiveFieldView(PaintedWidget):
    """Draws a layer's receptive field over the image, to scale and dashed where it reaches into the padding."""

    def __init__(self, theme: Theme | None = None) -> None:
        super().__init__(tr("Receptive field"), theme)
        self._box: ReceptiveFieldBox | None = None
        self.setMinimumSize(120, 120)

    def show_box(self, box: ReceptiveFieldBox | None) -> None:
        """Draw a box, or a sentence on how to get one."""
        self._box = box
        self.setAccessibleDescription("" if box is None else self._drawing(box).caption)
        self.update()

    def _paint(self, painter: QPainter) -> None:
        """Paint image, box and caption."""
        painter.setPen(self._theme.color("text_muted"))
        foot = QRectF(0, self.height() - CAPTION_HEIGHT_PX, self.width(), CAPTION_HEIGHT_PX)
        if self._box is None:
            painter.drawText(
                self.rect(), Qt.AlignmentFlag.AlignCenter, tr("Choose a layer to see its receptive field.")
            )
        else:
            drawing = self._drawing(self._box)
            elided = self.fontMetrics().elidedText(drawing.caption, Qt.TextElideMode.ElideRight, self.width())
            painter.drawText(foot, Qt.AlignmentFlag.AlignCenter, elided)
            self._paint_box(painter, drawing)

    def _drawing(self, box: ReceptiveFieldBox) -> BoxDrawing:
        return box_drawing(box, self.width(), self.height() - CAPTION_HEIGHT_PX, BOX_MARGIN_PX)

    def _paint_box(self, painter: QPainter, drawing: BoxDrawing) -> None:
        painter.setPen(QPen(self._theme.color("border_strong")))
        painter.setBrush(self._theme.color("alternate_row"))
        painter.drawRect(QRectF(*drawing.image))
        fill = QColor(self._theme.color("accent"))
        fill.setAlphaF(BOX_ALPHA)
        painter.fillRect(QRectF(*drawing.inside), fill)
        pen = QPen(self._theme.color("accent"), 1.5, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(*drawing.box))
