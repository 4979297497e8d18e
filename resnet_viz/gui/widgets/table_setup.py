"""What the tables have in common: how they look, how their rows are chosen, and their cells."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QTableWidgetItem

NUMBER = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
WORD = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
COMPACT = "QTableView::item { padding: 0 %dpx; } QHeaderView::section { padding: 4px 3px; }"
ROW_ROOM = 9  # pixels of a compact row above the height of its text


def prepare_table(table: QTableView, name: str) -> None:
    """Rows chosen whole, none edited or numbered; `name` is what a screen reader says."""
    table.setAccessibleName(name)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setTabKeyNavigation(False)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.verticalHeader().hide()
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    table.horizontalHeader().setHighlightSections(False)


def make_compact(table: QTableView, padding: int) -> None:
    """Smaller letters, lower rows, and cells with so many pixels beside their text."""
    table.setStyleSheet(COMPACT % padding)
    for widget in (table, table.horizontalHeader()):
        font = widget.font()
        font.setPointSizeF(font.pointSizeF() - 1)
        widget.setFont(font)
    table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + ROW_ROOM)


def room_of(table: QTableView) -> int:
    """The pixels that the columns have, the scroll bar's taken off."""
    return table.width() - table.verticalScrollBar().sizeHint().width() - 2


def cell(text: str, *, number: bool = False, tip: str | None = None) -> QTableWidgetItem:
    """A cell, a number at the right; its tip is its text where it has no other."""
    made = QTableWidgetItem(text)
    made.setTextAlignment(NUMBER if number else WORD)
    made.setToolTip(text if tip is None else tip)
    return made
