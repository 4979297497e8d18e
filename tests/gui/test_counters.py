"""The Counters view: the selected counter is explained, and no number is elided."""

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


def test_the_selected_counter_is_explained(qtbot: QtBot) -> None:
    view = CountersView()
    qtbot.addWidget(view)
    assert view.explanation.text() == "No network yet."
    view.show_report(counter_report(ANALYSIS))
    assert view.table.rowCount() == 11
    rows = {cell(view, row, 0).text(): row for row in range(view.table.rowCount())}
    view.table.setCurrentCell(rows["fvcore"], 0)
    assert "norm +22,227,968 · average pool +100,352" in view.explanation.text()
    view.show_report(counter_report(analyse(preset("resnet18"))))
    assert view.table.currentRow() == rows["fvcore"]
    assert cell(view, rows["fvcore"], 2).text() == "1,819,065,856"
    assert cell(view, rows["fvcore"], 2).textAlignment() & Qt.AlignmentFlag.AlignRight
    view.set_theme(load_theme("dark"))


@pytest.mark.parametrize("width", [614, 1240])
def test_the_columns_fit_into_the_view(qtbot: QtBot, width: int) -> None:
    """In a small window names are elided, with the full text in the tooltip, and no number is."""
    view = CountersView()
    qtbot.addWidget(view)
    view.resize(width, 245)
    view.show()
    view.show_report(counter_report(ANALYSIS))
    header, metrics = view.table.horizontalHeader(), view.table.fontMetrics()
    assert header.length() <= view.table.viewport().width()
    for row in range(view.table.rowCount()):
        for column in range(2, 6):
            assert metrics.horizontalAdvance(cell(view, row, column).text()) <= header.sectionSize(column)
        assert cell(view, row, 0).toolTip() == cell(view, row, 0).text()
    assert view.table.viewport().height() >= 4 * view.table.rowHeight(0)


def cell(view: CountersView, row: int, column: int) -> QTableWidgetItem:
    """A cell of the table."""
    found = view.table.item(row, column)
    assert found is not None
    return found
