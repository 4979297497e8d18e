"""The field that chooses a preset by group, title or name, or a network by its depth."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSignalBlocker, QSortFilterProxyModel, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QBoxLayout, QComboBox, QCompleter

from resnet_viz.errors import UserError
from resnet_viz.gui.widgets.fields import ComboBox, Field, LineEdit
from resnet_viz.gui.widgets.form import error_label, set_message
from resnet_viz.gui.widgets.labels import tooltip
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import name_of, preset
from resnet_viz.texts import tr
from resnet_viz.viewmodels.build.edits import CUSTOM
from resnet_viz.viewmodels.parts import Choice, ChoiceGroup

SEARCH_ROLE = Qt.ItemDataRole.UserRole + 1  # the role of the text that is searched, in lower case


class SearchedPresets(QSortFilterProxyModel):
    """The presets with every word that was typed, in their order; the headings of groups are left out."""

    def __init__(self, parent: QComboBox) -> None:
        super().__init__(parent)
        self._words: list[str] = []

    def search(self, text: str) -> None:
        """Show the presets with every word of the text."""
        self._words = text.lower().split()
        self.invalidate()

    def filterAcceptsRow(self, row: int, parent: QModelIndex | QPersistentModelIndex) -> bool:  # Qt override
        """Return True for a preset in whose search text every word is."""
        text = self.sourceModel().index(row, 0, parent).data(SEARCH_ROLE)
        return text is not None and all(word in text for word in self._words)


class PresetCompleter(QCompleter):
    """Completes words of a title, name, family, publication or year to the title of a preset."""

    def __init__(self, parent: QComboBox) -> None:
        super().__init__(parent)
        self.presets = SearchedPresets(parent)
        self.setModel(self.presets)
        self.setMaxVisibleItems(12)

    def splitPath(self, path: str) -> list[str]:  # Qt override
        """Search for the text typed; the empty path then matches all that was found."""
        self.presets.search(path)
        return [""]

    def pathFromIndex(self, index: QModelIndex | QPersistentModelIndex) -> str:  # Qt override
        """Return the title of the preset found."""
        return str(index.data(Qt.ItemDataRole.DisplayRole))


class PresetField(Field):
    """A drop-down of presets by group, searched by typing words of a title, name, family, publication or year."""

    def __init__(self, groups: Sequence[ChoiceGroup], find: Callable[[str], ResNetSpec] = preset) -> None:
        """Create the field; `find` returns the network of a name that is not listed, or raises UserError."""
        super().__init__()
        self._find = find
        self.combo = ComboBox()
        self._line = LineEdit()
        self.combo.setEditable(True)
        self.combo.setLineEdit(self._line)
        self.combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.combo.setMaxVisibleItems(18)
        self._completer = PresetCompleter(self.combo)
        self.combo.setCompleter(self._completer)
        self._custom = tr("custom")
        self._titles: dict[str, str] = {}
        self.show_groups(groups)
        self.combo.activated.connect(self._emit_choice)
        self._line.editingFinished.connect(self._restore)
        self._shown = CUSTOM
        self.add(self.combo)
        self.refusal = error_label()
        self.row.setDirection(QBoxLayout.Direction.TopToBottom)
        self.row.addWidget(self.refusal)
        set_message(self.refusal, "")

    def show_groups(self, groups: Sequence[ChoiceGroup]) -> None:
        """Replace the choices; the value must be shown again afterwards."""
        model = QStandardItemModel(self.combo)
        self._titles = {choice.value: choice.text for group in groups for choice in group.choices}
        for group in groups:
            model.appendRow(_heading(group.title))
            for choice in group.choices:
                model.appendRow(_entry(choice))
        self._completer.presets.setSourceModel(model)
        with QSignalBlocker(self.combo):
            self.combo.setModel(model)
        self._completer.setModel(self._completer.presets)  # the combo box has given it its own

    def show_value(self, value: Any) -> None:
        """Show the title of the preset, or that the network is not a preset."""
        self._shown = str(value)
        with QSignalBlocker(self.combo):
            self.combo.setCurrentIndex(self.combo.findData(self._shown) if value else -1)
            self.combo.setEditText(self._titles.get(self._shown, self._shown or self._custom))
            self._line.setCursorPosition(0)
        set_message(self.refusal, "")

    def _emit_choice(self, index: int) -> None:
        name = self.combo.itemData(index)
        if name:
            self.edited.emit(name)

    def _restore(self) -> None:
        """Choose the preset that was typed; unknown text stays to be corrected, with the reason below it."""
        typed = self._line.text().strip()
        if typed in ("", self._titles.get(self._shown, self._shown or self._custom)):
            self.show_value(self._shown)
            return
        try:
            by_title = {title.lower(): name for name, title in self._titles.items()}
            name = by_title.get(typed.lower()) or self._name_of(typed)
        except UserError as error:
            set_message(self.refusal, str(error))
            return
        self.show_value(self._shown)
        if name != self._shown:
            self.edited.emit(name)

    def _name_of(self, typed: str) -> str:
        """Return the name of the preset that was typed in other words; raises UserError for what is not known.

        Text with a size or classes of its own, such as `resnet50.a1_in1k`, is its own name.
        """
        spec = self._find(typed)
        name = name_of(spec)
        return name if name is not None and self._find(name) == spec else typed


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
    item.setData(choice.search or f"{choice.text} {choice.value}".lower(), SEARCH_ROLE)
    item.setToolTip(tooltip(choice.detail))
    return item
