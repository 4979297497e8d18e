"""The cross-checks: one counter after the other, and one that cannot be run gives a result without a count."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from resnet_viz.gui.session.crosschecking import TOOLS, CrossChecks
from resnet_viz.gui.session.engine_client import EngineClient
from resnet_viz.spec.presets import preset
from tests.gui.fake_engine import FAILING

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
