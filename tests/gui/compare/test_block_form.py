"""The form of a setting: valid edits are signalled, an invalid one waits for the edit that makes it possible."""

from typing import Literal, get_args, get_origin

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from resnet_viz.gui.compare.block_form import BlockForm
from resnet_viz.gui.widgets.fields import ChoiceField, NumberField
from resnet_viz.spec.block_pair import BlockSetting


@pytest.fixture
def form(qtbot: QtBot) -> BlockForm:
    """The form of the default setting."""
    found = BlockForm()
    qtbot.addWidget(found)
    return found


def test_every_field_of_a_setting_can_be_edited(form: BlockForm, qtbot: QtBot) -> None:
    edits = {
        "match": "params", "channels": 128, "size": 7, "stride": 2, "batch": 4, "solve": "basic", "groups": 2,
        "order": "pre", "stride_in": "1x1", "shortcut": "C",
    }  # fmt: skip
    assert set(form.fields) == set(edits) == set(BlockSetting.__struct_fields__)
    for name, value in edits.items():
        with qtbot.waitSignal(form.setting_edited) as edited:
            form.fields[name].edited.emit(value)
        assert edited.args is not None
        assert getattr(edited.args[0], name) == value
    assert edited.args == [BlockSetting(**edits)]  # type: ignore[arg-type]


def test_the_choices_are_the_values_of_their_fields(form: BlockForm) -> None:
    literals = {field.name: set(get_args(field.type)) for field in msgspec.structs.fields(BlockSetting)
                if get_origin(field.type) is Literal}  # fmt: skip
    offered = {
        name: {field.combo.itemData(index) for index in range(field.combo.count())}
        for name, field in form.fields.items() if isinstance(field, ChoiceField)
    }  # fmt: skip
    assert offered == literals


def test_a_setting_is_shown_without_a_signal(form: BlockForm, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(form.setting_edited):
        form.show_setting(BlockSetting(stride=3, shortcut="none"))
    stride, shortcut = form.fields["stride"], form.fields["shortcut"]
    assert isinstance(stride, NumberField)
    assert isinstance(shortcut, ChoiceField)
    assert (stride.spin.value(), shortcut.combo.currentText()) == (3, "none")


def test_an_invalid_value_has_a_message_until_a_setting_is_shown(form: BlockForm, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(form.setting_edited):
        form.fields["stride"].edited.emit(9)
    assert "give a whole number from 1 to 8" in form.error.text()
    form.show_setting(BlockSetting())
    assert form.error.text() == ""
    form.show_refusal("match: latency is not accepted.")
    assert form.error.text() == "match: latency is not accepted."


def test_a_refused_value_is_applied_with_the_one_that_makes_it_possible(form: BlockForm, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(form.setting_edited):
        form.fields["groups"].edited.emit(3)
    assert "multiple of 3" in form.error.text()
    with qtbot.waitSignal(form.setting_edited) as edited:
        form.fields["channels"].edited.emit(258)
    assert edited.args == [BlockSetting(channels=258, groups=3)]
    assert form.error.text() == ""
    with qtbot.waitSignal(form.setting_edited) as edited:
        form.fields["batch"].edited.emit(2)
    assert edited.args == [BlockSetting(channels=258, groups=3, batch=2)]


def test_a_refused_value_is_forgotten_when_a_setting_is_shown(form: BlockForm, qtbot: QtBot) -> None:
    form.fields["groups"].edited.emit(3)
    form.show_setting(BlockSetting())
    with qtbot.waitSignal(form.setting_edited) as edited:
        form.fields["channels"].edited.emit(258)
    assert edited.args == [BlockSetting(channels=258)]
