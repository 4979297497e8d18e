"""The roofline chart: a click on a dot chooses its layer, and its view and its ticks follow the run."""

from math import isfinite, log10

import msgspec
import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from resnet_viz.gui.charts.roofline import RooflineView
from resnet_viz.records.run import Ceilings, TimeSummary
from resnet_viz.spec.presets import preset
from tests.gui.clicks import click, place_of, tooltip_at
from tests.gui.small_run import small_run

pytestmark = pytest.mark.qt_log_ignore("does not support raise", extend=True)

RUN = small_run(preset("resnet18"))


@pytest.fixture
def view(qtbot: QtBot) -> RooflineView:
    """The roofline of a run, shown."""
    view = RooflineView()
    qtbot.addWidget(view)
    view.resize(900, 260)
    view.show()
    view.show_run(RUN)
    return view


def point_of(view: RooflineView, index: int) -> QPointF:
    """The point of a layer's dot, in pixels of the plot."""
    layer = RUN.layers[index]
    return place_of(view.dots, log10(layer.flops / layer.bytes), log10((layer.flops_per_second or 0) / 1e9))


def test_a_click_on_a_dot_chooses_its_layer(view: RooflineView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.node_chosen) as chosen:
        click(view.dots, point_of(view, 0) + QPointF(2, 1))
    assert chosen.args == ["conv1"]
    assert "FLOP per byte" in tooltip_at(view.dots, point_of(view, 0))


def test_a_dot_is_hit_within_ten_pixels(view: RooflineView) -> None:
    left = min(range(len(RUN.layers)), key=lambda index: point_of(view, index).x())
    for distance, is_hit in ((9.0, True), (11.0, False)):
        dot = view.dots.dot_at(point_of(view, left) - QPointF(distance, 0))
        assert (dot is not None) == is_hit
    assert view.dots.dot_at(QPointF(-50, -50)) is None


def test_zoom_stays_for_the_same_layers_and_is_reset_for_others(view: RooflineView) -> None:
    box = view.dots.plot.getPlotItem().getViewBox()
    box.setRange(xRange=(0, 1), yRange=(0, 1), padding=0)
    zoomed = box.viewRange()
    view.show_run(small_run(preset("resnet18"), slower=1.1))
    assert box.viewRange() == zoomed
    view.show_run(small_run(preset("resnet34")))
    assert box.viewRange() != zoomed


def test_an_implausible_dot_is_drawn_as_another_symbol(view: RooflineView) -> None:
    before = view.grab().toImage()
    implausible = msgspec.structs.replace(RUN.layers[0], doubt="too fast")
    view.show_run(msgspec.structs.replace(RUN, layers=(implausible, *RUN.layers[1:])))
    assert view.grab().toImage() != before
    assert "implausible: 0.0100 ms is less than the layer's arithmetic" in tooltip_at(view.dots, point_of(view, 0))


@pytest.mark.parametrize("time_us", [-1.0, 0.0, 5e-324, 1e-300, 1e-50, 1e50, 1.7e308])
def test_any_finite_times_and_ceilings_are_drawn(view: RooflineView, time_us: float) -> None:
    first, *others = RUN.layers
    odd = msgspec.structs.replace(first, spread=TimeSummary(time_us, time_us, time_us, time_us, 20))
    for ceiling in (-1.0, 0.0, 5e-324, 1e-50, 1e50, 1.7e308):
        ceilings = Ceilings(ceiling, 1e11, 5.0, 0), Ceilings(1e10, ceiling, 5.0, 0)
        for each in ceilings:
            view.show_run(msgspec.structs.replace(RUN, layers=(odd, *others), ceilings=each))
            view.dots.select("conv1")
            view.grab()
            ends = [end for axis in view.dots.plot.getPlotItem().getViewBox().viewRange() for end in axis]
            assert all(map(isfinite, ends))
            assert max(ends) - min(ends) < 300
