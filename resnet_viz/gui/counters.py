"""The Counters view: a table with a line for each counter, and an explanation of the selected one."""

from collections.abc import Collection

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QBoxLayout,
    QScrollArea,
    QTableWidget,
    QWidget,
)

from resnet_viz.counters.rules import counter_report
from resnet_viz.gui.shown import Changed, Shown
from resnet_viz.gui.theme import Theme, load_theme
from resnet_viz.gui.widgets.column_widths import fit_column_widths
from resnet_viz.gui.widgets.layouts import column, scroll_down_only, sentences
from resnet_viz.gui.widgets.table_setup import available_width, cell, make_compact, prepare_table
from resnet_viz.records.counters import CounterReport
from resnet_viz.texts import tr
from resnet_viz.viewmodels.counters import CounterLine, counter_lines, explanation, headings

NUMBER_COLUMNS = (2, 3, 4)
ELIDED_COLUMNS = 2
"""The number of columns, from the first on, that are elided in a narrow window; their tooltips have the full text."""
CELL_PADDING_PX = 14  # added by the application's style and by Qt
SIDE_BY_SIDE_FROM_PX = 1000  # the width from which the explanation is placed beside the table
UNLIMITED_PX = 16_777_215  # Qt's QWIDGETSIZE_MAX
MAX_EXPLANATION_SHARE = 0.45
"""The share of the height that the explanation takes at most below the table; beyond it scrolls."""


class CountersView(QWidget):
    """Shows a counter report; the first line is selected until another is."""

    def __init__(self, theme: Theme | None = None) -> None:
        super().__init__()
        self._theme = theme or load_theme("light")
        self._lines: tuple[CounterLine, ...] = ()
        self.table = QTableWidget(0, len(headings()))
        self.explanation, self._scroll_area = sentences((8, 4, 8, 6)), QScrollArea()
        self._scroll_area.setWidget(self.explanation)
        scroll_down_only(self._scroll_area)
        self._prepare_table()
        self._box: QBoxLayout = column((self.table, 3), (self._scroll_area, 2), owner=self)
        self.table.currentCellChanged.connect(lambda row, *_: self._explain(row))
        self.show_report(None)

    def display(self, shown: Shown, changed: Changed) -> None:
        """Show the totals of all counters for the analyzed network."""
        report = None if shown.analysis is None else counter_report(shown.analysis, shown.crosschecks)
        self.show_report(report, shown.waiting)

    def show_report(self, report: CounterReport | None, waiting: Collection[str] = ()) -> None:
        """Show every counter's line, those of `waiting` as running; the selected counter stays selected."""
        selected = self.table.currentRow()
        self._lines = () if report is None else counter_lines(report, waiting)
        self.table.setRowCount(len(self._lines))
        self._fill_table()
        self._set_widths()
        if self._lines:
            self.table.setCurrentCell(max(0, min(selected, len(self._lines) - 1)), 0)
        self._explain(self.table.currentRow())

    def set_theme(self, theme: Theme) -> None:
        """Color the cross-checks in this theme's colors."""
        self._theme = theme
        self._fill_table()

    def resizeEvent(self, event: QResizeEvent) -> None:  # Qt override
        """Place the explanation beside or below the table, and fit the columns into the new width."""
        super().resizeEvent(event)
        direction = QBoxLayout.Direction.LeftToRight if self._is_wide() else QBoxLayout.Direction.TopToBottom
        self._box.setDirection(direction)
        self._set_height()
        self._box.activate()
        self._set_widths()

    def _prepare_table(self) -> None:
        table = self.table
        prepare_table(table, tr("Counters"))
        make_compact(table, 2)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        for index, (title, tip) in enumerate(headings().items()):
            table.setHorizontalHeaderItem(index, cell(title, number=index in NUMBER_COLUMNS, tip=tip))

    def _set_widths(self) -> None:
        """Give each column the width of its texts; a narrow table elides the first columns, a wide one widens all."""
        metrics, titles = self.table.fontMetrics(), self.table.horizontalHeader().fontMetrics()
        rows = [_cells(line) for line in self._lines]
        natural = [
            max([titles.horizontalAdvance(title), *(metrics.horizontalAdvance(row[index]) for row in rows)])
            + CELL_PADDING_PX
            for index, title in enumerate(headings())
        ]
        for index, width in enumerate(fit_column_widths(natural, available_width(self.table), range(ELIDED_COLUMNS))):
            self.table.setColumnWidth(index, width)

    def _set_height(self) -> None:
        text_height = self.explanation.heightForWidth(max(1, self.width()))
        height_below = min(text_height, int(MAX_EXPLANATION_SHARE * self.height()))
        self._scroll_area.setMinimumHeight(0 if self._is_wide() else height_below)
        self._scroll_area.setMaximumHeight(UNLIMITED_PX if self._is_wide() else height_below)

    def _is_wide(self) -> bool:
        return self.width() >= SIDE_BY_SIDE_FROM_PX

    def _fill_table(self) -> None:
        for row, line in enumerate(self._lines):
            for index, text in enumerate(_cells(line)):
                is_crosscheck = text == line.crosscheck
                tip = line.crosscheck_sentence if is_crosscheck else text
                item = cell(text, number=index in NUMBER_COLUMNS, tip=tip)
                if is_crosscheck:
                    item.setForeground(self._theme.color(line.crosscheck_color))
                self.table.setItem(row, index, item)

    def _explain(self, row: int) -> None:
        if 0 <= row < len(self._lines):
            self.explanation.setText(explanation(self._lines[row]))
        else:
            self.explanation.setText(tr("No network yet.") if not self._lines else "")
        self._set_height()


def _cells(line: CounterLine) -> tuple[str, ...]:
    return line.row.tool, line.row.quantity, line.exact, line.difference, line.published, line.crosscheck
