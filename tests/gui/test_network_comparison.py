"""The view of two networks: totals, and the layers that differ, told apart."""

import pytest
from pytestqt.qtbot import QtBot

from resnet_viz.gui.network_comparison import COLORS, NetworkComparisonView
from resnet_viz.gui.theme import load_theme
from resnet_viz.pipeline import compare
from resnet_viz.presets import preset


@pytest.fixture
def view(qtbot: QtBot) -> NetworkComparisonView:
    """The view, not yet filled."""
    found = NetworkComparisonView()
    qtbot.addWidget(found)
    found.resize(1000, 400)
    found.show()
    return found


def cells(view: NetworkComparisonView, row: int) -> list[str]:
    """The texts of one row of the layers."""
    found = [view.changes.item(row, column) for column in range(view.changes.columnCount())]
    return [cell.text() for cell in found if cell is not None]


def test_what_differs_is_listed(view: NetworkComparisonView) -> None:
    view.show_comparison(compare(preset("resnet50_v1"), preset("resnet50")))
    assert "stride in: 1x1 against 3x3" in view.fields.text()
    assert view.changes.rowCount() == 12
    assert cells(view, 0) == ["layer2.0.conv1", "changed", "1×1, 128 · stride 2 · 128×28×28", "1×1, 128 · 128×56×56"]
    assert view.totals.text().splitlines()[1] == "parameters\t25,557,032\t25,557,032\t1.00 ×"
    assert "12 layers changed, 163 the same" in view.said.text()


def test_equal_networks_have_an_empty_list(view: NetworkComparisonView) -> None:
    view.show_comparison(compare(preset("resnet50"), preset("resnet101")))
    assert cells(view, 0)[1] == "added"
    view.show_comparison(compare(preset("resnet18"), preset("resnet18")))
    assert view.changes.rowCount() == 0
    assert "no difference" in view.sentences.text()
    assert view.said.text() == ""


def test_colours_follow_the_theme(view: NetworkComparisonView) -> None:
    view.show_comparison(compare(preset("resnet18"), preset("resnet18").but(shortcut="none")))
    dark = load_theme("dark")
    view.set_theme(dark)
    cell = view.changes.item(0, 1)
    assert cell is not None
    assert cell.text() == "removed"
    assert cell.foreground().color() == dark.color(COLORS["removed"])
