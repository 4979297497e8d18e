"""The Ledger view: a line for each counter, and below it what explains the chosen one."""

from collections.abc import Collection, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from resnet_viz.gui.theme import Theme, load_theme
from resnet_viz.metrics.ledger import Ledger
from resnet_viz.texts import tr
from resnet_viz.viewmodels.ledger import LedgerLine, headings, ledger_lines

NUMBERS = (2, 3, 5)
ROW = 24  # pixels
TONES = {"ok": "ok", "error": "error", "muted": "text_muted"}
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class LedgerView(QWidget):
    """Shows a ledger; the first line is chosen until another is."""

    def __init__(self, theme: Theme | None = None) -> None:
        super().__init__()
        self._theme = theme or load_theme("light")
        self._lines: tuple[LedgerLine, ...] = ()
        self.table = QTableWidget(0, len(headings()))
        self.why = QLabel()
        self._lay_out()
        self.table.currentCellChanged.connect(lambda row, *_: self._explain(row))
        self.show_ledger(None)

    def show_ledger(self, ledger: Ledger | None, waiting: Collection[str] = ()) -> None:
        """Show every counter's line, those of `waiting` as being asked; the chosen counter stays chosen."""
        chosen = self.table.currentRow()
        self._lines = () if ledger is None else ledger_lines(ledger, waiting)
        self.table.setRowCount(len(self._lines))
        for row, line in enumerate(self._lines):
            self._fill(row, line)
        self.table.resizeColumnsToContents()
        if self._lines:
            self.table.setCurrentCell(max(0, min(chosen, len(self._lines) - 1)), 0)
        self._explain(self.table.currentRow())

    def set_theme(self, theme: Theme) -> None:
        """Colour what agrees and what does not in this theme's colours."""
        self._theme = theme
        for row, line in enumerate(self._lines):
            self._fill(row, line)

    def _lay_out(self) -> None:
        self.table.setHorizontalHeaderLabels(headings())
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(ROW)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.setAccessibleName(tr("Ledger"))
        self.why.setWordWrap(True)
        self.why.setContentsMargins(8, 4, 8, 6)
        self.why.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.table, 1)
        column.addWidget(self.why)

    def _fill(self, row: int, line: LedgerLine) -> None:
        cells = (line.tool, line.quantity, line.exact, line.beyond, line.verdict, line.printed)
        for column, text in enumerate(cells):
            item = QTableWidgetItem(text)
            if column in NUMBERS:
                item.setTextAlignment(_RIGHT)
            if text == line.verdict:
                item.setForeground(self._theme.color(TONES[line.tone]))
            self.table.setItem(row, column, item)

    def _explain(self, row: int) -> None:
        if not 0 <= row < len(self._lines):
            self.why.setText(tr("No network yet.") if not self._lines else "")
            return
        line = self._lines[row]
        self.why.setText("\n".join([line.why, *_listed(line.parts), *line.sources]))


def _listed(parts: Sequence[tuple[str, str]]) -> list[str]:
    return [" · ".join(f"{kind} {count}" for kind, count in parts)] if parts else []
