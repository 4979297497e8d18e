"""Mouse, wheel, touchpad and keys on the canvas, horizontal and vertical."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from resnet_viz.gui.canvas.widget import Canvas
from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.spec.presets import preset
from tests.gui.canvas.screen import NONE, box_of, drawing_of, picture_of, pixel_at, pixel_of, turn_wheel

LEFT = Qt.MouseButton.LeftButton


def chosen_on(canvas: Canvas) -> list[str]:
    """Return a list to which every id that is chosen from now on is added."""
    chosen: list[str] = []
    canvas.node_chosen.connect(chosen.append)
    return chosen


def shortcut_pixel(canvas: Canvas, add_id: str) -> QPoint:
    """Return the pixel in the middle of a shortcut's line."""
    edge = next(edge for edge in drawing_of(canvas).branch_edges if edge.join_ids == (add_id,))
    (left, y), (right, _) = edge.points[1:3]
    return pixel_at(canvas, (left + right) / 2, y)


def drag(canvas: Canvas, start: QPoint, by: QPoint) -> None:
    """Press the left button, move and release it."""
    QTest.mousePress(canvas, LEFT, NONE, start)
    QTest.mouseMove(canvas, start + by)
    QTest.mouseRelease(canvas, LEFT, NONE, start + by)


def test_a_click_chooses_what_is_under_it(canvas: Canvas) -> None:
    """A box, a shortcut near its line, the column between boxes; beside the drawing the whole network."""
    chosen = chosen_on(canvas)
    for pixel in (
        pixel_of(canvas, "layer3.2"),
        shortcut_pixel(canvas, "layer3.2.add") + QPoint(0, 5),
        pixel_of(canvas, "layer3.2") + QPoint(0, 200),
        QPoint(1, 1),
    ):
        QTest.mouseClick(canvas, LEFT, NONE, pixel)
    assert chosen == ["layer3.2", "layer3.2.add", "layer3", ""]


def test_a_click_of_another_button_chooses_nothing(canvas: Canvas) -> None:
    chosen = chosen_on(canvas)
    QTest.mouseClick(canvas, Qt.MouseButton.MiddleButton, NONE, pixel_of(canvas, "layer3.2"))
    QTest.mouseClick(canvas, Qt.MouseButton.RightButton, NONE, pixel_of(canvas, "layer3.2"))
    assert chosen == []


def test_a_double_click_expands_in_place_and_collapses_again(canvas: Canvas) -> None:
    pixel = pixel_of(canvas, "layer2.0")
    QTest.mouseDClick(canvas, LEFT, NONE, pixel)
    (frame,) = drawing_of(canvas).frames
    assert frame.id == "layer2.0"
    assert canvas.expanded == {"layer1", "layer2", "layer3", "layer4", "layer2.0"}
    assert pixel_at(canvas, frame.x + frame.w / 2, 0.0).x() == pytest.approx(pixel.x(), abs=4)
    QTest.mouseDClick(canvas, LEFT, NONE, pixel_of(canvas, "layer2.0.conv1"))
    assert drawing_of(canvas).frames == ()


def test_a_double_click_expands_a_repeat(canvas: Canvas) -> None:
    canvas.show_analysis(analyse(preset("resnet152")), costs(analyse(preset("resnet152"))))
    assert box_of(canvas, "layer3.20") is None
    QTest.mouseDClick(canvas, LEFT, NONE, pixel_of(canvas, "layer3.1"))
    assert box_of(canvas, "layer3.20") is not None


def test_a_double_click_on_a_shortcut_or_with_another_button_expands_nothing(canvas: Canvas) -> None:
    before = canvas.expanded
    QTest.mouseDClick(canvas, LEFT, NONE, shortcut_pixel(canvas, "layer3.2.add"))
    QTest.mouseDClick(canvas, Qt.MouseButton.RightButton, NONE, pixel_of(canvas, "layer3.2"))
    assert canvas.expanded == before


def test_keys_move_the_selection_expand_and_collapse(canvas: Canvas) -> None:
    chosen = chosen_on(canvas)
    canvas.select("layer1.2")
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Escape):
        QTest.keyClick(canvas, key)
    assert chosen == ["layer2.0", "layer2.0.conv1", "layer2.0.downsample.0", "layer2.0"]
    assert box_of(canvas, "layer2.0") is not None


