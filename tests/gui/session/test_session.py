"""The session: edits, refusals, undo, selection and cross-checks."""

from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from resnet_viz.gui.session.session import Session
from resnet_viz.metrics.conventions import costs
from resnet_viz.records.analysis import Convention
from resnet_viz.spec.presets import preset
from resnet_viz.storage.runs import save_run
from resnet_viz.viewmodels.build.edits import edited_spec
from resnet_viz.viewmodels.parts import Refusal
from resnet_viz.viewmodels.summary import crosscheck_line
from tests.gui.fake_engine import OTHERS
from tests.gui.small_run import small_run
from tests.gui.waiting import WAIT_MS, new_analysis


def last(signal: Any) -> list[Any]:
    """A list that fills with what a signal says."""
    found: list[Any] = []
    signal.connect(found.append)
    return found


@pytest.fixture
def started(qtbot: QtBot, session: Session) -> Session:
    """The session with its first analysis."""
    with new_analysis(qtbot, session):
        session.start()
    return session


def edit(qtbot: QtBot, session: Session, field: str, value: object) -> None:
    """Edit a field and wait for the new analysis."""
    with new_analysis(qtbot, session):
        session.edit(field, value)


def test_an_edit_is_analysed_and_can_be_undone(qtbot: QtBot, started: Session) -> None:
    edit(qtbot, started, "depth", 34)
    assert started.analysis is not None
    assert started.analysis.spec == preset("resnet34")
    with new_analysis(qtbot, started):
        started.undo()
    assert started.question == preset("resnet18")
    with new_analysis(qtbot, started):
        started.redo()
    assert started.question == preset("resnet34")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("block_widths", "60 / 120 / 240 / 500"),
        ("stage_blocks", (True, False, False, True)),
        ("attention", "se"),
        ("stem_widths", "24, 32"),
    ],
)
def test_an_edit_of_a_published_variant_can_be_undone(started: Session, field: str, value: object) -> None:
    started.edit(field, value)
    edited = started.question
    assert edited == edited_spec(preset("resnet18"), field, value) != preset("resnet18")
    started.undo()
    assert started.question == preset("resnet18")
    started.redo()
    assert started.question == edited


def test_a_refusal_is_one_sentence(started: Session) -> None:
    started.edit("width", 100)
    started.edit("groups", 3)
    assert started.shown.refusal == Refusal(
        "groups", "3 is not accepted; it must divide the 100 channels of every grouped convolution."
    )
    started.edit("norm", "group")
    assert started.shown.refusal is not None
    assert started.shown.refusal.sentence.startswith("group is not accepted; its 32 groups must divide")


def test_a_bad_value_is_refused_at_its_field_and_the_last_network_stays(started: Session) -> None:
    for field, value in (("blocks", (0, 2, 2, 2)), ("depth", 51), ("width", -1), ("blocks", (10**9, 2, 2, 2))):
        started.edit(field, value)
        refusal = started.shown.refusal
        assert refusal is not None
        assert refusal.field == field
        assert refusal.sentence
        assert started.question == preset("resnet18")


def test_what_the_engine_refuses_leaves_no_trace_in_the_history(qtbot: QtBot, started: Session) -> None:
    started.edit("classes", 8)
    qtbot.waitUntil(lambda: started.shown.refusal is not None, timeout=WAIT_MS)
    assert started.shown.refusal is not None
    assert started.shown.refusal.field == "input"
    assert not started.shown.can_undo
    assert started.question == preset("resnet18")
    assert started.analysis is not None
    assert started.analysis.spec == preset("resnet18")


def test_a_deadly_network_is_given_up_with_a_notice(qtbot: QtBot, started: Session) -> None:
    notices = last(started.noticed)
    started.edit("classes", 7)
    qtbot.waitUntil(lambda: bool(notices) and notices[-1].tone == "error", timeout=WAIT_MS)
    edit(qtbot, started, "classes", 1000)


def test_the_selection_survives_where_its_node_does(qtbot: QtBot, started: Session) -> None:
    started.select("layer1.1.conv1")
    edit(qtbot, started, "depth", 34)
    assert started.shown.selection == "layer1.1.conv1"
    edit(qtbot, started, "blocks", (1, 1, 1, 1))
    assert started.shown.selection is None


def test_cancel_returns_to_the_last_good_network(started: Session) -> None:
    notices = last(started.noticed)
    started.edit("classes", 9)
    started.cancel()
    assert started.question == preset("resnet18")
    assert "Stopped" in notices[-1].sentence


def test_both_cross_checks_arrive(qtbot: QtBot, session: Session) -> None:
    session.start()
    qtbot.waitUntil(lambda: len(session.shown.crosschecks) == 3, timeout=WAIT_MS)
    line = crosscheck_line(session.shown.crosschecks, waiting=session.shown.waiting)
    assert "torchinfo, flop_counter and fvcore agree" in line.text
    assert line.status == "ok"


def test_a_counter_that_is_installed_is_asked_too(qtbot: QtBot, session: Session) -> None:
    """The engine says which there are beside those that always are."""
    session.edit("classes", OTHERS)
    session.start()
    qtbot.waitUntil(lambda: len(session.shown.crosschecks) == 6, timeout=WAIT_MS)
    assert [found.tool for found in session.shown.crosschecks][3:] == ["ptflops aten", "ptflops pytorch", "DeepSpeed"]
    assert session.shown.waiting == ()


def test_slow_work_is_told(qtbot: QtBot, started: Session) -> None:
    started.edit("classes", 9)
    assert not started.shown.is_tracing
    qtbot.waitUntil(lambda: started.shown.is_tracing, timeout=WAIT_MS)
    started.cancel()
    assert not started.shown.is_tracing


@pytest.mark.parametrize("convention", ["twice", "elementwise", "folded"])
def test_the_costs_follow_the_convention_and_the_network(
    qtbot: QtBot, started: Session, convention: Convention
) -> None:
    started.set_convention(convention)
    for depth in (18, 34):
        if depth != 18:
            edit(qtbot, started, "depth", depth)
        shown = started.shown
        assert shown.analysis is not None
        assert shown.costs == costs(shown.analysis, convention)
        assert shown.analysis.totals.macs != shown.costs.total


def test_a_run_is_an_overlay_of_its_own_network_alone(qtbot: QtBot, started: Session, tmp_path: Path) -> None:
    run = small_run(preset("resnet18"))
    save_run(run, tmp_path / "run.json")
    started.measuring.open(tmp_path / "run.json")
    assert (started.shown.run, started.shown.foreign) == (run, None)
    edit(qtbot, started, "depth", 34)
    assert (started.shown.run, started.shown.foreign) == (None, run)
    with new_analysis(qtbot, started):
        started.undo()
    assert (started.shown.run, started.shown.foreign) == (run, None)


def test_what_the_network_has_not_cannot_be_chosen(started: Session) -> None:
    started.select("layer1.0.conv1")
    started.select("layer3.5.conv1")  # of ResNet-34, which the table may still show
    assert started.shown.selection is None


def test_counters_are_asked_on_after_a_stop(qtbot: QtBot, session: Session) -> None:
    with new_analysis(qtbot, session):
        session.start()
    session.edit("classes", 9)
    session.cancel()
    qtbot.waitUntil(lambda: not session.shown.waiting, timeout=WAIT_MS)
    assert len(session.shown.crosschecks) == 3
