"""What mouse, wheel, touchpad and keys do to the canvas."""

from collections.abc import Callable
from typing import Any, Protocol

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QNativeGestureEvent, QWheelEvent

from resnet_viz.gui.canvas.drawing.painter import ScenePainter
from resnet_viz.gui.canvas.scene import Scene
from resnet_viz.viewmodels.canvas.nodes import Direction

NOTCH = 1.15  # zoom of a wheel's notch, which is 120 eighths of a degree
KEY_ZOOM = 1.3
DRAG = 4  # pixels; less is a click
ARROWS: dict[int, Direction] = {
    Qt.Key.Key_Right: "next",
    Qt.Key.Key_Left: "previous",
    Qt.Key.Key_Up: "up",
    Qt.Key.Key_Down: "down",
}
ARROWS_DOWN: dict[int, Direction] = {
    Qt.Key.Key_Down: "next",
    Qt.Key.Key_Up: "previous",
    Qt.Key.Key_Left: "up",
    Qt.Key.Key_Right: "down",
}


class Held(Protocol):
    """What the hand needs of the widget that it works on."""

    def choose(self, node_id: str | None) -> None:
        """Choose a node, and tell."""

    def follow_shortcut(self) -> None:
        """Choose the other end of the chosen node's shortcut."""

    def animate(self) -> None:
        """Move to where the drawing now is."""

    def settle(self) -> None:
        """End a movement."""

    def update(self) -> None:
        """Paint anew."""

    def setCursor(self, cursor: Qt.CursorShape, /) -> None:
        """Show what the hand would do."""

    def unsetCursor(self) -> None:
        """Show the usual one."""


class Hand:
    """Turns events into what happens to the scene; `pointer` is where it rests on a card, in the scene's pixels."""

    def __init__(self, canvas: Held, scene: Scene, painter: ScenePainter) -> None:
        self._canvas, self._scene, self._painter = canvas, scene, painter
        self.pointer: QPointF | None = None
        self._press: QPointF | None = None
        self._dragged = False
        self._deeds: dict[QEvent.Type, Callable[[Any], bool]] = {
            QEvent.Type.MouseButtonPress: self._on_press,
            QEvent.Type.MouseMove: self._on_move,
            QEvent.Type.MouseButtonRelease: self._on_release,
            QEvent.Type.MouseButtonDblClick: self._on_double_click,
            QEvent.Type.Leave: self._on_leave,
            QEvent.Type.Wheel: self._on_wheel,
            QEvent.Type.NativeGesture: self._on_gesture,
            QEvent.Type.KeyPress: self._on_key,
        }

    def take(self, event: QEvent) -> bool:
        """Do what an event asks for; whether that is all there is to do."""
        deed = self._deeds.get(event.type())
        return deed is not None and deed(event)

    def _on_press(self, event: QMouseEvent) -> bool:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._canvas.settle()
            self._press = self._place(event)
            self._dragged = False
            self._follow_minimap(self._press)
            self._canvas.update()
        return True

    def _on_move(self, event: QMouseEvent) -> bool:
        position = self._place(event)
        if self._press is None:
            self._point_at(position)
            return True
        moved = position - self._press
        if self._dragged or moved.manhattanLength() >= DRAG:
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
            position = self._place(event)
            self._canvas.choose(None if self._is_on_minimap(position) else self._scene.node_at(position))
        return True

    def _on_double_click(self, event: QMouseEvent) -> bool:
        position = self._place(event)
        is_meant = event.button() == Qt.MouseButton.LeftButton and not self._is_on_minimap(position)
        if is_meant and self._scene.toggle_at(position):
            self.pointer = None
            self._canvas.animate()
        return True

    def _on_leave(self, event: QEvent) -> bool:
        self.pointer = None
        self._canvas.update()
        return False

    def _on_wheel(self, event: QWheelEvent) -> bool:
        self._canvas.settle()
        pixels, turned = event.pixelDelta(), event.angleDelta()
        modifiers = event.modifiers()
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            self._scene.camera.pan(turned.y() + turned.x(), 0)
        elif not pixels.isNull() and not modifiers & Qt.KeyboardModifier.ControlModifier:
            self._pan(QPointF(pixels))
        elif turned.x() and not turned.y():
            self._pan(QPointF(turned.x(), 0))
        else:
            self._zoom(NOTCH ** (turned.y() / 120), self._place(event))
        event.accept()
        self._canvas.update()
        return True

    def _on_gesture(self, event: QNativeGestureEvent) -> bool:
        if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture:
            return False
        self._zoom(1 + event.value(), self._place(event))
        self._canvas.update()
        return True

    def _on_key(self, event: QKeyEvent) -> bool:
        key, scene = event.key(), self._scene
        self._canvas.settle()
        size, arrows = scene.camera.size, ARROWS_DOWN if scene.camera.down else ARROWS
        middle = QPointF(size.width() / 2, size.height() / 2)
        if key in arrows:
            self._canvas.choose(scene.walk(arrows[key]) or scene.selected)
            scene.reveal()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            scene.open_selected()
            self._canvas.animate()
        elif key == Qt.Key.Key_Escape:
            self._canvas.choose(scene.fold_selected())
            self._canvas.animate()
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

    def _place(self, event: QMouseEvent | QWheelEvent | QNativeGestureEvent) -> QPointF:
        """Where it happened, along and across the trunk."""
        return self._scene.camera.real(event.position())

    def _point_at(self, position: QPointF) -> None:
        before = self.pointer
        card = None if self._is_on_minimap(position) else self._scene.card_at(position)
        self.pointer = position if card else None
        self._canvas.setCursor(Qt.CursorShape.PointingHandCursor if card else Qt.CursorShape.ArrowCursor)
        if before is not None or self.pointer is not None:
            self._canvas.update()

    def _is_on_minimap(self, position: QPointF) -> bool:
        return self._painter.minimap_at(position) is not None

    def _follow_minimap(self, position: QPointF) -> bool:
        """Go to where the minimap is pressed; whether it was."""
        x = self._painter.minimap_at(position)
        if x is not None:
            self._scene.camera.look_at(x)
        return x is not None

    def _zoom(self, factor: float, point: QPointF) -> None:
        """Zoom; far enough towards a card, it opens."""
        self._scene.camera.zoom(factor, point)
        if self._scene.turn_level(point, closer=factor > 1):
            self._canvas.animate()

    def _pan(self, moved: QPointF) -> None:
        """Move the drawing with the hand, however the trunk runs."""
        moved = self._scene.camera.real(moved)
        self._scene.camera.pan(moved.x(), moved.y())
