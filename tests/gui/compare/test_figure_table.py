"""The table of figures: right-aligned numbers, bold ratios, rows copied as TSV."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from resnet_viz.gui.compare.figure_table import SIDE_BY_SIDE_PX, FiguresWithSentences, FigureTable
from resnet_viz.viewmodels.compare.figures import FigureRow

ROWS = (
    FigureRow("params", "parameters", 20, 10, "20", "10", 2.0),
    FigureRow("latency_us", "latency"),
)


@pytest.fixture
def table(qtbot: QtBot) -> FigureTable:
    """A table with a counted figure and one that was not measured."""
    found = FigureTable()
    qtbot.addWidget(found)
    found.show_rows(("Basic", "Bottleneck"), ROWS)
    return found


def test_each_row_has_label_figures_and_ratio(table: FigureTable) -> None:
    headers = [table.horizontalHeaderItem(column) for column in range(table.columnCount())]
    assert [header.text() for header in headers if header] == ["", "Basic", "Bottleneck", "ratio"]
    assert table.text() == "parameters\t20\t10\t2.00 ×\nlatency\tpress Measure both\tpress Measure both\t"


def test_figures_are_right_aligned_and_ratios_bold(table: FigureTable) -> None:
    aligned = [table.item(0, column) for column in range(4)]
    assert [bool(item.textAlignment() & Qt.AlignmentFlag.AlignRight) for item in aligned if item] == [
        False, True, True, True]  # fmt: skip
    assert [item.font().bold() for item in aligned if item] == [False, False, False, True]


def test_fewer_rows_leave_none_of_the_former(table: FigureTable) -> None:
    table.show_rows(("A", "B"), ROWS[:1])
    assert table.text() == "parameters\t20\t10\t2.00 ×"


def test_the_copy_key_copies_the_selected_rows_or_all(table: FigureTable) -> None:
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == table.text()
    table.selectRow(1)
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "latency\tpress Measure both\tpress Measure both\t"


def test_the_sentences_are_beside_the_table_where_there_is_width(qtbot: QtBot) -> None:
    table, sentences = FigureTable(), QLabel("It follows.")
    both = FiguresWithSentences(table, sentences)
    qtbot.addWidget(both)
    both.show()
    for width, beside in ((SIDE_BY_SIDE_PX, True), (SIDE_BY_SIDE_PX - 1, False)):
        both.resize(width, 500)
        QApplication.processEvents()
        assert (sentences.x() > 0, sentences.y() > 0) == (beside, not beside)
