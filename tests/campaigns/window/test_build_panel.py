"""Random use of the Build panel's own widgets: they show the network that there is, or one field shows a refusal."""

import random
from functools import partial
from typing import Any

from pytestqt.qtbot import QtBot

from resnet_viz.gui.build.panel import BuildPanel
from resnet_viz.gui.shown import Shown
from resnet_viz.gui.widgets.fields import (
    CheckField,
    ChoiceField,
    Field,
    FlagsField,
    NumberField,
    NumbersField,
    TextField,
)
from resnet_viz.gui.widgets.preset_field import PresetField
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.build.edits import EditRefused, edited_spec
from resnet_viz.viewmodels.parts import Refusal
from tests.campaigns.extent import extent, random_source

TEXTS = ("", "32, 32", "64, 128, 256, 512", "1, 2, 2, 2", "1, 1", "64×64 / 128×128 / 256×256 / 512×512", "32 / 64", "x")
NUMBERS = (-1, 0, 1, 2, 4, 16, 32, 64, 224, 1_000)


class UsedPanel:
    """A panel, and the network that its edits lead to."""

    def __init__(self) -> None:
        self.panel, self.spec, self.edits, self.is_refused = BuildPanel(), preset("resnet50"), 0, False
        self.panel.edited.connect(self.apply)
        self.panel.display(Shown(self.spec), frozenset())

    def apply(self, field: str, value: Any) -> None:
        """Edit the network as the session does."""
        self.edits += 1
        refusal, self.is_refused = None, False
        try:
            self.spec = edited_spec(self.spec, field, value)
        except EditRefused as error:
            refusal, self.is_refused = Refusal(error.field, str(error)), True
        self.panel.display(Shown(self.spec, refusal=refusal), frozenset())


def test_the_panel_shows_the_network_or_a_refusal(qtbot: QtBot) -> None:
    used, chance, edited = UsedPanel(), random_source(), set()
    qtbot.addWidget(used.panel)
    for _ in range(extent(daily=300, long=5_000)):
        name = chance.choice(list(used.panel.rows))
        widget = used.panel.rows[name].widget
        if not widget.isEnabled():
            continue
        before = used.edits, used.spec
        _use(widget, chance)
        if used.edits == before[0]:
            continue
        edited.add(name)
        wrong = [row for row in used.panel.rows if used.panel.form.error_at(row)]
        assert wrong == ([name] if used.is_refused else []), name
        assert used.panel.general_error.text() == ""
        if used.is_refused:
            assert used.spec == before[1]
        else:
            _check_shown(used.panel, used.spec)
    assert len(set(used.panel.rows) - edited) <= 2  # some have an effect on few networks alone


def _use(widget: Field, chance: random.Random) -> None:
    """Do with a widget what a user can do with it."""
    if isinstance(widget, ChoiceField | PresetField):
        index = chance.randrange(widget.combo.count())
        widget.combo.setCurrentIndex(index)
        widget.combo.activated.emit(index)
    elif isinstance(widget, NumberField):
        set_number = partial(widget.spin.setValue, chance.choice(NUMBERS))
        chance.choice((widget.spin.stepUp, widget.spin.stepDown, set_number))()
    elif isinstance(widget, NumbersField):
        set_number = partial(chance.choice(widget.spins).setValue, chance.choice(NUMBERS))
        buttons = () if widget.more.isHidden() else (widget.more.click, widget.less.click)
        chance.choice((set_number, *buttons))()
    elif isinstance(widget, TextField):
        widget.line.setText(chance.choice(TEXTS))
        widget.line.editingFinished.emit()
    elif isinstance(widget, CheckField):
        widget.box.click()
    elif isinstance(widget, FlagsField):
        chance.choice(widget.boxes).click()


def _check_shown(panel: BuildPanel, spec: ResNetSpec) -> None:
    for name, row in panel.rows.items():
        value, widget = row.read(spec), row.widget
        if isinstance(widget, ChoiceField):
            assert widget.combo.currentData() == (None if value is None else str(value)), name
        elif isinstance(widget, NumberField):
            assert widget.spin.value() == (value or 0), name
        elif isinstance(widget, NumbersField):
            assert tuple(spin.value() for spin in widget.spins) == value, name
        elif isinstance(widget, TextField):
            assert widget.line.text() == value, name
        elif isinstance(widget, CheckField):
            assert widget.box.isChecked() == value, name
        elif isinstance(widget, FlagsField):
            assert tuple(box.isChecked() for box in widget.boxes) == value, name
