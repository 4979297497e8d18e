"""The charts of quantities draw, mark, choose and save, and give their axes the longest name that fits."""

import time
from math import log2
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from resnet_viz.gui.charts.quantities import CHART_KINDS, ChartsView
from resnet_viz.gui.theme import load_theme
from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.charts.quantities import quantity_chart, shape_path, shares
from tests.gui.clicks import click, place_of, tooltip_at

pytestmark = pytest.mark.qt_log_ignore("does not support raise", extend=True)

ANALYSIS = analyse(preset("resnet50"))


@pytest.fixture
def charts(qtbot: QtBot) -> ChartsView:
    """The charts of ResNet-50, shown."""
    return _shown(qtbot, ChartsView())


def _shown(qtbot: QtBot, view: ChartsView) -> ChartsView:
    qtbot.addWidget(view)
    view.resize(1000, 300)
    view.show()
    view.show_network(ANALYSIS, costs(ANALYSIS))
    return view


@pytest.mark.parametrize("kind", CHART_KINDS)
def test_every_way_draws_marks_and_saves(charts: ChartsView, kind: str, tmp_path: Path) -> None:
    charts.kind.setCurrentIndex(CHART_KINDS.index(kind))
    charts.level.setCurrentIndex(1)
    charts.show_network(ANALYSIS, costs(ANALYSIS))
    before = charts.grab().toImage()
    charts.select("layer3.2")
    assert charts.grab().toImage() != before
    charts.select(None)
    assert charts.grab().toImage() == before
    charts.set_theme(load_theme("dark"))
    assert charts.grab().toImage() != before
    for name in ("chart.png", "chart.svg"):
        charts.save_picture(tmp_path / name)
        assert (tmp_path / name).stat().st_size > 1000


def test_a_click_on_a_bar_chooses_its_node(charts: ChartsView, qtbot: QtBot) -> None:
    point = place_of(charts.bars, 4.1, 0.001)
    with qtbot.waitSignal(charts.node_chosen) as chosen:
        click(charts.bars, point)
    assert chosen.args == ["layer1.0.conv1"]
    with qtbot.assertNotEmitted(charts.node_chosen):
        click(charts.bars, point, Qt.MouseButton.RightButton)


def test_a_bar_under_the_pointer_has_a_tooltip(charts: ChartsView) -> None:
    charts.level.setCurrentIndex(2)
    charts.show_network(ANALYSIS, costs(ANALYSIS))
    QApplication.processEvents()
    assert tooltip_at(charts.bars, place_of(charts.bars, 1, 5.0)) == "layer1\n215.8 k  0.8 %\n1×256×56×56"


def test_a_click_on_a_tile_chooses_its_node(charts: ChartsView, qtbot: QtBot) -> None:
    charts.kind.setCurrentIndex(1)
    charts.show_network(ANALYSIS, costs(ANALYSIS))
    chart = quantity_chart(ANALYSIS, costs(ANALYSIS), "params")
    for share in shares(chart, aspect=charts.shares.aspect())[:5]:
        tile = share.tile
        middle = place_of(charts.shares, tile.x + tile.width / 2, tile.y + tile.height / 2)
        with qtbot.waitSignal(charts.node_chosen) as chosen:
            click(charts.shares, middle)
        assert chosen.args == [tile.id]
        assert tooltip_at(charts.shares, middle) == share.tooltip


def test_a_click_on_a_shape_chooses_its_block(charts: ChartsView, qtbot: QtBot) -> None:
    charts.kind.setCurrentIndex(2)
    charts.show_network(ANALYSIS, costs(ANALYSIS))
    stem = shape_path(ANALYSIS)[0]
    point = place_of(charts.shapes, log2(stem.channels), log2(stem.side))
    with qtbot.waitSignal(charts.node_chosen) as chosen:
        click(charts.shapes, point + QPointF(4, -4))
    assert chosen.args == ["stem"]
    assert tooltip_at(charts.shapes, point) == "stem\n1×64×56×56"
    with qtbot.assertNotEmitted(charts.node_chosen):
        click(charts.shapes, point + QPointF(9, 9))


def test_names_and_figures_follow_the_convention(charts: ChartsView) -> None:
    charts.quantity.setCurrentIndex(1)
    charts.show_network(ANALYSIS, costs(ANALYSIS, "twice"))
    assert charts.quantity.currentText() == "2 × MACs"
    assert "8.178 G" in charts.title.text()
    assert "2 × MACs" in charts.bars.plot.getAxis("left").labelText


@pytest.mark.parametrize("height", [180, 600])
def test_an_axis_has_the_longest_name_that_fits(charts: ChartsView, height: int) -> None:
    charts.resize(700, height)
    charts.quantity.setCurrentIndex(1)
    charts.show_network(ANALYSIS, costs(ANALYSIS, "folded"))
    QApplication.processEvents()
    axis = charts.bars.plot.getAxis("left")
    assert axis.label.boundingRect().width() <= axis.height() + 2 * axis.label.document().documentMargin()
    assert axis.labelText == ("FLOPs, norms folded, M" if height == 600 else "M")
    assert "FLOPs, norms folded" in charts.title.text()


def test_a_chart_that_cannot_be_drawn_says_why(charts: ChartsView, tmp_path: Path) -> None:
    charts.quantity.setCurrentIndex(4)
    charts.show_network(ANALYSIS, costs(ANALYSIS))
    assert "F6" in charts.bars.empty.text()
    charts.quantity.setCurrentIndex(3)
    charts.kind.setCurrentIndex(1)
    charts.show_network(ANALYSIS, costs(ANALYSIS))
    assert "do not add up" in charts.shares.empty.text()
    charts.save_csv(tmp_path / "numbers.csv")
    assert "layer1.0.conv1" in (tmp_path / "numbers.csv").read_text()


def test_a_thousand_layers_are_drawn_within_a_second(charts: ChartsView) -> None:
    """The requirement is 200 ms on an idle machine; this one may be busy."""
    analysis = analyse(preset("preact_resnet1001_cifar"))
    charts.show_network(analysis, costs(analysis))
    start = time.perf_counter()
    charts.show_network(analysis, costs(analysis))
    charts.grab()
    assert time.perf_counter() - start < 1.0
