"""The input widgets of the panels: each shows a value and signals when the user edits it."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QLineEdit,
    QSizePolicy,
    QSpinBox,
    QStyle,
    QStyleOptionSpinBox,
    QWidget,
)

from resnet_viz.gui.widgets.labels import tooltip
from resnet_viz.gui.widgets.layouts import row, tool_button
from resnet_viz.texts import tr
from resnet_viz.viewmodels.parts import Choice

MAX_ABSOLUTE = 2_000_000_000
SPINS_PER_ROW = 4
MIN_SPIN_WIDTH = 42
GAP = 4
BUTTON_WIDTH = 20


class Field(QWidget):
    """The widget for one field of a spec or of settings; `edited` carries the new value."""

    edited = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.row = row(owner=self, spacing=GAP)

    def show_value(self, value: Any) -> None:
        """Show a value without emitting `edited`."""
        raise NotImplementedError

    def add(self, widget: QWidget) -> None:
        """Add a widget to the row; it receives the focus of the field."""
        self.row.addWidget(widget)
        self.setFocusProxy(widget)

    def name_for_readers(self, name: str) -> None:
        """Set the accessible name of the field and of its widgets that have none."""
        self.setAccessibleName(name)
        for child in self.findChildren(QWidget):
            if not child.accessibleName() and child.parentWidget() is self:
                child.setAccessibleName(name)


class LineEdit(QLineEdit):
    """A line edit that leaves undo and redo to the window unless it holds unapplied input."""

    def event(self, event: QEvent) -> bool:  # Qt override
        """Leave undo and redo to the window."""
        return not _is_for_others(event, self, self) and super().event(event)


class SpinBox(QSpinBox):
    """A spin box that leaves the wheel to the panel unless focused, and signals typed input when it is complete."""

    def __init__(self) -> None:
        super().__init__(minimum=-MAX_ABSOLUTE, maximum=MAX_ABSOLUTE)
        self.setKeyboardTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumWidth(MIN_SPIN_WIDTH)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def event(self, event: QEvent) -> bool:  # Qt override
        """Leave undo and redo to the window, and the wheel to the panel."""
        return not _is_for_others(event, self, self.lineEdit()) and super().event(event)

    def width_of_text(self) -> int:
        """Return the width in pixels that shows the current number, with frame and cursor."""
        option = QStyleOptionSpinBox()
        self.initStyleOption(option)
        text = QSize(self.fontMetrics().horizontalAdvance(self.lineEdit().text()) + 6, self.fontMetrics().height())
        return self.style().sizeFromContents(QStyle.ContentsType.CT_SpinBox, option, text, self).width()

    def show_number(self, number: int) -> None:
        """Show a number without emitting a signal."""
        with QSignalBlocker(self):
            self.setValue(number)
        self.lineEdit().setModified(False)


class ComboBox(QComboBox):
    """A combo box that leaves the wheel to the panel unless it has the focus."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def event(self, event: QEvent) -> bool:  # Qt override
        """Leave the wheel to the panel."""
        return not _is_for_others(event, self) and super().event(event)


class NumberField(Field):
    """A whole number; `empty` is the text for 0 where 0 stands for a default."""

    def __init__(self, empty: str = "", spin: SpinBox | None = None) -> None:
        super().__init__()
        self.spin = spin or SpinBox()
        if empty:
            self.spin.setRange(0, MAX_ABSOLUTE)
            self.spin.setSpecialValueText(empty)
        self.spin.valueChanged.connect(self.edited.emit)
        self.add(self.spin)

    def show_value(self, value: Any) -> None:
        """Show a number, or 0 for None."""
        self.spin.show_number(value or 0)


class SecondsField(Field):
    """A duration in seconds."""

    def __init__(self) -> None:
        super().__init__()
        self.spin = QDoubleSpinBox(minimum=-MAX_ABSOLUTE, maximum=MAX_ABSOLUTE, decimals=1, suffix=tr(" s"))
        self.spin.setKeyboardTracking(False)
        self.spin.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.spin.valueChanged.connect(self.edited.emit)
        self.add(self.spin)

    def show_value(self, value: Any) -> None:
        """Show seconds."""
        with QSignalBlocker(self.spin):
            self.spin.setValue(value)


class DepthSpin(SpinBox):
    """A spin box whose arrows step through the depths that exist."""

    stepped = Signal(int)

    def stepBy(self, steps: int) -> None:  # Qt override
        """Emit the steps; the session knows which depth is next."""
        self.stepped.emit(steps)


class ChoiceField(Field):
    """A choice among a few values; `none_chosen` is the text for a value that is not among them."""

    def __init__(self, choices: Sequence[Choice], none_chosen: str = "") -> None:
        super().__init__()
        self.combo = ComboBox()
        self.combo.setPlaceholderText(none_chosen)
        self._choices: tuple[Choice, ...] = ()
        self.offer(choices)
        self.combo.activated.connect(self._emit_edited)
        self.add(self.combo)

    def show_value(self, value: Any) -> None:
        """Select the choice with this value."""
        self.combo.setCurrentIndex(self.combo.findData(str(value)))

    def offer(self, choices: Sequence[Choice]) -> None:
        """Replace the choices, without emitting a signal."""
        if tuple(choices) == self._choices:
            return
        self._choices = tuple(choices)
        chosen = self.combo.currentData()
        self.combo.clear()
        for choice in choices:
            self.combo.addItem(choice.text, choice.value)
            self.combo.setItemData(self.combo.count() - 1, tooltip(choice.detail), Qt.ItemDataRole.ToolTipRole)
        self.combo.setCurrentIndex(max(0, self.combo.findData(chosen)))

    def _emit_edited(self, index: int) -> None:
        self.edited.emit(self.combo.itemData(index))


