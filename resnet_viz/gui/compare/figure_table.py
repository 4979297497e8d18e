"""The table of figures of two things: a label, both figures right-aligned, and their ratio in bold."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent
from PySide6.QtGui import QFont, QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from resnet_viz.gui.widgets.table_setup import cell, prepare_table
from resnet_viz.texts import tr
from resnet_viz.viewmodels.compare.figures import FigureRow

ROW, HEAD = 19, 22  # pixels
LEAST, WIDE = 380, 840  # pixels; from the second on the sentences stand beside the table
FIRST_RATIO = 3


def make_dense(table: QTableWidget) -> None:
    """Low rows in two shades, and columns as wide as their texts."""
    table.setAlternatingRowColors(True)
    table.verticalHeader().setDefaultSectionSize(ROW)
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    table.horizontalHeader().setFixedHeight(HEAD)


class FigureTable(QTableWidget):
    """Shows rows of figures; what is chosen is copied as TSV."""

    def __init__(self) -> None:
        super().__init__(0, FIRST_RATIO + 1)
        prepare_table(self, tr("What they cost"))
        make_dense(self)
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)

    def show_rows(self, names: tuple[str, str], rows: Sequence[FigureRow]) -> None:
        """Show these under the names of both things."""
        for column, name in enumerate(("", *names, tr("ratio"))):
            self.setHorizontalHeaderItem(column, cell(name, number=column > 0))
        self.setRowCount(len(rows))
        for line, row in enumerate(rows):
            for column, text in enumerate(row.cells(tr("press Measure both"))):
                self.setItem(line, column, self._cell(text, column))

    def text(self) -> str:
        """The chosen rows, or all, as TSV."""
        chosen = sorted({index.row() for index in self.selectedIndexes()}) or range(self.rowCount())
        return "\n".join("\t".join(self._at(row, column) for column in range(self.columnCount())) for row in chosen)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # Qt override
        """Copy."""
        if event.type() == QEvent.Type.KeyPress and event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.text())
            return
        super().keyPressEvent(event)

    def _cell(self, text: str, column: int) -> QTableWidgetItem:
        made = cell(text, number=column > 0)
        if column == FIRST_RATIO:
            font = QFont(self.font())
            font.setBold(True)
            made.setFont(font)
        return made

    def _at(self, row: int, column: int) -> str:
        found = self.item(row, column)
        return found.text() if found is not None else ""


class FiguresWithSentences(QWidget):
    """The table with the sentences below it, or beside it where there is room."""

    def __init__(self, table: FigureTable, sentences: QWidget) -> None:
        super().__init__()
        self.setMinimumWidth(LEAST)
        self._parts = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._parts.setContentsMargins(0, 0, 0, 0)
        self._parts.addWidget(table, 1)
        self._parts.addWidget(sentences)

    def resizeEvent(self, event: QResizeEvent) -> None:  # Qt override
        """Use the room."""
        super().resizeEvent(event)
        wide = event.size().width() >= WIDE
        self._parts.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)
        self._parts.setStretch(0, 4)
        self._parts.setStretch(1, 3 if wide else 0)
