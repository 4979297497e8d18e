"""The window's session with the real engine, which is killed at any moment."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from resnet_viz.gui.application import ENGINE
from resnet_viz.gui.engine_client import EngineClient
from resnet_viz.gui.session import Session
from resnet_viz.presets import preset

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")


@pytest.fixture
def real(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[tuple[Session, EngineClient]]:
    """A session with a real engine, started from a folder where the package does not lie."""
    monkeypatch.chdir(tmp_path)
    engine = EngineClient(ENGINE)
    session = Session(
        preset("resnet20_cifar"),
        engine=engine,
        adviser=EngineClient(ENGINE),
        measurer=EngineClient(ENGINE),
        comparer=EngineClient(ENGINE),
    )
    yield session, engine
    session.close()


def test_killed_while_it_loads_while_idle_and_while_it_works(qtbot: QtBot, real: tuple[Session, EngineClient]) -> None:
    session, engine = real
    told: list[str] = []
    engine.died.connect(told.append)

    def kill() -> None:
        os.kill(engine.process_id, signal.SIGKILL)

    with qtbot.waitSignal(session.analysed, timeout=90_000):
        session.start()
        qtbot.waitUntil(lambda: engine.process_id > 0)
        kill()
    assert session.analysis is not None
    assert session.analysis.totals.params == 269_722

    with qtbot.waitSignal(engine.ready, timeout=90_000):
        kill()
    with qtbot.waitSignal(session.analysed, timeout=90_000):
        session.edit("depth", 32)
        kill()
    assert session.analysis.totals.params == 464_154
    assert session.spec == preset("resnet32_cifar")
    assert len(told) == 3
