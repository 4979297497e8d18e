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
RATIO = 3


class DenseTable(QTableWidget):
    """Shows texts in low rows of two shades, in columns as wide as they are; what is chosen is copied as TSV."""

    def __init__(self, name: str, columns: int) -> None:
        super().__init__(0, columns)
        prepare_table(self, name)
        self.setAlternatingRowColors(True)
        self.verticalHeader().setDefaultSectionSize(ROW)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setFixedHeight(HEAD)

    def show_texts(self, headings: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: bool = False) -> None:
        """Show these under the headings; with `numbers` all columns but the first are numbers."""
        for column, name in enumerate(headings):
            self.setHorizontalHeaderItem(column, cell(name, number=numbers and column > 0))
        self.setRowCount(len(rows))
        for line, row in enumerate(rows):
            for column, text in enumerate(row):
                self.setItem(line, column, cell(text, number=numbers and column > 0))

    def text(self) -> str:
        """The chosen rows, or all, as TSV."""
        chosen = sorted({index.row() for index in self.selectedIndexes()}) or range(self.rowCount())
        cells = ([self.model().index(row, column).data() for column in range(self.columnCount())] for row in chosen)
        return "\n".join("\t".join(map(str, row)) for row in cells)

    def items_in(self, column: int) -> list[QTableWidgetItem]:
        """The cells of a column, to be given a look."""
        return [item for row in range(self.rowCount()) if (item := self.item(row, column)) is not None]

    def keyPressEvent(self, event: QKeyEvent) -> None:  # Qt override
        """Copy."""
        if event.type() == QEvent.Type.KeyPress and event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.text())
            return
        super().keyPressEvent(event)


class FigureTable(DenseTable):
    """Shows rows of figures, their ratio in bold."""

    def __init__(self) -> None:
        super().__init__(tr("What they cost"), RATIO + 1)
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)

    def show_rows(self, names: tuple[str, str], rows: Sequence[FigureRow]) -> None:
        """Show these under the names of both things."""
        self.show_texts(("", *names, tr("ratio")), [row.cells(tr("press Measure both")) for row in rows], numbers=True)
        font = QFont(self.font())
        font.setBold(True)
        for item in self.items_in(RATIO):
            item.setFont(font)


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
