"""Panning scrolls the painted drawing; the result is that of painting it anew."""

import pytest
from pytestqt.qtbot import QtBot

from resnet_viz.gui.canvas.widget import Canvas
from resnet_viz.gui.theme import load_theme
from resnet_viz.metrics.conventions import costs
from resnet_viz.records.analysis import Analysis, Level
from tests.gui.canvas.screen import picture_of


def painted_anew(qtbot: QtBot, canvas: Canvas, analysis: Analysis) -> Canvas:
    """Return another canvas that shows the same."""
    fresh = Canvas(load_theme("light"))
    qtbot.addWidget(fresh)
    fresh.resize(canvas.size())
    fresh.show()
    fresh.show_analysis(analysis, costs(analysis))
    fresh.set_direction(vertical=canvas.vertical)
    fresh.show_level(canvas.level)
    fresh.scene.camera.view = canvas.scene.camera.view
    return fresh


@pytest.mark.parametrize("level", ["block", "layer"])
@pytest.mark.parametrize("vertical", [False, True])
def test_a_panned_picture_is_the_same_as_one_painted_anew(
    qtbot: QtBot, canvas: Canvas, resnet50: Analysis, level: Level, vertical: bool
) -> None:
    canvas.set_direction(vertical=vertical)
    canvas.show_level(level)
    canvas.grab()
    for dx, dy in ((-40.0, 0.0), (-300.0, 25.0), (120.0, -60.0), (0.0, 31.0), (0.5, 0.0), (-900.0, 0.0)):
        canvas.scene.camera.pan(dx, dy)
        assert picture_of(canvas) == picture_of(painted_anew(qtbot, canvas, resnet50))


def test_a_zoom_a_theme_and_a_size_paint_anew(qtbot: QtBot, canvas: Canvas, resnet50: Analysis) -> None:
    canvas.grab()
    canvas.scene.camera.zoom(1.1, canvas.rect().center().toPointF())
    assert picture_of(canvas) == picture_of(painted_anew(qtbot, canvas, resnet50))
    canvas.resize(1200, 500)
    assert picture_of(canvas) == picture_of(painted_anew(qtbot, canvas, resnet50))
    light = picture_of(canvas)
    canvas.set_theme(load_theme("dark"))
    assert picture_of(canvas) != light
    canvas.set_theme(load_theme("light"))
    assert picture_of(canvas) == light
