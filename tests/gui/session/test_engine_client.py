"""The engine client: the newest request wins, and a dead engine comes back."""

import os
import signal
from collections.abc import Callable

from pytestqt.qtbot import QtBot

from resnet_viz.engine.protocol import (
    Analyse,
    AnalysisResult,
    AskDevices,
    AskOpinion,
    AskPairs,
    AskSweep,
    Compare,
    CompareNetworks,
    Failure,
    Measure,
    Message,
    OpinionResult,
    Request,
)
from resnet_viz.gui.session.engine_client import MOST_DEATHS, EngineClient, measures
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import ProfileSettings

Make = Callable[[str], EngineClient]
WAIT_MS = 15_000
SPEC = preset("resnet18")
KILLER, SILENT = SPEC.but(classes=7), SPEC.but(classes=9)


def heard(client: EngineClient) -> tuple[list[Message], list[str]]:
    """Lists that fill with the client's answers and its words about deaths."""
    answers: list[Message] = []
    deaths: list[str] = []
    client.answered.connect(answers.append)
    client.died.connect(deaths.append)
    return answers, deaths


def test_answers_an_analysis_and_an_opinion(qtbot: QtBot, make_client: Make) -> None:
    client = make_client("good")
    answers, _ = heard(client)
    client.analyse(SPEC)
    qtbot.waitUntil(lambda: len(answers) == 1, timeout=WAIT_MS)
    client.ask_opinion(SPEC, "fvcore")
    qtbot.waitUntil(lambda: len(answers) == 2, timeout=WAIT_MS)
    assert isinstance(answers[0], AnalysisResult)
    assert answers[0].analysis.spec == SPEC
    assert isinstance(answers[1], OpinionResult)
    assert not client.busy


def test_the_newest_request_alone_is_answered(qtbot: QtBot, make_client: Make) -> None:
    client = make_client("good")
    answers, _ = heard(client)
    for name in ("resnet18", "resnet34", "resnet50"):
        client.analyse(preset(name))
    qtbot.waitUntil(lambda: not client.busy, timeout=WAIT_MS)
    assert [answer.analysis.spec for answer in answers if isinstance(answer, AnalysisResult)] == [preset("resnet50")]


def test_a_killed_engine_is_replaced_and_the_request_sent_again(qtbot: QtBot, make_client: Make) -> None:
    client = make_client("good")
    answers, _deaths = heard(client)
    with qtbot.waitSignal(client.ready, timeout=WAIT_MS):
        client.start()
    first = client.process_id
    client.analyse(SPEC)
    os.kill(first, signal.SIGKILL)
    qtbot.waitUntil(lambda: bool(answers), timeout=WAIT_MS)
    assert isinstance(answers[0], AnalysisResult)
    client.analyse(SPEC)
    qtbot.waitUntil(lambda: len(answers) == 2, timeout=WAIT_MS)


def test_an_idle_engine_that_is_killed_comes_back(qtbot: QtBot, make_client: Make) -> None:
    client = make_client("good")
    _, deaths = heard(client)
    for _ in range(MOST_DEATHS + 1):
        with qtbot.waitSignal(client.ready, timeout=WAIT_MS):
            client.start()
            if deaths or client.process_id:
                os.kill(client.process_id, signal.SIGKILL)
    assert all("started again" in sentence for sentence in deaths)


def test_a_request_that_kills_three_engines_is_given_up(qtbot: QtBot, make_client: Make) -> None:
    client = make_client("good")
    answers, deaths = heard(client)
    client.analyse(KILLER)
    qtbot.waitUntil(lambda: bool(answers), timeout=WAIT_MS)
    assert isinstance(answers[0], Failure)
    assert f"{MOST_DEATHS} times" in answers[0].sentence
    assert len(deaths) == MOST_DEATHS
    client.analyse(SPEC)
    qtbot.waitUntil(lambda: len(answers) == 2, timeout=WAIT_MS)
    assert isinstance(answers[1], AnalysisResult)


def test_an_engine_that_cannot_start_says_why(qtbot: QtBot, make_client: Make) -> None:
    client = make_client("dies")
    answers, _ = heard(client)
    client.analyse(SPEC)
    qtbot.waitUntil(lambda: bool(answers), timeout=WAIT_MS)
    assert isinstance(answers[0], Failure)
    assert "no torch here" in answers[0].sentence


def test_a_missing_program_is_said(qtbot: QtBot) -> None:
    client = EngineClient(("/no/such/program",))
    answers, _ = heard(client)
    client.analyse(SPEC)
    qtbot.waitUntil(lambda: bool(answers), timeout=WAIT_MS)
    assert isinstance(answers[0], Failure)


def test_garbage_counts_as_a_death(qtbot: QtBot, make_client: Make) -> None:
    client = make_client("garbage")
    answers, deaths = heard(client)
    client.analyse(SPEC)
    qtbot.waitUntil(lambda: bool(answers), timeout=WAIT_MS)
    assert isinstance(answers[0], Failure)
    assert "not a message" in answers[0].sentence
    assert len(deaths) == MOST_DEATHS


def test_cancel_forgets_the_request_and_starts_afresh(qtbot: QtBot, make_client: Make) -> None:
    client = make_client("good")
    answers, deaths = heard(client)
    with qtbot.waitSignal(client.ready, timeout=WAIT_MS):
        client.analyse(SILENT)
    with qtbot.waitSignal(client.ready, timeout=WAIT_MS):
        client.cancel()
    assert not client.busy
    client.analyse(SPEC)
    qtbot.waitUntil(lambda: bool(answers), timeout=WAIT_MS)
    assert deaths == []


def test_what_measures_is_not_asked_again_after_a_death() -> None:
    spec, settings, setting = preset("resnet18"), ProfileSettings(), BlockSetting()
    counting: tuple[Request, ...] = (
        Analyse(1, spec), AskOpinion(1, spec, "fvcore"), AskDevices(1), Compare(1, setting), AskPairs(1, spec),
        CompareNetworks(1, spec, spec),
    )  # fmt: skip
    measuring: tuple[Request, ...] = (
        Measure(1, spec, settings), Compare(1, setting, settings), AskPairs(1, spec, settings),
        CompareNetworks(1, spec, spec, settings), AskSweep(1, setting, (16,), settings),
    )  # fmt: skip
    assert [measures(request) for request in (*counting, *measuring)] == [False] * 6 + [True] * 5
