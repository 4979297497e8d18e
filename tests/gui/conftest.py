"""The window's tests draw offscreen, with a fake engine and a state file of their own."""

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from resnet_viz.gui.engine_client import EngineClient
from resnet_viz.gui.main_window import MainWindow
from resnet_viz.gui.session import Session
from resnet_viz.gui.theme import load_theme
from resnet_viz.presets import preset

ROOT = Path(__file__).resolve().parents[2]
FAKE = (
    f"import runpy, sys; sys.path.insert(0, {str(ROOT)!r}); runpy.run_module('tests.gui.fake_engine', None, '__main__')"
)


@pytest.fixture(autouse=True)
def _own_state_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESNET_VIZ_STATE", str(tmp_path / "window.json"))
    monkeypatch.setenv("RESNET_VIZ_RUNS", str(tmp_path / "runs"))


@pytest.fixture(autouse=True)
def _no_motion(monkeypatch: pytest.MonkeyPatch) -> None:
    """A drawing is where it belongs at once."""
    monkeypatch.setattr("resnet_viz.gui.canvas.MOTION_MS", 0)


@pytest.fixture
def make_client(qtbot: QtBot) -> Iterator[Callable[[str], EngineClient]]:
    """Makes clients of a fake engine that behaves as told; all are ended with the test."""
    made: list[EngineClient] = []

    def make(behaviour: str = "good") -> EngineClient:
        made.append(EngineClient((sys.executable, "-c", FAKE, behaviour)))
        return made[-1]

    yield make
    for client in made:
        client.stop()


@pytest.fixture
def session(make_client: Callable[[str], EngineClient]) -> Iterator[Session]:
    """A session on ResNet-18 with fake engines, not started."""
    found = Session(
        preset("resnet18"),
        engine=make_client("good"),
        adviser=make_client("good"),
        measurer=make_client("good"),
        comparer=make_client("good"),
    )
    yield found
    found.close()


@pytest.fixture
def window(qtbot: QtBot, session: Session) -> MainWindow:
    """A window on that session, shown, with its first analysis."""
    found = MainWindow(session, load_theme("light"))
    qtbot.addWidget(found)
    with qtbot.waitSignal(session.analysed, timeout=15_000):
        session.start()
        found.show()
    return found