class NumbersField(Field):
    """A row of whole numbers; with `most` > 0, buttons add and remove the last one up to that many."""

    resized = Signal(int)

    def __init__(self, names: Sequence[str], most: int = 0) -> None:
        super().__init__()
        self._names = names
        self.spins: list[SpinBox] = []
        self._grid = QGridLayout()
        self._grid.setSpacing(GAP)
        self.row.addLayout(self._grid, 1)
        self._most = most
        self._buttons = 2 * (BUTTON_WIDTH + GAP) if most else 0  # pixels
        self.less = tool_button("−", tr("Remove the last stage"), lambda: self._resize(-1), is_flat=False)
        self.more = tool_button("+", tr("Add a stage"), lambda: self._resize(1), is_flat=False)
        for button in (self.less, self.more):
            button.setAccessibleName(button.toolTip())
            button.setFixedWidth(BUTTON_WIDTH)
            button.setVisible(most > 0)
            self.row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        # An explicit minimum: that of the numbers would keep the panel too wide for them to wrap.
        self.setMinimumWidth(SPINS_PER_ROW * (MIN_SPIN_WIDTH + GAP) - GAP + self._buttons)

    def show_value(self, value: Any) -> None:
        """Show the numbers in as many spin boxes."""
        while len(self.spins) > len(value):
            self.spins.pop().deleteLater()
        while len(self.spins) < len(value):
            self._add_spin()
        for spin, number in zip(self.spins, value, strict=True):
            spin.show_number(number)
        self._arrange()
        self.less.setEnabled(len(value) > 1)
        self.more.setEnabled(len(value) < self._most)

    def _resize(self, by: int) -> None:
        self.resized.emit(len(self.spins) + by)

    def _add_spin(self) -> None:
        spin, index = SpinBox(), len(self.spins)
        spin.setParent(self)
        spin.setAccessibleName(self._names[index])
        spin.setToolTip(tooltip(self._names[index]))
        spin.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)  # the digits need the room
        spin.valueChanged.connect(self._emit_edited)
        spin.lineEdit().textChanged.connect(self._arrange)
        self.spins.append(spin)
        if index == 0:
            self.setFocusProxy(spin)
        else:
            QWidget.setTabOrder(self.spins[index - 1], spin)

    def _emit_edited(self) -> None:
        self.edited.emit(tuple(spin.value() for spin in self.spins))

    def resizeEvent(self, event: QResizeEvent) -> None:  # Qt override
        """Wrap numbers that do not fit into one row."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Place as many numbers in a row as show every digit, with rows of equal length."""
        widths = [max(MIN_SPIN_WIDTH, spin.width_of_text()) for spin in self.spins]
        room = self.width() - self._buttons
        per_row = next(
            (per_row for per_row in range(SPINS_PER_ROW, 1, -1) if _width_of_rows(widths, per_row) <= room), 1
        )
        per_row = -(-len(widths) // -(-len(widths) // per_row)) if widths else 1
        for index, (spin, width) in enumerate(zip(self.spins, widths, strict=True)):
            spin.setMinimumWidth(width)
            self._grid.addWidget(spin, index // per_row, index % per_row)


class TextField(Field):
    """A list of numbers, typed as text; `empty` is shown in gray where there are none."""

    def __init__(self, empty: str = "") -> None:
        super().__init__()
        self.line = LineEdit()
        self.line.setPlaceholderText(empty)
        self.line.editingFinished.connect(self._emit_edited)
        self._shown = ""
        self.add(self.line)

    def show_value(self, value: Any) -> None:
        """Show a text."""
        self._shown = str(value)
        self.line.setText(self._shown)
        self.line.setCursorPosition(0)

    def _emit_edited(self) -> None:
        if self.line.text() != self._shown:
            self._shown = self.line.text()
            self.edited.emit(self._shown)


class CheckField(Field):
    """A check box."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.box = QCheckBox(text)
        self.box.clicked.connect(lambda ticked: self.edited.emit(ticked))
        self.add(self.box)

    def show_value(self, value: Any) -> None:
        """Check or clear the box."""
        self.box.setChecked(bool(value))


class FlagsField(Field):
    """A check box for each stage from the stage `first` on; `name` is the template of their accessible names."""

    def __init__(self, name: str, first: int = 1) -> None:
        super().__init__()
        self._name, self._first = name, first
        self.boxes: list[QCheckBox] = []
        self.row.addStretch(1)

    def show_value(self, value: Any) -> None:
        """Show the flags in as many check boxes."""
        while len(self.boxes) > len(value):
            self.boxes.pop().deleteLater()
        while len(self.boxes) < len(value):
            number = len(self.boxes) + self._first
            box = QCheckBox(str(number))
            box.setAccessibleName(self._name.format(n=number))
            box.clicked.connect(self._emit_edited)
            self.row.insertWidget(len(self.boxes), box)
            self.boxes.append(box)
        for box, flag in zip(self.boxes, value, strict=True):
            box.setChecked(flag)

    def _emit_edited(self) -> None:
        self.edited.emit(tuple(box.isChecked() for box in self.boxes))


def _width_of_rows(widths: Sequence[int], per_row: int) -> int:
    columns = [max(widths[column::per_row]) for column in range(min(per_row, len(widths)))]
    return sum(columns) + GAP * (len(columns) - 1)


def _is_for_others(event: QEvent, widget: QWidget, line: QLineEdit | None = None) -> bool:
    """Ignore and report an event that is not for the field.

    That is the wheel over a field without focus, and the undo or redo key in a line without unapplied input.
    """
    found = event.type() is QEvent.Type.Wheel and not widget.hasFocus()
    if line is not None and event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
        keys = QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo
        found = not line.isModified() and any(event.matches(key) for key in keys)
    if found:
        event.ignore()
    return found
