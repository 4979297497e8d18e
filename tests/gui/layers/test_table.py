"""The layer table: the widths of its columns, which columns it shows, its filter and its matches."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
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


def test_the_columns_fit_a_narrow_table_and_fill_a_wide_one(qtbot: QtBot) -> None:
    for width, last in ((614, "share"), (1800, "receptive_field")):
        table = layer_table(qtbot, width)
        view, names = table.view, [column.name for column in table.model.columns]
        at = names.index(last)
        assert view.columnViewportPosition(at) + view.columnWidth(at) <= view.viewport().width()
        longest = max(view.fontMetrics().horizontalAdvance(layer.id) for layer in table.model.layers)
        assert view.columnWidth(0) > longest, "names are never cut"
    assert view.horizontalHeader().length() > 1700


def test_no_two_columns_show_the_same_count(qtbot: QtBot) -> None:
    """The FLOPs column is hidden where the costs are the same FLOPs; the user's choice of columns stays."""
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


def test_columns_fit_themselves_until_the_user_sets_a_width(qtbot: QtBot) -> None:
    table = layer_table(qtbot, 1000)
    header = table.view.horizontalHeader()
    table.display(shown_as(analyse(preset("resnet50")), "elementwise"), NETWORK)
    before = header.length()
    table.resize(1600, 300)
    assert header.length() > before
    header.resizeSection(0, 321)
    table.resize(1000, 300)
    table.display(shown_as(analyse(preset("resnet18")), "macs"), NETWORK)
    assert header.sectionSize(0) == 321


def test_matches_are_selected_one_after_the_other_and_from_the_last_to_the_first(qtbot: QtBot) -> None:
    table = layer_table(qtbot, 614)
    QTest.keyClicks(table.filter, "stage 2 conv1")
    chosen: list[str] = []
    table.node_chosen.connect(chosen.append)
    for step in (1, 1, 1, 1, 1, -1):
        table.select_match(step)
    assert chosen == [f"layer2.{block}.conv1" for block in (0, 1, 2, 3, 0, 3)]
    QTest.keyClick(table.filter, Qt.Key.Key_Return)
    assert chosen[-1] == "layer2.0.conv1"
    table.filter.setText("no such layer")
    table.select_match(1)
    assert len(chosen) == 7


def test_a_selected_block_is_copied_with_the_visible_columns(qtbot: QtBot) -> None:
    table = layer_table(qtbot, 614)
    table.select("layer1.1")
    table.hide_columns(tuple(column.name for column in table.model.columns if column.name not in ("layer", "params")))
    assert table.chosen_as_tsv().splitlines()[:3] == ["Layer\tParams", "layer1.1.conv1\t16384", "layer1.1.bn1\t128"]
    assert len(table.chosen_as_tsv().splitlines()) == 1 + 10
    table.select(None)
    assert len(table.chosen_as_tsv().splitlines()) == 1 + 175
    table.copy()
    assert QGuiApplication.clipboard().text() == table.chosen_as_tsv()


def test_a_table_that_scrolls_anyway_cuts_no_text(qtbot: QtBot) -> None:
    table = layer_table(qtbot, 400)
    metrics, names = table.view.fontMetrics(), [column.name for column in table.model.columns]
    for name in ("layer", "type", "input", "output"):
        at = names.index(name)
        texts = [str(table.model.index(row, at).data()) for row in range(table.model.rowCount())]
        assert table.view.columnWidth(at) > max(map(metrics.horizontalAdvance, texts)), name


def test_the_menu_hides_and_shows_columns(qtbot: QtBot) -> None:
    table = layer_table(qtbot, 1400)
    menu = table.column_menu()
    actions = {action.text(): action for action in menu.actions()}
    assert "Layer" not in actions
    assert not {"Latency (ms)", "Other (ms)", "Cold (ms)", "Kernels"} & set(actions), "there is no run"
    assert {"Params", "Caffe name"} < set(actions)
    actions["Params"].trigger()
    assert table.hidden_columns == ("params", "corrected", "uncertainty", "rate", "bound", "caffe_name")
    assert "Params" not in table.chosen_as_tsv().partition("\n")[0]
    actions["Params"].trigger()
    assert "Params" in table.chosen_as_tsv().partition("\n")[0]
