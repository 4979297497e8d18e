"""Carries out the actions of menus and toolbar: files, clipboard, panels, theme and help."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from resnet_viz.errors import UserError
from resnet_viz.export.figure_request import Figure, FigureOptions, is_figure
from resnet_viz.gui.canvas.widget import Canvas
from resnet_viz.gui.layers.table import LayerTable
from resnet_viz.gui.session.session import Session
from resnet_viz.gui.theme import ThemeChoice
from resnet_viz.gui.widgets.message_bar import Message
from resnet_viz.gui.widgets.save_dialog import ask_where, with_a_suffix
from resnet_viz.gui.window.compare_controller import CompareController
from resnet_viz.gui.window.pages import Pages
from resnet_viz.gui.window.views import Views
from resnet_viz.spec.presets import name_of
from resnet_viz.storage.runs import looks_like_run
from resnet_viz.storage.specs import read_spec, save_spec
from resnet_viz.texts import tr


class Commands(QObject):
    """One method for each row of the action table; failures appear in the message bar."""

    noticed = Signal(object)
    theme_chosen = Signal(str)
    help_asked = Signal(str)
    page_asked = Signal(str)

    def __init__(
        self,
        session: Session,
        *,
        views: Views,
        canvas: Canvas,
        pages: Pages,
        panels: dict[str, QWidget],
        comparisons: CompareController,
    ) -> None:
        super().__init__()
        self.session, self.canvas, self.comparisons = session, canvas, comparisons
        self.theme: ThemeChoice = "system"
        self._views, self._pages, self._panels = views, pages, panels

    def open(self) -> None:
        """Ask for a file and open it."""
        name, _ = QFileDialog.getOpenFileName(self._window(), tr("Open network"), "", _json_filter())
        if name:
            self.open_file(Path(name))

    def open_file(self, path: Path) -> None:
        """Open a saved network, an exported analysis or a measured run."""
        if looks_like_run(path):
            self.open_run(path)
            return
        self._try(lambda: self.session.replace(read_spec(path)), tr("Opened {name}.").format(name=path.name))

    def open_run(self, path: Path) -> None:
        """Open a measured run together with its network, at the input that was measured."""
        run = self.session.measuring.open(path)
        if run is None:
            return
        if run.spec != self.session.question:
            self.session.replace(run.spec)
        self._pages.setCurrentWidget(self._pages.latency)

    def save(self) -> None:
        """Ask where to save the network, and save it."""
        suggested = f"{name_of(self.session.question) or 'network'}.json"
        name, _ = QFileDialog.getSaveFileName(self._window(), tr("Save network"), suggested, _json_filter())
        if name:
            self.save_to(Path(name))

    def save_to(self, path: Path) -> None:
        """Save the network's spec; the file is written completely or not at all."""
        path = with_a_suffix(path, ".json")
        self._try(lambda: save_spec(self.session.question, path), tr("Saved {name}.").format(name=path.name))

    def export(self) -> None:
        """Ask for a file name, and export the analysis in the format of its suffix."""
        if self.session.analysis is None:
            self.noticed.emit(Message(tr("There is nothing to export yet: the network is still being traced.")))
            return
        from resnet_viz.export.formats import suffixes  # 0.1 s that the first picture of the window need not wait for

        suggested = f"{name_of(self.session.question) or 'network'}.svg"
        path = ask_where(self._window(), tr("Export"), suggested, suffixes())
        if path is not None:
            self.export_to(path)

    def export_part(self) -> None:
        """Ask for a file name, and draw only the selected stage or block (for a layer, its block)."""
        part = self._current_canvas().part
        if part is None:
            self.noticed.emit(Message(tr("Select a stage, a block or a layer first; only that part is exported.")))
            return
        path = ask_where(self._window(), tr("Export the selection"), f"{part}.svg", (".svg", ".pdf", ".png"))
        if path is not None:
            self.export_to(path, part)

    def turn(self) -> None:
        """Switch between top to bottom and left to right."""
        self.canvas.set_direction(vertical=not self.canvas.vertical)

    def export_to(self, path: Path, part: str | None = None) -> None:
        """Export in the format of the suffix: the analysis, or a figure as on the canvas (of `part` alone if given)."""
        from resnet_viz.export.formats import ExportOptions, export_file  # needed only for exports
        from resnet_viz.gui.figure import save_figure

        shown, canvas = self.session.shown, self._current_canvas()
        if shown.analysis is None or shown.costs is None:
            return
        options = FigureOptions(level=canvas.level, color=shown.color_by, theme=canvas.theme_name,
                                direction="down" if canvas.vertical else "right", part=part)  # fmt: skip
        figure = Figure(shown.analysis, shown.costs, options, path, shown.run, canvas.expanded)
        write = (
            partial(save_figure, figure)
            if is_figure(path)
            else partial(export_file, shown.analysis, path, ExportOptions(shown.run))
        )
        self._try(write, tr("Exported {name}.").format(name=path.name))

    def copy_picture(self) -> None:
        """Copy a picture of the canvas to the clipboard."""
        QGuiApplication.clipboard().setPixmap(self._current_canvas().grab())
        self.noticed.emit(Message(tr("Copied the graph as a picture.")))

    def quit(self) -> None:
        """Close the window."""
        self._window().close()

    def measure(self) -> None:
        """Measure the displayed network, and bring the settings and the latency chart to the front."""
        self.show_panel("measure")
        self._pages.setCurrentWidget(self._pages.latency)
        self.session.measure()

    def stop(self) -> None:
        """Stop whichever is running: the measurement, the measurement of a comparison, or the analysis."""
        session = self.session
        if session.shown.measurement.is_running:
            session.measuring.stop()
        elif session.shown.comparison.measuring:
            session.comparing.stop()
        else:
            session.cancel()

    def copy(self) -> None:
        """Copy the selected layers to the clipboard."""
        self._current_table().copy()

    def find(self) -> None:
        """Show the table and focus its filter."""
        self.show_panel("table")
        self._current_table().focus_filter()

    def select_match(self, step: int) -> None:
        """Select the next match of the filter, or the previous one with -1."""
        self._current_table().select_match(step)

    def show_panel(self, name: str) -> None:
        """Show a panel and bring it to the front."""
        self._panels[name].setVisible(True)
        self._panels[name].raise_()

    def toggle_panel(self, name: str) -> None:
        """Show or hide a panel."""
        self._panels[name].setVisible(not self.panel_shown(name))

    def panel_shown(self, name: str) -> bool:
        """Return True if the panel is shown or only hidden behind another tab."""
        return not self._panels[name].isHidden()

    def set_theme(self, choice: ThemeChoice) -> None:
        """Switch to the light or the dark theme, or follow the system."""
        self.theme = choice
        self.theme_chosen.emit(choice)

    def _try(self, action: Callable[[], object], done: str) -> None:
        try:
            action()
        except UserError as error:
            self.noticed.emit(Message(str(error), "error"))
        else:
            self.noticed.emit(Message(done))

    def _current_table(self) -> LayerTable:
        """The layer table, up to date even while another page covers it."""
        self._views.update_now(self._pages.table)
        return self._pages.table

    def _current_canvas(self) -> Canvas:
        """The canvas, up to date even while a comparison covers it."""
        self._views.update_now(self.canvas)
        return self.canvas

    def _window(self) -> QWidget:
        return self._pages.window()


def _json_filter() -> str:
    return tr("Networks (*.json)")
