"""The view of two networks: what differs in the question, the totals, and every layer that differs."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from resnet_viz.export.tables import save_tables
from resnet_viz.gui.compare.figure_table import HEAD, ROW, FiguresWithSentences, FigureTable
from resnet_viz.gui.theme import Theme, load_theme
from resnet_viz.records.analysis import Convention
from resnet_viz.records.network_pair import Change, NetworkComparison
from resnet_viz.texts import tr
from resnet_viz.viewmodels.compare.layer_changes import ChangeRow, change_names, change_rows
from resnet_viz.viewmodels.compare.networks import (
    change_sentence,
    field_sentence,
    network_names,
    network_sentences,
    total_rows,
)
from resnet_viz.viewmodels.compare.tables import network_tables

COLORS: dict[Change, str] = {"added": "ok", "removed": "error", "changed": "warning", "same": "text"}
COLUMNS = 4
SHARES = (268, 408)  # of the totals and of the layers below them


class NetworkComparisonView(QWidget):
    """Shows two networks side by side; added, removed and changed layers are told apart by word and colour."""

    def __init__(self, theme: Theme | None = None) -> None:
        super().__init__()
        self._theme = theme or load_theme("light")
        self._convention: Convention = "macs"
        self._compared: NetworkComparison | None = None
        self._rows: Sequence[ChangeRow] = ()
        self.fields, self.totals, self.changes = QLabel(), FigureTable(), _table()
        self.sentences, self.said = QLabel(), QLabel()
        for label in (self.fields, self.sentences, self.said):
            label.setWordWrap(True)
            label.setContentsMargins(12, 4, 12, 4)
            label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.fields)
        column.addWidget(self._parts(), 1)

    def show_comparison(self, compared: NetworkComparison) -> None:
        """Show both networks."""
        self._compared = compared
        names = network_names(compared)
        self.fields.setText(field_sentence(compared))
        self.said.setText(change_sentence(compared) if compared.fields else "")
        self.changes.setHorizontalHeaderLabels((tr("layer"), tr("change"), *names))
        self._rows = change_rows(compared)
        self._show_figures(compared)
        self._fill()

    def count_as(self, convention: Convention) -> None:
        """Show every count of operations by this convention."""
        self._convention = convention
        if self._compared is not None:
            self._show_figures(self._compared)

    def save_table(self, path: Path) -> None:
        """Write what differs as .csv, .md or .tex; raises UserError."""
        if self._compared is not None:
            save_tables(network_tables(self._compared, tr("not measured"), self._convention), path)

    def set_theme(self, theme: Theme) -> None:
        """Draw in this theme's colours."""
        self._theme = theme
        self._fill()

    def _show_figures(self, compared: NetworkComparison) -> None:
        rows = total_rows(compared, tr("press Measure both"), self._convention)
        self.totals.show_rows(network_names(compared), rows)
        self.sentences.setText(" ".join(network_sentences(compared, self._convention)))

    def _parts(self) -> QSplitter:
        """The totals with what follows from them, and the layers that differ."""
        below = QWidget()
        column = QVBoxLayout(below)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.said)
        column.addWidget(self.changes, 1)
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.addWidget(FiguresWithSentences(self.totals, self.sentences))
        parts.addWidget(below)
        parts.setSizes(SHARES)
        return parts

    def _fill(self) -> None:
        words = change_names()
        self.changes.setRowCount(len(self._rows))
        for line, row in enumerate(self._rows):
            for column, text in enumerate((row.where, words[row.change], row.first, row.second)):
                cell = QTableWidgetItem(text)
                cell.setToolTip(text)
                if column == 1:
                    cell.setForeground(self._theme.color(COLORS[row.change]))
                self.changes.setItem(line, column, cell)


def _table() -> QTableWidget:
    table = QTableWidget(0, COLUMNS)
    table.setAlternatingRowColors(True)
    table.setShowGrid(False)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setWordWrap(False)
    table.verticalHeader().setVisible(False)
    table.verticalHeader().setDefaultSectionSize(ROW)
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    table.horizontalHeader().setStretchLastSection(True)
    table.horizontalHeader().setFixedHeight(HEAD)
    table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    table.setAccessibleName(tr("Layers that differ"))
    return table
