"""Every chart view draws, marks and chooses nodes, saves its files, and says so when there is nothing to draw."""

from math import log10
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from resnet_viz.errors import UserError
from resnet_viz.gui.charts.latency import LatencyView
from resnet_viz.gui.charts.roofline import RooflineView
from resnet_viz.gui.plots.node_plot import NodePlot
from resnet_viz.gui.theme import load_theme
from resnet_viz.spec.presets import preset
from tests.gui.clicks import click, place_of
from tests.gui.small_run import small_run

RUN = small_run(preset("resnet18"))


View = LatencyView | RooflineView


@pytest.fixture(params=[LatencyView, RooflineView])
def view(request: pytest.FixtureRequest, qtbot: QtBot) -> View:
    """Each chart, shown, with a run."""
    found: View = request.param()
    qtbot.addWidget(found)
    found.resize(900, 260)
    found.show()
    found.show_run(RUN)
    return found


def plot_of(view: View) -> NodePlot:
    """The plot of a view."""
    return view.bars if isinstance(view, LatencyView) else view.dots


def test_a_chart_draws_and_marks(view: View) -> None:
    before = view.grab().toImage()
    view.select("layer2.0.conv1")
    assert view.grab().toImage() != before
    view.select(None)
    assert view.grab().toImage() == before
    view.set_theme(load_theme("dark"))
    assert view.grab().toImage() != before


def test_a_chart_without_a_run_says_how_to_measure_one(view: View) -> None:
    assert plot_of(view).empty.isHidden()
    view.show_run(None)
    assert not plot_of(view).empty.isHidden()
    assert "F6" in plot_of(view).empty.text()


@pytest.mark.parametrize("name", ["chart.png", "chart.svg"])
def test_pictures_are_written(view: View, name: str, tmp_path: Path) -> None:
    view.save_picture(tmp_path / name)
    content = (tmp_path / name).read_bytes()
    assert content.startswith(b"\x89PNG" if name.endswith("png") else b"<?xml")
    assert [path.name for path in tmp_path.iterdir()] == [name]
    if name.endswith("png"):
        assert QImage(str(tmp_path / name)).width() >= 1600


def test_a_picture_of_an_unknown_format_or_in_no_folder_is_refused(view: View, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"give one of \.png \.svg"):
        view.save_picture(tmp_path / "chart.gif")
    with pytest.raises(UserError, match="no folder"):
        view.save_picture(tmp_path / "nowhere" / "chart.png")


def test_tables_are_written(view: View, tmp_path: Path) -> None:
    view.save_csv(tmp_path / "chart.csv")
    assert "layer1.0.conv1" in (tmp_path / "chart.csv").read_text()


def _place_of_first(view: View) -> QPointF:
    """The point of the first layer's bar or dot, in pixels of the plot."""
    layer = RUN.layers[0]
    if isinstance(view, LatencyView):
        return place_of(view.bars, 0, 0)
    return place_of(view.dots, log10(layer.flops / layer.bytes), log10((layer.flops_per_second or 0) / 1e9))


def test_a_chart_of_another_network_says_so_and_is_unlinked_from_the_network_shown(view: View, qtbot: QtBot) -> None:
    view.show_run(RUN, note="Measured on ResNet-18, not on the network shown (ResNet-50)")
    assert not view.notice.isHidden()
    before = view.grab().toImage()
    view.select("layer2.0.conv1")
    assert view.grab().toImage() == before
    with qtbot.assertNotEmitted(view.node_chosen):
        click(plot_of(view), _place_of_first(view))
    view.select(None)
    view.show_run(RUN)
    assert view.notice.isHidden()
    with qtbot.waitSignal(view.node_chosen) as chosen:
        click(plot_of(view), _place_of_first(view))
    assert chosen.args == ["conv1"]
