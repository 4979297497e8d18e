"""The input widgets of the build panel: each shows a value and says when the user has edited it."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QCompleter,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QSpinBox,
    QToolButton,
    QWidget,
)

from resnet_viz.texts import tr
from resnet_viz.viewmodels.build import CUSTOM, Choice, ChoiceGroup

ANY_NUMBER = 2_000_000_000
SPINS_A_ROW = 4


class Field(QWidget):
    """A widget for one field of the spec."""

    edited = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(4)

    def show_value(self, value: Any) -> None:
        """Show a value without saying that it was edited."""
        raise NotImplementedError

    def add(self, widget: QWidget) -> None:
        """Put a widget into the row; it takes the focus for the field."""
        self.row.addWidget(widget)
        self.setFocusProxy(widget)

    def name_for_readers(self, name: str) -> None:
        """Give the widgets inside the name that a screen reader says."""
        self.setAccessibleName(name)
        for child in self.findChildren(QWidget):
            if not child.accessibleName() and child.parentWidget() is self:
                child.setAccessibleName(name)


class SpinBox(QSpinBox):
    """A spin box that lets the panel scroll under the wheel unless it has the focus, and says what is typed once."""

    def __init__(self) -> None:
        super().__init__()
        self.setRange(-ANY_NUMBER, ANY_NUMBER)
        self.setKeyboardTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumWidth(42)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def wheelEvent(self, event: QWheelEvent) -> None:  # Qt override
        """Change the number where the field was chosen before."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def show_number(self, number: int) -> None:
        """Show a number without a signal."""
        with QSignalBlocker(self):
            self.setValue(number)


class ComboBox(QComboBox):
    """A combo box that lets the panel scroll under the wheel unless it has the focus."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def wheelEvent(self, event: QWheelEvent) -> None:  # Qt override
        """Change the choice where the field was chosen before."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class NumberField(Field):
    """One whole number; `empty` is what 0 reads as, where 0 stands for a default."""

    def __init__(self, empty: str = "") -> None:
        super().__init__()
        self.spin = SpinBox()
        if empty:
            self.spin.setRange(0, ANY_NUMBER)
            self.spin.setSpecialValueText(empty)
        self.spin.valueChanged.connect(self.edited.emit)
        self.add(self.spin)

    def show_value(self, value: Any) -> None:
        """Show a number; None as 0."""
        self.spin.show_number(value or 0)


class DepthSpin(SpinBox):
    """A spin box whose arrows ask for the next depth that exists."""

    stepped = Signal(int)

    def stepBy(self, steps: int) -> None:  # Qt override
        """Leave it to the session which depth is next."""
        self.stepped.emit(steps)


class DepthField(Field):
    """The depth: typed as a number, stepped through those that the block can make."""

    stepped = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.spin = DepthSpin()
        self.spin.valueChanged.connect(self.edited.emit)
        self.spin.stepped.connect(self.stepped.emit)
        self.add(self.spin)

    def show_value(self, value: Any) -> None:
        """Show a depth."""
        self.spin.show_number(value)


class ChoiceField(Field):
    """One of a few values."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        super().__init__()
        self.combo = ComboBox()
        for choice in choices:
            self.combo.addItem(choice.text, choice.value)
            self.combo.setItemData(self.combo.count() - 1, choice.detail, Qt.ItemDataRole.ToolTipRole)
        self.combo.activated.connect(self._tell)
        self.add(self.combo)

    def show_value(self, value: Any) -> None:
        """Show the choice with this value."""
        self.combo.setCurrentIndex(self.combo.findData(str(value)))

    def _tell(self, index: int) -> None:
        self.edited.emit(self.combo.itemData(index))


class PresetField(Field):
    """A preset by group, found by typing any part of its name."""

    def __init__(self, groups: Sequence[ChoiceGroup]) -> None:
        super().__init__()
        self.combo = ComboBox()
        self._line = QLineEdit()
        self.combo.setEditable(True)
        self.combo.setLineEdit(self._line)
        self.combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.combo.setMaxVisibleItems(18)
        self._custom = tr("custom")
        model = QStandardItemModel(self.combo)
        self._titles: dict[str, str] = {}
        for group in groups:
            model.appendRow(_heading(group.title))
            for choice in group.choices:
                self._titles[choice.value] = choice.text
                model.appendRow(_entry(choice))
        self.combo.setModel(model)
        self._add_completer()
        self.combo.activated.connect(self._tell)
        self._line.editingFinished.connect(self._restore)
        self._shown = CUSTOM
        self.add(self.combo)

    def show_value(self, value: Any) -> None:
        """Show the preset's title, or that the network is none."""
        self._shown = str(value)
        with QSignalBlocker(self.combo):
            self.combo.setCurrentIndex(self.combo.findData(self._shown) if value else -1)
            self.combo.setEditText(self._titles.get(self._shown, self._custom))
            self._line.setCursorPosition(0)

    def _add_completer(self) -> None:
        completer = QCompleter(list(self._titles.values()), self.combo)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setMaxVisibleItems(12)
        self.combo.setCompleter(completer)

    def _tell(self, index: int) -> None:
        name = self.combo.itemData(index)
        if name:
            self.edited.emit(name)

    def _restore(self) -> None:
        """A text that is no preset's name goes back to what the network is; Enter on a title takes that preset."""
        typed = self.combo.currentText().strip().lower()
        name = next((name for name, title in self._titles.items() if typed in (title.lower(), name)), None)
        if name is not None and name != self._shown:
            self.edited.emit(name)
        else:
            self.show_value(self._shown)


