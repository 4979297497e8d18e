"""The preset field: names, titles, any depth, and what is not known."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from resnet_viz.gui.widgets.preset_field import PresetField
from resnet_viz.viewmodels.parts import preset_groups

pytestmark = pytest.mark.qt_log_ignore("does not support raise", extend=True)


def typed(qtbot: QtBot, text: str) -> tuple[PresetField, list[object]]:
    """The field with a text typed over `ResNet-18`, and what it said."""
    field, said = PresetField(preset_groups()), list[object]()
    qtbot.addWidget(field)
    field.edited.connect(said.append)
    field.show_value("resnet18")
    field.show()
    line = field.combo.lineEdit()
    assert line is not None
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)
    return field, said


def test_presets_are_taken_by_name_and_title(qtbot: QtBot) -> None:
    for text in ("resnet50", "ResNet-50", "RESNET50"):
        field, said = typed(qtbot, text)
        assert set(said) == {"resnet50"}
        assert not field.refusal.text()


def test_any_depth_is_taken_by_name(qtbot: QtBot) -> None:
    field, said = typed(qtbot, "resnet77")
    assert set(said) == {"resnet77"}
    assert not field.refusal.text()


def test_an_unknown_preset_stays_with_the_reason(qtbot: QtBot) -> None:
    field, said = typed(qtbot, "resnet5o")
    assert not said
    assert field.combo.currentText() == "resnet5o"
    assert "There is no network called 'resnet5o'" in field.refusal.text()
    field.show_value("resnet18")
    assert not field.refusal.text()


def test_typing_finds_names(qtbot: QtBot) -> None:
    field, _ = typed(qtbot, "resnet18")
    completer = field.combo.completer()
    assert completer is not None
    completer.setCompletionPrefix("next101_64")
    assert completer.completionCount() == 2
    assert completer.currentCompletion().startswith("ResNeXt-101")
