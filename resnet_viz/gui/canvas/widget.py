"""The canvas: shows a network's drawing, lets it move from level to level, and says what was chosen."""

from PySide6.QtCore import QEasingCurve, QEvent, QSizeF, Qt, QVariantAnimation, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QStyle, QWidget

from resnet_viz.gui.canvas.drawing.painter import ScenePainter
from resnet_viz.gui.canvas.interaction.input import Hand
from resnet_viz.gui.canvas.scene import Scene
from resnet_viz.gui.shown import Changed, Shown
from resnet_viz.gui.theme import Theme, ThemeName, load_theme
from resnet_viz.records.analysis import Analysis, Level
from resnet_viz.records.costs import Costs
from resnet_viz.texts import tr
from resnet_viz.viewmodels.canvas.coloring import Palette, Tint, tint_of

MOTION_MS = 190


class Canvas(QWidget):
    """The drawing of one network."""

    node_chosen = Signal(str)
    painted_first_graph = Signal()

    def __init__(self, theme: Theme | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = Scene(self.font())
        self._scene.camera.resize(QSizeF(self.size()))
        self._painter = ScenePainter(self._scene, theme or load_theme("light"), self.font())
        self._hand = Hand(self, self._scene, self._painter)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # every pixel is painted
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 240)
        self.setAccessibleName(tr("Graph of the network"))
        self._painted = False
        easing = QEasingCurve(QEasingCurve.Type.OutCubic)
        self._animation = QVariantAnimation(self, startValue=0.0, endValue=1.0, easingCurve=easing)
        self._animation.valueChanged.connect(self._move_on)
        self._animation.finished.connect(self.settle)

    @property
    def level(self) -> Level:
        """The level that the whole network was shown at last."""
        return self._scene.level

    @property
    def theme_name(self) -> ThemeName:
        """Whose colors it has."""
        return self._painter.theme_name

    def display(self, shown: Shown, changed: Changed) -> None:
        """Draw the analysed network, color its cards, and mark the selection; each only where it has changed."""
        analysis, costs = shown.analysis, shown.costs
        if changed - {"selection"}:
            tint = None if analysis is None or costs is None else tint_of(shown.color_by, analysis, costs, shown.run)
            if "costs" in changed:
                self.show_analysis(analysis, costs, tint)
            else:
                self.set_tint(tint)
        self.select(shown.selection)

    def show_analysis(self, analysis: Analysis | None, costs: Costs | None, tint: Tint | Palette | None = None) -> None:
        """Show this network's graph in these colors; what is opened stays so where the network still has it."""
        self._hand.pointer = None
        self._scene.show(analysis, costs, tint)
        self._say()
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Draw in this theme's colors."""
        self._painter.set_theme(theme)
        self.update()

    def set_tint(self, tint: Tint | Palette | None) -> None:
        """Color the cards by a quantity or by kind; by their stage without one."""
        self._scene.set_tint(tint)
        self.update()

    def select(self, node_id: str | None) -> None:
        """Mark this node and bring it into view; no signal."""
        if node_id == self._scene.selected:
            return  # chosen here: moving the view now would take it from under the pointer
        self._scene.select(node_id)
        self._say()
        self._scene.reveal()
        self.update()

    def open_all(self, level: Level) -> None:
        """Show the whole network at one level."""
        self._scene.open_all(level)
        self.animate()

    def fit(self) -> None:
        """Bring the whole network into view."""
        self.settle()
        self._scene.camera.fit()
        self.update()

    def zoom_to_selection(self) -> None:
        """Bring the selected node into the middle, large enough to read."""
        self.settle()
        self._scene.zoom_to_selection()
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
        return self._scene.camera.down

    def turn(self, *, down: bool) -> None:
        """Let the trunk run from top to bottom, or from left to right."""
        self.settle()
        self._hand.pointer = None
        self._scene.turn(down=down)
        self.update()

    def choose(self, node_id: str | None) -> None:
        """Mark this node, as a person does, who is told of it; None for the network itself."""
        self._scene.select(node_id)
        self._say()
        self.node_chosen.emit(node_id or "")
        self.update()

    def follow_shortcut(self) -> None:
        """From where a shortcut begins to its `+`, or from there back; whoever has none stays."""
        other = self._scene.other_shortcut_end()
        if other is not None:
            self.settle()
            self.choose(other)
            self._scene.reveal()

    def animate(self) -> None:
        """Let the drawing move to where it now is, as long as the desktop's style moves anything."""
        self._animation.stop()
        style = self.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, self)
        self._animation.setDuration(min(MOTION_MS, style))
        if self._animation.duration() and self.isVisible():
            self._animation.start()
        else:
            self.settle()
        self.update()

    def settle(self) -> None:
        """End a movement at once, whatever ends it."""
        self._animation.stop()
        if self._scene.motion is not None:
            self._scene.motion = None
            self.update()

    def _move_on(self, progress: float) -> None:
        if self._scene.motion is not None:
            self._scene.motion.progress = progress
            self.update()

    def _say(self) -> None:
        """Let a screen reader say what is chosen."""
        words = self._scene.words()
        self.setAccessibleDescription(words)
        if words and QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))

    def event(self, event: QEvent) -> bool:  # Qt override
        """Mouse, wheel and keys are the hand's."""
        return self._hand.take(event) or super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt override
        painter = QPainter(self)
        self._painter.paint(painter, self._hand.pointer, self.devicePixelRatioF())
        painter.end()
        if self._scene.drawing is not None and not self._painted:
            self._painted = True
            self.painted_first_graph.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # Qt override
        self.settle()
        self._scene.camera.resize(QSizeF(event.size()))
