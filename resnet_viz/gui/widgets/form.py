"""A form: labelled fields in a grid, each with room for what was refused below it."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QToolButton, QWidget

from resnet_viz.gui.widgets.fields import Field
from resnet_viz.gui.widgets.layouts import named, set_look
from resnet_viz.texts import tr

LABEL_WIDTH = 100


class Row(msgspec.Struct, frozen=True):
    """One line of a form: the field's name, its label, its widget, and what the widget shows of a value.

    Without `value` it shows the attribute that has the field's name.
    """

    name: str
    label: str
    widget: Field
    tip: str = ""
    value: Callable[[Any], Any] | None = None

    def read(self, value: Any) -> Any:
        """What the value has of this field."""
        return getattr(value, self.name) if self.value is None else self.value(value)


class Form:
    """The rows by name, those that are used most and the others, and the sentences beside them."""

    def __init__(self, first: Sequence[Row], others: Sequence[Row]) -> None:
        self.first, self.others = first, others
        self.rows = {row.name: row for row in (*first, *others)}
        self._errors: dict[str, QLabel] = {}
        self._shown: dict[str, Any] = {}
        self._refused: str | None = None

    def grid(self, rows: Iterable[Row]) -> QGridLayout:
        """These rows laid out, one below the other."""
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
        """The sentence beside a field; empty where there is none."""
        return self._errors[name].text()

    def show_values(self, value: Any) -> None:
        """Show what the value has of each field, where the field does not show it already."""
        for name, row in self.rows.items():
            new = row.read(value)
            if name not in self._shown or self._shown[name] != new:
                self._shown[name] = new
                row.widget.show_value(new)

    def forget(self, name: str) -> None:
        """Show a field anew the next time, because the user has edited what it shows."""
        self._shown.pop(name, None)

    def show_refusal(self, at: str | None, sentence: str) -> None:
        """The sentence beside the field `at`, and none beside the others."""
        before, self._refused = self._refused, at if sentence and at in self.rows else None
        for name in dict.fromkeys(found for found in (before, self._refused) if found is not None):
            is_wrong = name == self._refused
            set_message(self._errors[name], sentence if is_wrong else "")
            _mark(self.rows[name].widget, is_wrong)

    def _add_row(self, grid: QGridLayout, line: int, row: Row) -> None:
        label = QLabel(row.label)
        label.setBuddy(row.widget)
        error = self._errors[row.name] = error_label()
        for widget in (label, row.widget):
            widget.setToolTip(row.tip)
        row.widget.name_for_readers(row.label)
        grid.addWidget(label, line, 0)
        grid.addWidget(row.widget, line, 1)
        grid.addWidget(error, line + 1, 1)


def error_label() -> QLabel:
    """A line for what was refused, hidden while there is nothing."""
    label = named("fieldError", wraps=True)
    label.setVisible(False)
    return label


def set_message(label: QLabel, sentence: str) -> None:
    """Show a sentence, or hide the label for an empty one."""
    label.setText(sentence)
    label.setVisible(bool(sentence))


def more_button() -> QToolButton:
    """The button that folds less used fields away."""
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
    """Let the style sheet draw the field as wrong."""
    for widget in field.findChildren(QWidget):
        set_look(widget, "wrong", wrong)
