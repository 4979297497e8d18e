"""The session: edits, refusals, undo, selection and opinions."""

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from resnet_viz.gui.session.session import Session
from resnet_viz.spec.presets import preset
from tests.gui.fake_engine import OTHERS

WAIT_MS = 15_000


def last(signal: Any) -> list[Any]:
    """A list that fills with what a signal says."""
    found: list[Any] = []
    signal.connect(found.append)
    return found


@pytest.fixture
def started(qtbot: QtBot, session: Session) -> Session:
    """The session with its first analysis."""
    with qtbot.waitSignal(session.analysed, timeout=WAIT_MS):
        session.start()
    return session


def edit(qtbot: QtBot, session: Session, field: str, value: object) -> None:
    """Edit a field and wait for the new analysis."""
    with qtbot.waitSignal(session.analysed, timeout=WAIT_MS):
        session.edit(field, value)


def test_an_edit_is_analysed_and_can_be_undone(qtbot: QtBot, started: Session) -> None:
    edit(qtbot, started, "depth", 34)
    assert started.analysis is not None
    assert started.analysis.spec == preset("resnet34")
    with qtbot.waitSignal(started.analysed, timeout=WAIT_MS):
        started.undo()
    assert started.spec == preset("resnet18")
    with qtbot.waitSignal(started.analysed, timeout=WAIT_MS):
        started.redo()
    assert started.spec == preset("resnet34")


def test_a_bad_value_is_refused_at_its_field_and_the_last_network_stays(started: Session) -> None:
    views = last(started.build_changed)
    for field, value in (("blocks", (0, 2, 2, 2)), ("depth", 51), ("width", -1), ("blocks", (10**9, 2, 2, 2))):
        started.edit(field, value)
        assert views[-1].refusal.field == field
        assert views[-1].refusal.sentence
        assert started.spec == preset("resnet18")


def test_what_the_engine_refuses_leaves_no_trace_in_the_history(qtbot: QtBot, started: Session) -> None:
    views = last(started.build_changed)
    started.edit("classes", 8)
    qtbot.waitUntil(lambda: views[-1].refusal is not None, timeout=WAIT_MS)
    assert views[-1].refusal.field == "input"
    assert started.spec == preset("resnet18")
    assert started.analysis is not None
    assert started.analysis.spec == preset("resnet18")


def test_a_deadly_network_is_given_up_with_a_notice(qtbot: QtBot, started: Session) -> None:
    notices = last(started.noticed)
    started.edit("classes", 7)
    qtbot.waitUntil(lambda: bool(notices) and notices[-1].tone == "error", timeout=WAIT_MS)
    edit(qtbot, started, "classes", 1000)


def test_the_selection_survives_where_its_node_does(qtbot: QtBot, started: Session) -> None:
    chosen = last(started.selected)
    started.select("layer1.1.conv1")
    edit(qtbot, started, "depth", 34)
    assert chosen[-1] == "layer1.1.conv1"
    edit(qtbot, started, "blocks", (1, 1, 1, 1))
    assert chosen[-1] is None


def test_cancel_returns_to_the_last_good_network(started: Session) -> None:
    notices = last(started.noticed)
    started.edit("classes", 9)
    started.cancel()
    assert started.spec == preset("resnet18")
    assert "Stopped" in notices[-1].sentence


def test_both_opinions_arrive(qtbot: QtBot, session: Session) -> None:
    lines = last(session.opinions_changed)
    session.start()
    qtbot.waitUntil(lambda: bool(lines) and "fvcore agree" in lines[-1].text, timeout=WAIT_MS)
    assert "torchinfo, flop_counter and fvcore agree" in lines[-1].text
    assert lines[-1].tone == "ok"


def test_a_counter_that_is_installed_is_asked_too(qtbot: QtBot, session: Session) -> None:
    """The engine says which there are beside those that always are."""
    lines = last(session.opinions_changed)
    session.edit("classes", OTHERS)
    session.start()
    qtbot.waitUntil(lambda: bool(lines) and "DeepSpeed agree" in lines[-1].text, timeout=WAIT_MS)
    assert lines[-1].text == "✓ torchinfo, flop_counter, fvcore, ptflops and DeepSpeed agree"
    assert [opinion.tool for opinion in session.opinions][3:] == ["ptflops aten", "ptflops pytorch", "DeepSpeed"]
    assert session.waiting_counters == ()


def test_slow_work_is_told(qtbot: QtBot, started: Session) -> None:
    with qtbot.waitSignal(started.busy_changed, timeout=WAIT_MS):
        started.edit("classes", 9)
    started.cancel()
