"""A form: labeled fields in a grid, each with room for an error sentence below it.

A row may refine another one: it stands below that row, which opens and closes by an arrow, and is closed at first.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QGridLayout, QToolButton, QWidget

from resnet_viz.gui.widgets.fields import Field
from resnet_viz.gui.widgets.labels import Label, tooltip
from resnet_viz.gui.widgets.layouts import named, set_look
from resnet_viz.texts import tr

ARROW_WIDTH, LABEL_WIDTH, GAP = 14, 92, 8  # pixels
INDENT = 10  # pixels, of a row that refines another one


class Row(msgspec.Struct, frozen=True):
    """One row of a form: the name of a field, its label, its widget, and how the widget reads a value.

    `tip` says what the field is. Without `value` the widget shows the attribute with the field's name. A row that
    refines another one has the name of that one in `under`.
    """

    name: str
    label: str
    widget: Field
    tip: str = ""
    value: Callable[[Any], Any] | None = None
    under: str = ""

    def read(self, value: Any) -> Any:
        """Return the part of `value` that this row shows."""
        return getattr(value, self.name) if self.value is None else self.value(value)


class RowLabel(Label):
    """The label of a row that opens and closes the rows below it where it is clicked."""

    clicked = Signal()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # Qt override
        """Emit `clicked`."""
        super().mouseReleaseEvent(event)
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()


class Form:
    """The rows of a form in their order, with their error sentences, and the arrows of those that can be opened."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = {row.name: row for row in rows}
        self.arrows: dict[str, QToolButton] = {row.under: _arrow() for row in rows if row.under}
        self._labels: dict[str, RowLabel] = {}
        self._errors: dict[str, Label] = {}
        self._shown: dict[str, Any] = {}
        self._refused: str | None = None
        self._changed: Collection[str] = ()

    @property
    def opened(self) -> tuple[str, ...]:
        """The names of the rows that are open."""
        return tuple(name for name, arrow in self.arrows.items() if arrow.isChecked())

    def grid(self) -> QGridLayout:
        """Lay out the rows one below the other."""
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(0)
        grid.setVerticalSpacing(6)
        grid.setColumnMinimumWidth(0, ARROW_WIDTH)
        grid.setColumnMinimumWidth(1, LABEL_WIDTH + GAP)
        grid.setColumnStretch(2, 1)
        for index, row in enumerate(self.rows.values()):
            self._add_row(grid, 2 * index, row)
        for name, arrow in self.arrows.items():
            arrow.setAccessibleName(tr("More of: {field}").format(field=self.rows[name].label))
            arrow.toggled.connect(partial(self._show_below, name))
            self._labels[name].clicked.connect(arrow.toggle)
            self._labels[name].setCursor(Qt.CursorShape.PointingHandCursor)
            self._show_below(name, is_open=False)
        self.disable({})
        return grid

    def open_rows(self, names: Collection[str]) -> None:
        """Open the rows of these names, and close all others."""
        for name, arrow in self.arrows.items():
            arrow.setChecked(name in names)

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
        """Show an error sentence at the field `at`, opening the row that it is below, and clear the other fields'."""
        before, self._refused = self._refused, at if sentence and at in self.rows else None
        for name in dict.fromkeys(found for found in (before, self._refused) if found is not None):
            is_wrong = name == self._refused
            if is_wrong and self.rows[name].under:
                self.arrows[self.rows[name].under].setChecked(True)
            set_message(self._errors[name], sentence if is_wrong else "")
            _mark(self.rows[name].widget, is_wrong)

    def disable(self, reasons: Mapping[str, str]) -> None:
        """Disable the fields without effect, each with the reason in its tooltip, and enable all others."""
        for name, row in self.rows.items():
            reason = reasons.get(name, "")
            row.widget.setEnabled(not reason)
            self._labels[name].setEnabled(not reason or name in self.arrows)
            text = "\n\n".join(part for part in (row.tip, reason) if part)
            for widget in (row.widget, self._labels[name]):
                widget.setToolTip(tooltip(text))
            row.widget.setAccessibleDescription(text)

    def mark_changed(self, changed: Collection[str]) -> None:
        """Mark the fields that are not at their default among those below a row: where it is closed, the row."""
        self._changed = changed
        for name, row in self.rows.items():
            if row.under:
                set_look(self._labels[name], "changed", name in changed)
        for name in self.arrows:
            self._mark_arrow(name)

    def _mark_arrow(self, name: str) -> None:
        """Name the fields below a row in the arrow's tooltip, and mark a closed row with fields that were changed."""
        below = [row for row in self.rows.values() if row.under == name]
        changed = [row.label for row in below if row.name in self._changed]
        text = tr("Below: {fields}").format(fields=", ".join(row.label for row in below))
        if changed:
            text += "\n" + tr("Not at their default: {fields}").format(fields=", ".join(changed))
        self.arrows[name].setToolTip(tooltip(text))
        self.arrows[name].setAccessibleDescription(text)
        set_look(self._labels[name], "changed", bool(changed) and not self.arrows[name].isChecked())

    def _show_below(self, name: str, is_open: bool) -> None:
        self.arrows[name].setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)
        self._mark_arrow(name)
        for row in self.rows.values():
            if row.under == name:
                self._labels[row.name].setVisible(is_open)
                row.widget.setVisible(is_open)
                self._errors[row.name].setVisible(is_open and bool(self.error_at(row.name)))

    def _add_row(self, grid: QGridLayout, line: int, row: Row) -> None:
        label = self._labels[row.name] = RowLabel(row.label)
        label.setObjectName("refiningLabel" if row.under else "rowLabel")
        label.setContentsMargins(INDENT if row.under else 0, 0, GAP, 0)
        label.setBuddy(row.widget)
        error = self._errors[row.name] = error_label()
        row.widget.name_for_readers(row.label)
        grid.addWidget(label, line, 1)
        grid.addWidget(row.widget, line, 2)
        if row.name in self.arrows:
            grid.addWidget(self.arrows[row.name], line, 0)  # after its field in the order of the Tab key, too
        grid.addWidget(error, line + 1, 2)


def error_label() -> Label:
    """Return a label for an error sentence, hidden while empty."""
    label = named("fieldError", wraps=True)
    label.setVisible(False)
    return label


def set_message(label: Label, sentence: str) -> None:
    """Show a sentence in the label, or hide the label if the sentence is empty."""
    label.setText(sentence)
    label.setVisible(bool(sentence))


def _arrow() -> QToolButton:
    """Return the button that opens and closes the rows below a row."""
    button = QToolButton()
    button.setObjectName("rowArrow")
    button.setCheckable(True)
    button.setAutoRaise(True)
    button.setFixedWidth(ARROW_WIDTH)
    return button


def _mark(field: QWidget, wrong: bool) -> None:
    """Set or clear the property by which the style sheet marks a field as wrong."""
    for widget in field.findChildren(QWidget):
        set_look(widget, "wrong", wrong)