def test_up_from_a_collapsed_block_is_its_shortcut(canvas: Canvas) -> None:
    chosen = chosen_on(canvas)
    canvas.select("layer2.1")
    QTest.keyClick(canvas, Qt.Key.Key_Up)
    QTest.keyClick(canvas, Qt.Key.Key_Down)
    assert chosen == ["layer2.1.add", "layer2.1"]


def test_s_goes_to_the_other_end_of_the_shortcut_and_back(canvas: Canvas) -> None:
    chosen = chosen_on(canvas)
    canvas.select("layer2.1")
    QTest.keyClick(canvas, Qt.Key.Key_S)
    QTest.keyClick(canvas, Qt.Key.Key_S)
    assert chosen == ["layer2.1.add", "layer2.0.relu3"]
    canvas.select("conv1")
    QTest.keyClick(canvas, Qt.Key.Key_S)
    assert len(chosen) == 2


def test_plus_and_minus_zoom_around_the_middle_and_0_fits(canvas: Canvas) -> None:
    fitted = canvas.scene.camera.view
    for key, factor in ((Qt.Key.Key_Plus, 1.3), (Qt.Key.Key_Minus, 1 / 1.3), (Qt.Key.Key_Equal, 1.3)):
        before = canvas.scene.camera.view
        QTest.keyClick(canvas, key)
        after = canvas.scene.camera.view
        assert after.scale == pytest.approx(before.scale * factor)
        assert after.to_scene(800, 300) == pytest.approx(before.to_scene(800, 300))
    QTest.keyClick(canvas, Qt.Key.Key_0)
    assert canvas.scene.camera.view == fitted


@pytest.mark.parametrize(("angle", "factor"), [(120, 1.15), (-240, 1.15**-2)])
def test_the_wheel_zooms_and_keeps_what_is_pointed_at(canvas: Canvas, angle: int, factor: float) -> None:
    pixel, scale = pixel_of(canvas, "layer3.2"), canvas.scene.camera.view.scale
    turn_wheel(canvas, pixel, angle, Qt.KeyboardModifier.ControlModifier)
    assert canvas.scene.camera.view.scale == pytest.approx(scale * factor)
    assert (pixel_of(canvas, "layer3.2") - pixel).manhattanLength() <= 1


def test_shift_and_wheel_moves_sideways(canvas: Canvas) -> None:
    pixel = pixel_of(canvas, "layer3.2")
    turn_wheel(canvas, pixel, -120, Qt.KeyboardModifier.ShiftModifier)
    assert pixel_of(canvas, "layer3.2") - pixel == QPoint(-120, 0)


@pytest.mark.parametrize(
    ("pixels", "angle", "moved"),
    [(QPoint(-30, 12), QPoint(0, 8), QPoint(-30, 12)), (QPoint(), QPoint(-120, 0), QPoint(-120, 0))],
)
def test_a_touchpad_moves_the_drawing(canvas: Canvas, pixels: QPoint, angle: QPoint, moved: QPoint) -> None:
    pixel = pixel_of(canvas, "layer3.2")
    event = QWheelEvent(
        QPointF(pixel), QPointF(pixel), pixels, angle, Qt.MouseButton.NoButton, NONE,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, event)
    assert pixel_of(canvas, "layer3.2") - pixel == moved


def test_a_pinch_zooms(canvas: Canvas) -> None:
    scale, point = canvas.scene.camera.view.scale, QPointF(pixel_of(canvas, "layer3.2"))
    for kind in (Qt.NativeGestureType.ZoomNativeGesture, Qt.NativeGestureType.RotateNativeGesture):
        device = QPointingDevice.primaryPointingDevice()
        QApplication.sendEvent(canvas, QNativeGestureEvent(kind, device, 2, point, point, point, 0.25, QPointF()))
    assert canvas.scene.camera.view.scale == pytest.approx(1.25 * scale)


def test_zooming_into_a_box_expands_it_and_zooming_out_collapses_it(canvas: Canvas) -> None:
    pixel = pixel_of(canvas, "layer2.1")
    for _ in range(12):
        turn_wheel(canvas, pixel, 120)
    assert box_of(canvas, "layer2.1.conv2") is not None
    assert box_of(canvas, "layer2.2") is not None
    for _ in range(12):
        turn_wheel(canvas, pixel, -120)
    assert box_of(canvas, "layer2.1") is not None


