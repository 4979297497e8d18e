"""The animation from one level to another, as a person sees it."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from resnet_viz.gui.canvas.interaction.transition import Transition
from resnet_viz.gui.canvas.widget import Canvas
from resnet_viz.gui.theme import load_theme
from resnet_viz.metrics.conventions import costs
from resnet_viz.records.analysis import Analysis
from tests.drawings import with_gates
from tests.gui.canvas.screen import NONE, drawing_of, picture_of, pixel_at, turn_wheel


@pytest.fixture
def animated(canvas: Canvas, monkeypatch: pytest.MonkeyPatch) -> Canvas:
    """A canvas that animates from level to level."""
    monkeypatch.setattr("resnet_viz.gui.canvas.widget.TRANSITION_MS", 190)
    return canvas


def columns_of(canvas: Canvas) -> list[tuple[float, float]]:
    """Return the left and right pixel of each column of the drawing."""
    view = canvas.scene.camera.view
    return [(view.pixel_x(c.x), view.pixel_x(c.x + c.w)) for c in drawing_of(canvas).columns]


def columns_in(transition: Transition) -> list[tuple[float, float]]:
    """Return the left and right pixel of each column during the transition."""
    return [(column.x, column.x + column.w) for column in transition.columns]


def test_another_level_is_reached_by_an_animation(qtbot: QtBot, animated: Canvas) -> None:
    animated.show_level("layer")
    assert animated.scene.transition is not None
    on_the_way = picture_of(animated)
    qtbot.waitUntil(lambda: animated.scene.transition is None)
    assert animated.level == "layer"
    assert picture_of(animated) != on_the_way


@pytest.mark.parametrize(("before", "after"), [("block", "layer"), ("layer", "stage")])
def test_columns_move_in_proportion_from_where_they_were_to_where_they_are(
    animated: Canvas, before: str, after: str
) -> None:
    animated.show_level(before)  # type: ignore[arg-type]
    animated.finish_transition()
    start = columns_of(animated)
    animated.show_level(after)  # type: ignore[arg-type]
    transition, end = animated.scene.transition, columns_of(animated)
    assert transition is not None
    for progress in (0.0, 0.25, 1.0):
        transition.progress = progress
        for shown, first, last in zip(columns_in(transition), start, end, strict=True):
            expected = [a + progress * (b - a) for a, b in zip(first, last, strict=True)]
            assert shown == pytest.approx(expected, abs=0.01)


def test_at_its_end_boxes_are_painted_where_they_are_and_in_their_colors(animated: Canvas) -> None:
    animated.show_level("layer")
    transition = animated.scene.transition
    assert transition is not None
    transition.progress = 1.0
    last_frame = picture_of(animated)
    animated.finish_transition()
    final = picture_of(animated)
    layers = [box for box in drawing_of(animated).node_boxes if box.kind in ("layer", "minor")]
    below_texts = [pixel_at(animated, box.x + box.w / 4, box.y + 0.95 * box.h) for box in layers]
    seen = [pixel for pixel in below_texts if final.rect().contains(pixel)]
    assert len(seen) > 10
    assert [last_frame.pixel(pixel) for pixel in seen] == [final.pixel(pixel) for pixel in seen]


def test_an_action_ends_the_animation(animated: Canvas) -> None:
    interrupts: tuple[Callable[[], object], ...] = (
        lambda: QTest.keyClick(animated, Qt.Key.Key_Right),
        lambda: QTest.mousePress(animated, Qt.MouseButton.LeftButton, NONE, QPoint(5, 5)),
        lambda: turn_wheel(animated, QPoint(400, 300), 120),
        animated.fit,
    )
    for interrupt in interrupts:
        animated.show_level("stage" if animated.level == "layer" else "layer")
        assert animated.scene.transition is not None
        interrupt()
        assert animated.scene.transition is None


def test_gates_grow_out_of_their_blocks(animated: Canvas, resnet50: Analysis) -> None:
    """Their boxes are painted where their blocks are on the way, below the main path."""
    gated = with_gates(resnet50)
    animated.show_analysis(gated, costs(gated))
    animated.finish_transition()
    animated.scene.toggle("layer2.1")
    transition = animated.scene.transition
    assert transition is not None
    transition.progress = 0.6
    image, line = picture_of(animated), load_theme("light").color("gate").hue()
    middle = round(animated.scene.camera.view.pixel_y(0.0))
    rows = range(middle + 3, image.height() - 60, 2)  # above the legend
    found = [x for x in range(image.width()) if any(_is_hue(image.pixelColor(x, y), line) for y in rows)]
    column = next(column for column in transition.columns if column.id == "layer2")
    assert found
    assert column.x < min(found)
    assert max(found) < column.x + column.w


def _is_hue(color: QColor, hue: int) -> bool:
    return abs(color.hue() - hue) <= 3 and color.saturationF() > 0.5
