"""Every plot of nodes: what the pointer and a click hit, the mark of the selection, and names that fit their axes."""

from math import log2

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from resnet_viz.gui.plots.shape_path_plot import ShapePathPlot
from resnet_viz.viewmodels.charts.quantities import ShapePoint
from tests.gui.clicks import click, place_of, tooltip_at

pytestmark = pytest.mark.qt_log_ignore("does not support raise", extend=True)

POINTS = (
    ShapePoint("stem", "stem", 64, 64, "the stem"),
    ShapePoint("layer1.0", "stage1", 128, 32, "a block"),
    ShapePoint("", "head", 256, 16, "no node"),
)


@pytest.fixture
def plot(qtbot: QtBot) -> ShapePathPlot:
    """A plot with three dots, the last of which stands for no node."""
    plot = ShapePathPlot()
    qtbot.addWidget(plot)
    plot.resize(500, 300)
    plot.show()
    plot.show_path(POINTS, "a path")
    QApplication.processEvents()
    return plot


def test_a_dot_is_hit_within_ten_pixels_and_the_nearest_one_wins(plot: ShapePathPlot) -> None:
    dot = place_of(plot, 7, 5)
    for offset, is_hit in (
        (QPointF(9, 0), True),
        (QPointF(0, -9), True),
        (QPointF(6, 6), True),
        (QPointF(8, 8), False),
    ):
        assert (plot.shape_at(dot + offset) == POINTS[1]) == is_hit
    near = ShapePoint("layer1.1", "stage1", 130, 32, "near it")
    plot.show_path((*POINTS, near), "a path")
    QApplication.processEvents()
    assert [plot.shape_at(place_of(plot, x, 5)) for x in (7, log2(130))] == [POINTS[1], near]


def test_a_click_chooses_a_node_and_nothing_else(plot: ShapePathPlot, qtbot: QtBot) -> None:
    chosen: list[str] = []
    plot.node_chosen.connect(chosen.append)
    click(plot, place_of(plot, 7, 5))
    click(plot, place_of(plot, 8, 4))
    click(plot, place_of(plot, 7, 4))
    click(plot, place_of(plot, 6, 6), Qt.MouseButton.RightButton)
    assert chosen == ["layer1.0"]
    plot.is_linked = False
    click(plot, place_of(plot, 7, 5))
    assert chosen == ["layer1.0"]


def test_the_tooltip_is_that_of_the_dot_under_the_pointer(plot: ShapePathPlot) -> None:
    assert tooltip_at(plot, place_of(plot, 7, 5)) == "a block"
    assert tooltip_at(plot, place_of(plot, 8, 4)) == "no node"


def test_the_selection_is_marked_until_another_one_or_while_the_plot_is_linked(plot: ShapePathPlot) -> None:
    plain = plot.grab().toImage()
    plot.select("layer1")
    marked = plot.grab().toImage()
    assert marked != plain
    plot.select("stem")
    assert plot.grab().toImage() not in (plain, marked)
    plot.select("layer9")
    assert plot.grab().toImage() == plain
    plot.is_linked = False
    plot.select("layer1")
    assert plot.grab().toImage() == plain


@pytest.mark.parametrize(("height", "name"), [(600, "pixels of the longer side"), (150, "longer side, px"), (75, "px")])
def test_an_axis_has_the_longest_of_its_names_that_fits(plot: ShapePathPlot, height: int, name: str) -> None:
    plot.resize(500, height)
    QApplication.processEvents()
    assert plot.plot.getAxis("left").labelText == name
