"""The main window: arranges the panels, registers the views and connects the signals."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QSplitter, QTabWidget, QVBoxLayout, QWidget

from resnet_viz.gui.build.panel import BuildPanel
from resnet_viz.gui.canvas.widget import Canvas
from resnet_viz.gui.layers.inspector import Inspector
from resnet_viz.gui.measure.panel import MeasurePanel
from resnet_viz.gui.plots.lazy_chart import PlotLibraryLoader
from resnet_viz.gui.session.saved_state import WindowState
from resnet_viz.gui.session.session import Session
from resnet_viz.gui.shown import EVERYTHING, Changed, Shown
from resnet_viz.gui.theme import Theme
from resnet_viz.gui.widgets.labels import Label
from resnet_viz.gui.widgets.message_bar import Message, MessageBar
from resnet_viz.gui.window.actions import Actions, action_table, shortcut_list
from resnet_viz.gui.window.commands import Commands
from resnet_viz.gui.window.compare_controller import CompareController
from resnet_viz.gui.window.documentation import Documentation
from resnet_viz.gui.window.pages import Pages
from resnet_viz.gui.window.views import Views
from resnet_viz.spec.presets import title_of
from resnet_viz.texts import tr
from resnet_viz.viewmodels.layers.help import conventions, shortcuts
from resnet_viz.viewmodels.summary import status_line

INITIAL_SIZE = (1440, 900)
DOCK_WIDTHS = (370, 290)
CANVAS_AND_PAGES_HEIGHT = (620, 280)


class MainWindow(QMainWindow):
    """Build panel left, canvas in the center, pages below it, inspector right."""

    painted = Signal()
    closing = Signal()

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self.session = session
        self.loader = PlotLibraryLoader(self)
        self.build, self.inspector, self.measure = BuildPanel(), Inspector(), MeasurePanel()
        self.canvas, self.pages = Canvas(theme), Pages(self.loader, theme)
        self.table = self.pages.table
        self.messages, self.status = MessageBar(), Label(tr("Starting the engine …"))
        self.tabs, self.splitter = QTabWidget(), QSplitter(Qt.Orientation.Vertical)
        self.views = Views(self)
        self._hidden_panels: list[QWidget] = []
        self.documentation: Documentation | None = None
        self._place_center()
        self.comparisons = CompareController(session, self.tabs, self.loader, theme)
        panels = {**self._place_docks(), "table": self.pages}
        self.statusBar().addWidget(self.status, 1)
        self.commands = Commands(session, views=self.views, canvas=self.canvas, pages=self.pages, panels=panels,
                                 comparisons=self.comparisons)  # fmt: skip
        self.actions_ = Actions(action_table(self.commands), self)
        self._add_views()
        self._connect()
        self._enable_actions(session.shown, EVERYTHING)
        self.setAcceptDrops(True)
        self.setWindowTitle("resnet_viz")
        self.resize(*INITIAL_SIZE)

    def restore(self, state: WindowState) -> None:
        """Restore geometry, panels, columns, theme and settings of the last session."""
        if state.geometry:
            self.restoreGeometry(QByteArray(state.geometry))
        if state.panels:
            self.restoreState(QByteArray(state.panels))
        if state.splitter:
            self.splitter.restoreState(QByteArray(state.splitter))
        if state.hidden_columns is not None:
            self.table.hide_columns(state.hidden_columns)
        self.build.form.open_rows(state.open_rows)
        self.commands.theme = state.theme
        if state.profile is not None:
            self.session.measuring.set_settings(state.profile)
        self.session.color_by(state.color)
        self.canvas.set_direction(vertical=state.down)
        self.session.set_convention(state.convention)

    def state(self) -> WindowState:
        """Return the state to restore next time."""
        shown = self.session.shown
        return WindowState(
            geometry=_bytes(self.saveGeometry()),
            panels=_bytes(self.saveState()),
            splitter=_bytes(self.splitter.saveState()),
            theme=self.commands.theme,
            hidden_columns=self.table.hidden_columns,
            open_rows=self.build.form.opened,
            spec=shown.question,
            selection=shown.selection,
            profile=shown.measurement.settings,
            color=shown.color_by,
            down=self.canvas.vertical,
            convention=shown.convention,
        )

    def set_theme(self, theme: Theme) -> None:
        """Switch to another theme."""
        for view in (self.canvas, self.pages, self.comparisons):
            view.set_theme(theme)

    def closeEvent(self, event: QCloseEvent) -> None:  # Qt override
        """Stop the engines and close."""
        self.tabs.setCurrentIndex(0)  # the panels are saved as the Architecture tab has them
        self.closing.emit()
        self.views.stop()
        self.session.close()
        self.loader.wait()
        super().closeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # Qt override
        """Accept a single local file."""
        if len(event.mimeData().urls()) == 1 and event.mimeData().urls()[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # Qt override
        """Open the dropped file."""
        self.commands.open_file(Path(event.mimeData().urls()[0].toLocalFile()))

    def showEvent(self, event: QShowEvent) -> None:  # Qt override
        """Update the views that have become visible."""
        super().showEvent(event)
        self.views.refresh()

    def event(self, event: QEvent) -> bool:  # Qt override
        """Emit `painted` after each paint event."""
        handled = super().event(event)
        if event.type() is QEvent.Type.Paint:
            self.painted.emit()
        return handled

    def _place_center(self) -> None:
        self.tabs.addTab(self.canvas, tr("Architecture"))
        self.tabs.setDocumentMode(True)
        self.splitter.addWidget(self.tabs)
        self.splitter.addWidget(self.pages)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setSizes(list(CANVAS_AND_PAGES_HEIGHT))
        self.splitter.setChildrenCollapsible(False)
        center = QWidget()
        column = QVBoxLayout(center)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.messages)
        column.addWidget(self.splitter, 1)
        self.setCentralWidget(center)

    def _place_docks(self) -> dict[str, QWidget]:
        left = self._dock("build", tr("Build"), self.build, Qt.DockWidgetArea.LeftDockWidgetArea)
        right = self._dock("inspector", tr("Inspector"), self.inspector, Qt.DockWidgetArea.RightDockWidgetArea)
        measure = self._dock("measure", tr("Measure"), self.measure, Qt.DockWidgetArea.LeftDockWidgetArea)
        self.setTabPosition(Qt.DockWidgetArea.LeftDockWidgetArea, QTabWidget.TabPosition.North)
        self.tabifyDockWidget(left, measure)
        left.raise_()
        self.resizeDocks([left, right], list(DOCK_WIDTHS), Qt.Orientation.Horizontal)
        self._docks = (left, measure, right)
        self._front_dock: QDockWidget = left
        return {"build": left, "measure": measure, "inspector": right}

    def _dock(self, name: str, title: str, panel: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(name)
        dock.setWidget(panel)
        dock.visibilityChanged.connect(self.views.refresh)
        self.addDockWidget(area, dock)
        return dock

    def _add_views(self) -> None:
        """Register the views in the order of updates: first what the user looks at first."""
        add = self.views.add
        add(self.build, self.build.display, "question", "refusal")
        add(self.canvas, self.canvas.display, "analysis", "costs", "color_by", "run", "selection")
        self.comparisons.add_views(self.views)
        add(self, self._display, "question", "analysis", "is_tracing", "engine")
        add(self, self._enable_actions, "can_undo", "can_redo", "is_tracing", "measurement", "comparison")
        add(self.table, self.table.display, "analysis", "costs", "run", "other", "selection")
        add(self.inspector, self.inspector.display, "analysis", "costs", "run", "other", "selection")
        add(self.build.summary, self.build.summary.display, "analysis", "costs", "crosschecks", "waiting")
        self.pages.add_views(self.views)
        add(self.measure, self.measure.display, "measurement", "analysis")

    def _connect(self) -> None:
        session = self.session
        session.changed.connect(self.views.show)
        for noticed in (session.noticed, self.commands.noticed):
            noticed.connect(self.messages.show_message)
        self.build.edited.connect(session.edit)
        self.measure.edited.connect(session.measuring.edit)
        self.measure.first_shown.connect(session.measuring.prepare)
        self.measure.measure_asked.connect(self.commands.measure)
        self.measure.stop_asked.connect(session.measuring.stop)
        self.measure.runs.open_asked.connect(self.commands.open_run)
        self.measure.runs.compare_asked.connect(session.measuring.compare_with)
        for view in (self.canvas, self.pages):
            view.node_chosen.connect(session.select)
        self.pages.failed.connect(self._show_error)
        for tabs in (self.tabs, self.pages):
            tabs.currentChanged.connect(self.views.refresh)
        self.tabs.currentChanged.connect(self._show_panels_for)
        self.commands.help_asked.connect(self._show_help)
        self.commands.page_asked.connect(self._show_page)
        self.canvas.painted_first_graph.connect(self.loader.start)

    def _display(self, shown: Shown, changed: Changed) -> None:
        """Update the window title and the status line."""
        title = title_of(shown.question)
        self.setWindowTitle(f"{title} — resnet_viz")
        if shown.is_tracing:
            self.status.setText(tr("Tracing {title} …").format(title=title))
        elif shown.analysis is not None:
            self.status.setText(status_line(shown.analysis, seconds=shown.seconds, engine=shown.engine))

    def _enable_actions(self, shown: Shown, changed: Changed) -> None:
        is_measuring, is_comparing = shown.measurement.is_running, bool(shown.comparison.measuring)
        self.actions_.enable(undo=shown.can_undo, redo=shown.can_redo, run=not is_measuring,
                             stop=shown.is_tracing or is_measuring or is_comparing)  # fmt: skip

    def _show_error(self, sentence: str) -> None:
        self.messages.show_message(Message(sentence, "error"))

    def _show_panels_for(self, tab: int) -> None:
        """Hide the panels of the architecture while a comparison is shown, and show them again afterwards."""
        seen = [dock for dock in self._docks[:2] if dock.isVisible() and not dock.visibleRegion().isEmpty()]
        self._front_dock = seen[0] if seen else self._front_dock
        for panel in self._hidden_panels:
            panel.show()
        aside: tuple[QWidget, ...] = ((), (self.pages, *self._docks), (self.pages, self._docks[2]))[min(tab, 2)]
        self._hidden_panels = [panel for panel in aside if not panel.isHidden()]
        for panel in self._hidden_panels:
            panel.hide()
        if not tab:
            self._front_dock.raise_()

    def _show_help(self, subject: str) -> None:
        page = shortcuts(shortcut_list(self.actions_.rows)) if subject == "shortcuts" else conventions()
        self.commands.show_panel("inspector")
        self.views.update_now(self.inspector)  # a pending update would replace the help page
        self.inspector.show_details(page)

    def _show_page(self, file: str) -> None:
        """Open a page of the documentation, in the window that shows one already if there is one."""
        if self.documentation is None:
            self.documentation = Documentation(self)
        self.documentation.open_page(file)


def _bytes(data: QByteArray) -> bytes:
    return bytes(data.data())
