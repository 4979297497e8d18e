"""The canvas whose trunk runs from top to bottom: the same drawing mirrored, and the same hands on it."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from resnet_viz.gui.canvas.widget import Canvas
from resnet_viz.gui.theme import load_theme
from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.spec.presets import preset
from tests.gui.canvas.seen import NONE, box_for


@pytest.fixture
def upright(qtbot: QtBot) -> Canvas:
    """A canvas whose trunk runs from top to bottom."""
    made = Canvas(load_theme("light"))
    qtbot.addWidget(made)
    made.resize(700, 1000)
    made.show()
    made.show_analysis(analyse(preset("resnet50")), costs(analyse(preset("resnet50"))))
    made.set_direction(vertical=True)
    return made


def _place(canvas: Canvas, name: str) -> QPoint:
    """The pixel of a card's middle: along the trunk is down the canvas."""
    card = box_for(canvas, name)
    assert card is not None
    view = canvas._scene.camera.view
    return QPoint(round(view.pixel_y(card.y + card.h / 2)), round(view.pixel_x(card.x + card.w / 2)))


def test_a_network_from_top_to_bottom_is_clicked_walked_and_opened(qtbot: QtBot, upright: Canvas) -> None:
    chosen: list[str] = []
    upright.node_chosen.connect(chosen.append)
    QTest.mouseClick(upright, Qt.MouseButton.LeftButton, NONE, _place(upright, "layer2.1"))
    QTest.keyClick(upright, Qt.Key.Key_Down)
    QTest.keyClick(upright, Qt.Key.Key_Up)
    assert chosen == ["layer2.1", "layer2.2", "layer2.1"]
    QTest.mouseDClick(upright, Qt.MouseButton.LeftButton, NONE, _place(upright, "layer2.1"))
    assert box_for(upright, "layer2.1.conv2") is not None
    upright.set_direction(vertical=False)
    assert box_for(upright, "layer2.1.conv2") is not None


def test_a_network_from_top_to_bottom_is_panned_as_it_is_painted(upright: Canvas) -> None:
    upright.show_level("layer")
    upright.grab()
    for dx, dy in ((0.0, -150.0), (40.0, -30.0), (-25.0, 60.0)):
        upright._input._pan(QPointF(dx, dy))
        moved = upright.grab().toImage()
        upright._painter._paint_cache._painted = None
        assert moved == upright.grab().toImage()


def test_a_drag_moves_a_network_from_top_to_bottom_with_the_hand(upright: Canvas) -> None:
    upright.show_level("layer")
    before = _place(upright, "conv1")
    start = QPoint(400, 500)
    QTest.mousePress(upright, Qt.MouseButton.LeftButton, NONE, start)
    QTest.mouseMove(upright, start + QPoint(15, -120))
    QTest.mouseRelease(upright, Qt.MouseButton.LeftButton, NONE, start + QPoint(15, -120))
    assert _place(upright, "conv1") - before == QPoint(15, -120)
