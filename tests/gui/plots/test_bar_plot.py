"""The bar plot: every bar is visible however thin, and the names below the bars do not overlap."""

from itertools import accumulate, combinations, pairwise
from math import isfinite

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPicture
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from resnet_viz.gui.plots.bar_plot import BarPlot
from resnet_viz.gui.plots.plot import small_font
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
    names = drawn_names(plot)
    assert names or plot.plot.getPlotItem().getViewBox().width() / count < 12
    assert all(first.right() < second.left() for (first, _), (second, _) in pairwise(names))
    indices = [int(name.removeprefix("1.")) for _, name in names]
    assert indices == sorted(set(indices))


def drawn_names(plot: BarPlot) -> list[tuple[QRectF, str]]:
    """The names below the bars with the rectangles in which they are written."""
    axis, picture = plot.plot.getAxis("bottom"), QPicture()
    painter = QPainter(picture)
    painter.setFont(small_font(plot.plot.font()))
    specs = axis.generateDrawSpecs(painter)
    painter.end()
    return [(rect, text) for rect, _, text in specs[2]] if specs else []


EXTREMES = (-1.7e308, -1e300, -1.0, 5e-324, 1e-300, 1e15, 1.7e308)


@pytest.mark.parametrize("pair", [*combinations(EXTREMES, 2), (1.7e308, 1.7e308), (-5e-324, 0.0)])
def test_any_finite_values_are_drawn(plot: BarPlot, pair: tuple[float, float]) -> None:
    """With quartiles, a line and a second value beside each bar; axes and items have finite places."""
    bars = tuple(
        Bar(f"layer1.{place}", f"1.{place}", "stage1", value, quartiles=(value, value), other_value=value)
        for place, value in enumerate(pair)
    )
    line = tuple(accumulate(pair))
    plot.show_chart(BarChart(bars, "", "ms", 1000.0, line, "Σ"))
    plot.select("layer1.0")
    QApplication.processEvents()
    plot.grab()
    box = plot.plot.getPlotItem().getViewBox()
    (left, right), (low, high) = box.viewRange()
    assert all(map(isfinite, (left, right, low, high)))
    assert low <= 0 < high
    for item in plot.plot.getPlotItem().items:
        bounds = item.boundingRect()
        assert all(map(isfinite, (bounds.left(), bounds.top(), bounds.width(), bounds.height())))
