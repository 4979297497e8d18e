"""The window: places the panels and connects them to the session."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QDockWidget, QLabel, QMainWindow, QSplitter, QTabWidget, QVBoxLayout, QWidget

from resnet_viz.gui.build.panel import BuildPanel
from resnet_viz.gui.canvas.widget import Canvas
from resnet_viz.gui.layers.inspector import Inspector
from resnet_viz.gui.layers.table import LayerTable
from resnet_viz.gui.measure.panel import MeasurePanel
from resnet_viz.gui.session.saved_state import WindowState
from resnet_viz.gui.session.session import Session
from resnet_viz.gui.theme import Theme
from resnet_viz.gui.widgets.message_bar import MessageBar
from resnet_viz.gui.window.actions import Actions, action_table, shortcut_list
from resnet_viz.gui.window.commands import Commands
from resnet_viz.gui.window.compare_controller import CompareDesk
from resnet_viz.gui.window.measure_controller import MeasureDesk
from resnet_viz.gui.window.views import NumbersDesk
from resnet_viz.records.analysis import Analysis
from resnet_viz.spec.presets import title_of
from resnet_viz.texts import tr
from resnet_viz.viewmodels.build import BuildView
from resnet_viz.viewmodels.layers.details import details, overview, with_facts
from resnet_viz.viewmodels.layers.help import conventions, shortcuts
from resnet_viz.viewmodels.layers.table import tab_title

FIRST_SIZE = (1440, 900)
SIDE_WIDTHS = (370, 290)
HEIGHTS = (620, 280)


class MainWindow(QMainWindow):
    """Build left, canvas in the middle, layers below it, inspector right."""

    painted = Signal()
    closing = Signal()

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self.session = session
        self.build, self.inspector = BuildPanel(), Inspector()
        self.canvas, self.table, self.measure = Canvas(theme), LayerTable(), MeasurePanel()
        self.messages, self.status = MessageBar(), QLabel(tr("starting the engine …"))
        self.tabs, self.below, self.splitter = QTabWidget(), QTabWidget(), QSplitter(Qt.Orientation.Vertical)
        self._busy = False
        self._put_away: list[QWidget] = []
        self._place_centre()
        self.desk = MeasureDesk(session, panel=self.measure, canvas=self.canvas, table=self.table, below=self.below,
                                theme=theme)  # fmt: skip
        self.numbers = NumbersDesk(session, self.desk, self.below, theme)
        self.comparisons = CompareDesk(session, self.tabs, self.desk.loader, theme)
        docks = self._place_docks()
        self.statusBar().addWidget(self.status, 1)
        panels = {**docks, "table": self.below}
        self.commands = Commands(session, canvas=self.canvas, table=self.table, panels=panels, desk=self.desk,
                                 comparisons=self.comparisons)  # fmt: skip
        self.actions_ = Actions(action_table(self.commands), self)
        self._connect()
        self.setAcceptDrops(True)
        self.setWindowTitle("resnet_viz")
        self.resize(*FIRST_SIZE)

    def restore(self, state: WindowState) -> None:
        """Put panels, columns and theme back as they were."""
        if state.geometry:
            self.restoreGeometry(QByteArray(state.geometry))
        if state.panels:
            self.restoreState(QByteArray(state.panels))
        if state.splitter:
            self.splitter.restoreState(QByteArray(state.splitter))
        if state.hidden_columns is not None:
            self.table.hide_columns(state.hidden_columns)
        self.build.open_more(state.more_open)
        self.commands.theme = state.theme
        if state.profile is not None:
            self.session.measuring.set_settings(state.profile)
        self.desk.colour = state.colour
        self.canvas.turn(down=state.down)
        self.session.count_as(state.convention)

    def state(self) -> WindowState:
        """What is to be remembered."""
        return WindowState(
            geometry=_bytes(self.saveGeometry()),
            panels=_bytes(self.saveState()),
            splitter=_bytes(self.splitter.saveState()),
            theme=self.commands.theme,
            hidden_columns=self.table.hidden_columns,
            more_open=self.build.more_open,
            spec=self.session.spec,
            selection=self.session.selection,
            profile=self.session.measuring.settings,
            colour=self.desk.colour,
            down=self.canvas.down,
            convention=self.session.convention,
        )

    def set_theme(self, theme: Theme) -> None:
        """Draw in this theme's colours."""
        for view in (self.canvas, self.desk.latency, self.desk.roofline, self.numbers, self.comparisons):
            view.set_theme(theme)

    def closeEvent(self, event: QCloseEvent) -> None:  # Qt override
        """End the engines with the window."""
        self.tabs.setCurrentIndex(0)  # the panels are remembered as they belong to the architecture
        self.closing.emit()
        self.session.close()
        self.desk.close()
        super().closeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # Qt override
        """Take one file."""
        if len(event.mimeData().urls()) == 1 and event.mimeData().urls()[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # Qt override
        """Open the file."""
        self.commands.open_file(Path(event.mimeData().urls()[0].toLocalFile()))

    def event(self, event: QEvent) -> bool:  # Qt override
        """Tell when the window has been painted."""
        handled = super().event(event)
        if event.type() is QEvent.Type.Paint:
            self.painted.emit()
        return handled

    def _place_centre(self) -> None:
        self.tabs.addTab(self.canvas, tr("Architecture"))
        self.below.addTab(self.table, tab_title(None))
        for tabs in (self.tabs, self.below):
            tabs.setDocumentMode(True)
            self.splitter.addWidget(tabs)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setSizes(list(HEIGHTS))
        self.splitter.setChildrenCollapsible(False)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.messages)
        column.addWidget(self.splitter, 1)
        self.setCentralWidget(centre)

    def _place_docks(self) -> dict[str, QWidget]:
        left = self._dock("build", tr("Build"), self.build, Qt.DockWidgetArea.LeftDockWidgetArea)
        right = self._dock("inspector", tr("Inspector"), self.inspector, Qt.DockWidgetArea.RightDockWidgetArea)
        measure = self._dock("measure", tr("Measure"), self.measure, Qt.DockWidgetArea.LeftDockWidgetArea)
        self.setTabPosition(Qt.DockWidgetArea.LeftDockWidgetArea, QTabWidget.TabPosition.North)
        self.tabifyDockWidget(left, measure)
        left.raise_()
        self.resizeDocks([left, right], list(SIDE_WIDTHS), Qt.Orientation.Horizontal)
        self._docks = (left, measure, right)
        self._front: QDockWidget = left
        return {"build": left, "measure": measure, "inspector": right}

    def _dock(self, name: str, title: str, panel: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(name)
        dock.setWidget(panel)
        self.addDockWidget(area, dock)
        return dock

    def _connect(self) -> None:
        session = self.session
        session.build_changed.connect(self._show_build)
        session.analysed.connect(self._show_analysis)
        session.selected.connect(self._show_selection)
        session.opinions_changed.connect(self.build.summary.show_opinions)
        session.noticed.connect(self.messages.show_notice)
        session.status_changed.connect(self.status.setText)
        session.history_changed.connect(self._show_history)
        session.busy_changed.connect(self._show_busy)
        self.build.edited.connect(session.edit)
        for view in (self.canvas, self.table):
            view.node_chosen.connect(session.select)
        self.commands.noticed.connect(self.messages.show_notice)
        self.commands.help_asked.connect(self._show_help)
        self.desk.shown_changed.connect(self._show_run)
        self.tabs.currentChanged.connect(self._make_room)
        session.measuring.running_changed.connect(self._show_running)
        self._show_history(False, False)
        self._show_busy(False)

    def _show_build(self, view: BuildView) -> None:
        self.build.show_view(view)
        self.setWindowTitle(f"{title_of(view.spec)} — resnet_viz")

    def _show_analysis(self, analysis: Analysis) -> None:
        costs = self.session.costs
        assert costs is not None
        self.canvas.show_analysis(analysis, costs)
        self.table.show_analysis(analysis, costs)
        self.build.summary.show_analysis(analysis, costs)
        self.below.setTabText(0, tab_title(analysis))

    def _show_selection(self, node_id: str | None) -> None:
        self.canvas.select(node_id)
        self.table.select(node_id)
        analysis, costs = self.session.analysis, self.session.costs
        if analysis is not None and costs is not None:
            chosen = details(analysis, costs, node_id) if node_id else None
            shown = chosen or overview(analysis, costs, title_of(analysis.spec))
            self.inspector.show_details(with_facts(shown, self.desk.facts(node_id if chosen else None)))

    def _show_history(self, can_undo: bool, can_redo: bool) -> None:
        self.actions_.enable("undo", can_undo)
        self.actions_.enable("redo", can_redo)

    def _show_run(self) -> None:
        self._show_selection(self.session.selection)

    def _show_busy(self, busy: bool) -> None:
        self._busy = busy
        self._show_running(self.session.measuring.running)

    def _show_running(self, running: bool) -> None:
        self.actions_.enable("stop", self._busy or running)
        self.actions_.enable("run", not running)

    def _make_room(self, tab: int) -> None:
        """A comparison takes the place of what belongs to the architecture; that comes back with it."""
        seen = [dock for dock in self._docks[:2] if dock.isVisible() and not dock.visibleRegion().isEmpty()]
        self._front = seen[0] if seen else self._front
        for panel in self._put_away:
            panel.show()
        aside: tuple[QWidget, ...] = ((), (self.below, *self._docks), (self.below, self._docks[2]))[min(tab, 2)]
        self._put_away = [panel for panel in aside if not panel.isHidden()]
        for panel in self._put_away:
            panel.hide()
        if not tab:
            self._front.raise_()

    def _show_help(self, subject: str) -> None:
        page = shortcuts(shortcut_list(self.actions_.rows)) if subject == "shortcuts" else conventions()
        self.commands.show_panel("inspector")
        self.inspector.show_details(page)


def _bytes(data: QByteArray) -> bytes:
    return bytes(data.data())
