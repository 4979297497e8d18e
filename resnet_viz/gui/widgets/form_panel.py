"""A scrolling panel with a form and further widgets below it."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLayout, QScrollArea, QWidget

from resnet_viz.gui.widgets.form import Form, error_label, set_message
from resnet_viz.gui.widgets.layouts import Part, column, scroll_down_only


class FormPanel(QScrollArea):
    """Emits `edited` with a field and its new value; shows a refusal at its field, or below all fields."""

    edited = Signal(str, object)

    def __init__(self, name: str, form: Form) -> None:
        super().__init__()
        scroll_down_only(self)
        self.setAccessibleName(name)
        self.form, self.rows = form, form.rows
        self.general_error = error_label()
        for field, row in self.rows.items():
            row.widget.edited.connect(partial(self.emit_edit, field))

    def emit_edit(self, name: str, value: object = None) -> None:
        """Emit `edited` for a field."""
        self.form.forget(name)
        self.edited.emit(name, value)

    def show_error(self, at: str | None, sentence: str) -> None:
        """Show why a value was refused: at the field `at`, or below all fields if the form has no such field."""
        self.form.show_error(at, sentence)
        set_message(self.general_error, sentence if at not in self.rows else "")

    def fill(self, *below: Part, heading: QWidget | None = None) -> None:
        """Lay out the heading, the fields, and below them these parts."""
        content = QWidget()
        content.setObjectName("buildContent")
        above = () if heading is None else (heading,)
        parts = (*above, self.form.grid(), self.general_error, *below)
        layout = column(*parts, owner=content, margins=(6, 8, 12, 12), spacing=8)
        self.setWidget(content)
        self._fit_widest_row(content, layout)

    def _fit_widest_row(self, content: QWidget, layout: QLayout) -> None:
        """Make the panel as wide as its widest row, which may be closed at first, in the fonts of the style sheet."""
        self.form.open_rows(self.form.arrows)
        for widget in (self.verticalScrollBar(), *content.findChildren(QWidget)):
            widget.ensurePolished()
        layout.activate()  # the grid inside it forgets the sizes from before
        self.setMinimumWidth(content.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width())
        self.form.open_rows(())
