"""The two charts: they draw, mark, choose and save; nothing to draw is said."""

from math import log10
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from resnet_viz.errors import UserError
from resnet_viz.gui.charts.latency import LatencyView
from resnet_viz.gui.charts.roofline import RooflineView
from resnet_viz.gui.plots.node_plot import LivePlot
from resnet_viz.gui.theme import load_theme
from resnet_viz.spec.presets import preset
from tests.gui.small_run import small_run

RUN = small_run(preset("resnet18"))
View = LatencyView | RooflineView


class Click:
    """A click at a point of the plot, as pyqtgraph tells it."""

    def __init__(self, place: QPointF) -> None:
        self._place = place

    def button(self) -> Qt.MouseButton:
        """The left one."""
        return Qt.MouseButton.LeftButton

    def scenePos(self) -> QPointF:
        """Where."""
        return self._place


@pytest.fixture(params=[LatencyView, RooflineView])
def view(request: pytest.FixtureRequest, qtbot: QtBot) -> View:
    """Each chart, shown, with a run."""
    found: View = request.param()
    qtbot.addWidget(found)
    found.resize(900, 260)
    found.show()
    found.show_run(RUN)
    return found


def plot_of(view: View) -> LivePlot:
    """What it draws on."""
    return view.bars if isinstance(view, LatencyView) else view.dots


def place_of(view: View, x: float, y: float) -> QPointF:
    """A point of the axes in pixels of the plot."""
    box = plot_of(view).plot.getPlotItem().getViewBox()
    point: QPointF = box.mapViewToScene(QPointF(x, y))
    return point


def test_a_chart_draws_and_marks(view: View) -> None:
    before = view.grab().toImage()
    view.select("layer2.0.conv1")
    assert view.grab().toImage() != before
    view.select(None)
    assert view.grab().toImage() == before
    view.set_theme(load_theme("dark"))
    assert view.grab().toImage() != before


def test_nothing_to_draw_is_said(view: View) -> None:
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


def test_a_picture_of_another_kind_is_refused(view: View, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"give \.png or \.svg"):
        view.save_picture(tmp_path / "chart.gif")
    with pytest.raises(UserError, match="no folder"):
        view.save_picture(tmp_path / "nowhere" / "chart.png")


def test_tables_are_written(view: View, tmp_path: Path) -> None:
    view.save_csv(tmp_path / "chart.csv")
    assert "layer1.0.conv1" in (tmp_path / "chart.csv").read_text()


def test_a_click_on_a_bar_chooses_its_node(qtbot: QtBot) -> None:
    view = LatencyView()
    qtbot.addWidget(view)
    view.resize(900, 260)
    view.show()
    view.show_run(RUN)
    with qtbot.waitSignal(view.node_chosen) as chosen:
        plot_of(view)._choose(Click(place_of(view, 2.1, 0.01)))
    assert chosen.args == ["layer1.0.conv1"]
    with qtbot.assertNotEmitted(view.node_chosen):
        last = len(RUN.layers)
        bar = view.bars.bar_at(place_of(view, last, 0.0))
        assert bar is not None
        assert bar.label == "rest"
        plot_of(view)._choose(Click(place_of(view, last, 0.0)))


def test_a_click_on_a_dot_chooses_its_layer(qtbot: QtBot) -> None:
    view = RooflineView()
    qtbot.addWidget(view)
    view.resize(900, 260)
    view.show()
    view.show_run(RUN)
    with qtbot.waitSignal(view.node_chosen) as chosen:
        plot_of(view)._choose(Click(_place_of_first(view) + QPointF(2, 1)))
    assert chosen.args == ["conv1"]
    assert view.dots.dot_at(QPointF(-50, -50)) is None


def _place_of_first(view: View) -> QPointF:
    """Where the first layer's bar or dot is."""
    layer = RUN.layers[0]
    if isinstance(view, LatencyView):
        return place_of(view, 0, 0)
    return place_of(view, log10(layer.flops / layer.bytes), log10((layer.flops_per_second or 0) / 1e9))


def test_what_is_foreign_is_said_and_cut_off_from_the_network_shown(view: View, qtbot: QtBot) -> None:
    view.show_run(RUN, None, "Measured on ResNet-18, not on the network shown (ResNet-50)")
    assert not view.notice.isHidden()
    before = view.grab().toImage()
    view.select("layer2.0.conv1")
    assert view.grab().toImage() == before
    with qtbot.assertNotEmitted(view.node_chosen):
        plot_of(view)._choose(Click(_place_of_first(view)))
    view.select(None)
    view.show_run(RUN)
    assert view.notice.isHidden()
    with qtbot.waitSignal(view.node_chosen) as chosen:
        plot_of(view)._choose(Click(_place_of_first(view)))
    assert chosen.args == ["conv1"]


def test_the_view_stays_while_a_run_streams(qtbot: QtBot) -> None:
    view = LatencyView()
    qtbot.addWidget(view)
    view.show_run(RUN)
    box = view.bars.plot.getPlotItem().getViewBox()
    box.setXRange(2, 8, padding=0)
    view.show_run(small_run(preset("resnet18"), slower=1.1))
    assert box.viewRange()[0] == pytest.approx([2, 8])
    view.show_run(small_run(preset("resnet34")))
    assert box.viewRange()[0][1] > 30


def test_levels_order_and_sum(qtbot: QtBot) -> None:
    view = LatencyView()
    qtbot.addWidget(view)
    view.show_run(RUN, small_run(preset("resnet18"), slower=2.0))
    for index in range(3):
        view.level.setCurrentIndex(index)
        view.level.activated.emit(index)
    assert [bar.id for bar in view.bars._chart.bars][:2] == ["stem", "layer1"]
    view.sorting.setCurrentIndex(1)
    view.sorting.activated.emit(1)
    assert view.bars._chart.bars[0].value == max(bar.value or 0 for bar in view.bars._chart.bars)
    assert not view.bars.plot.getAxis("right").isVisible()
    view.cumulative.setChecked(True)
    assert view.bars.plot.getAxis("right").isVisible()


@pytest.mark.parametrize("slower", [0.001, 1.0, 1000.0])
def test_axes_write_the_unit_of_their_label(qtbot: QtBot, slower: float) -> None:
    """pyqtgraph would call 0.1 ms a hundred of something smaller."""
    view = LatencyView()
    qtbot.addWidget(view)
    view.resize(900, 260)
    view.show()
    view.cumulative.setChecked(True)
    for _ in range(2):
        view.show_run(small_run(preset("resnet18"), slower=slower))
        view.grab()
        for name in ("left", "right"):
            assert view.bars.plot.getAxis(name).autoSIPrefixScale == 1.0


def test_a_saved_picture_has_the_key_of_its_colours(qtbot: QtBot, tmp_path: Path) -> None:
    view = LatencyView()
    qtbot.addWidget(view)
    view.resize(900, 260)
    view.show()
    view.sorting.setCurrentIndex(1)
    view.show_run(RUN)
    view.save_picture(tmp_path / "chart.svg")
    assert "stage 4" in (tmp_path / "chart.svg").read_text()
