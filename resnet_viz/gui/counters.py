"""The Ledger view: a line for each counter, and below it what explains the chosen one."""

from collections.abc import Collection

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QBoxLayout,
    QScrollArea,
    QTableWidget,
    QWidget,
)

from resnet_viz.counters.rules import counter_report as ledger_of
from resnet_viz.gui.shown import Changed, Shown
from resnet_viz.gui.theme import Theme, load_theme
from resnet_viz.gui.widgets.column_widths import fit_column_widths
from resnet_viz.gui.widgets.layouts import column, scroll_down_only, sentences
from resnet_viz.gui.widgets.table_setup import available_width, cell, make_compact, prepare_table
from resnet_viz.records.counters import CounterReport
from resnet_viz.texts import tr
from resnet_viz.viewmodels.counters import CounterLine, counter_lines, explained, headings

NUMBERS = (2, 3, 4)
YIELDING = 2
"""The first columns, which are cut short where there is no room; their tooltips have the whole."""
PADDING = 14  # pixels, of the style below and of Qt
WIDE = 1000  # pixels, from which what explains a counter stands beside the table
ANY = 16_777_215  # pixels: Qt's word for no limit
MOST_WHY = 0.45
"""Of the height: what explains a counter scrolls beyond that."""
TONES = {"ok": "ok", "error": "error", "muted": "text_muted"}


class CountersView(QWidget):
    """Shows a ledger; the first line is chosen until another is."""

    def __init__(self, theme: Theme | None = None) -> None:
        super().__init__()
        self._theme = theme or load_theme("light")
        self._lines: tuple[CounterLine, ...] = ()
        self.table = QTableWidget(0, len(headings()))
        self.why, self._below = sentences((8, 4, 8, 6)), QScrollArea()
        self._below.setWidget(self.why)
        scroll_down_only(self._below)
        self._prepare_table()
        self._box: QBoxLayout = column((self.table, 3), (self._below, 2), owner=self)
        self.table.currentCellChanged.connect(lambda row, *_: self._explain(row))
        self.show_ledger(None)

    def display(self, shown: Shown, changed: Changed) -> None:
        """Show what every counter prints for the analysed network."""
        found = None if shown.analysis is None else ledger_of(shown.analysis, shown.crosschecks)
        self.show_ledger(found, shown.waiting)

    def show_ledger(self, counter_report: CounterReport | None, waiting: Collection[str] = ()) -> None:
        """Show every counter's line, those of `waiting` as being asked; the chosen counter stays chosen."""
        chosen = self.table.currentRow()
        self._lines = () if counter_report is None else counter_lines(counter_report, waiting)
        self.table.setRowCount(len(self._lines))
        for row, line in enumerate(self._lines):
            self._fill(row, line)
        self._set_widths()
        if self._lines:
            self.table.setCurrentCell(max(0, min(chosen, len(self._lines) - 1)), 0)
        self._explain(self.table.currentRow())

    def set_theme(self, theme: Theme) -> None:
        """Color what agrees and what does not in this theme's colors."""
        self._theme = theme
        for row, line in enumerate(self._lines):
            self._fill(row, line)

    def resizeEvent(self, event: QResizeEvent) -> None:  # Qt override
        """Let the columns have the room that there is, and the counters most of the height."""
        super().resizeEvent(event)
        beside = self.width() >= WIDE
        self._box.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)
        self._set_height()
        self._box.activate()
        self._set_widths()

    def _prepare_table(self) -> None:
        table = self.table
        prepare_table(table, tr("Ledger"))
        make_compact(table, 2)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        for place, (title, tip) in enumerate(headings().items()):
            table.setHorizontalHeaderItem(place, cell(title, number=place in NUMBERS, tip=tip))

    def _set_widths(self) -> None:
        """As wide as the texts; the names yield where the window is narrow, all spread where it is wide."""
        metrics, titles = self.table.fontMetrics(), self.table.horizontalHeader().fontMetrics()
        rows = [_cells(line) for line in self._lines]
        natural = [
            max([titles.horizontalAdvance(title), *(metrics.horizontalAdvance(row[place]) for row in rows)]) + PADDING
            for place, title in enumerate(headings())
        ]
        room = available_width(self.table)
        for place, width in enumerate(fit_column_widths(natural, room, YIELDING)):
            self.table.setColumnWidth(place, width)

    def _set_height(self) -> None:
        wanted = self.why.heightForWidth(max(1, self.width()))
        narrow = min(wanted, int(MOST_WHY * self.height()))
        beside = self.width() >= WIDE
        self._below.setMinimumHeight(0 if beside else narrow)
        self._below.setMaximumHeight(ANY if beside else narrow)

    def _fill(self, row: int, line: CounterLine) -> None:
        for place, text in enumerate(_cells(line)):
            item = cell(text, number=place in NUMBERS, tip=line.verdict if text == line.run else text)
            if text == line.run:
                item.setForeground(self._theme.color(TONES[line.tone]))
            self.table.setItem(row, place, item)

    def _explain(self, row: int) -> None:
        if 0 <= row < len(self._lines):
            self.why.setText(explained(self._lines[row]))
        else:
            self.why.setText(tr("No network yet.") if not self._lines else "")
        self._set_height()


def _cells(line: CounterLine) -> tuple[str, ...]:
    return line.row.tool, line.row.quantity, line.exact, line.beyond, line.printed, line.run
