"""Choice boxes: what they hold, and that a row of them fits into a narrow window."""

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from resnet_viz.gui.widgets.choice_box import choice_box
from resnet_viz.gui.widgets.layouts import row

ENTRIES = (("params", "Parameters"), ("field", "A very long name of a quantity, longer than any other"))


def test_a_choice_box_shows_texts_and_holds_values(qtbot: QtBot) -> None:
    box = choice_box(ENTRIES, "Quantity to draw")
    qtbot.addWidget(box)
    box.setCurrentIndex(1)
    assert (box.currentData(), box.currentText()) == ENTRIES[1]
    assert (box.accessibleName(), box.toolTip()) == ("Quantity to draw", "Quantity to draw")


def test_a_row_of_choice_boxes_fits_into_a_narrow_window(qtbot: QtBot) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    row(*(choice_box(ENTRIES, "Quantity to draw") for _ in range(4)), owner=owner)
    assert owner.minimumSizeHint().width() < 300
