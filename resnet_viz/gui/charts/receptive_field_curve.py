"""A small chart of the receptive field's growth over the layers; hover for figures, click to choose a layer."""

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QToolTip

from resnet_viz.gui.theme import Theme
from resnet_viz.gui.widgets.labels import tooltip
from resnet_viz.gui.widgets.painted import PaintedWidget
from resnet_viz.texts import tr
from resnet_viz.viewmodels.charts.receptive_field_curve import (
    CurveDrawing,
    ReceptiveFieldCurve,
    curve_drawing,
    point_at,
    point_tooltip,
)

LABEL_GAP_PX = 6
AREA_ALPHA = 0.35
DOT_RADIUS_PX = 4.0


class ReceptiveFieldCurveView(PaintedWidget):
    """Draws each layer as a step as high as its receptive field, and a line at the size of the image."""

    node_chosen = Signal(str)

    def __init__(self, theme: Theme | None = None) -> None:
        super().__init__(tr("Growth of the receptive field"), theme)
        self._curve: ReceptiveFieldCurve | None = None
        self._chosen: tuple[str, ...] = ()
        self.setMinimumSize(160, 100)

    def show_curve(self, curve: ReceptiveFieldCurve | None, chosen: tuple[str, ...] = ()) -> None:
        """Draw a network's curve and mark the chosen layers."""
        self._curve, self._chosen = curve, chosen
        self.update()

    def _paint(self, painter: QPainter) -> None:
        """Paint axes, areas, curve, the line of the image and the marks."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._curve is not None:
            drawing = curve_drawing(self._curve, self._frame(), self._chosen)
            self._paint_axes(painter, drawing)
            self._paint_areas(painter, drawing)
            self._paint_image(painter, drawing, self._curve.image_side)
            self._paint_marks(painter, drawing)

    def event(self, event: QEvent) -> bool:  # Qt override
        """Show the receptive field of the layer under the pointer as a tooltip."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self._curve is not None:
            step = point_at(self._curve, self._frame(), event.pos().x())
            text = point_tooltip(step, self._curve.image_side) if step else ""
            QToolTip.showText(event.globalPos(), tooltip(text), self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # Qt override
        """Choose the layer under the pointer."""
        if self._curve is not None and event.button() == Qt.MouseButton.LeftButton:
            step = point_at(self._curve, self._frame(), event.position().x())
            if step is not None:
                self.node_chosen.emit(step.id)

    def _frame(self) -> tuple[float, float, float, float]:
        """Return the curve's rectangle, with room for numbers at its left and names of stages below it."""
        metrics = self.fontMetrics()
        highest = 0.0 if self._curve is None else self._curve.highest
        left = metrics.horizontalAdvance(f"{int(highest):,}") + 2 * LABEL_GAP_PX
        return (
            left,
            LABEL_GAP_PX,
            max(left + 1.0, self.width() - LABEL_GAP_PX),
            max(LABEL_GAP_PX + 1.0, self.height() - metrics.height() - LABEL_GAP_PX),
        )

    def _paint_axes(self, painter: QPainter, drawing: CurveDrawing) -> None:
        left, _, right, bottom = drawing.frame
        height = self.fontMetrics().height()
        for at, text in drawing.ticks:
            painter.setPen(self._theme.color("border"))
            painter.drawLine(QPointF(left, at), QPointF(right, at))
            painter.setPen(self._theme.color("text_muted"))
            box = QRectF(0, at - height / 2, left - LABEL_GAP_PX, height)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        taken: list[tuple[float, float]] = []
        widest = sorted(zip(drawing.names, drawing.areas, strict=True), key=lambda named: -_width(named[1][1]))
        for (at, name), _ in widest:  # the widest stage gets its name first, and none overlaps another
            width = self.fontMetrics().horizontalAdvance(name)
            start = min(max(left, at - width / 2), right - width)
            if all(start >= stop + LABEL_GAP_PX or start + width + LABEL_GAP_PX <= begin for begin, stop in taken):
                painter.drawText(QRectF(start, bottom + 2, width + 1, height), Qt.AlignmentFlag.AlignLeft, name)
                taken.append((start, start + width))

    def _paint_areas(self, painter: QPainter, drawing: CurveDrawing) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        for name, outline in drawing.areas:
            color = QColor(self._theme.color(name))
            color.setAlphaF(AREA_ALPHA)
            painter.setBrush(color)
            painter.drawPolygon(_polygon(outline))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._theme.color("text_muted"), 1.5))
        painter.drawPolyline(_polygon(drawing.curve))

    def _paint_image(self, painter: QPainter, drawing: CurveDrawing, side: int) -> None:
        left, top, right, _ = drawing.frame
        painter.setPen(QPen(self._theme.color("accent"), 1.5, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(left, drawing.image_y), QPointF(right, drawing.image_y))
        height = self.fontMetrics().height()
        box = QRectF(left + LABEL_GAP_PX, max(top, drawing.image_y - height - 1), right - left, height)
        painter.setPen(self._theme.color("text"))
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft, tr("the image, {n} px").format(n=f"{side:,}"))

    def _paint_marks(self, painter: QPainter, drawing: CurveDrawing) -> None:
        painter.setPen(QPen(self._theme.color("canvas"), 1.5))
        painter.setBrush(self._theme.color("text"))
        for x, y in drawing.marks:
            painter.drawEllipse(QPointF(x, y), DOT_RADIUS_PX, DOT_RADIUS_PX)


def _polygon(points: tuple[tuple[float, float], ...]) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in points])


def _width(outline: tuple[tuple[float, float], ...]) -> float:
    return outline[-1][0] - outline[0][0]
