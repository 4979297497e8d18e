"""The cross-checks: one counter after the other, and one that cannot be run gives a result without a count."""

import sys
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from resnet_viz.engine.protocol import ListDevices, Measure
from resnet_viz.gui.session.crosschecking import DELAY_MS, TOOLS, CrossChecks
from resnet_viz.gui.session.engine_client import EngineClient, Engines
from resnet_viz.gui.session.session import Session
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import ProfileSettings
from tests.gui.fake_engine import FAILING, SILENT

WAIT_MS = 15_000


def test_a_counter_that_cannot_be_run_gives_its_reason_and_the_next_is_run(
    qtbot: QtBot, qapp: QObject, make_client: Callable[[str], EngineClient]
) -> None:
    checks = CrossChecks(make_client("good"), qapp)
    checks.reset(preset("resnet18").but(classes=FAILING))
    checks.resume()
    qtbot.waitUntil(lambda: not checks.waiting, timeout=WAIT_MS)
    assert [(result.tool, result.sentence) for result in checks.results] == [
        (tool, f"{tool} cannot be run.") for tool in TOOLS
    ]
    assert {result.agrees for result in checks.results} == {None}
    checks.deleteLater()


def test_pause_stops_a_running_counter_and_drops_its_result(
    qtbot: QtBot, qapp: QObject, make_client: Callable[[str], EngineClient]
) -> None:
    client = make_client("good")
    checks = CrossChecks(client, qapp)
    checks.reset(preset("resnet18"))
    checks.resume()
    qtbot.waitUntil(lambda: client.busy, timeout=WAIT_MS)
    checks.pause()
    qtbot.wait(100)
    assert (client.process_id, checks.results) == (0, ())
    checks.resume()
    qtbot.waitUntil(lambda: not checks.waiting, timeout=WAIT_MS)
    assert [result.tool for result in checks.results] == list(TOOLS)
    checks.deleteLater()


@pytest.fixture
def client(make_client: Callable[[str], EngineClient]) -> EngineClient:
    return make_client("good")


@pytest.fixture
def checks(client: EngineClient, qapp: QObject) -> Iterator[CrossChecks]:
    """The cross-checks of ResNet-18, not started."""
    found = CrossChecks(client, qapp)
    found.reset(preset("resnet18"))
    yield found
    found.pause()
    found.deleteLater()


def test_another_request_goes_first_and_the_checks_are_made_after_it(
    qtbot: QtBot, client: EngineClient, checks: CrossChecks
) -> None:
    checks.resume()
    qtbot.waitUntil(lambda: client.busy, timeout=WAIT_MS)
    devices: list[object] = []
    client.ask(ListDevices()).then(devices.append, devices.append)
    qtbot.waitUntil(lambda: not checks.waiting, timeout=WAIT_MS)
    assert [result.tool for result in checks.results] == list(TOOLS)
    assert len(devices) == 1
    assert isinstance(devices[0], tuple)


def test_the_checks_wait_for_a_run_and_their_pause_leaves_it_alone(
    qtbot: QtBot, client: EngineClient, checks: CrossChecks
) -> None:
    told: list[object] = []
    job = client.ask(Measure(preset("resnet18"), ProfileSettings(batch=SILENT)))
    job.then(told.append, told.append, told.append)
    job.cancelled.connect(lambda: told.append("cancelled"))
    qtbot.waitUntil(lambda: bool(told), timeout=WAIT_MS)
    checks.resume()
    qtbot.wait(DELAY_MS + 200)
    checks.pause()
    assert client.busy
    assert len(told) == 1
    client.cancel()
    assert told[1:] == ["cancelled"]
    checks.resume()
    qtbot.waitUntil(lambda: not checks.waiting, timeout=WAIT_MS)


def test_after_the_last_tool_a_new_process_waits_for_the_next_run(
    qtbot: QtBot, client: EngineClient, checks: CrossChecks
) -> None:
    used: list[int] = []
    checks.changed.connect(lambda: used.append(client.process_id))
    checks.resume()
    qtbot.waitUntil(lambda: not checks.waiting, timeout=WAIT_MS)
    assert len(set(used)) == 1
    assert client.process_id not in (0, used[0])


def test_a_cross_check_under_way_does_not_delay_the_next_analysis(
    qtbot: QtBot, make_client: Callable[[str], EngineClient]
) -> None:
    """The edit stops the cross-check; the engine of the analyses goes on, and nothing but analyses is asked of it."""
    never = EngineClient((sys.executable, "-c", "import time; time.sleep(3_600)"))
    engines = Engines(make_client("good"), never, make_client("good"))
    session = Session(preset("resnet18"), engines)
    session.start()
    qtbot.waitUntil(lambda: never.busy and never.process_id > 0, timeout=WAIT_MS)
    assert not engines.analysis.busy
    analysing = engines.analysis.process_id
    session.edit("depth", 34)
    assert engines.analysis.busy
    assert never.process_id == 0
    qtbot.waitUntil(lambda: session.analysis is not None and session.analysis.spec.depth == 34, timeout=WAIT_MS)
    assert engines.analysis.process_id == analysing
    session.close()
