"""The window under an X server, as `test_x11.py` runs these tests in a process of its own: with the real platform."""

import os
from collections.abc import Callable

import psutil
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from resnet_viz.gui.window.main_window import MainWindow
from resnet_viz.spec.presets import preset
from resnet_viz.storage.specs import save_spec
from tests.gui.canvas.screen import NONE, pixel_of
from tests.gui.waiting import new_network, settle

WAIT_MS = 60_000
LEFT = Qt.MouseButton.LeftButton
SCALE = float(os.environ.get("QT_SCALE_FACTOR", "1"))


@pytest.fixture(autouse=True)
def _is_on_the_screen(qtbot: QtBot, window: MainWindow) -> None:
    window.move(0, 0)
    qtbot.waitUntil(lambda: window.windowHandle().isExposed(), timeout=WAIT_MS)


def _screenshot(window: MainWindow) -> QImage:
    """What the X server shows of the window, in its own pixels."""
    return QGuiApplication.primaryScreen().grabWindow(window.winId()).toImage()


def _colors(picture: QImage) -> int:
    across, down = (range(0, size, 7) for size in (picture.width(), picture.height()))
    return len({picture.pixel(x, y) for x in across for y in down})


def _click(window: MainWindow, widget: QWidget, at: QPoint) -> None:
    """Click through the window system's interface: Qt finds the widget under the pointer."""
    QTest.mouseClick(window.windowHandle(), LEFT, NONE, widget.mapTo(window, at))


def test_it_opens_on_x11_and_its_picture_is_on_the_screen(qtbot: QtBot, window: MainWindow) -> None:
    assert QGuiApplication.platformName() == "xcb"
    assert window.devicePixelRatioF() == SCALE
    qtbot.waitUntil(lambda: _colors(_screenshot(window)) > 40, timeout=WAIT_MS)
    shown, screen = _screenshot(window), QGuiApplication.primaryScreen()
    assert shown.width() == round(min(window.width(), screen.size().width()) * SCALE)
    canvas = window.canvas.mapTo(window, QPoint(0, 0)) * SCALE
    part = shown.copy(round(canvas.x()), round(canvas.y()), round(400 * SCALE), round(300 * SCALE))
    assert _colors(part) > 10, "the network"


def test_a_click_selects_what_is_under_the_pointer(window: MainWindow) -> None:
    _click(window, window.canvas, pixel_of(window.canvas, "layer1.0"))
    settle(window)
    assert window.session.shown.selection == "layer1.0"
    assert "layer1.0" in window.inspector.accessibleDescription()


def test_typed_letters_filter_the_table(qtbot: QtBot, window: MainWindow) -> None:
    line = window.table.filter
    window.activateWindow()
    _click(window, line, line.rect().center())
    qtbot.waitUntil(line.hasFocus, timeout=WAIT_MS)
    for key in (Qt.Key.Key_C, Qt.Key.Key_O, Qt.Key.Key_N, Qt.Key.Key_V, Qt.Key.Key_1):
        QTest.keyClick(window.windowHandle(), key)
    settle(window)
    assert line.text() == "conv1"
    assert 0 < window.table.proxy.rowCount() < window.table.model.rowCount()


def test_a_drag_moves_the_drawing(window: MainWindow) -> None:
    canvas, handle = window.canvas, window.windowHandle()
    start, before = canvas.mapTo(window, QPoint(200, 60)), pixel_of(canvas, "layer1.0")
    QTest.mousePress(handle, LEFT, NONE, start)
    for step in (10, 30, 60):
        QTest.mouseMove(handle, start + QPoint(step, step // 2))
    QTest.mouseRelease(handle, LEFT, NONE, start + QPoint(60, 30))
    moved = pixel_of(canvas, "layer1.0") - before
    assert (abs(moved.x() - 60) <= 1, abs(moved.y() - 30) <= 1) == (True, True)
    assert window.session.shown.selection is None


def test_a_dropped_file_is_opened(qtbot: QtBot, window: MainWindow, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("dropped") / "network.json"
    save_spec(preset("resnet34"), path)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    copy, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    entered = QDragEnterEvent(QPoint(300, 300), copy, data, button, NONE)
    window.dragEnterEvent(entered)
    assert entered.isAccepted()
    with new_network(qtbot, window):
        window.dropEvent(QDropEvent(QPointF(300, 300), copy, data, button, NONE))
    assert window.windowTitle().startswith("ResNet-34")


def test_closing_it_ends_the_engines(qtbot: QtBot, window: MainWindow, make_client: Callable[[str], object]) -> None:
    assert psutil.Process().children(), "the engine that has traced the network"
    window.close()
    qtbot.waitUntil(lambda: _living_children() == [], timeout=WAIT_MS)
    assert not window.isVisible()


def _living_children() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if child.status() != psutil.STATUS_ZOMBIE]
