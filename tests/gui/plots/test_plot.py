"""The building blocks of the charts: numbers on axes, elided labels, and rows of controls."""

import pytest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from resnet_viz.gui.plots.plot import ElidedLabel, NumberAxis, control_row


@pytest.mark.parametrize(
    ("values", "spacing", "texts"),
    [
        ([0.0, 500.0, 1500.0], 500.0, ["0", "500", "1,500"]),
        ([-0.5, 0.0, 0.5], 0.5, ["−0.5", "0.0", "0.5"]),
        ([0.002, 0.004], 0.002, ["0.002", "0.004"]),
        ([1e6, 2e6], 1e6, ["1,000,000", "2,000,000"]),
    ],
)
def test_axes_write_numbers_like_the_rest_of_the_window(
    qtbot: QtBot, values: list[float], spacing: float, texts: list[str]
) -> None:
    assert NumberAxis("left").tickStrings(values, 1.0, spacing) == texts


def test_an_elided_label_can_be_narrower_than_its_text_and_has_all_of_it_as_tooltip(qtbot: QtBot) -> None:
    label = ElidedLabel()
    qtbot.addWidget(label)
    label.show_text("a title of very many words " * 5)
    assert label.minimumSizeHint().width() == 40
    assert label.toolTip() == label.text() == "a title of very many words " * 5
    label.resize(120, 20)
    elided = label.grab().toImage()
    label.resize(2000, 20)
    assert label.grab().toImage().copy(0, 0, 120, 20) != elided  # an ellipsis ends the narrow one


def test_a_title_and_the_buttons_after_it_have_the_second_row_of_controls(qtbot: QtBot) -> None:
    owner, first, last, title = QWidget(), QPushButton("first"), QPushButton("last"), ElidedLabel()
    qtbot.addWidget(owner)
    owner.setLayout(control_row(first, title, last))
    owner.resize(400, 100)
    owner.grab()
    assert first.geometry().bottom() < title.geometry().top()
    assert title.geometry().right() < last.geometry().left()
    assert last.geometry().right() > 380
    assert first.geometry().left() < 20
