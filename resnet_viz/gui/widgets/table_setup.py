"""Sets up the tables: look, selection of rows, and cells."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QTableWidgetItem

from resnet_viz.gui.widgets.labels import tooltip
from resnet_viz.texts import visible

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
COMPACT = "QTableView::item { padding: 0 %dpx; } QHeaderView::section { padding: 4px 3px; }"
ROW_PADDING = 9  # pixels that a compact row is higher than its text


def prepare_table(table: QTableView, name: str) -> None:
    """Let whole rows be selected and nothing be edited; `name` is the accessible name."""
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
    """Use a smaller font and lower rows, with `padding` pixels beside the text of a cell."""
    table.setStyleSheet(COMPACT % padding)
    for widget in (table, table.horizontalHeader()):
        font = widget.font()
        font.setPointSizeF(font.pointSizeF() - 1)
        widget.setFont(font)
    table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + ROW_PADDING)


def available_width(table: QTableView) -> int:
    """Return the width in pixels that is left for the columns beside the scroll bar."""
    return table.width() - table.verticalScrollBar().sizeHint().width() - 2


def cell(text: str, *, number: bool = False, tip: str | None = None) -> QTableWidgetItem:
    """Return a cell, right-aligned for a number; its tool tip is its text unless `tip` is given."""
    made = QTableWidgetItem(visible(text))
    made.setTextAlignment(RIGHT if number else LEFT)
    made.setToolTip(tooltip(text if tip is None else tip))
    return made
