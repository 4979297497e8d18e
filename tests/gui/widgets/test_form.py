"""A form shows a field anew only where it must: its value has changed, or the user has edited what it shows."""

from collections.abc import Iterator

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from resnet_viz.gui.widgets.fields import NumberField
from resnet_viz.gui.widgets.form import Form, Row
from resnet_viz.gui.widgets.labels import Label


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
    made, widget = Form([Row(name, name, field) for name, field in fields.items()]), QWidget()
    qtbot.addWidget(widget)
    widget.setLayout(made.grid())
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


@pytest.fixture
def tall(qtbot: QtBot, fields: dict[str, CountingField]) -> Iterator[Form]:
    """A form in which the height refines the width, on a widget that is shown."""
    rows = [
        Row("width", "Width", fields["width"], "How wide"),
        Row("height", "Height", fields["height"], under="width"),
    ]
    made, widget = Form(rows), QWidget()
    qtbot.addWidget(widget)
    widget.setLayout(made.grid())
    widget.show()
    yield made
    widget.deleteLater()


def test_what_refines_a_row_is_closed_until_its_arrow_or_label_is_clicked(
    tall: Form, fields: dict[str, CountingField]
) -> None:
    assert (fields["width"].isVisible(), fields["height"].isVisible()) == (True, False)
    tall.arrows["width"].click()
    assert (fields["height"].isVisible(), tall.opened) == (True, ("width",))
    label = next(label for label in fields["width"].window().findChildren(Label) if label.text() == "Width")
    QTest.mouseClick(label, Qt.MouseButton.LeftButton)
    assert (fields["height"].isVisible(), tall.opened) == (False, ())
    tall.open_rows(["width", "no such row"])
    assert fields["height"].isVisible()


def test_a_refusal_opens_the_row_that_it_is_below(tall: Form, fields: dict[str, CountingField]) -> None:
    tall.show_error("width", "too wide")
    assert not fields["height"].isVisible()
    tall.show_error("height", "too high")
    assert fields["height"].isVisible()
    tall.arrows["width"].click()
    assert [label.text() for label in fields["width"].window().findChildren(Label) if label.isVisible()] == ["Width"]
    tall.arrows["width"].click()
    assert "too high" in [label.text() for label in fields["width"].window().findChildren(Label) if label.isVisible()]


def test_a_field_without_effect_says_why(tall: Form, fields: dict[str, CountingField]) -> None:
    width = fields["width"]
    tall.disable({"width": "It has none."})
    assert (width.isEnabled(), width.toolTip()) == (False, "How wide\n\nIt has none.")
    assert width.accessibleDescription() == width.toolTip()
    assert fields["height"].isEnabled()
    tall.disable({})
    assert (width.isEnabled(), width.toolTip()) == (True, "How wide")


def test_a_closed_row_tells_what_has_been_changed_below_it(tall: Form, fields: dict[str, CountingField]) -> None:
    labels = {label.text(): label for label in fields["width"].window().findChildren(Label)}
    tall.mark_changed({"height"})
    assert tall.arrows["width"].toolTip() == "Below: Height\nNot at their default: Height"
    assert [bool(labels[name].property("changed")) for name in ("Width", "Height")] == [True, True]
    tall.arrows["width"].click()
    assert [bool(labels[name].property("changed")) for name in ("Width", "Height")] == [False, True]
    tall.mark_changed(())
    assert tall.arrows["width"].toolTip() == "Below: Height"
    assert not labels["Height"].property("changed")
