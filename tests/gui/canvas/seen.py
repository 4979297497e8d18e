"""Where things lie on a canvas, what it looks like, and its wheel, for tests."""

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication

from resnet_viz.gui.canvas.widget import Canvas
from resnet_viz.viewmodels.canvas.drawing import Drawing, NodeBox

NONE = Qt.KeyboardModifier.NoModifier


def layout_of(canvas: Canvas) -> Drawing:
    """The network as it is laid out."""
    drawing = canvas._scene.drawing
    assert drawing is not None
    return drawing


def box_for(canvas: Canvas, name: str) -> NodeBox | None:
    """The card of this id, where it is drawn."""
    return next((card for card in layout_of(canvas).node_boxes if card.id == name), None)


def pixel_of(canvas: Canvas, name: str) -> QPoint:
    """The pixel in the middle of a card."""
    card = box_for(canvas, name)
    assert card is not None
    view = canvas._scene.camera.view
    return QPoint(round(view.pixel_x(card.x + card.w / 2)), round(view.pixel_y(card.y + card.h / 2)))


def picture_of(canvas: Canvas) -> QImage:
    """What is to be seen."""
    return canvas.grab().toImage()


def wheel_event(place: QPoint, turned: int, modifier: Qt.KeyboardModifier) -> QWheelEvent:
    """A wheel that turns by so many eighths of a degree over a pixel."""
    point = QPointF(place)
    return QWheelEvent(
        point, point, QPoint(), QPoint(0, turned), Qt.MouseButton.NoButton, modifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip


def turn_wheel(canvas: Canvas, place: QPoint, turned: int) -> None:
    """Turn the wheel over a pixel."""
    QApplication.sendEvent(canvas, wheel_event(place, turned, NONE))