class NumbersField(Field):
    """A row of whole numbers; with `most`, buttons that add and take off the last one."""

    resized = Signal(int)

    def __init__(self, names: Sequence[str], most: int = 0) -> None:
        super().__init__()
        self._names = names
        self.spins: list[SpinBox] = []
        self._grid = QGridLayout()
        self._grid.setSpacing(4)
        self.row.addLayout(self._grid, 1)
        self._most = most
        self.less = _small_button("−", tr("Take off the last stage"))
        self.more = _small_button("+", tr("Add a stage"))
        self.less.clicked.connect(self._ask_less)
        self.more.clicked.connect(self._ask_more)
        for button in (self.less, self.more):
            button.setVisible(most > 0)
            self.row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)

    def show_value(self, value: Any) -> None:
        """Show the numbers, with as many spin boxes as there are."""
        while len(self.spins) > len(value):
            self.spins.pop().deleteLater()
        while len(self.spins) < len(value):
            self._add_spin()
        for spin, number in zip(self.spins, value, strict=True):
            spin.show_number(number)
        self.less.setEnabled(len(value) > 1)
        self.more.setEnabled(len(value) < self._most)

    def _add_spin(self) -> None:
        spin, index = SpinBox(), len(self.spins)
        spin.setAccessibleName(self._names[index])
        spin.setToolTip(self._names[index])
        spin.valueChanged.connect(self._tell)
        self._grid.addWidget(spin, index // SPINS_A_ROW, index % SPINS_A_ROW)
        self.spins.append(spin)
        if index == 0:
            self.setFocusProxy(spin)
        else:
            QWidget.setTabOrder(self.spins[index - 1], spin)

    def _tell(self) -> None:
        self.edited.emit(tuple(spin.value() for spin in self.spins))

    def _ask_less(self) -> None:
        self.resized.emit(len(self.spins) - 1)

    def _ask_more(self) -> None:
        self.resized.emit(len(self.spins) + 1)


class TextField(Field):
    """Numbers written as a list."""

    def __init__(self) -> None:
        super().__init__()
        self.line = QLineEdit()
        self.line.editingFinished.connect(self._tell)
        self._shown = ""
        self.add(self.line)

    def show_value(self, value: Any) -> None:
        """Show a text."""
        self._shown = str(value)
        self.line.setText(self._shown)

    def _tell(self) -> None:
        if self.line.text() != self._shown:
            self._shown = self.line.text()
            self.edited.emit(self._shown)


class CheckField(Field):
    """Yes or no."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.box = QCheckBox(text)
        self.box.clicked.connect(self.edited.emit)
        self.add(self.box)

    def show_value(self, value: Any) -> None:
        """Show it as ticked or not."""
        self.box.setChecked(bool(value))


class FlagsField(Field):
    """A box to tick for each stage from the second on."""

    def __init__(self) -> None:
        super().__init__()
        self.boxes: list[QCheckBox] = []
        self.row.addStretch(1)

    def show_value(self, value: Any) -> None:
        """Show the flags, with as many boxes as there are."""
        while len(self.boxes) > len(value):
            self.boxes.pop().deleteLater()
        while len(self.boxes) < len(value):
            number = len(self.boxes) + 2
            box = QCheckBox(str(number))
            box.setAccessibleName(tr("Dilate stage {n}").format(n=number))
            box.clicked.connect(self._tell)
            self.row.insertWidget(len(self.boxes), box)
            self.boxes.append(box)
        for box, flag in zip(self.boxes, value, strict=True):
            box.setChecked(flag)

    def _tell(self) -> None:
        self.edited.emit(tuple(box.isChecked() for box in self.boxes))


def _heading(title: str) -> QStandardItem:
    item = QStandardItem(title)
    item.setFlags(Qt.ItemFlag.NoItemFlags)
    font = item.font()
    font.setBold(True)
    item.setFont(font)
    return item


def _entry(choice: Choice) -> QStandardItem:
    item = QStandardItem(choice.text)
    item.setData(choice.value, Qt.ItemDataRole.UserRole)
    item.setToolTip(choice.detail)
    return item


def _small_button(text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setFixedWidth(20)
    return button
