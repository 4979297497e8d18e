"""The preset field: names, titles, any depth, and what is not known."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from resnet_viz.gui.widgets.preset_field import PresetField
from resnet_viz.viewmodels.parts import Choice, ChoiceGroup, preset_groups

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


def completions(qtbot: QtBot, text: str) -> list[str]:
    """The titles that are offered for a text."""
    field, _ = typed(qtbot, "resnet18")
    completer = field.combo.completer()
    assert completer is not None
    completer.setCompletionPrefix(text)
    model = completer.completionModel()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_typing_finds_presets_by_every_word(qtbot: QtBot) -> None:
    assert completions(qtbot, "next101_64") == ["ResNeXt-101 64×4d", "SE-ResNeXt-101 64×4d"]
    assert completions(qtbot, "BELLO  2021 350") == ["ResNet-RS-350"]
    assert completions(qtbot, "big transfer 152") == ["ResNetV2-152×2 BiT", "ResNetV2-152×4 BiT"]
    assert completions(qtbot, "anti-aliased deep 34") == ["ResNet-AA-34-D"]
    assert completions(qtbot, "resnet 1815") == []
    assert completions(qtbot, "ResNet-50")[0] == "ResNet-50"


def test_a_preset_that_was_found_is_chosen_with_the_keys(qtbot: QtBot) -> None:
    field, said = PresetField(preset_groups()), list[object]()
    qtbot.addWidget(field)
    field.edited.connect(said.append)
    field.edited.connect(field.show_value)
    field.show_value("resnet18")
    field.show()
    line = field.combo.lineEdit()
    assert line is not None
    line.selectAll()
    QTest.keyClicks(line, "hu 2017 154")
    completer = field.combo.completer()
    assert completer is not None
    popup = completer.popup()
    assert popup is not None
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Return)
    assert set(said) == {"senet154"}
    assert (line.text(), field.refusal.text()) == ("SENet-154", "")


def test_weights_are_taken_by_their_tag(qtbot: QtBot) -> None:
    for text, name in (("resnet18.a1_in1k", "resnet18.a1_in1k"), ("gluon_resnet50_v1b", "resnet50")):
        field, said = typed(qtbot, text)
        assert set(said) == {name}
        assert not field.refusal.text()
    field, said = typed(qtbot, "resnet18.a9_in1k")
    assert not said
    assert "its tags are a1_in1k, " in field.refusal.text()


def test_a_candidate_without_a_search_text_is_found_by_its_text(qtbot: QtBot) -> None:
    field = PresetField([ChoiceGroup("This network, but", (Choice("order=pre", "Pre-activation"),))])
    qtbot.addWidget(field)
    completer = field.combo.completer()
    assert completer is not None
    completer.setCompletionPrefix("activation ORDER")
    assert completer.completionCount() == 1
