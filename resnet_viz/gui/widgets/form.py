"""A form: labeled fields in a grid, each with room for an error sentence below it."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QToolButton, QWidget

from resnet_viz.gui.widgets.fields import Field
from resnet_viz.gui.widgets.labels import Label, tooltip
from resnet_viz.gui.widgets.layouts import named, set_look
from resnet_viz.texts import tr

LABEL_WIDTH = 100


class Row(msgspec.Struct, frozen=True):
    """One row of a form: the name of a field, its label, its widget, and how the widget reads a value.

    Without `value` the widget shows the attribute with the field's name.
    """

    name: str
    label: str
    widget: Field
    tip: str = ""
    value: Callable[[Any], Any] | None = None

    def read(self, value: Any) -> Any:
        """Return the part of `value` that this row shows."""
        return getattr(value, self.name) if self.value is None else self.value(value)


class Form:
    """The rows of a form, the most used first and the others apart, with their error sentences."""

    def __init__(self, first: Sequence[Row], others: Sequence[Row]) -> None:
        self.first, self.others = first, others
        self.rows = {row.name: row for row in (*first, *others)}
        self._errors: dict[str, Label] = {}
        self._shown: dict[str, Any] = {}
        self._refused: str | None = None

    def grid(self, rows: Iterable[Row]) -> QGridLayout:
        """Lay out these rows one below the other."""
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        grid.setColumnMinimumWidth(0, LABEL_WIDTH)
        grid.setColumnStretch(1, 1)
        for index, row in enumerate(rows):
            self._add_row(grid, 2 * index, row)
        return grid

    def error_at(self, name: str) -> str:
        """Return the error sentence shown at a field, or ""."""
        return self._errors[name].text()

    def show_values(self, value: Any) -> None:
        """Show a value in the fields, skipping those that show it already."""
        for name, row in self.rows.items():
            new = row.read(value)
            if name not in self._shown or self._shown[name] != new:
                self._shown[name] = new
                row.widget.show_value(new)

    def forget(self, name: str) -> None:
        """Update this field the next time in any case, because the user has edited it."""
        self._shown.pop(name, None)

    def show_error(self, at: str | None, sentence: str) -> None:
        """Show an error sentence at the field `at`, and clear those of the other fields."""
        before, self._refused = self._refused, at if sentence and at in self.rows else None
        for name in dict.fromkeys(found for found in (before, self._refused) if found is not None):
            is_wrong = name == self._refused
            set_message(self._errors[name], sentence if is_wrong else "")
            _mark(self.rows[name].widget, is_wrong)

    def _add_row(self, grid: QGridLayout, line: int, row: Row) -> None:
        label = Label(row.label)
        label.setBuddy(row.widget)
        error = self._errors[row.name] = error_label()
        for widget in (label, row.widget):
            widget.setToolTip(tooltip(row.tip))
        row.widget.name_for_readers(row.label)
        grid.addWidget(label, line, 0)
        grid.addWidget(row.widget, line, 1)
        grid.addWidget(error, line + 1, 1)


def error_label() -> Label:
    """Return a label for an error sentence, hidden while empty."""
    label = named("fieldError", wraps=True)
    label.setVisible(False)
    return label


def set_message(label: Label, sentence: str) -> None:
    """Show a sentence in the label, or hide the label if the sentence is empty."""
    label.setText(sentence)
    label.setVisible(bool(sentence))


def more_button() -> QToolButton:
    """Return the button that shows and hides the less used fields."""
    button = QToolButton()
    button.setObjectName("moreButton")
    button.setText(tr("More"))
    button.setCheckable(True)
    button.setAutoRaise(True)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setArrowType(Qt.ArrowType.RightArrow)
    button.setAccessibleName(tr("More fields"))
    button.toggled.connect(
        lambda is_open: button.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)
    )
    return button


def _mark(field: QWidget, wrong: bool) -> None:
    """Set or clear the property by which the style sheet marks a field as wrong."""
    for widget in field.findChildren(QWidget):
        set_look(widget, "wrong", wrong)
