"""A form shows a field anew only where it must: its value has changed, or the user has edited what it shows."""

from collections.abc import Iterator

import msgspec
import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from resnet_viz.gui.widgets.fields import NumberField
from resnet_viz.gui.widgets.form import Form, Row


class Size(msgspec.Struct, frozen=True):
    """A value with two fields."""

    width: int
    height: int


class CountingField(NumberField):
    """Takes down what it was told to show."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[int] = []

    def show_value(self, value: int) -> None:
        """Show a number, and take it down."""
        self.told.append(value)
        super().show_value(value)


@pytest.fixture
def fields(qapp: QApplication) -> dict[str, CountingField]:
    """Two fields by name."""
    return {"width": CountingField(), "height": CountingField()}


@pytest.fixture
def form(qtbot: QtBot, fields: dict[str, CountingField]) -> Iterator[Form]:
    """The form of these fields, laid out in a widget."""
    made, widget = Form([Row(name, name, field) for name, field in fields.items()], []), QWidget()
    qtbot.addWidget(widget)
    widget.setLayout(made.grid(made.first))
    yield made
    widget.deleteLater()


def test_only_what_differs_is_shown_anew(form: Form, fields: dict[str, CountingField]) -> None:
    form.show_values(Size(1, 2))
    form.show_values(Size(1, 3))
    assert {name: field.told for name, field in fields.items()} == {"width": [1], "height": [2, 3]}


def test_an_edited_field_shows_again_what_holds(form: Form, fields: dict[str, CountingField]) -> None:
    form.show_values(Size(1, 2))
    form.forget("width")
    form.show_values(Size(1, 2))
    assert {name: field.told for name, field in fields.items()} == {"width": [1, 1], "height": [2]}


def test_a_sentence_stands_beside_one_field_at_a_time(form: Form, fields: dict[str, CountingField]) -> None:
    for at, sentence in (("width", "too wide"), ("height", "too high"), ("height", "still too high"), (None, "")):
        form.show_error(at, sentence)
        errors = {name: form.error_at(name) for name in form.rows}
        assert errors == {name: sentence if name == at else "" for name in form.rows}
        wrong = {name for name, field in fields.items() if field.spin.property("wrong")}
        assert wrong == ({at} if at else set())
