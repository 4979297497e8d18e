"""The canvas: shows a network's drawing, moves over it, opens and closes its parts, and says what was chosen."""

from PySide6.QtCore import QEasingCurve, QEvent, QPointF, QSizeF, Qt, QVariantAnimation, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QStyle, QWidget

from resnet_viz.gui.canvas_scene import Scene
from resnet_viz.gui.theme import Theme, ThemeName, load_theme
from resnet_viz.records import Analysis
from resnet_viz.texts import tr
from resnet_viz.viewmodels.canvas import Direction, Level
from resnet_viz.viewmodels.tint import Palette, Tint

NOTCH = 1.15  # zoom of a wheel's notch, which is 120 eighths of a degree
KEY_ZOOM = 1.3
MOTION_MS = 190
DRAG = 4  # pixels; less is a click
_ARROWS: dict[int, Direction] = {
    Qt.Key.Key_Right: "next",
    Qt.Key.Key_Left: "previous",
    Qt.Key.Key_Up: "up",
    Qt.Key.Key_Down: "down",
}
_ARROWS_DOWN: dict[int, Direction] = {
    Qt.Key.Key_Down: "next",
    Qt.Key.Key_Up: "previous",
    Qt.Key.Key_Left: "up",
    Qt.Key.Key_Right: "down",
}


