"""The table of what the counters report: the chosen one is explained, and no number is cut short."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableWidgetItem
from pytestqt.qtbot import QtBot

from resnet_viz.counters.rules import counter_report
from resnet_viz.gui.counters import CountersView
from resnet_viz.gui.theme import load_theme
from resnet_viz.pipeline import analyse
from resnet_viz.spec.presets import preset

ANALYSIS = analyse(preset("resnet50"))


def test_the_ledger_explains_the_chosen_counter(qtbot: QtBot) -> None:
    view = CountersView()
    qtbot.addWidget(view)
    assert view.why.text() == "No network yet."
    view.show_ledger(counter_report(ANALYSIS))
    assert view.table.rowCount() == 11
    rows = {cell(view, row, 0).text(): row for row in range(view.table.rowCount())}
    view.table.setCurrentCell(rows["fvcore"], 0)
    assert "norm +22,227,968 · average pool +100,352" in view.why.text()
    view.show_ledger(counter_report(analyse(preset("resnet18"))))
    assert view.table.currentRow() == rows["fvcore"]
    assert cell(view, rows["fvcore"], 2).text() == "1,819,065,856"
    assert cell(view, rows["fvcore"], 2).textAlignment() & Qt.AlignmentFlag.AlignRight
    view.set_theme(load_theme("dark"))


@pytest.mark.parametrize("width", [614, 1240])
def test_the_ledgers_columns_fit(qtbot: QtBot, width: int) -> None:
    """In a small window the names are cut short, no number is, and what is cut is told when it is pointed at."""
    view = CountersView()
    qtbot.addWidget(view)
    view.resize(width, 245)
    view.show()
    view.show_ledger(counter_report(ANALYSIS))
    header, metrics = view.table.horizontalHeader(), view.table.fontMetrics()
    assert header.length() <= view.table.viewport().width()
    for row in range(view.table.rowCount()):
        for column in range(2, 6):
            assert metrics.horizontalAdvance(cell(view, row, column).text()) <= header.sectionSize(column)
        assert cell(view, row, 0).toolTip() == cell(view, row, 0).text()
    assert view.table.viewport().height() >= 4 * view.table.rowHeight(0)


def cell(view: CountersView, row: int, column: int) -> QTableWidgetItem:
    """One cell of the table, which is there."""
    found = view.table.item(row, column)
    assert found is not None
    return found
