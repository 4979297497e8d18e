"""The base of every chart view: a row of controls, a title with buttons for saving, a notice, and the plot."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from resnet_viz.gui.plots.node_plot import NodePlot
from resnet_viz.gui.plots.plot import ElidedLabel, control_row
from resnet_viz.gui.shown import Changed, Shown
from resnet_viz.gui.theme import Theme
from resnet_viz.gui.widgets.layouts import column, named, tool_button
from resnet_viz.gui.widgets.save_dialog import ask_and_save
from resnet_viz.storage.atomic import write_text_atomic
from resnet_viz.texts import tr


class ChartView(QWidget):
    """Shows one of several plots with its controls and title; `name` is the suggested name of its files."""

    node_chosen = Signal(str)
    failed = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._plots: tuple[NodePlot, ...] = ()
        self.title, self.pages = ElidedLabel(), QStackedWidget()
        self.notice = named("chartNotice", margins=(8, 0, 8, 2))
        self.notice.hide()

    def display(self, shown: Shown, changed: Changed) -> None:
        """Draw the value if more than the selection has changed, and mark the selection."""
        if changed - {"selection"}:
            self._display(shown)
        self.select(shown.selection)

    def select(self, node_id: str | None) -> None:
        """Mark a node, its parts or the group it belongs to, without a signal."""
        for plot in self._plots:
            plot.select(node_id)

    def set_theme(self, theme: Theme) -> None:
        """Draw in this theme's colors."""
        for plot in self._plots:
            plot.set_theme(theme)

    def save_picture(self, path: Path) -> None:
        """Write the current plot as .png or .svg; raises UserError."""
        self._plots[self.pages.currentIndex()].save_picture(path)

    def save_csv(self, path: Path) -> None:
        """Write the figures of the plots as CSV, if there are any; raises UserError."""
        table = self._table()
        if table is not None:
            write_text_atomic(path, table)

    def show_other_network_note(self, sentence: str) -> None:
        """Say above the plots that they are of another network than the one on the canvas, and unlink them from it.

        An empty sentence links them again.
        """
        self.notice.setText(sentence)
        self.notice.setVisible(bool(sentence))
        for plot in self._plots:
            plot.is_linked = not sentence

    def show_other_input_note(self, sentence: str) -> None:
        """Say above the plots that they were measured at another input; the nodes are the same, so links stay."""
        if sentence:
            self.notice.setText(sentence)
            self.notice.setVisible(True)

    def _display(self, shown: Shown) -> None:
        """Draw the value."""
        raise NotImplementedError

    def _table(self) -> str | None:
        """Return the figures as CSV; None if there are none."""
        raise NotImplementedError

    def _lay_out(self, plots: tuple[NodePlot, ...], *choosers: QWidget, below: QWidget | None = None) -> None:
        """Lay out controls, title and buttons above the plots, and another widget below them."""
        self._plots = plots
        for plot in plots:
            self.pages.addWidget(plot)
            plot.node_chosen.connect(self.node_chosen)
        picture = tool_button(tr("Picture…"), tr("Save the chart as a picture"), self._ask_picture)
        table = tool_button("CSV…", tr("Save the numbers as CSV"), self._ask_csv)
        above, last = control_row(*choosers, self.title, picture, table), () if below is None else (below,)
        column(above, self.notice, (self.pages, 1), *last, owner=self)

    def _ask_picture(self) -> None:
        ask_and_save(self, f"{self._name}.png", (".png", ".svg"), self.save_picture, self.failed.emit)

    def _ask_csv(self) -> None:
        ask_and_save(self, f"{self._name}.csv", (".csv",), self.save_csv, self.failed.emit)
