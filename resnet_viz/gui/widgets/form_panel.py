"""A scrolling panel with a form: the most used fields, the others behind a button, and further widgets."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QScrollArea, QWidget

from resnet_viz.gui.widgets.form import Form, error_label, more_button, set_message
from resnet_viz.gui.widgets.layouts import Part, column, scroll_down_only

SCROLL_BAR = 12  # width in pixels


class FormPanel(QScrollArea):
    """Emits `edited` with a field and its new value; shows a refusal at its field, or below all fields."""

    edited = Signal(str, object)

    def __init__(self, name: str, form: Form) -> None:
        super().__init__()
        scroll_down_only(self)
        self.setAccessibleName(name)
        self.form, self.rows = form, form.rows
        self.more_button, self.more = more_button(), QWidget()
        self.general_error = error_label()
        for field, row in self.rows.items():
            row.widget.edited.connect(partial(self.emit_edit, field))
        self.more_button.toggled.connect(self.more.setVisible)

    def emit_edit(self, name: str, value: object = None) -> None:
        """Emit `edited` for a field."""
        self.form.forget(name)
        self.edited.emit(name, value)

    def show_error(self, at: str | None, sentence: str) -> None:
        """Show why a value was refused: at the field `at`, or below all fields if the form has no such field."""
        self.form.show_error(at, sentence)
        set_message(self.general_error, sentence if at not in self.rows else "")
        if sentence and self.rows.get(at or "") in self.form.others:
            self.more_button.setChecked(True)

    def enable(self, **applies: bool) -> None:
        """Enable the fields that apply, and disable the others."""
        for name, is_enabled in applies.items():
            self.rows[name].widget.setEnabled(is_enabled)

    def fill(self, *below: Part, heading: QWidget | None = None) -> None:
        """Lay out the heading, the fields, and below them these parts."""
        content = QWidget()
        content.setObjectName("buildContent")
        self.more.setLayout(self.form.grid(self.form.others))
        self.more.setVisible(False)
        above = () if heading is None else (heading,)
        parts = (*above, self.form.grid(self.form.first), self.more_button, self.more, self.general_error, *below)
        column(*parts, owner=content, margins=(12, 8, 12, 12), spacing=8)
        self.setWidget(content)
        self.setMinimumWidth(content.minimumSizeHint().width() + SCROLL_BAR)
