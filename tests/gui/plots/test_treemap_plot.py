"""The treemap plot: each tile has its place, its name where there is room, and its mark."""

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from resnet_viz.gui.plots.treemap_plot import TreemapPlot
from resnet_viz.gui.theme import load_theme
from resnet_viz.viewmodels.charts.quantities import Share
from resnet_viz.viewmodels.charts.treemap import TreemapTile
from tests.gui.clicks import click, place_of

SHARES = (
    Share(TreemapTile("layer1", 0.0, 0.0, 1.0, 1.0), "stage 1", "stage1", 0.5, "the first stage"),
    Share(TreemapTile("layer2", 1.0, 0.0, 1.0, 0.5), "stage 2", "stage2", 0.25, "the second stage"),
    Share(TreemapTile("fc", 1.0, 0.5, 1.0, 0.5), "fc", "head", 0.25, "the classifier"),
)


@pytest.fixture
def plot(qtbot: QtBot) -> TreemapPlot:
    """A treemap of three tiles, twice as wide as high."""
    plot = TreemapPlot()
    qtbot.addWidget(plot)
    plot.resize(600, 300)
    plot.show()
    plot.show_shares(SHARES, "shares")
    QApplication.processEvents()
    return plot


def color_at(plot: TreemapPlot, image: QImage, x: float, y: float) -> QColor:
    """The color of a picture of the plot at a point of its axes."""
    point = plot.plot.mapFromScene(place_of(plot, x, y))
    return image.pixelColor(plot.plot.mapTo(plot, point))


def test_a_point_belongs_to_the_tile_around_it(plot: TreemapPlot) -> None:
    for (x, y), share in (((0.5, 0.9), SHARES[0]), ((1.5, 0.1), SHARES[1]), ((1.02, 0.52), SHARES[2])):
        assert plot.share_at(place_of(plot, x, y)) == share
    assert plot.share_at(QPointF(-5, -5)) is None
    chosen: list[str] = []
    plot.node_chosen.connect(chosen.append)
    click(plot, place_of(plot, 1.5, 0.75))
    assert chosen == ["fc"]


def test_tiles_have_the_pale_color_of_their_stage_and_gaps_of_the_canvas(plot: TreemapPlot) -> None:
    theme, image = load_theme("light"), plot.grab().toImage()
    for (x, y), color in (((0.1, 0.1), "stage1"), ((1.9, 0.1), "stage2"), ((1.9, 0.9), "head")):
        assert color_at(plot, image, x, y).rgb() == theme.blend(color, "canvas", 0.45).rgb()
    assert color_at(plot, image, 1.0, 0.25) == theme.color("canvas")


def test_a_selected_stage_is_outlined(plot: TreemapPlot) -> None:
    plot.select("layer1.0.conv1")
    image = plot.grab().toImage()
    assert color_at(plot, image, 0.0, 0.3) == load_theme("light").color("text")
    assert color_at(plot, image, 2.0, 0.3) != load_theme("light").color("text")


def test_names_are_written_only_on_tiles_with_room_for_them(plot: TreemapPlot) -> None:
    fill = load_theme("light").blend("stage1", "canvas", 0.45).rgb()
    assert colors_inside(plot, (0.1, 0.9), (0.1, 0.9)) > {fill}
    thin = Share(TreemapTile("layer1.0", 0.0, 0.0, 2.0, 0.08), "1.0", "stage1", 0.08, "")
    rest = Share(TreemapTile("layer1.1", 0.0, 0.08, 2.0, 0.92), "1.1", "stage1", 0.92, "")
    plot.show_shares((thin, rest), "shares")
    QApplication.processEvents()
    assert colors_inside(plot, (0.1, 1.9), (0.03, 0.05)) == {fill}
    assert colors_inside(plot, (0.1, 1.9), (0.2, 0.9)) > {fill}


def colors_inside(plot: TreemapPlot, across: tuple[float, float], down: tuple[float, float]) -> set[int]:
    """The colors of the pixels of a rectangle of the plot's axes."""
    image = plot.grab().toImage()
    first, last = (
        plot.plot.mapTo(plot, plot.plot.mapFromScene(place_of(plot, x, y))) for x, y in zip(across, down, strict=True)
    )
    columns, rows = range(first.x(), last.x()), range(first.y(), last.y())
    return {image.pixelColor(x, y).rgb() for x in columns for y in rows}


def test_the_aspect_is_that_of_the_plot_and_never_too_narrow(plot: TreemapPlot) -> None:
    assert plot.aspect() == pytest.approx(plot.plot.width() / plot.plot.height())
    plot.resize(40, 900)
    plot.grab()
    assert plot.aspect() == pytest.approx(0.2, abs=0.05)
    assert plot.aspect() >= 0.2


def test_a_treemap_without_tiles_shows_a_sentence(plot: TreemapPlot) -> None:
    plot.show_shares((), "shares", "Nothing to share.")
    assert (plot.empty.text(), plot.empty.isVisible()) == ("Nothing to share.", True)
    plot.show_shares(SHARES, "shares")
    assert not plot.empty.isVisible()
