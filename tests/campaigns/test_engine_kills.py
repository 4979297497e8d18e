"""The real engines are killed at random moments: the session keeps everything and answers the next question."""

import os
import random
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from resnet_viz.gui.app import ENGINE
from resnet_viz.gui.session.engine_client import EngineClient, Engines
from resnet_viz.gui.session.session import Session
from resnet_viz.pipeline import analyse
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.storage.runs import list_runs
from tests.campaigns.extent import extent, random_source

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")
WAIT_MS = 120_000
SMALL = preset("resnet20_cifar")
DEPTHS = (20, 32, 44, 56, 110)
LATEST_MS = 1_500
"""Every kill comes within this time after the work has been asked for."""


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Engines:
    monkeypatch.setenv("RESNET_VIZ_RUNS", str(tmp_path / "runs"))
    return Engines.of(ENGINE)


@pytest.fixture
def session(qtbot: QtBot, engines: Engines) -> Iterator[Session]:
    found = Session(SMALL, engines)
    found.start()
    yield found
    found.close()


def kill(engine: EngineClient) -> None:
    if engine.process_id:
        os.kill(engine.process_id, signal.SIGKILL)


def kill_in_analysis(qtbot: QtBot, session: Session, engines: Engines, source: random.Random) -> None:
    """The question that was under way is answered by the next process."""
    depth = source.choice([depth for depth in DEPTHS if depth != session.question.depth])
    session.edit("depth", depth)
    qtbot.wait(source.choice([0, source.randrange(100), source.randrange(LATEST_MS)]))
    kill(engines.analysis)


def kill_in_measurement(qtbot: QtBot, session: Session, engines: Engines, source: random.Random) -> None:
    """The run ends: complete if the kill came too late, and else with what had been measured."""
    ended: list[object] = []
    session.noticed.connect(ended.append)
    before = len(list_runs())
    session.measuring.set_settings(ProfileSettings(device="cpu", batch=1, seconds=0.5, warmup_seconds=0.0))
    session.measure()
    assert session.measuring.state.is_running
    qtbot.wait(source.randrange(LATEST_MS))
    kill(engines.measuring)
    qtbot.waitUntil(lambda: not session.measuring.state.is_running, timeout=WAIT_MS)
    session.noticed.disconnect(ended.append)
    assert len(list_runs()) == before + 1 or ended


def kill_in_crosscheck(qtbot: QtBot, session: Session, engines: Engines, source: random.Random) -> None:
    """The tool that was running, and the others, are run by the next process."""
    session.reanalyse()
    qtbot.waitUntil(lambda: bool(session.shown.waiting) and engines.measuring.busy, timeout=WAIT_MS)
    qtbot.wait(source.randrange(LATEST_MS))
    kill(engines.measuring)
    qtbot.waitUntil(lambda: not session.shown.waiting, timeout=WAIT_MS)
    assert {result.agrees for result in session.shown.crosschecks} == {True}


KILLS = (kill_in_measurement, kill_in_crosscheck, kill_in_analysis)


def test_nothing_is_lost_and_the_next_question_is_answered(qtbot: QtBot, session: Session, engines: Engines) -> None:
    source = random_source()

    def answered() -> bool:
        analysis = session.analysis
        return analysis is not None and analysis.spec == session.question and not session.shown.is_tracing

    qtbot.waitUntil(answered, timeout=WAIT_MS)
    runs = 0
    for number in range(extent(daily=1, long=100)):
        question, chosen = session.question, source.choice(KILLS) if number >= len(KILLS) else KILLS[number]
        session.select("layer1.0.conv1")
        chosen(qtbot, session, engines, source)
        qtbot.waitUntil(answered, timeout=WAIT_MS)
        assert session.analysis is not None
        assert session.analysis.totals.params == analyse(session.question).totals.params
        assert session.shown.selection == "layer1.0.conv1"
        assert session.question == question or chosen is kill_in_analysis
        assert len(list_runs()) >= runs
        runs = len(list_runs())
