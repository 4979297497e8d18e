"""The window's tests draw offscreen, with a fake engine and a state file of their own."""

import os

os.environ["QT_QPA_PLATFORM"] = os.environ.get("RESNET_VIZ_TEST_PLATFORM", "offscreen")  # "xcb": see test_x11.py

import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from resnet_viz.gui.session.engine_client import EngineClient, Engines
from resnet_viz.gui.session.session import Session
from resnet_viz.gui.theme import load_theme
from resnet_viz.gui.window.main_window import MainWindow
from resnet_viz.spec.presets import preset
from tests.gui.waiting import new_network

ROOT = Path(__file__).resolve().parents[2]
FAKE = (
    f"import runpy, sys; sys.path.insert(0, {str(ROOT)!r}); runpy.run_module('tests.gui.fake_engine', None, '__main__')"
)


@pytest.fixture(autouse=True)
def _nothing_left_behind(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test that leaves a thread, a running timer, a child process or a top-level widget.

    It is set up before every other fixture and so looks after all of them have been torn down.
    """
    started: weakref.WeakSet[QTimer] = weakref.WeakSet()
    start = QTimer.start

    def recorded(timer: QTimer, *interval: int) -> None:
        started.add(timer)
        start(timer, *interval)

    monkeypatch.setattr(QTimer, "start", recorded)
    threads, widgets = set(threading.enumerate()), _top_level_widgets()
    yield
    _delete_what_is_due()
    assert set(threading.enumerate()) <= threads
    assert [timer for timer in started if shiboken6.isValid(timer) and timer.isActive()] == []
    assert _top_level_widgets() <= widgets, qapp.topLevelWidgets()
    assert [child for child in psutil.Process().children() if child.status() != psutil.STATUS_ZOMBIE] == []


def _delete_what_is_due() -> None:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    QCoreApplication.processEvents()


def _top_level_widgets() -> set[int]:
    """Their addresses, because Python's own objects for them come and go; without the menus that pyqtgraph hides."""
    widgets = (widget for widget in QApplication.topLevelWidgets() if not isinstance(widget, QMenu))
    return {shiboken6.getCppPointer(widget)[0] for widget in widgets}


@pytest.fixture(autouse=True)
def _own_state_file(_nothing_left_behind: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESNET_VIZ_STATE", str(tmp_path / "window.json"))
    monkeypatch.setenv("RESNET_VIZ_RUNS", str(tmp_path / "runs"))


@pytest.fixture(autouse=True)
def _no_motion(monkeypatch: pytest.MonkeyPatch) -> None:
    """Turn off the animation of the canvas."""
    monkeypatch.setattr("resnet_viz.gui.canvas.widget.TRANSITION_MS", 0)


@pytest.fixture
def make_client(qtbot: QtBot) -> Iterator[Callable[..., EngineClient]]:
    """Return a function that makes clients of a fake engine with the given behavior; all are stopped after the test."""
    made: list[EngineClient] = []

    def make(behavior: str = "good", *, idle_ms: int | None = None) -> EngineClient:
        made.append(EngineClient((sys.executable, "-c", FAKE, behavior), idle_ms=idle_ms))
        return made[-1]

    yield make
    for client in made:
        client.stop()


@pytest.fixture
def session(make_client: Callable[[str], EngineClient]) -> Iterator[Session]:
    """A session on ResNet-18 with fake engines, not started."""
    found = Session(preset("resnet18"), Engines(*(make_client("good") for _ in range(3))))
    yield found
    found.close()


@pytest.fixture
def window(qtbot: QtBot, session: Session) -> MainWindow:
    """A window on that session, shown, with its first analysis."""
    found = MainWindow(session, load_theme("light"))
    qtbot.addWidget(found)
    with new_network(qtbot, found):
        session.start()
        found.show()
    return found