class Canvas(QWidget):
    """The drawing of one network."""

    node_chosen = Signal(str)
    painted_first_graph = Signal()

    def __init__(self, theme: Theme | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # every pixel is painted
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 240)
        self.setAccessibleName(tr("Graph of the network"))
        self._scene = Scene(theme or load_theme("light"), self.font())
        self._painted = False
        self._press: QPointF | None = None
        self._dragged = False
        self._pointer: QPointF | None = None
        self._animation = QVariantAnimation(self)
        self._animation.setStartValue(0.0)
        self._animation.setEndValue(1.0)
        self._animation.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._animation.valueChanged.connect(self._move_on)
        self._animation.finished.connect(self._settle)

    @property
    def level(self) -> Level:
        """The level that the whole network was shown at last."""
        return self._scene.level

    @property
    def analysis(self) -> Analysis | None:
        """The network that is shown."""
        return self._scene.analysis

    @property
    def theme_name(self) -> ThemeName:
        """Whose colours it has."""
        return self._scene.theme_name

    # what is shown

    def show_analysis(self, analysis: Analysis | None) -> None:
        """Show this network's graph; what is opened stays so where the network still has it."""
        self._pointer = None
        self._scene.show(analysis, self._size())
        self._say()
        self.update()

    def show_message(self, sentence: str) -> None:
        """The sentence to stand where the drawing would be, as long as there is none."""
        self._scene.message = sentence
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Draw in this theme's colours."""
        self._scene.set_look(theme, self._scene.tint)
        self.update()

    def set_tint(self, tint: Tint | Palette | None) -> None:
        """Colour the cards by a quantity or by kind; by their stage without one."""
        self._scene.set_look(None, tint)
        self.update()

    def select(self, node_id: str | None) -> None:
        """Mark this node and bring it into view; no signal."""
        if node_id == self._scene.selected:
            return  # chosen here: moving the view now would take it from under the pointer
        self._scene.select(node_id)
        self._say()
        self._scene.reveal(self._size())
        self.update()

    def open_all(self, level: Level) -> None:
        """Show the whole network at one level."""
        self._scene.open_all(level, self._size())
        self._animate()

    def fit(self) -> None:
        """Bring the whole network into view."""
        self._settle()
        self._scene.fit(self._size())
        self.update()

    def zoom_to_selection(self) -> None:
        """Bring the selected node into the middle, large enough to read."""
        self._settle()
        self._scene.zoom_to_selection(self._size())
        self.update()

    @property
    def opened(self) -> frozenset[str]:
        """The ids of what is opened."""
        return self._scene.opened

    @property
    def part(self) -> str | None:
        """The selected stage or block, or that of the selected layer; None without a selection."""
        return self._scene.part

    @property
    def down(self) -> bool:
        """Whether the trunk runs from top to bottom."""
        return self._scene.down

    def turn(self, *, down: bool) -> None:
        """Let the trunk run from top to bottom, or from left to right."""
        self._settle()
        self._pointer = None
        size = QSizeF(self.size())
        self._scene.turn(size.transposed() if down else size, down=down)
        self.update()

    # intents

    def _choose(self, node_id: str | None) -> None:
        self._scene.select(node_id)
        self._say()
        self.node_chosen.emit(node_id or "")
        self.update()

    def follow_skip(self) -> None:
        """From where a skip begins to its `+`, or from there back; whoever has none stays."""
        other = self._scene.along_skip()
        if other is not None:
            self._settle()
            self._choose(other)
            self._scene.reveal(self._size())

    def _say(self) -> None:
        """Let a screen reader say what is chosen."""
        words = self._scene.words()
        self.setAccessibleDescription(words)
        if words and QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # Qt override
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._settle()
            self._press = self._scene.real(event.position())
            self._dragged = False
            self._scene.follow_minimap(self._scene.real(event.position()), self._size())
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # Qt override
        position = self._scene.real(event.position())
        if self._press is None:
            self._point_at(position)
            return
        moved = position - self._press
        if self._dragged or moved.manhattanLength() >= DRAG:
            if not self._dragged:
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._dragged = True
            if not self._scene.follow_minimap(position, self._size()):
                self._scene.pan(moved.x(), moved.y(), self._size())
            self._press = position
            self._pointer = None
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # Qt override
        clicked = self._press is not None and not self._dragged
        self._press = None
        self._dragged = False
        self.unsetCursor()
        if clicked and event.button() == Qt.MouseButton.LeftButton:
            self._choose(self._scene.node_at(self._scene.real(event.position()), self._size()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # Qt override
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if self._scene.toggle_at(self._scene.real(event.position()), self._size()):
            self._pointer = None
            self._animate()

    def leaveEvent(self, event: QEvent) -> None:  # Qt override
        self._pointer = None
        self.update()

    def _point_at(self, position: QPointF) -> None:
        before = self._pointer
        card = self._scene.card_at(position, self._size())
        self._pointer = position if card else None
        self.setCursor(Qt.CursorShape.PointingHandCursor if card else Qt.CursorShape.ArrowCursor)
        if before is not None or self._pointer is not None:
            self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:  # Qt override
        self._settle()
        pixels, turned = event.pixelDelta(), event.angleDelta()
        modifiers = event.modifiers()
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            self._scene.pan(turned.y() + turned.x(), 0, self._size())
        elif not pixels.isNull() and not modifiers & Qt.KeyboardModifier.ControlModifier:
            self._pan(pixels.x(), pixels.y())
        elif turned.x() and not turned.y():
            self._pan(turned.x(), 0)
        else:
            self._zoom(NOTCH ** (turned.y() / 120), self._scene.real(event.position()))
        event.accept()
        self.update()

    def event(self, event: QEvent) -> bool:  # Qt override
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self._zoom(1 + event.value(), self._scene.real(event.position()))
            self.update()
            return True
        return super().event(event)

    def _zoom(self, factor: float, point: QPointF) -> None:
        """Zoom; far enough towards a card, it opens."""
        self._scene.zoom(factor, point, self._size())
        if self._scene.turn_level(point, self._size(), closer=factor > 1):
            self._animate()

    # from level to level

    def _animate(self) -> None:
        """Let the drawing move to where it now is, as long as the desktop's style moves anything."""
        self._animation.stop()
        style = self.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, self)
        self._animation.setDuration(min(MOTION_MS, style))
        if self._animation.duration() and self.isVisible():
            self._animation.start()
        else:
            self._settle()
        self.update()

    def _settle(self) -> None:
        """End a movement at once, whatever ends it."""
        self._animation.stop()
        if self._scene.motion is not None:
            self._scene.motion = None
            self.update()

    def _move_on(self, progress: float) -> None:
        if self._scene.motion is not None:
            self._scene.motion.progress = progress
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # Qt override
        key = event.key()
        self._settle()
        middle = QPointF(self._size().width() / 2, self._size().height() / 2)
        arrows = _ARROWS_DOWN if self._scene.down else _ARROWS
        if key in arrows:
            self._choose(self._scene.walk(arrows[Qt.Key(key)]) or self._scene.selected)
            self._scene.reveal(self._size())
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._scene.open_selected(self._size())
            self._animate()
        elif key == Qt.Key.Key_Escape:
            self._choose(self._scene.fold_selected(self._size()))
            self._animate()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._zoom(KEY_ZOOM, middle)
        elif key == Qt.Key.Key_Minus:
            self._zoom(1 / KEY_ZOOM, middle)
        elif key == Qt.Key.Key_S:
            self.follow_skip()
        elif key == Qt.Key.Key_0:
            self._scene.fit(self._size())
        else:
            super().keyPressEvent(event)
            return
        self.update()

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt override
        painter = QPainter(self)
        self._scene.paint(painter, self._size(), self._pointer, self.devicePixelRatioF())
        painter.end()
        if self._scene.drawing is not None and not self._painted:
            self._painted = True
            self.painted_first_graph.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # Qt override
        self._settle()
        self._scene.resized(self._turned(QSizeF(event.oldSize())), self._size())

    def _size(self) -> QSizeF:
        """The canvas's size along and across the trunk."""
        return self._turned(QSizeF(self.size()))

    def _turned(self, size: QSizeF) -> QSizeF:
        return size.transposed() if self._scene.down else size

    def _pan(self, dx: float, dy: float) -> None:
        moved = self._scene.real(QPointF(dx, dy))
        self._scene.pan(moved.x(), moved.y(), self._size())
