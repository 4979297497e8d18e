"""The list of saved runs: its rows, their order, and what a click or its menu asks for."""

from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTreeWidgetItem
from pytestqt.qtbot import QtBot

from resnet_viz.gui.measure.run_list import RunList
from resnet_viz.records.run import RunEntry


def entry(name: str, made: str, whole_us: float | None) -> RunEntry:
    return RunEntry(f"/runs/{name}.json", made, f"Net {name}", "A CPU", "fp32", 1, "in-network", whole_us, True)


ENTRIES = (
    entry("b", "2026-11-23T00:00:00+00:00", 9_000.0),
    entry("a", "2026-11-22T00:00:00+00:00", 10_000.0),
    entry("c", "2026-11-21T00:00:00+00:00", None),
)


@pytest.fixture
def runs(qtbot: QtBot) -> RunList:
    found = RunList()
    qtbot.addWidget(found)
    found.show_runs(ENTRIES)
    return found


def rows(runs: RunList) -> list[QTreeWidgetItem]:
    items = (runs.tree.topLevelItem(row) for row in range(runs.tree.topLevelItemCount()))
    return [item for item in items if item is not None]


def column(runs: RunList, index: int) -> list[str]:
    return [item.text(index) for item in rows(runs)]


def test_a_row_has_date_network_device_and_latency(runs: RunList) -> None:
    assert [column(runs, index)[0] for index in range(4)] == ["2026-11-23 00:00", "Net b", "A CPU", "9.000 ms"]
    assert column(runs, 1) == ["Net b", "Net a", "Net c"]
    assert "A CPU · fp32 · N=1 · in-network" in rows(runs)[0].toolTip(2)


def test_settings_stand_below_the_network_and_the_device_only_where_there_are_several(runs: RunList) -> None:
    assert runs.tree.isColumnHidden(2)
    step = msgspec.structs.replace(ENTRIES[0], passes="training-step", optimizer="adam", device="B\u202e CPU")
    runs.show_runs((*ENTRIES[1:], step))
    assert not runs.tree.isColumnHidden(2)
    assert column(runs, 1)[0] == "Net b\ntraining step, adam"
    assert column(runs, 2)[0] == "B\\u202e CPU"
    line = runs.tree.fontMetrics().lineSpacing()
    assert all(runs.tree.visualItemRect(item).height() >= 2 * line for item in rows(runs))


def test_latencies_are_sorted_as_numbers_and_names_as_texts(runs: RunList) -> None:
    runs.tree.sortByColumn(3, Qt.SortOrder.AscendingOrder)
    assert column(runs, 3) == ["—", "9.000 ms", "10.00 ms"]
    runs.tree.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    assert column(runs, 1) == ["Net c", "Net b", "Net a"]


def test_activating_a_row_asks_to_open_its_file(qtbot: QtBot, runs: RunList) -> None:
    with qtbot.waitSignal(runs.open_asked) as asked:
        runs.tree.itemActivated.emit(rows(runs)[1], 0)
    assert asked.args == [Path("/runs/a.json")]


def test_the_menu_opens_compares_and_ends_the_comparison(qtbot: QtBot, runs: RunList) -> None:
    menu = runs.menu(rows(runs)[2])
    actions = {action.text(): action for action in menu.actions() if action.text()}
    assert list(actions) == ["Open", "Compare with the run shown", "End the comparison", "Show the folder of runs"]
    with qtbot.waitSignal(runs.open_asked) as opened:
        actions["Open"].trigger()
    assert opened.args == [Path("/runs/c.json")]
    with qtbot.waitSignal(runs.compare_asked) as compared:
        actions["Compare with the run shown"].trigger()
    assert compared.args == [Path("/runs/c.json")]
    with qtbot.waitSignal(runs.compare_asked) as ended:
        actions["End the comparison"].trigger()
    assert ended.args == [None]


def test_without_runs_a_sentence_stands_in_the_place_of_the_list(runs: RunList) -> None:
    assert runs.nothing.isHidden()
    runs.show_runs(())
    assert (runs.nothing.isHidden(), runs.tree.isHidden()) == (False, True)
    assert "Every run is saved here" in runs.nothing.text()
