"""Handles mouse, wheel, touchpad and keys on the canvas."""

from collections.abc import Callable
from typing import Any, Protocol

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QNativeGestureEvent, QWheelEvent

from resnet_viz.gui.canvas.drawing.painter import ScenePainter
from resnet_viz.gui.canvas.scene import Scene
from resnet_viz.viewmodels.canvas.node_lookup import Direction

NOTCH_ZOOM = 1.15  # the factor of one notch of the wheel, which is 120 eighths of a degree
KEY_ZOOM = 1.3
DRAG_DISTANCE_PX = 4  # a shorter movement is a click
ARROWS: dict[int, Direction] = {
    Qt.Key.Key_Right: "next",
    Qt.Key.Key_Left: "previous",
    Qt.Key.Key_Up: "up",
    Qt.Key.Key_Down: "down",
}
VERTICAL_ARROWS: dict[int, Direction] = {
    Qt.Key.Key_Down: "next",
    Qt.Key.Key_Up: "previous",
    Qt.Key.Key_Left: "up",
    Qt.Key.Key_Right: "down",
}


class CanvasActions(Protocol):
    """The actions of the canvas that its input handler calls."""

    def choose(self, node_id: str | None) -> None:
        """Select a node and announce it."""

    def follow_shortcut(self) -> None:
        """Select the other end of the selected node's shortcut or gate."""

    def start_transition(self) -> None:
        """Animate the change to the current drawing."""

    def finish_transition(self) -> None:
        """End a running animation."""

    def update(self) -> None:
        """Repaint the canvas."""

    def setCursor(self, cursor: Qt.CursorShape, /) -> None:
        """Show this cursor."""

    def unsetCursor(self) -> None:
        """Show the default cursor."""


