"""The view of two networks: the choice of the second, totals, sentences, and the layers that differ."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from resnet_viz.errors import UserError
from resnet_viz.gui.compare.network_table import CHANGE_COLORS, NetworkComparisonView
from resnet_viz.gui.compare.networks_view import NetworksView
from resnet_viz.gui.shown import EVERYTHING, Changed, CompareState, Shown
from resnet_viz.gui.theme import load_theme
from resnet_viz.pipeline import compare_specs
from resnet_viz.spec.presets import preset
from resnet_viz.spec.question import Question
from tests.gui.small_analysis import small_analysis


@pytest.fixture
def view(qtbot: QtBot) -> NetworkComparisonView:
    """The view, not yet filled."""
    found = NetworkComparisonView(load_theme("light"))
    qtbot.addWidget(found)
    found.resize(1000, 400)
    found.show()
    return found


def cells(view: NetworkComparisonView, row: int) -> list[str]:
    """The texts of one row of the layers."""
    found = [view.changes.item(row, column) for column in range(view.changes.columnCount())]
    return [cell.text() for cell in found if cell is not None]


def test_the_layers_that_differ_are_listed(view: NetworkComparisonView) -> None:
    view.show_comparison(compare_specs(preset("resnet50_v1"), preset("resnet50")), "macs")
    assert "stride in: 1x1 against 3x3" in view.fields.text()
    assert view.changes.rowCount() == 12
    assert cells(view, 0) == ["layer2.0.conv1", "changed", "1×1, 128 · stride 2 · 128×28×28", "1×1, 128 · 128×56×56"]
    assert view.totals.text().splitlines()[1] == "parameters\t25,557,032\t25,557,032\t1.00 ×"
    assert "12 layers changed, 163 the same" in view.change_counts.text()


def test_equal_networks_have_an_empty_list(view: NetworkComparisonView) -> None:
    view.show_comparison(compare_specs(preset("resnet50"), preset("resnet101")), "macs")
    assert cells(view, 0)[1] == "added"
    view.show_comparison(compare_specs(preset("resnet18"), preset("resnet18")), "macs")
    assert view.changes.rowCount() == 0
    assert "no difference" in view.sentences.text()
    assert view.change_counts.text() == ""


def test_colors_follow_the_theme(view: NetworkComparisonView) -> None:
    view.show_comparison(compare_specs(preset("resnet18"), preset("resnet18").but(shortcut="none")), "macs")
    dark = load_theme("dark")
    view.set_theme(dark)
    cell = view.changes.item(0, 1)
    assert cell is not None
    assert cell.text() == "removed"
    assert cell.foreground().color() == dark.color(CHANGE_COLORS["removed"])


def test_sentences_and_totals_follow_the_convention(view: NetworkComparisonView) -> None:
    view.show_comparison(compare_specs(preset("resnet34"), preset("resnet50")), "macs")
    assert "1.12 times as many MACs" in view.sentences.text()
    view.show_comparison(compare_specs(preset("resnet34"), preset("resnet50")), "folded")
    assert "times as many FLOPs" in view.sentences.text()
    assert "MACs" not in view.sentences.text() + view.totals.text()


def display(view: NetworksView, question: Question, changed: Changed = EVERYTHING, **state: Any) -> None:
    """Show it this network and this state of comparing."""
    view.display(Shown(question, analysis=small_analysis(question), comparison=CompareState(**state)), changed)


def test_the_button_asks_for_a_measurement_and_shows_its_progress(networks: NetworksView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(networks.measure_asked) as asked:
        networks.measure.click()
    assert asked.args == ["networks"]
    display(networks, preset("resnet50"), measuring="networks", progress="warming up")
    assert networks.measure.text() == "Stop · warming up"
    display(networks, preset("resnet50"), measuring="pairs", progress="warming up")
    assert networks.measure.text() == "Measure both"


@pytest.fixture
def networks(qtbot: QtBot) -> NetworksView:
    """The whole tab, on ResNet-50."""
    found = NetworksView(load_theme("light"))
    qtbot.addWidget(found)
    display(found, preset("resnet50"))
    found.show()
    return found


def test_the_second_network_is_at_first_the_same_with_the_other_block(networks: NetworksView, qtbot: QtBot) -> None:
    assert networks.second == preset("resnet34")
    assert networks.other.combo.currentText() == "with Basic blocks"
    with qtbot.waitSignal(networks.other_chosen):
        networks.other.edited.emit("order=pre")
    assert networks.second == preset("resnet50").but(order="pre")
    display(networks, preset("resnet18"))
    assert networks.second == preset("resnet18").but(order="pre")
    display(networks, preset("resnet18").but(order="pre"))
    assert networks.second == preset("resnet18").but(order="pre", block="bottleneck")


def test_any_depth_can_be_typed_and_an_unknown_name_is_refused(networks: NetworksView, qtbot: QtBot) -> None:
    line = networks.other.combo.lineEdit()
    assert line is not None
    with qtbot.waitSignal(networks.other_chosen):
        line.setText("resnet77")
        line.editingFinished.emit()
    assert networks.second == preset("resnet77")
    assert networks.other.combo.currentText() == "resnet77"
    line.setText("resnet5o")
    line.editingFinished.emit()
    assert "resnet5o" in networks.other.refusal.text()
    assert networks.second == preset("resnet77")


def test_text_that_is_being_typed_stays_during_a_measurement(networks: NetworksView) -> None:
    line = networks.other.combo.lineEdit()
    assert line is not None
    line.setText("resnet1")
    display(networks, preset("resnet50"), frozenset({"comparison"}), measuring="networks", progress="warming up")
    assert line.text() == "resnet1"


def test_table_and_picture_are_saved(networks: NetworksView, tmp_path: Path) -> None:
    display(networks, preset("resnet50"), networks=compare_specs(preset("resnet50"), preset("resnet34")))
    networks.save_table(tmp_path / "networks.csv")
    assert "field,block,changed,bottleneck,basic," in (tmp_path / "networks.csv").read_text("utf8")
    networks.save_picture(tmp_path / "networks.png")
    assert QImage(str(tmp_path / "networks.png")).size() == networks.size()
    with pytest.raises(UserError, match=r"\.svg"):
        networks.save_picture(tmp_path / "networks.svg")
