"""The Counters view: the selected counter is explained, and no number is elided."""

from typing import Literal

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QTableWidgetItem
from pytestqt.qtbot import QtBot

from resnet_viz.counters.rules import counter_report
from resnet_viz.gui.counters import CountersView
from resnet_viz.gui.shown import Shown
from resnet_viz.gui.theme import load_theme
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import CrossCheckResult
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


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_cross_check_has_the_color_of_its_outcome_and_its_sentence_as_tooltip(
    qtbot: QtBot, theme: Literal["light", "dark"]
) -> None:
    view = CountersView()
    qtbot.addWidget(view)
    results = (
        CrossCheckResult("torchinfo", "1.8.0", 1, 2, 2, True, "agrees"),
        CrossCheckResult("fvcore", "0.1.5", 1, 5_000, 2, False, "differs"),
    )
    view.display(Shown(ANALYSIS.spec, analysis=ANALYSIS, crosschecks=results, waiting=("DeepSpeed",)), frozenset())
    view.set_theme(load_theme(theme))
    items = {cell(view, row, 0).text(): cell(view, row, 5) for row in range(view.table.rowCount())}
    expected = {
        "torchinfo": ("✓ same", "✓ version 1.8.0 has the same total", "ok"),
        "fvcore": ("✗ 5,000", "✗ version 0.1.5 has 5,000", "error"),
        "DeepSpeed": ("…", "running …", "text_muted"),
    }
    for tool, (text, tip, color) in expected.items():
        assert (items[tool].text(), items[tool].toolTip()) == (text, tip)
        assert items[tool].foreground().color() == load_theme(theme).color(color)


def test_without_a_network_the_table_is_empty_again(qtbot: QtBot) -> None:
    view = CountersView()
    qtbot.addWidget(view)
    view.display(Shown(ANALYSIS.spec, analysis=ANALYSIS), frozenset())
    assert view.table.currentRow() == 0
    view.display(Shown(ANALYSIS.spec), frozenset())
    assert (view.table.rowCount(), view.explanation.text()) == (0, "No network yet.")


@pytest.mark.parametrize(("width", "is_beside"), [(999, False), (1000, True)])
def test_the_explanation_is_beside_the_table_of_a_wide_view(qtbot: QtBot, width: int, *, is_beside: bool) -> None:
    view = CountersView()
    qtbot.addWidget(view)
    view.show_report(counter_report(ANALYSIS))
    view.resize(width, 400)
    view.show()
    table = view.table.geometry()
    corner = view.explanation.mapTo(view, QPoint(0, 0))
    assert (corner.x() >= table.right()) == is_beside
    assert (corner.y() >= table.bottom()) != is_beside


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
