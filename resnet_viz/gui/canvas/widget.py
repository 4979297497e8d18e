"""The widget that shows the drawing of a network and lets a person move, expand and select in it."""

from PySide6.QtCore import QEasingCurve, QEvent, QSizeF, Qt, QVariantAnimation, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QStyle, QWidget

from resnet_viz.gui.canvas.drawing.painter import ScenePainter
from resnet_viz.gui.canvas.interaction.input import InputHandler
from resnet_viz.gui.canvas.scene import Scene
from resnet_viz.gui.shown import Changed, Shown
from resnet_viz.gui.theme import Theme, ThemeName, load_theme
from resnet_viz.records.analysis import Analysis, Level
from resnet_viz.records.costs import Costs
from resnet_viz.texts import tr
from resnet_viz.viewmodels.canvas.coloring import NodeColors, node_colors

TRANSITION_MS = 190


class Canvas(QWidget):
    """The drawing of one network; `node_chosen` carries the id that a person selects, empty for the whole network.

    `scene` is what is shown; change it through the methods here, which repaint.
    """

    node_chosen = Signal(str)
    painted_first_graph = Signal()

    def __init__(self, theme: Theme | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scene = Scene(self.font())
        self.scene.camera.resize(QSizeF(self.size()))
        self._painter = ScenePainter(self.scene, theme or load_theme("light"), self.font())
        self._input = InputHandler(self, self.scene, self._painter)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # every pixel is painted
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 240)
        self.setAccessibleName(tr("Graph of the network"))
        self._painted = False
        easing = QEasingCurve(QEasingCurve.Type.OutCubic)
        self._animation = QVariantAnimation(self, startValue=0.0, endValue=1.0, easingCurve=easing)
        self._animation.valueChanged.connect(self._on_progress)
        self._animation.finished.connect(self.finish_transition)

    @property
    def level(self) -> Level:
        """The level at which the whole network was last shown."""
        return self.scene.level

    @property
    def theme_name(self) -> ThemeName:
        """The name of the current theme."""
        return self._painter.theme_name

    def display(self, shown: Shown, changed: Changed) -> None:
        """Show the analyzed network, its colors and the selection; each is updated only where it has changed."""
        analysis, costs = shown.analysis, shown.costs
        if changed - {"selection"}:
            colors = (
                None if analysis is None or costs is None else node_colors(shown.color_by, analysis, costs, shown.run)
            )
            if "costs" in changed:
                self.show_analysis(analysis, costs, colors)
            else:
                self.set_colors(colors)
        self.select(shown.selection)

    def show_analysis(self, analysis: Analysis | None, costs: Costs | None, colors: NodeColors | None = None) -> None:
        """Show a network in these colors; what is expanded stays so where the network still has it."""
        self._input.pointer = None
        self.scene.show(analysis, costs, colors)
        self._update_accessible_text()
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Use this theme's colors."""
        self._painter.set_theme(theme)
        self.update()

    def set_colors(self, colors: NodeColors | None) -> None:
        """Color the node boxes by a quantity or by kind of layer; None gives each stage its own color."""
        self.scene.set_colors(colors)
        self.update()

    def select(self, node_id: str | None) -> None:
        """Select this node and bring it into view, without a signal."""
        if node_id == self.scene.selected:
            return  # selected by a click: moving the view would take the node away from the pointer
        self.scene.select(node_id)
        self._update_accessible_text()
        self.scene.reveal()
        self.update()

    def show_level(self, level: Level) -> None:
        """Show the whole network at one level."""
        self.scene.show_level(level)
        self.start_transition()

    def fit(self) -> None:
        """Bring the whole network into view."""
        self.finish_transition()
        self.scene.camera.fit()
        self.update()

    def zoom_to_selection(self) -> None:
        """Bring the selected node into the middle, large enough to read."""
        self.finish_transition()
        self.scene.zoom_to_selection()
        self.update()

    @property
    def expanded(self) -> frozenset[str]:
        """The ids of the expanded stages, repeats and blocks."""
        return self.scene.expanded

    @property
    def part(self) -> str | None:
        """The selected stage or block, or the one that the selected layer lies in; None without a selection."""
        return self.scene.part

    @property
    def vertical(self) -> bool:
        """True where the main path runs from top to bottom."""
        return self.scene.camera.vertical

    def set_direction(self, *, vertical: bool) -> None:
        """Let the main path run from top to bottom, or from left to right."""
        self.finish_transition()
        self._input.pointer = None
        self.scene.set_direction(vertical=vertical)
        self.update()

    def choose(self, node_id: str | None) -> None:
        """Select this node as a click does, with the signal; None selects the network itself."""
        self.scene.select(node_id)
        self._update_accessible_text()
        self.node_chosen.emit(node_id or "")
        self.update()

    def follow_shortcut(self) -> None:
        """Select the other end of the selected node's shortcut or gate, where it has one."""
        other = self.scene.other_shortcut_end()
        if other is not None:
            self.finish_transition()
            self.choose(other)
            self.scene.reveal()

    def start_transition(self) -> None:
        """Animate the change to the current drawing, where the desktop's style has animations."""
        self._animation.stop()
        duration_ms = self.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, self)
        self._animation.setDuration(min(TRANSITION_MS, duration_ms))
        if self._animation.duration() and self.isVisible():
            self._animation.start()
        else:
            self.finish_transition()
        self.update()

    def finish_transition(self) -> None:
        """End a running animation at once."""
        self._animation.stop()
        if self.scene.transition is not None:
            self.scene.transition = None
            self.update()

    def _on_progress(self, progress: float) -> None:
        if self.scene.transition is not None:
            self.scene.transition.progress = progress
            self.update()

    def _update_accessible_text(self) -> None:
        """Announce the selection to screen readers."""
        text = self.scene.accessible_text()
        self.setAccessibleDescription(text)
        if text and QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def event(self, event: QEvent) -> bool:  # Qt override
        """Pass mouse, wheel and keys to the input handler."""
        return self._input.handle_event(event) or super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt override
        painter = QPainter(self)
        self._painter.paint(painter, self._input.pointer, self.devicePixelRatioF())
        painter.end()
        if self.scene.drawing is not None and not self._painted:
            self._painted = True
            self.painted_first_graph.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # Qt override
        self.finish_transition()
        self.scene.camera.resize(QSizeF(event.size()))
