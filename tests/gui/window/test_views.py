"""Views are brought up to date in order, one a turn of the event loop, and only those that are seen."""

from functools import partial

import msgspec
import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from resnet_viz.gui.shown import Changed, Shown
from resnet_viz.gui.window.views import Views
from resnet_viz.spec.presets import preset
from tests.gui.small_run import small_run

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
FIRST = Shown(preset("resnet18"))


class Recorder:
    """Two widgets, and what was displayed in which of them."""

    def __init__(self, qtbot: QtBot) -> None:
        self.log: list[tuple[str, Shown]] = []
        self.views = Views()
        self.fails = False
        self.asks: Shown | None = None
        self.widgets = {name: QWidget() for name in ("first", "second")}
        self.fields = {"first": {"question", "selection"}, "second": {"run", "selection"}}
        for name, widget in self.widgets.items():
            qtbot.addWidget(widget)
            self.views.add(widget, partial(self._record, name), *self.fields[name])

    def _record(self, name: str, shown: Shown, changed: Changed) -> None:
        assert changed <= self.fields[name]
        if self.fails and name == "first":
            raise ValueError("cannot be drawn")
        self.log.append((name, shown))
        asked, self.asks = self.asks, None
        if asked is not None:
            self.views.show(asked)

    @property
    def names(self) -> list[str]:
        """The names of the displayed views, in order."""
        return [name for name, _ in self.log]

    def show(self, *names: str) -> None:
        """Show these widgets and forget what was displayed."""
        for name in names:
            self.widgets[name].show()
        self.views.show(FIRST)
        QApplication.processEvents()
        self.log.clear()


@pytest.fixture
def recorder(qtbot: QtBot) -> Recorder:
    """Two views, not shown."""
    return Recorder(qtbot)


def but(shown: Shown, **changes: object) -> Shown:
    """The value with changes."""
    return msgspec.structs.replace(shown, **changes)


def test_the_first_view_updates_at_once_and_the_next_in_the_next_turn(qtbot: QtBot, recorder: Recorder) -> None:
    recorder.show("first", "second")
    with qtbot.waitSignal(recorder.views.settled):
        recorder.views.show(but(FIRST, selection="layer1"))
        assert recorder.names == ["first"]
        assert not recorder.views.is_settled
    assert recorder.names == ["first", "second"]
    assert recorder.views.is_settled


def test_a_view_is_displayed_only_when_a_field_that_it_reads_changes(recorder: Recorder) -> None:
    recorder.show("first", "second")
    recorder.views.show(but(FIRST, can_undo=True))
    QApplication.processEvents()
    assert recorder.names == []
    recorder.views.show(but(FIRST, run=small_run(preset("resnet18"))))
    QApplication.processEvents()
    assert recorder.names == ["second"]


def test_a_hidden_view_waits_and_receives_only_the_newest_value(recorder: Recorder) -> None:
    recorder.show("second")
    for name in ("layer1", "layer2"):
        recorder.views.show(but(FIRST, selection=name))
        QApplication.processEvents()
    assert recorder.names == ["second", "second"]
    recorder.widgets["first"].show()
    recorder.views.refresh()
    QApplication.processEvents()
    assert [(name, shown.selection) for name, shown in recorder.log[2:]] == [("first", "layer2")]


def test_a_value_that_comes_between_two_turns_is_the_one_displayed(recorder: Recorder) -> None:
    recorder.show("first", "second")
    for name in ("layer1", "layer2"):
        recorder.views.show(but(FIRST, selection=name))
    QApplication.processEvents()
    assert [(name, shown.selection) for name, shown in recorder.log] == [
        ("first", "layer1"), ("first", "layer2"), ("second", "layer2"),
    ]  # fmt: skip


def test_update_now_updates_a_hidden_view(recorder: Recorder) -> None:
    recorder.show("second")
    recorder.views.show(but(FIRST, selection="layer1"))
    recorder.views.update_now(recorder.widgets["first"])
    recorder.views.update_now(recorder.widgets["first"])
    assert recorder.names == ["second", "first"]


def test_nothing_is_displayed_after_stop(recorder: Recorder) -> None:
    recorder.show("first", "second")
    recorder.views.show(but(FIRST, selection="layer1"))
    recorder.views.stop()
    QApplication.processEvents()
    assert recorder.names == ["first"]


def test_a_failing_view_does_not_block_the_others(recorder: Recorder) -> None:
    recorder.show("first", "second")
    recorder.fails = True
    with pytest.raises(ValueError, match="cannot be drawn"):
        recorder.views.show(but(FIRST, selection="layer1"))
    QApplication.processEvents()
    assert recorder.names == ["second"]
    recorder.fails = False
    recorder.views.show(but(FIRST, selection="layer2"))
    assert recorder.names == ["second", "first"]


def test_settled_is_emitted_when_nothing_is_due(qtbot: QtBot, recorder: Recorder) -> None:
    """Even where a view asks for something while it is drawn."""
    recorder.show("first", "second")
    recorder.asks = but(FIRST, selection="layer2")
    told: list[bool] = []
    recorder.views.settled.connect(lambda: told.append(recorder.views.is_settled))
    with qtbot.waitSignal(recorder.views.settled):
        recorder.views.show(but(FIRST, selection="layer1"))
    assert told == [True]
    assert [(name, shown.selection) for name, shown in recorder.log] == [
        ("first", "layer1"), ("first", "layer2"), ("second", "layer2"),
    ]  # fmt: skip


@pytest.mark.parametrize("fields", [("analysys",), ("run", "analysys"), ()])
def test_a_view_of_no_field_or_an_unknown_one_is_refused(recorder: Recorder, fields: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="not fields of Shown"):
        recorder.views.add(recorder.widgets["first"], lambda *_: None, *fields)
