"""The window of the other tests: offscreen, with files of its own; a long campaign analyzes in the real engine."""

import sys
from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from resnet_viz.gui.session.engine_client import EngineClient
from resnet_viz.gui.session.session import Session
from resnet_viz.gui.theme import load_theme
from resnet_viz.gui.window.main_window import MainWindow
from tests.campaigns.extent import IS_LONG
from tests.gui.conftest import FAKE, _no_motion, _nothing_left_behind, _own_state_file, session
from tests.gui.waiting import new_analysis, settle

__all__ = ["_no_motion", "_nothing_left_behind", "_own_state_file", "session"]

STARTED_MS = 180_000


@pytest.fixture
def make_client(qtbot: QtBot) -> Iterator[Callable[[str], EngineClient]]:
    """Return a function that makes clients of a fake engine; in a long campaign the first one, which analyzes, is real.

    The fake's analyses are of networks that do not exist, but it does not load torch.
    """
    made: list[EngineClient] = []

    def make(behavior: str = "good") -> EngineClient:
        real = ("-m", "resnet_viz", "engine")
        made.append(EngineClient((sys.executable, *(real if IS_LONG and not made else ("-c", FAKE, behavior)))))
        return made[-1]

    yield make
    for client in made:
        client.stop()


@pytest.fixture
def window(qtbot: QtBot, session: Session) -> MainWindow:
    """A window on ResNet-18, shown, with its first analysis."""
    found = MainWindow(session, load_theme("light"))
    qtbot.addWidget(found)
    with new_analysis(qtbot, session, timeout=STARTED_MS):
        session.start()
        found.show()
    settle(found)
    return found