class InputHandler:
    """Turns input events into changes of the scene.

    `pointer` is its position over a node box, along and across the main path; None elsewhere.
    """

    def __init__(self, canvas: CanvasActions, scene: Scene, painter: ScenePainter) -> None:
        self._canvas, self._scene, self._painter = canvas, scene, painter
        self.pointer: QPointF | None = None
        self._press: QPointF | None = None
        self._dragged = False
        self._handlers: dict[QEvent.Type, Callable[[Any], bool]] = {
            QEvent.Type.MouseButtonPress: self._on_press,
            QEvent.Type.MouseMove: self._on_move,
            QEvent.Type.MouseButtonRelease: self._on_release,
            QEvent.Type.MouseButtonDblClick: self._on_double_click,
            QEvent.Type.Leave: self._on_leave,
            QEvent.Type.Wheel: self._on_wheel,
            QEvent.Type.NativeGesture: self._on_gesture,
            QEvent.Type.KeyPress: self._on_key,
        }

    def handle_event(self, event: QEvent) -> bool:
        """Handle an event; return whether it needs no further handling."""
        handler = self._handlers.get(event.type())
        return handler is not None and handler(event)

    def _on_press(self, event: QMouseEvent) -> bool:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._canvas.finish_transition()
            self._press = self._position(event)
            self._dragged = False
            self._follow_minimap(self._press)
            self._canvas.update()
        return True

    def _on_move(self, event: QMouseEvent) -> bool:
        position = self._position(event)
        if self._press is None:
            self._point_at(position)
            return True
        moved = position - self._press
        if self._dragged or moved.manhattanLength() >= DRAG_DISTANCE_PX:
            if not self._dragged:
                self._canvas.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._dragged = True
            if not self._follow_minimap(position):
                self._scene.camera.pan(moved.x(), moved.y())
            self._press = position
            self.pointer = None
            self._canvas.update()
        return True

    def _on_release(self, event: QMouseEvent) -> bool:
        clicked = self._press is not None and not self._dragged
        self._press = None
        self._dragged = False
        self._canvas.unsetCursor()
        if clicked and event.button() == Qt.MouseButton.LeftButton:
            position = self._position(event)
            self._canvas.choose(None if self._is_on_minimap(position) else self._scene.node_at(position))
        return True

    def _on_double_click(self, event: QMouseEvent) -> bool:
        position = self._position(event)
        on_drawing = event.button() == Qt.MouseButton.LeftButton and not self._is_on_minimap(position)
        if on_drawing and self._scene.toggle_at(position):
            self.pointer = None
            self._canvas.start_transition()
        return True

    def _on_leave(self, event: QEvent) -> bool:
        self.pointer = None
        self._canvas.update()
        return False

    def _on_wheel(self, event: QWheelEvent) -> bool:
        self._canvas.finish_transition()
        pixels, angle = event.pixelDelta(), event.angleDelta()
        modifiers = event.modifiers()
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            self._scene.camera.pan(angle.y() + angle.x(), 0)
        elif not pixels.isNull() and not modifiers & Qt.KeyboardModifier.ControlModifier:
            self._pan(QPointF(pixels))
        elif angle.x() and not angle.y():
            self._pan(QPointF(angle.x(), 0))
        else:
            self._zoom(NOTCH_ZOOM ** (angle.y() / 120), self._position(event))
        event.accept()
        self._canvas.update()
        return True

    def _on_gesture(self, event: QNativeGestureEvent) -> bool:
        if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture:
            return False
        self._zoom(1 + event.value(), self._position(event))
        self._canvas.update()
        return True

    def _on_key(self, event: QKeyEvent) -> bool:
        key, scene = event.key(), self._scene
        self._canvas.finish_transition()
        size, arrows = scene.camera.size, VERTICAL_ARROWS if scene.camera.vertical else ARROWS
        middle = QPointF(size.width() / 2, size.height() / 2)
        if key in arrows:
            self._canvas.choose(scene.node_beside_selection(arrows[key]) or scene.selected)
            scene.reveal()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            scene.expand_selected()
            self._canvas.start_transition()
        elif key == Qt.Key.Key_Escape:
            self._canvas.choose(scene.collapse_selected())
            self._canvas.start_transition()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._zoom(KEY_ZOOM, middle)
        elif key == Qt.Key.Key_Minus:
            self._zoom(1 / KEY_ZOOM, middle)
        elif key == Qt.Key.Key_S:
            self._canvas.follow_shortcut()
        elif key == Qt.Key.Key_0:
            scene.camera.fit()
        else:
            return False
        self._canvas.update()
        return True

    def _position(self, event: QMouseEvent | QWheelEvent | QNativeGestureEvent) -> QPointF:
        """Return where an event happened, along and across the main path."""
        return self._scene.camera.swap_axes(event.position())

    def _point_at(self, position: QPointF) -> None:
        before = self.pointer
        box = None if self._is_on_minimap(position) else self._scene.box_at(position)
        self.pointer = position if box else None
        self._canvas.setCursor(Qt.CursorShape.PointingHandCursor if box else Qt.CursorShape.ArrowCursor)
        if before is not None or self.pointer is not None:
            self._canvas.update()

    def _is_on_minimap(self, position: QPointF) -> bool:
        return self._painter.minimap_at(position) is not None

    def _follow_minimap(self, position: QPointF) -> bool:
        """Center the view on a pressed position of the minimap; return whether the position is on it."""
        x = self._painter.minimap_at(position)
        if x is not None:
            self._scene.camera.center_on(x)
        return x is not None

    def _zoom(self, factor: float, point: QPointF) -> None:
        """Zoom around a point, and expand or collapse what is there where the zoom calls for it."""
        self._scene.camera.zoom(factor, point)
        if self._scene.expand_or_collapse_at(point, closer=factor > 1):
            self._canvas.start_transition()

    def _pan(self, moved: QPointF) -> None:
        """Move the drawing by pixels of the canvas."""
        moved = self._scene.camera.swap_axes(moved)
        self._scene.camera.pan(moved.x(), moved.y())
