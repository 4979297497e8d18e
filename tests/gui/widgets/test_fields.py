"""The fields, the table and the inspector as a user meets them: typed into, narrow and wide."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from resnet_viz.gui.layers.inspector import Inspector
from resnet_viz.gui.layers.table import LayerTable
from resnet_viz.gui.shown import Shown
from resnet_viz.gui.widgets.fields import NumbersField
from resnet_viz.gui.widgets.preset_field import PresetField
from resnet_viz.metrics.conventions import CONVENTIONS, costs
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import Analysis, Convention
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.layers.details import Details
from resnet_viz.viewmodels.parts import Fact, preset_groups

# The offscreen platform cannot raise the completer's list.
pytestmark = pytest.mark.qt_log_ignore("does not support raise", extend=True)


def numbers_field(qtbot: QtBot, numbers: tuple[int, ...], width: int) -> NumbersField:
    """A field of a width, shown."""
    field = NumbersField([str(number) for number in range(6)], 6)
    qtbot.addWidget(field)
    field.show_value(numbers)
    field.resize(width, 80)
    field.show()
    qtbot.wait(20)
    return field


def test_every_digit_is_to_be_seen(qtbot: QtBot) -> None:
    for numbers in ((300, 1300, 2000, 300), (65536, 65536, 65536, 65536), (1, 2, 3, 4, 5, 6)):
        field = numbers_field(qtbot, numbers, 240)
        for spin in field.spins:
            line = spin.lineEdit()
            assert line.width() >= line.fontMetrics().horizontalAdvance(line.text()) + 2
            assert spin.geometry().right() < field.less.x()


def test_numbers_step_by_key_without_arrows(qtbot: QtBot) -> None:
    field = numbers_field(qtbot, (3, 4, 6, 3), 240)
    with qtbot.waitSignal(field.edited) as edited:
        QTest.keyClick(field.spins[1], Qt.Key.Key_Up)
    assert edited.args == [(3, 5, 6, 3)]


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
    completer.setCompletionPrefix("next101")
    assert completer.completionCount() == 2
    assert completer.currentCompletion().startswith("ResNeXt-101")


def shown_as(analysis: Analysis, convention: Convention) -> Shown:
    """A network as the session gives it to the views."""
    return Shown(analysis.spec, analysis=analysis, convention=convention, costs=costs(analysis, convention))


NETWORK = frozenset({"analysis", "costs"})
"""What changes with another network or convention."""


def layer_table(qtbot: QtBot, width: int) -> LayerTable:
    """The table of ResNet-50, shown."""
    table = LayerTable()
    qtbot.addWidget(table)
    table.resize(width, 300)
    table.show()
    table.display(shown_as(analyse(preset("resnet50")), "macs"), NETWORK)
    qtbot.wait(20)
    return table


def test_the_columns_fit_or_spread(qtbot: QtBot) -> None:
    for width, last in ((614, "share"), (1800, "receptive_field")):
        table = layer_table(qtbot, width)
        view, names = table.view, [column.name for column in table.model.columns]
        at = names.index(last)
        assert view.columnViewportPosition(at) + view.columnWidth(at) <= view.viewport().width()
    assert view.horizontalHeader().length() > 1700


def test_no_two_columns_say_the_same(qtbot: QtBot) -> None:
    """Where the costs are all FLOPs, the column of FLOPs is away; what the user chose to see stays chosen."""
    table, plain = layer_table(qtbot, 1400), analyse(preset("resnet50"))
    names = [column.name for column in table.model.columns]
    place, chosen = names.index("flops"), table.hidden_columns
    table.view.sortByColumn(place, Qt.SortOrder.DescendingOrder)
    first = table.proxy.index(0, 0).data()
    for convention in CONVENTIONS:
        table.display(shown_as(plain, convention), NETWORK)
        assert table.view.isColumnHidden(place) == (convention == "elementwise")
        assert ("FLOPs" in table.chosen_as_tsv().partition("\n")[0].split("\t")) == (convention != "elementwise")
        assert table.hidden_columns == chosen
        assert table.proxy.index(0, 0).data() == first
        assert table._by_hand is False
    table.hide_columns(("flops",))
    for convention in CONVENTIONS:
        table.display(shown_as(plain, convention), NETWORK)
        assert table.view.isColumnHidden(place)


def test_a_filter_that_finds_nothing_says_what_to_do(qtbot: QtBot) -> None:
    table = layer_table(qtbot, 614)
    QTest.keyClicks(table.filter, "conv2 stage 2")
    assert table.proxy.rowCount() == 4
    assert table.nothing.isHidden()
    QTest.keyClicks(table.filter, " linear")
    assert table.nothing.isVisible()


def test_long_shapes_wrap(qtbot: QtBot) -> None:
    inspector = Inspector()
    qtbot.addWidget(inspector)
    shape = "×".join(["65536"] * 12)
    inspector.show_details(Details("t", "s", (Fact("input", shape, "note"), Fact("sum", "1,000,000", shape)), (), ""))
    inspector.resize(290, 400)
    inspector.show()
    qtbot.wait(20)
    content = inspector.widget()
    assert content is not None
    assert content.width() <= inspector.viewport().width()
    assert any(label.height() > 30 for label in inspector.findChildren(QLabel))
