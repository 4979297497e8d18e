"""The engine client: the newest request wins, and a dead engine comes back."""

import os
import signal
import sys
from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from resnet_viz.child_process import PACKAGE_PARENT
from resnet_viz.engine import protocol
from resnet_viz.engine.protocol import Analyse, CrossCheck, Failure, Measure, Request, Result, ask
from resnet_viz.gui.session.engine_client import MAX_CRASHES, EngineClient, Engines, Job
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import ProfileSettings
from tests.gui.conftest import FAKE
from tests.gui.fake_engine import SILENT as SILENT_BATCH
from tests.gui.fake_engine import UNANSWERABLE

Make = Callable[..., EngineClient]
WAIT_MS = 15_000
SPEC = preset("resnet18")
KILLER, SILENT = SPEC.but(classes=7), SPEC.but(classes=9)


def words(client: EngineClient) -> list[str]:
    """A list that fills with what the client says about deaths."""
    found: list[str] = []
    client.died.connect(found.append)
    return found


def outcomes(job: Job[Result]) -> list[object]:
    """A list that fills with what becomes of a job, in order."""
    found: list[object] = []
    job.then(found.append, found.append, found.append)
    job.cancelled.connect(lambda: found.append("cancelled"))
    return found


def outcome(qtbot: QtBot, client: EngineClient, request: Request[Result]) -> object:
    """Return the outcome of a job."""
    found = outcomes(client.ask(request))
    qtbot.waitUntil(lambda: not client.busy, timeout=WAIT_MS)
    assert len(found) == 1
    return found[0]


def spec_of(analysed: object) -> object:
    """The network of an analysis that came back."""
    return getattr(analysed, "analysis").spec  # noqa: B009


def test_answers_an_analysis_and_a_cross_check(qtbot: QtBot, make_client: Make) -> None:
    client = make_client("good")
    found: list[object] = []
    client.ask(Analyse(SPEC)).then(lambda analysed: found.append(analysed.analysis.spec), found.append)
    qtbot.waitUntil(lambda: not client.busy, timeout=WAIT_MS)
    client.ask(CrossCheck(SPEC, "fvcore")).then(lambda checked: found.append(checked.result.tool), found.append)
    qtbot.waitUntil(lambda: not client.busy, timeout=WAIT_MS)
    assert found == [SPEC, "fvcore"]


def test_the_newest_request_alone_is_answered(qtbot: QtBot, make_client: Make) -> None:
    client = make_client("good")
    found = [outcomes(client.ask(Analyse(preset(name)))) for name in ("resnet18", "resnet34", "resnet50")]
    qtbot.waitUntil(lambda: not client.busy, timeout=WAIT_MS)
    assert found[:2] == [["cancelled"], ["cancelled"]]
    assert [spec_of(analysed) for analysed in found[2]] == [preset("resnet50")]


