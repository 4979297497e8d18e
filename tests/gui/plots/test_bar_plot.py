"""The plot of bars: every bar is seen however thin, names do not overlap, and axes read as numbers do elsewhere."""

from itertools import pairwise

import pytest
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from resnet_viz.gui.plots.bar_plot import BarPlot
from resnet_viz.gui.plots.plot import NumberAxis, small_font
from resnet_viz.viewmodels.charts.bars import Bar, BarChart


def chart_of(*values: float) -> BarChart:
    """A bar for each value."""
    bars = tuple(Bar(f"layer1.{place}", f"1.{place}", "stage1", value) for place, value in enumerate(values))
    return BarChart(bars, "", "ms")


@pytest.fixture
def plot(qtbot: QtBot) -> BarPlot:
    """A plot, shown."""
    found = BarPlot()
    qtbot.addWidget(found)
    found.resize(600, 240)
    found.show()
    return found


@pytest.mark.parametrize("place", [0, 333, 1000, 1777, 2999])
def test_a_bar_of_a_fraction_of_a_pixel_is_seen_among_thousands(plot: BarPlot, place: int) -> None:
    low = [1.0] * 3000
    plot.show_chart(chart_of(*low))
    QApplication.processEvents()
    color = plot.grab().toImage().pixelColor(300, 200)
    low[place] = 10.0
    plot.show_chart(chart_of(*low))
    QApplication.processEvents()
    picture, box = plot.grab().toImage(), plot.plot.getPlotItem().getViewBox().geometry()
    middle = round(box.center().y())
    columns = range(round(box.left()) + 1, round(box.right()))
    assert [x for x in columns if picture.pixelColor(x, middle) == color]


@pytest.mark.parametrize("width", [240, 600, 1400])
@pytest.mark.parametrize("count", [5, 40, 400])
def test_names_below_the_bars_do_not_overlap(plot: BarPlot, width: int, count: int) -> None:
    plot.resize(width, 240)
    plot.show_chart(chart_of(*range(1, count + 1)))
    QApplication.processEvents()
    box = plot.plot.getPlotItem().getViewBox()
    left, right = box.viewRange()[0]
    pixels, metrics = box.width() / (right - left), QFontMetricsF(small_font(plot.plot.font()))
    names = sorted(plot.plot.getAxis("bottom")._tickLevels[0])
    spans = [(place * pixels, metrics.horizontalAdvance(name) / 2) for place, name in names]
    assert names or box.width() / count < 12
    assert all(middle + half < following - beside for (middle, half), (following, beside) in pairwise(spans))


@pytest.mark.parametrize(
    ("values", "spacing", "texts"),
    [
        ([0.0, 500.0, 1500.0], 500.0, ["0", "500", "1,500"]),
        ([-0.5, 0.0, 0.5], 0.5, ["−0.5", "0.0", "0.5"]),
        ([0.002, 0.004], 0.002, ["0.002", "0.004"]),
        ([1e6, 2e6], 1e6, ["1,000,000", "2,000,000"]),
    ],
)
def test_axes_write_numbers_as_the_window_does(
    qtbot: QtBot, values: list[float], spacing: float, texts: list[str]
) -> None:
    assert NumberAxis("left").tickStrings(values, 1.0, spacing) == texts
