"""The window's session with the real engine, which is killed at any moment."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from resnet_viz.gui.app import ENGINE
from resnet_viz.gui.session.engine_client import EngineClient, Engines
from resnet_viz.gui.session.session import Session
from resnet_viz.gui.theme import load_theme
from resnet_viz.gui.window.main_window import MainWindow
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import ProfileSettings
from tests.gui.waiting import new_analysis

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")


@pytest.fixture
def real(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[tuple[Session, EngineClient]]:
    """A session with a real engine, started from a folder with a module that is named like one that it needs."""
    (tmp_path / "torch.py").write_text("raise SystemExit('code of the current folder ran')")
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

    with new_analysis(qtbot, session, timeout=90_000):
        session.start()
        qtbot.waitUntil(lambda: engine.process_id > 0)
        kill()
    assert session.analysis is not None
    assert session.analysis.totals.params == 269_722

    with qtbot.waitSignal(engine.ready, timeout=90_000):
        kill()
    with new_analysis(qtbot, session, timeout=90_000):
        session.edit("depth", 32)
        kill()
    assert session.analysis.totals.params == 464_154
    assert session.question == preset("resnet32_cifar")
    assert len(told) == 3


@contextmanager
def new_comparison(qtbot: QtBot, window: MainWindow, kind: str) -> Iterator[None]:
    """Until another answer of this kind has come and is shown."""

    def newest() -> object:
        return getattr(window.session.shown.comparison, kind)

    before = newest()
    yield
    qtbot.waitUntil(lambda: newest() is not before and window.views.is_settled, timeout=60_000)


def test_both_blocks_are_compared_measured_and_opened(qtbot: QtBot) -> None:
    session = Session(preset("resnet20_cifar"), Engines.of(ENGINE))
    window = MainWindow(session, load_theme("light"))
    qtbot.addWidget(window)
    window.show()
    session.start()
    view = window.comparisons.blocks
    window.tabs.setCurrentIndex(1)
    assert not window.pages.isVisible()
    qtbot.waitUntil(lambda: session.shown.comparison.pairs is not None and window.views.is_settled, timeout=60_000)
    assert "16.94" in view.table.text()
    session.measuring.edit("seconds", 0.3)
    with new_comparison(qtbot, window, "blocks"):
        view.measure.click()
    assert "press Measure both" not in view.table.text()
    assert view.measure.text() == "Measure both"
    with new_comparison(qtbot, window, "pairs"):
        view.charts.measure.click()
    pairs = session.shown.comparison.pairs
    assert pairs is not None
    assert all(point.latency_us for point in (*pairs.basic, *pairs.bottleneck))
    with new_comparison(qtbot, window, "sweep"):
        session.comparing.sweep(BlockSetting(size=8), (16, 32), ProfileSettings(device="cpu", seconds=0.3))
    swept = session.shown.comparison.sweep
    assert swept is not None
    assert [point.channels for point in swept.points] == [16, 32]
    assert all(point.basic_us and point.bottleneck_us for point in swept.points)
    view.spec_chosen.emit(preset("resnet32_cifar"))
    assert window.tabs.currentIndex() == 0
    assert window.pages.isVisible()
    assert session.question == preset("resnet32_cifar")
    qtbot.waitUntil(lambda: session.analysis is not None and session.analysis.spec == session.question, timeout=60_000)
    with new_comparison(qtbot, window, "networks"):
        window.tabs.setCurrentIndex(2)  # asks for the comparison of ResNet-32 with the network suggested beside it
    with new_comparison(qtbot, window, "networks"):
        window.comparisons.networks.other.edited.emit("resnet20_cifar")
    assert "ResNet-32" in window.comparisons.networks.comparison.fields.text()
    window.close()
