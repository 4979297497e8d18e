"""The form in which the setting of two compared blocks is edited."""

from collections.abc import Iterator
from typing import Any, get_args

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from resnet_viz.errors import SpecError
from resnet_viz.gui.compare.measure_button import MeasureButton
from resnet_viz.gui.widgets.fields import ChoiceField, Field, NumberField
from resnet_viz.gui.widgets.form import error_label, set_message
from resnet_viz.gui.widgets.labels import Label
from resnet_viz.spec.block_pair import BlockSetting, Match
from resnet_viz.texts import tr
from resnet_viz.viewmodels.compare.figures import quantity_names
from resnet_viz.viewmodels.parts import Choice

FIELDS_PER_ROW = 5
MIN_FIELD_PX, MAX_FIELD_PX = 64, 190


class BlockForm(QWidget):
    """Shows a setting and signals each valid edit; an invalid value gets a message below the fields."""

    setting_edited = Signal(BlockSetting)

    def __init__(self) -> None:
        super().__init__()
        self._setting = BlockSetting()
        self._refused: dict[str, Any] = {}
        self.fields: dict[str, Field] = {}
        self.error = error_label()
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        for index, (name, label, field) in enumerate(_fields()):
            self._add(grid, index, name, label, field)
        self.measure = MeasureButton("blocks", tr("Measure both"))
        grid.addWidget(self.measure, 0, 2 * FIELDS_PER_ROW, 2, 1)
        grid.setColumnStretch(2 * FIELDS_PER_ROW + 1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 4)
        column.addLayout(grid)
        column.addWidget(self.error)
        self.show_setting(self._setting)

    def show_setting(self, setting: BlockSetting) -> None:
        """Show a setting without signalling an edit, and clear the message."""
        self._setting, self._refused = setting, {}
        for name, field in self.fields.items():
            field.show_value(getattr(setting, name))
        set_message(self.error, "")

    def show_refusal(self, sentence: str) -> None:
        """Show why the setting was refused; the fields keep what was entered."""
        set_message(self.error, sentence)

    def _add(self, grid: QGridLayout, index: int, name: str, label: str, field: Field) -> None:
        caption = Label(label)
        caption.setBuddy(field)
        caption.setObjectName("muted")
        field.name_for_readers(label)
        field.setMinimumWidth(MIN_FIELD_PX)
        field.setMaximumWidth(MAX_FIELD_PX)
        line, column = divmod(index, FIELDS_PER_ROW)
        grid.addWidget(caption, line, 2 * column)
        grid.addWidget(field, line, 2 * column + 1)
        grid.setColumnStretch(2 * column + 1, 4)
        self.fields[name] = field
        field.edited.connect(lambda value: self._edit(name, value))

    def _edit(self, name: str, value: Any) -> None:
        """Apply the value, together with earlier values that were invalid without it."""
        self._refused[name] = value
        try:
            self._setting = self._setting.but(**self._refused)
        except SpecError as error:
            set_message(self.error, str(error))
            return
        self._refused = {}
        set_message(self.error, "")
        self.setting_edited.emit(self._setting)


def _fields() -> Iterator[tuple[str, str, Field]]:
    """Yield name, label and input of each field of a setting; a field without choices is a number."""
    choices: dict[str, dict[str, str]] = {
        "match": {name: text for name, text in quantity_names().items() if name in get_args(Match)},
        "solve": {"bottleneck": tr("Bottleneck"), "basic": tr("Basic")},
        "order": {"post": tr("post"), "pre": tr("pre")},
        "stride_in": {"3x3": "3×3", "1x1": "1×1"},
        "shortcut": {"A": "A", "B": "B", "C": "C", "D": "D", "none": tr("none")},
    }
    labels = {
        "match": tr("Match by"), "channels": tr("Channels"), "size": tr("Size"), "stride": tr("Stride"),
        "batch": tr("Batch"), "solve": tr("Solve for"), "groups": tr("Groups"), "order": tr("Order"),
        "stride_in": tr("Stride at"), "shortcut": tr("Shortcut"),
    }  # fmt: skip
    for name, label in labels.items():
        offered = [Choice(value, text) for value, text in choices.get(name, {}).items()]
        yield name, label, ChoiceField(offered) if offered else NumberField()
