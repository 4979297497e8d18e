"""The view of two networks: what differs in the question, the totals, and every layer that differs."""

from collections.abc import Sequence

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

from resnet_viz.gui.figure_table import ROW, FigureTable
from resnet_viz.gui.theme import Theme, load_theme
from resnet_viz.network_comparisons import Change, NetworkComparison
from resnet_viz.texts import tr
from resnet_viz.viewmodels.network_comparison import (
    ChangeRow,
    change_names,
    change_rows,
    change_sentence,
    field_sentence,
    network_names,
    total_rows,
)

COLORS: dict[Change, str] = {"added": "ok", "removed": "error", "changed": "warning", "same": "text"}
COLUMNS = 4


class NetworkComparisonView(QWidget):
    """Shows two networks side by side; added, removed and changed layers are told apart by word and colour."""

    def __init__(self, theme: Theme | None = None) -> None:
        super().__init__()
        self._theme = theme or load_theme("light")
        self._rows: Sequence[ChangeRow] = ()
        self.fields, self.totals, self.changes = QLabel(), FigureTable(), _table()
        self.said = QLabel()
        for label in (self.fields, self.said):
            label.setWordWrap(True)
            label.setMargin(8)
        parts = QSplitter(Qt.Orientation.Horizontal)
        parts.addWidget(self.totals)
        parts.addWidget(self.changes)
        parts.setSizes((560, 640))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget, stretch in ((self.fields, 0), (parts, 1), (self.said, 0)):
            column.addWidget(widget, stretch)

    def show_comparison(self, compared: NetworkComparison) -> None:
        """Show both networks."""
        names = network_names(compared)
        self.fields.setText(field_sentence(compared))
        self.totals.show_rows(names, total_rows(compared, tr("press Measure both")))
        self.said.setText(change_sentence(compared))
        self.changes.setHorizontalHeaderLabels((tr("layer"), tr("change"), *names))
        self._rows = change_rows(compared)
        self._fill()

    def set_theme(self, theme: Theme) -> None:
        """Draw in this theme's colours."""
        self._theme = theme
        self._fill()

    def _fill(self) -> None:
        words = change_names()
        self.changes.setRowCount(len(self._rows))
        for line, row in enumerate(self._rows):
            for column, text in enumerate((row.where, words[row.change], row.first, row.second)):
                cell = QTableWidgetItem(text)
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
    table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    table.setAccessibleName(tr("Layers that differ"))
    return table
