"""The drawing on its way from one level to another, as a person sees it."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from resnet_viz.gui.canvas.widget import Canvas
from tests.gui.canvas.seen import NONE, layout_of, picture_of, turn_wheel


@pytest.fixture
def moving(canvas: Canvas, monkeypatch: pytest.MonkeyPatch) -> Canvas:
    """A canvas that moves from level to level."""
    monkeypatch.setattr("resnet_viz.gui.canvas.widget.TRANSITION_MS", 190)
    return canvas


def test_another_level_is_reached_by_moving(qtbot: QtBot, moving: Canvas) -> None:
    moving.show_level("layer")
    assert moving._scene.transition is not None
    on_the_way = picture_of(moving)
    qtbot.waitUntil(lambda: moving._scene.transition is None)
    assert moving._scene.level == "layer"
    assert picture_of(moving) != on_the_way


def test_a_movement_begins_as_what_was_and_ends_as_what_is(moving: Canvas) -> None:
    """Of every card the box that the movement paints first is that of the card it comes out of."""
    before, view = {card.id: card for card in layout_of(moving).node_boxes}, moving._scene.camera.view
    moving.show_level("layer")
    transition = moving._scene.transition
    assert transition is not None
    frame = next(frame for frame in layout_of(moving).frames if frame.id == "layer2.1")
    box = transition._rect(frame.x, frame.y, frame.w, frame.h)
    card = before["layer2.1"]
    assert (box.left(), box.right()) == pytest.approx((view.pixel_x(card.x), view.pixel_x(card.x + card.w)))
    transition.progress = 1.0
    box, now = transition._rect(frame.x, frame.y, frame.w, frame.h), moving._scene.camera.view
    assert (box.left(), box.right()) == pytest.approx((now.pixel_x(frame.x), now.pixel_x(frame.x + frame.w)))


def test_whatever_is_done_ends_a_movement(moving: Canvas) -> None:
    interrupts: tuple[Callable[[], object], ...] = (
        lambda: QTest.keyClick(moving, Qt.Key.Key_Right),
        lambda: QTest.mousePress(moving, Qt.MouseButton.LeftButton, NONE, QPoint(5, 5)),
        lambda: turn_wheel(moving, QPoint(400, 300), 120),
        moving.fit,
    )
    for interrupt in interrupts:
        moving.show_level("stage" if moving.level == "layer" else "layer")
        assert moving._scene.transition is not None
        interrupt()
        assert moving._scene.transition is None
