"""The latency chart: its bars can be chosen, ordered and summed, and keep their view and their units."""

from pathlib import Path

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from resnet_viz.gui.charts.latency import LatencyView
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.charts.bars import Bar
from tests.gui.clicks import click, place_of, tooltip_at
from tests.gui.small_run import small_run

pytestmark = pytest.mark.qt_log_ignore("does not support raise", extend=True)

RUN = small_run(preset("resnet18"))


def test_a_click_on_a_bar_chooses_its_node(qtbot: QtBot) -> None:
    view = LatencyView()
    qtbot.addWidget(view)
    view.resize(900, 260)
    view.show()
    view.show_run(RUN)
    with qtbot.waitSignal(view.node_chosen) as chosen:
        click(view.bars, place_of(view.bars, 2.1, 0.01))
    assert chosen.args == ["layer1.0.conv1"]
    assert tooltip_at(view.bars, place_of(view.bars, 1.9, 0.02)).startswith("layer1.0.conv1\n0.030 ms")
    with qtbot.assertNotEmitted(view.node_chosen):
        last = len(RUN.layers)
        bar = view.bars.bar_at(place_of(view.bars, last, 0.0))
        assert bar is not None
        assert bar.label == "rest"
        click(view.bars, place_of(view.bars, last, 0.001))


def _bar(view: LatencyView, index: int) -> Bar:
    """The bar that is drawn at a position."""
    bar = view.bars.bar_at(place_of(view.bars, index, 0.001))
    assert bar is not None
    return bar


def test_pan_and_zoom_stay_while_a_run_is_measured(qtbot: QtBot) -> None:
    view = LatencyView()
    qtbot.addWidget(view)
    view.show_run(RUN)
    box = view.bars.plot.getPlotItem().getViewBox()
    box.setXRange(2, 8, padding=0)
    view.show_run(small_run(preset("resnet18"), slower=1.1))
    assert box.viewRange()[0] == pytest.approx([2, 8])
    view.show_run(small_run(preset("resnet34")))
    assert box.viewRange()[0][1] > 30


def test_level_order_and_cumulative_sum_can_be_chosen(qtbot: QtBot) -> None:
    view = LatencyView()
    qtbot.addWidget(view)
    view.show_run(RUN, small_run(preset("resnet18"), slower=2.0))
    for index in range(3):
        view.level.setCurrentIndex(index)
        view.level.activated.emit(index)
    assert [_bar(view, index).id for index in range(2)] == ["stem", "layer1"]
    view.sorting.setCurrentIndex(1)
    view.sorting.activated.emit(1)
    times = [_bar(view, index).value or 0.0 for index in range(6)]
    assert times == sorted(times, reverse=True)
    assert times[0] > times[-1]
    assert not view.bars.plot.getAxis("right").isVisible()
    view.cumulative.setChecked(True)
    assert view.bars.plot.getAxis("right").isVisible()


@pytest.mark.parametrize("slower", [0.001, 1.0, 1000.0])
def test_axes_write_the_unit_of_their_label(qtbot: QtBot, slower: float) -> None:
    """pyqtgraph would write 0.1 ms as 100 with an SI prefix."""
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


def test_a_saved_picture_has_its_color_key(qtbot: QtBot, tmp_path: Path) -> None:
    view = LatencyView()
    qtbot.addWidget(view)
    view.resize(900, 260)
    view.show()
    view.sorting.setCurrentIndex(1)
    view.show_run(RUN)
    view.save_picture(tmp_path / "chart.svg")
    assert "stage 4" in (tmp_path / "chart.svg").read_text()


def test_bars_can_be_drawn_without_their_timestamps_where_the_cost_is_known(qtbot: QtBot) -> None:
    view = LatencyView()
    qtbot.addWidget(view)
    view.show_run(RUN)
    view.corrected.setChecked(True)
    assert not view.corrected.isEnabled()
    assert _bar(view, 0).value == RUN.layers[0].spread.median_us
    layers = tuple(msgspec.structs.replace(layer, corrected_us=7.0) for layer in RUN.layers)
    view.show_run(msgspec.structs.replace(RUN, layers=layers, timestamp_correction_us=1.5))
    assert view.corrected.isEnabled()
    assert (_bar(view, 0).value, _bar(view, 0).other_value) == (7.0, RUN.layers[0].spread.median_us)
    assert "as measured" in view.title.toolTip() + view.title.text()
    view.corrected.setChecked(False)
    assert (_bar(view, 0).value, _bar(view, 0).other_value) == (RUN.layers[0].spread.median_us, None)