def test_zooming_into_the_gap_between_two_boxes_expands_one(canvas: Canvas) -> None:
    one, two = pixel_of(canvas, "layer2.1"), pixel_of(canvas, "layer2.2")
    for _ in range(14):
        turn_wheel(canvas, QPoint((one.x() + two.x()) // 2, one.y()), 120)
    assert canvas.expanded & {"layer2.1", "layer2.2"}


def test_a_drag_moves_the_drawing_and_chooses_nothing(qtbot: QtBot, canvas: Canvas) -> None:
    pixel = pixel_of(canvas, "layer3.2")
    with qtbot.assertNotEmitted(canvas.node_chosen):
        drag(canvas, pixel, QPoint(-150, 20))
    assert pixel_of(canvas, "layer3.2") == pixel + QPoint(-150, 20)


def test_a_movement_of_three_pixels_is_still_a_click(canvas: Canvas) -> None:
    chosen, pixel = chosen_on(canvas), pixel_of(canvas, "layer3.2")
    drag(canvas, pixel, QPoint(2, 1))
    drag(canvas, pixel, QPoint(2, 2))
    assert chosen == ["layer3.2"]
    assert pixel_of(canvas, "layer3.2") == pixel + QPoint(2, 2)


def test_the_minimap_goes_where_it_is_pressed_and_chooses_no_node(canvas: Canvas) -> None:
    canvas.show_level("layer")
    canvas.grab()
    chosen = chosen_on(canvas)
    right_end = QPoint(canvas.width() - 12 - 5, canvas.height() - 30)
    QTest.mouseClick(canvas, LEFT, NONE, right_end)
    middle = canvas.scene.camera.view.to_scene(canvas.width() / 2, 0.0)[0]
    assert middle == pytest.approx(drawing_of(canvas).width, rel=0.02)
    assert chosen == [""]
    before = canvas.expanded
    QTest.mouseDClick(canvas, LEFT, NONE, right_end - QPoint(100, 0))
    assert canvas.expanded == before


def test_the_pointer_over_a_box_shows_a_card_and_a_hand(canvas: Canvas) -> None:
    canvas.select("layer3.2")  # repainted alike below
    plain = picture_of(canvas)
    looks = []
    for pixel in (pixel_of(canvas, "layer3.2"), QPoint(1, 1)):
        point = QPointF(pixel)
        no_button = Qt.MouseButton.NoButton
        QApplication.sendEvent(canvas, QMouseEvent(QEvent.Type.MouseMove, point, point, no_button, no_button, NONE))
        looks.append((canvas.cursor().shape(), picture_of(canvas) != plain))
    assert looks == [(Qt.CursorShape.PointingHandCursor, True), (Qt.CursorShape.ArrowCursor, False)]


def test_the_card_goes_when_the_pointer_leaves_the_canvas(canvas: Canvas) -> None:
    plain, point = picture_of(canvas), QPointF(pixel_of(canvas, "layer3.2"))
    no_button = Qt.MouseButton.NoButton
    QApplication.sendEvent(canvas, QMouseEvent(QEvent.Type.MouseMove, point, point, no_button, no_button, NONE))
    assert picture_of(canvas) != plain
    QApplication.sendEvent(canvas, QEvent(QEvent.Type.Leave))
    assert picture_of(canvas) == plain


def test_a_vertical_network_is_clicked_walked_and_expanded(vertical: Canvas) -> None:
    chosen = chosen_on(vertical)
    QTest.mouseClick(vertical, LEFT, NONE, pixel_of(vertical, "layer2.1"))
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Left, Qt.Key.Key_Right):
        QTest.keyClick(vertical, key)
    assert chosen == ["layer2.1", "layer2.2", "layer2.1", "layer2.1.add", "layer2.1"]
    QTest.mouseDClick(vertical, LEFT, NONE, pixel_of(vertical, "layer2.1"))
    assert box_of(vertical, "layer2.1.conv2") is not None
    vertical.set_direction(vertical=False)
    assert box_of(vertical, "layer2.1.conv2") is not None


def test_a_drag_moves_a_vertical_network_with_the_pointer(vertical: Canvas) -> None:
    vertical.show_level("layer")
    before = pixel_of(vertical, "conv1")
    drag(vertical, QPoint(400, 500), QPoint(15, -120))
    assert pixel_of(vertical, "conv1") - before == QPoint(15, -120)
