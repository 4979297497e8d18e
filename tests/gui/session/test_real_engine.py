"""The window's session with the real engine, which is killed at any moment."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from resnet_viz.gui.app import ENGINE
from resnet_viz.gui.session.engine_client import EngineClient, Engines
from resnet_viz.gui.session.session import Session
from resnet_viz.gui.theme import load_theme
from resnet_viz.gui.window.main_window import MainWindow
from resnet_viz.records.block_pair import Sweep
from resnet_viz.records.network_pair import NetworkPairs
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.presets import preset

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")


@pytest.fixture
def real(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[tuple[Session, EngineClient]]:
    """A session with a real engine, started from a folder where the package does not lie."""
    monkeypatch.chdir(tmp_path)
    engines = Engines.of(ENGINE)
    session = Session(preset("resnet20_cifar"), engines)
    yield session, engines.analysis
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


def test_both_blocks_are_compared_measured_and_opened(qtbot: QtBot) -> None:
    session = Session(preset("resnet20_cifar"), Engines.of(ENGINE))
    window = MainWindow(session, load_theme("light"))
    qtbot.addWidget(window)
    window.show()
    view = window.comparisons.blocks
    window.tabs.setCurrentIndex(1)
    assert not window.below.isVisible()
    with qtbot.waitSignal(session.comparing.pairs_found, timeout=60_000):
        pass
    assert "16.94" in view.table.text()
    session.measuring.edit("seconds", 0.3)
    with qtbot.waitSignal(session.comparing.blocks_compared, timeout=60_000):
        view.measure.click()
    assert "press Measure both" not in view.table.text()
    assert view.measure.text() == "Measure both"
    found: list[NetworkPairs] = []
    session.comparing.pairs_found.connect(found.append)
    with qtbot.waitSignal(session.comparing.pairs_found, timeout=60_000):
        view.charts.measure.click()
    assert all(point.latency_us for point in (*found[0].basic, *found[0].bottleneck))
    swept: list[Sweep] = []
    session.comparing.swept.connect(swept.append)
    with qtbot.waitSignal(session.comparing.swept, timeout=60_000):
        view.sweep_asked.emit(BlockSetting(size=8), (16, 32))
    assert [point.channels for point in swept[0].points] == [16, 32]
    assert all(point.basic_us and point.bottleneck_us for point in swept[0].points)
    view.spec_chosen.emit(preset("resnet32_cifar"))
    assert window.tabs.currentIndex() == 0
    assert window.below.isVisible()
    assert session.spec == preset("resnet32_cifar")
    window.tabs.setCurrentIndex(2)
    with qtbot.waitSignal(session.comparing.networks_compared, timeout=60_000):
        window.comparisons.networks.other.edited.emit("resnet20_cifar")
    assert "ResNet-32" in window.comparisons.networks.comparison.fields.text()
    session.close()
    window.desk.close()
