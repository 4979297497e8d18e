"""The field that finds a preset by its group, its title, its name, or any depth."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSignalBlocker, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QBoxLayout, QComboBox, QCompleter

from resnet_viz.errors import UserError
from resnet_viz.gui.widgets.fields import ComboBox, Field, LineEdit
from resnet_viz.gui.widgets.form import error_label, set_message
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import name_of, preset
from resnet_viz.texts import tr
from resnet_viz.viewmodels.build import CUSTOM
from resnet_viz.viewmodels.parts import Choice, ChoiceGroup

FOUND_BY = Qt.ItemDataRole.UserRole + 1  # what typing finds a preset by: its title and its name


class PresetCompleter(QCompleter):
    """Finds a preset by any part of its title or name, and writes its title."""

    def pathFromIndex(self, index: QModelIndex | QPersistentModelIndex) -> str:  # Qt override
        """The title of the preset found."""
        return str(index.data(Qt.ItemDataRole.DisplayRole))


class PresetField(Field):
    """A preset by group, found by typing any part of its name."""

    def __init__(self, groups: Sequence[ChoiceGroup], find: Callable[[str], ResNetSpec] = preset) -> None:
        """`find` gives the network of a name that is none of the choices, or raises UserError."""
        super().__init__()
        self._find = find
        self.combo = ComboBox()
        self._line = LineEdit()
        self.combo.setEditable(True)
        self.combo.setLineEdit(self._line)
        self.combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.combo.setMaxVisibleItems(18)
        self._custom = tr("custom")
        self._titles: dict[str, str] = {}
        self.show_groups(groups)
        self.combo.activated.connect(self._tell)
        self._line.editingFinished.connect(self._restore)
        self._shown = CUSTOM
        self.add(self.combo)
        self.refusal = error_label()
        self.row.setDirection(QBoxLayout.Direction.TopToBottom)
        self.row.addWidget(self.refusal)
        set_message(self.refusal, "")

    def show_groups(self, groups: Sequence[ChoiceGroup]) -> None:
        """Offer these; what is shown has to be shown anew."""
        model = QStandardItemModel(self.combo)
        self._titles = {choice.value: choice.text for group in groups for choice in group.choices}
        for group in groups:
            model.appendRow(_heading(group.title))
            for choice in group.choices:
                model.appendRow(_entry(choice))
        with QSignalBlocker(self.combo):
            self.combo.setModel(model)
        self._add_completer()

    def show_value(self, value: Any) -> None:
        """Show the preset's title, or that the network is none."""
        self._shown = str(value)
        with QSignalBlocker(self.combo):
            self.combo.setCurrentIndex(self.combo.findData(self._shown) if value else -1)
            self.combo.setEditText(self._titles.get(self._shown, self._shown or self._custom))
            self._line.setCursorPosition(0)
        set_message(self.refusal, "")

    def _add_completer(self) -> None:
        completer = PresetCompleter(self.combo.model(), self.combo)
        completer.setCompletionRole(FOUND_BY)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setMaxVisibleItems(12)
        self.combo.setCompleter(completer)

    def _tell(self, index: int) -> None:
        name = self.combo.itemData(index)
        if name:
            self.edited.emit(name)

    def _restore(self) -> None:
        """Enter on a title or name takes that preset; what is none stays to be mended, with the reason below it."""
        typed = self._line.text().strip()
        if typed in ("", self._titles.get(self._shown, self._shown or self._custom)):
            self.show_value(self._shown)
            return
        try:
            by_title = {title.lower(): name for name, title in self._titles.items()}
            name = by_title.get(typed.lower()) or name_of(self._find(typed)) or typed
        except UserError as error:
            set_message(self.refusal, str(error))
            return
        self.show_value(self._shown)
        if name != self._shown:
            self.edited.emit(name)


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
    item.setData(f"{choice.text} {choice.value}", FOUND_BY)
    item.setToolTip(choice.detail)
    return item
