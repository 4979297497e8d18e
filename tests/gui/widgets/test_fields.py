"""The fields as a user meets them: typed into, narrow and wide."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from resnet_viz.gui.widgets.fields import NumbersField

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
