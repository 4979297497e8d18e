"""Helpers of the canvas's tests: pixels of its boxes, its picture, and its wheel."""

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication

from resnet_viz.gui.canvas.widget import Canvas
from resnet_viz.viewmodels.canvas.drawing import Drawing, NodeBox

NONE = Qt.KeyboardModifier.NoModifier


def drawing_of(canvas: Canvas) -> Drawing:
    """Return the drawing that the canvas shows."""
    drawing = canvas.scene.drawing
    assert drawing is not None
    return drawing


def box_of(canvas: Canvas, name: str) -> NodeBox | None:
    """Return the node box of this id, where it is drawn."""
    return next((box for box in drawing_of(canvas).node_boxes if box.id == name), None)


def pixel_at(canvas: Canvas, x: float, y: float) -> QPoint:
    """Return the pixel of the canvas at a scene point."""
    camera = canvas.scene.camera
    return camera.swap_axes(QPointF(camera.view.pixel_x(x), camera.view.pixel_y(y))).toPoint()


def pixel_of(canvas: Canvas, name: str) -> QPoint:
    """Return the pixel in the middle of a node box."""
    box = box_of(canvas, name)
    assert box is not None
    return pixel_at(canvas, box.x + box.w / 2, box.y + box.h / 2)


def picture_of(canvas: Canvas) -> QImage:
    """Return what the canvas looks like."""
    return canvas.grab().toImage()


def wheel_event(pixel: QPoint, angle: int, modifier: Qt.KeyboardModifier) -> QWheelEvent:
    """Return the event of a wheel that turns over a pixel, by an angle in eighths of a degree."""
    point = QPointF(pixel)
    return QWheelEvent(
        point, point, QPoint(), QPoint(0, angle), Qt.MouseButton.NoButton, modifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip


def turn_wheel(canvas: Canvas, pixel: QPoint, angle: int, modifier: Qt.KeyboardModifier = NONE) -> None:
    """Turn the wheel over a pixel."""
    QApplication.sendEvent(canvas, wheel_event(pixel, angle, modifier))
