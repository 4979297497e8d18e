"""The table of the figures of two things: label, both figures, and their ratio in bold."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent
from PySide6.QtGui import QFont, QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from resnet_viz.gui.widgets.table_setup import cell, prepare_table
from resnet_viz.texts import tr
from resnet_viz.viewmodels.compare.figures import FigureRow

ROW_HEIGHT_PX, HEADER_HEIGHT_PX = 19, 22
MIN_WIDTH_PX, SIDE_BY_SIDE_PX = 380, 840  # from the second on the sentences are beside the table
RATIO_COLUMN = 3


class DenseTable(QTableWidget):
    """Shows texts in low rows of alternating colors; the copy key puts the selected rows on the clipboard as TSV."""

    def __init__(self, name: str, columns: int) -> None:
        super().__init__(0, columns)
        prepare_table(self, name)
        self.setAlternatingRowColors(True)
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT_PX)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setFixedHeight(HEADER_HEIGHT_PX)

    def show_texts(self, headings: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: bool = False) -> None:
        """Show rows of texts under the headings; `numbers` right-aligns all columns but the first."""
        for column, name in enumerate(headings):
            self.setHorizontalHeaderItem(column, cell(name, number=numbers and column > 0))
        self.setRowCount(len(rows))
        for line, row in enumerate(rows):
            for column, text in enumerate(row):
                self.setItem(line, column, cell(text, number=numbers and column > 0))

    def text(self) -> str:
        """Return the selected rows, or all if none is selected, as tab-separated values."""
        selected = sorted({index.row() for index in self.selectedIndexes()}) or range(self.rowCount())
        cells = ([self.model().index(row, column).data() for column in range(self.columnCount())] for row in selected)
        return "\n".join("\t".join(map(str, row)) for row in cells)

    def items_in(self, column: int) -> list[QTableWidgetItem]:
        """Return the cells of a column."""
        return [item for row in range(self.rowCount()) if (item := self.item(row, column)) is not None]

    def keyPressEvent(self, event: QKeyEvent) -> None:  # Qt override
        """Copy the selected rows on the copy key."""
        if event.type() == QEvent.Type.KeyPress and event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.text())
            return
        super().keyPressEvent(event)


class FigureTable(DenseTable):
    """Shows rows of figures with their ratio in bold."""

    def __init__(self) -> None:
        super().__init__(tr("Numbers of both"), RATIO_COLUMN + 1)
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)

    def show_rows(self, names: tuple[str, str], rows: Sequence[FigureRow]) -> None:
        """Show these rows under the names of both things."""
        self.show_texts(("", *names, tr("ratio")), [row.cells(tr("press Measure both")) for row in rows], numbers=True)
        font = QFont(self.font())
        font.setBold(True)
        for item in self.items_in(RATIO_COLUMN):
            item.setFont(font)


class FiguresWithSentences(QWidget):
    """The table with the sentences below it, or beside it where there is enough width."""

    def __init__(self, table: FigureTable, sentences: QWidget) -> None:
        super().__init__()
        self.setMinimumWidth(MIN_WIDTH_PX)
        self._parts = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._parts.setContentsMargins(0, 0, 0, 0)
        self._parts.addWidget(table, 1)
        self._parts.addWidget(sentences)

    def resizeEvent(self, event: QResizeEvent) -> None:  # Qt override
        """Put the sentences beside or below the table."""
        super().resizeEvent(event)
        wide = event.size().width() >= SIDE_BY_SIDE_PX
        self._parts.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)
        self._parts.setStretch(0, 4)
        self._parts.setStretch(1, 3 if wide else 0)