def test_one_request_is_sent_at_a_time(qtbot: QtBot, make_client: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request that is replaced while it waits never reaches the engine."""
    sent: list[int] = []

    def noted(number: int, request: Request[Result]) -> protocol.Ask:
        sent.append(number)
        return ask(number, request)

    monkeypatch.setattr(protocol, "ask", noted)
    client = make_client("good")
    with qtbot.waitSignal(client.ready, timeout=WAIT_MS):
        client.ask(Analyse(SPEC))
    for _ in range(3):
        client.ask(Analyse(SPEC))
    qtbot.waitUntil(lambda: not client.busy, timeout=WAIT_MS)
    assert sent == [1, 4]


def test_a_late_answer_is_dropped_and_the_newer_request_sent_after_it(qtbot: QtBot, make_client: Make) -> None:
    """The first is at work already when the second comes."""
    client = make_client("good")
    deaths = words(client)
    first = client.ask(Measure(SPEC, ProfileSettings()))
    told = outcomes(first)
    second: list[list[object]] = []
    first.progressed.connect(lambda _: second.append(outcomes(client.ask(Analyse(SPEC)))))
    qtbot.waitUntil(lambda: bool(second) and not client.busy, timeout=WAIT_MS)
    assert told[1:] == ["cancelled"]  # the run came after it
    assert [spec_of(analysed) for analysed in second[0]] == [SPEC]
    assert deaths == []


def test_a_job_tells_its_progress_and_then_its_end(qtbot: QtBot, make_client: Make) -> None:
    client = make_client("good")
    told = outcomes(client.ask(Measure(SPEC, ProfileSettings())))
    qtbot.waitUntil(lambda: not client.busy, timeout=WAIT_MS)
    assert [type(step).__name__ for step in told] == ["ProfileProgress", "ProfileRun"]


def test_a_measurement_does_not_survive_its_engine(qtbot: QtBot, make_client: Make) -> None:
    client = make_client("good")
    deaths = words(client)
    told = outcomes(client.ask(Measure(SPEC, ProfileSettings(batch=UNANSWERABLE))))
    qtbot.waitUntil(lambda: not client.busy, timeout=WAIT_MS)
    assert isinstance(told[-1], Failure)
    assert "in the middle of the run" in told[-1].sentence
    assert len(told) == 2
    assert deaths == []
    assert spec_of(outcome(qtbot, client, Analyse(SPEC))) == SPEC


def test_stopping_cancels_the_job(qtbot: QtBot, make_client: Make) -> None:
    client = make_client("good")
    told = outcomes(client.ask(Measure(SPEC, ProfileSettings(batch=SILENT_BATCH))))
    qtbot.waitUntil(lambda: bool(told), timeout=WAIT_MS)
    client.stop()
    assert told[1:] == ["cancelled"]
    assert not client.busy
    assert client.process_id == 0


def test_a_killed_engine_is_replaced_and_the_request_sent_again(qtbot: QtBot, make_client: Make) -> None:
    client = make_client("good")
    with qtbot.waitSignal(client.ready, timeout=WAIT_MS):
        client.start()
    found = outcomes(client.ask(Analyse(SPEC)))
    os.kill(client.process_id, signal.SIGKILL)
    qtbot.waitUntil(lambda: not client.busy, timeout=WAIT_MS)
    assert [spec_of(analysed) for analysed in found] == [SPEC]
    assert spec_of(outcome(qtbot, client, Analyse(SPEC))) == SPEC


def test_an_idle_engine_that_is_killed_comes_back(qtbot: QtBot, make_client: Make) -> None:
    client = make_client("good")
    deaths = words(client)
    for _ in range(MAX_CRASHES + 1):
        with qtbot.waitSignal(client.ready, timeout=WAIT_MS):
            client.start()
            if deaths or client.process_id:
                os.kill(client.process_id, signal.SIGKILL)
    assert deaths
    assert all("restarted" in sentence for sentence in deaths)


def test_a_request_that_kills_three_engines_is_given_up(qtbot: QtBot, make_client: Make) -> None:
    client = make_client("good")
    deaths = words(client)
    failure = outcome(qtbot, client, Analyse(KILLER))
    assert isinstance(failure, Failure)
    assert f"{MAX_CRASHES} times" in failure.sentence
    assert len(deaths) == MAX_CRASHES
    assert spec_of(outcome(qtbot, client, Analyse(SPEC))) == SPEC


def test_an_engine_that_cannot_start_says_why(qtbot: QtBot, make_client: Make) -> None:
    failure = outcome(qtbot, make_client("dies"), Analyse(SPEC))
    assert isinstance(failure, Failure)
    assert "no torch here" in failure.sentence


def test_a_missing_program_is_said(qtbot: QtBot) -> None:
    assert isinstance(outcome(qtbot, EngineClient(("/no/such/program",)), Analyse(SPEC)), Failure)


@pytest.mark.parametrize("behavior", ["garbage", "odd", "nested", "no text", "long"])
def test_what_is_no_answer_counts_as_a_death(
    behavior: str, qtbot: QtBot, make_client: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line that is no message or too long for one, and an answer to another question."""
    monkeypatch.setattr("resnet_viz.gui.session.engine_client.MAX_MESSAGE_BYTES", 2_000_000)
    client = make_client(behavior)
    deaths = words(client)
    failure = outcome(qtbot, client, Analyse(SPEC))
    assert isinstance(failure, Failure)
    assert "not a message" in failure.sentence
    assert len(deaths) == MAX_CRASHES


@pytest.mark.parametrize("behavior", ["noisy", "wrong ids"])
def test_an_engine_may_print_before_it_is_ready_and_answer_what_was_not_asked(
    behavior: str, qtbot: QtBot, make_client: Make
) -> None:
    client = make_client(behavior)
    deaths = words(client)
    assert spec_of(outcome(qtbot, client, Analyse(SPEC))) == SPEC
    assert spec_of(outcome(qtbot, client, Analyse(preset("resnet34")))) == preset("resnet34")
    assert deaths == []


def test_a_request_that_the_engine_cannot_read_fails_once(qtbot: QtBot, make_client: Make) -> None:
    """The engine cannot tell its number, and it would read it no better the second time."""
    assert outcome(qtbot, make_client("deaf"), Analyse(SPEC)) == Failure(None, "What?")


def test_cancel_forgets_the_request_and_starts_afresh(qtbot: QtBot, make_client: Make) -> None:
    client = make_client("good")
    deaths = words(client)
    with qtbot.waitSignal(client.ready, timeout=WAIT_MS):
        told = outcomes(client.ask(Analyse(SILENT)))
    with qtbot.waitSignal(client.ready, timeout=WAIT_MS):
        client.cancel()
    assert not client.busy
    assert told == ["cancelled"]
    assert spec_of(outcome(qtbot, client, Analyse(SPEC))) == SPEC
    assert deaths == []


def test_the_process_finds_the_package_that_the_window_is_of(qtbot: QtBot) -> None:
    """From any folder, and where another copy is installed."""
    first = "import os, sys; sys.exit(os.environ['PYTHONPATH'].split(os.pathsep)[0])"
    failure = outcome(qtbot, EngineClient((sys.executable, "-c", first)), Analyse(SPEC))
    assert isinstance(failure, Failure)
    assert f"({PACKAGE_PARENT})" in failure.sentence


def test_an_idle_process_ends_and_the_next_request_starts_another(qtbot: QtBot, make_client: Make) -> None:
    client = make_client("good", idle_ms=50)
    deaths = words(client)
    starts: list[object] = []
    client.ready.connect(starts.append)
    for _ in range(2):
        assert spec_of(outcome(qtbot, client, Analyse(SPEC))) == SPEC
        qtbot.waitUntil(lambda: client.process_id == 0, timeout=WAIT_MS)
    client.start()
    qtbot.waitUntil(lambda: len(starts) == 3 and client.process_id == 0, timeout=WAIT_MS)
    assert deaths == []


@pytest.mark.parametrize("is_started_before", [True, False])
def test_a_process_that_measures_is_not_idle(is_started_before: bool, qtbot: QtBot, make_client: Make) -> None:
    client = make_client("good", idle_ms=300)
    if is_started_before:
        with qtbot.waitSignal(client.ready, timeout=WAIT_MS):
            client.start()
    told = outcomes(client.ask(Measure(SPEC, ProfileSettings(batch=SILENT_BATCH))))
    qtbot.waitUntil(lambda: bool(told), timeout=WAIT_MS)
    qtbot.wait(400)
    assert client.process_id
    assert client.busy
    assert "cancelled" not in told


def test_the_engines_for_analyses_and_measurements_stay_and_the_other_ends(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resnet_viz.gui.session.engine_client.IDLE_MS", 50)
    engines = Engines.of((sys.executable, "-c", FAKE, "good"))
    for client in engines:
        assert spec_of(outcome(qtbot, client, Analyse(SPEC))) == SPEC
    qtbot.waitUntil(lambda: engines.comparing.process_id == 0, timeout=WAIT_MS)
    assert engines.analysis.process_id
    assert engines.measuring.process_id
    for client in engines:
        client.stop()
