"""The layer table: widths, columns, filter."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from resnet_viz.gui.layers.table import LayerTable
from resnet_viz.gui.shown import Shown
from resnet_viz.metrics.conventions import CONVENTIONS, costs
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import Analysis, Convention
from resnet_viz.spec.presets import preset

pytestmark = pytest.mark.qt_log_ignore("does not support raise", extend=True)


def shown_as(analysis: Analysis, convention: Convention) -> Shown:
    """A network as the session gives it to the views."""
    return Shown(analysis.spec, analysis=analysis, convention=convention, costs=costs(analysis, convention))


NETWORK = frozenset({"analysis", "costs"})
"""What changes with another network or convention."""


def layer_table(qtbot: QtBot, width: int) -> LayerTable:
    """The table of ResNet-50, shown."""
    table = LayerTable()
    qtbot.addWidget(table)
    table.resize(width, 300)
    table.show()
    table.display(shown_as(analyse(preset("resnet50")), "macs"), NETWORK)
    qtbot.wait(20)
    return table


def test_the_columns_fit_or_spread(qtbot: QtBot) -> None:
    for width, last in ((614, "share"), (1800, "receptive_field")):
        table = layer_table(qtbot, width)
        view, names = table.view, [column.name for column in table.model.columns]
        at = names.index(last)
        assert view.columnViewportPosition(at) + view.columnWidth(at) <= view.viewport().width()
    assert view.horizontalHeader().length() > 1700


def test_no_two_columns_say_the_same(qtbot: QtBot) -> None:
    """Where the costs are all FLOPs, the column of FLOPs is away; what the user chose to see stays chosen."""
    table, plain = layer_table(qtbot, 1400), analyse(preset("resnet50"))
    names = [column.name for column in table.model.columns]
    place, chosen = names.index("flops"), table.hidden_columns
    table.view.sortByColumn(place, Qt.SortOrder.DescendingOrder)
    first = table.proxy.index(0, 0).data()
    for convention in CONVENTIONS:
        table.display(shown_as(plain, convention), NETWORK)
        assert table.view.isColumnHidden(place) == (convention == "elementwise")
        assert ("FLOPs" in table.chosen_as_tsv().partition("\n")[0].split("\t")) == (convention != "elementwise")
        assert table.hidden_columns == chosen
        assert table.proxy.index(0, 0).data() == first
        assert table._has_user_widths is False
    table.hide_columns(("flops",))
    for convention in CONVENTIONS:
        table.display(shown_as(plain, convention), NETWORK)
        assert table.view.isColumnHidden(place)


def test_a_filter_that_finds_nothing_says_what_to_do(qtbot: QtBot) -> None:
    table = layer_table(qtbot, 614)
    QTest.keyClicks(table.filter, "conv2 stage 2")
    assert table.proxy.rowCount() == 4
    assert table.no_match.isHidden()
    QTest.keyClicks(table.filter, " linear")
    assert table.no_match.isVisible()
