"""The chart of a sweep: a line for each block, the crossing with its channels, and figures that are not measured."""

import pyqtgraph
import pytest
from pytestqt.qtbot import QtBot

from resnet_viz.compare.channel_sweep import crossings, sweep
from resnet_viz.gui.compare.sweep_chart import SweepChart
from resnet_viz.gui.theme import load_theme
from resnet_viz.records.block_pair import ChannelPoint, ClosedFormCost, Sweep
from resnet_viz.spec.block_pair import BlockSetting

SETTING = BlockSetting()


@pytest.fixture
def chart(qtbot: QtBot) -> SweepChart:
    """The chart, shown and empty."""
    found = SweepChart(load_theme("light"))
    qtbot.addWidget(found)
    found.resize(500, 300)
    found.show()
    return found


def choose(chart: SweepChart, figure: str) -> None:
    """Choose a figure as the user does."""
    chart.figure.setCurrentIndex(chart.figure.findData(figure))
    chart.figure.activated.emit(chart.figure.currentIndex())


def drawn(chart: SweepChart) -> list[list[float]]:
    """The values of each line, which are drawn on logarithmic axes."""
    return [[10 ** float(value) for value in item.getData()[1]] for item in chart.plot.getPlotItem().listDataItems()]


def vertical_lines(chart: SweepChart) -> list[float]:
    """The channels of the vertical lines."""
    items = chart.plot.getPlotItem().items
    return [10 ** item.value() for item in items if isinstance(item, pyqtgraph.InfiniteLine)]


def captions(chart: SweepChart) -> list[str]:
    """The texts in the plot."""
    return [item.toPlainText() for item in chart.plot.getPlotItem().items if isinstance(item, pyqtgraph.TextItem)]


def measured() -> Sweep:
    """A sweep whose times cross at 64 channels."""
    slow, fast = ClosedFormCost(64, *[100] * 5), ClosedFormCost(64, *[90] * 5)
    points = tuple(ChannelPoint(channels, slow, fast, 0.0, float(channels), 64.0) for channels in (16, 32, 96, 256))
    return Sweep(SETTING, points, tuple(crossings(SETTING, points)))


def test_a_crossing_is_drawn_with_its_channels(chart: SweepChart) -> None:
    chart.show_sweep(measured(), 100, "macs")
    assert drawn(chart) == [pytest.approx([100] * 4), pytest.approx([90] * 4)]
    assert vertical_lines(chart) == pytest.approx([100])
    choose(chart, "latency")
    assert drawn(chart) == [pytest.approx([16, 32, 96, 256]), pytest.approx([64] * 4)]
    assert captions(chart) == ["64 channels"]
    assert vertical_lines(chart) == pytest.approx([100, 64])


def test_a_figure_that_is_not_measured_has_a_hint_and_no_ticks(chart: SweepChart) -> None:
    choose(chart, "latency")
    chart.show_sweep(sweep(SETTING, (16, 64, 256)), 64, "macs")
    assert "press Measure" in chart.empty.text()
    assert not chart.plot.getAxis("left").isVisible()
    choose(chart, "params")
    assert chart.empty.text() == ""
    assert chart.plot.getAxis("left").isVisible()


def test_operations_follow_the_convention(chart: SweepChart) -> None:
    swept = sweep(SETTING, (16, 64, 256))
    chart.show_sweep(swept, 64, "macs")
    assert drawn(chart)[0] == pytest.approx([point.basic.macs for point in swept.points])
    chart.show_sweep(swept, 64, "twice")
    assert drawn(chart)[0] == pytest.approx([2 * point.basic.macs for point in swept.points])
    assert chart.figure.currentText() == "2 × MACs"


def test_the_line_of_the_channels_moves_without_drawing_again(chart: SweepChart) -> None:
    swept = sweep(SETTING, (16, 64, 256))
    chart.show_sweep(swept, 64, "macs")
    lines = chart.plot.getPlotItem().listDataItems()
    chart.show_sweep(swept, 128, "macs")
    assert chart.plot.getPlotItem().listDataItems() == lines
    assert vertical_lines(chart) == pytest.approx([128])
