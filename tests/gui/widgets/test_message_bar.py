"""The message bar: what replaces a message, and what stays."""

from pytestqt.qtbot import QtBot

from resnet_viz.gui.widgets.message_bar import Message, MessageBar


def test_a_message_that_keeps_errors_follows_the_error_on_display(qtbot: QtBot) -> None:
    bar = MessageBar()
    qtbot.addWidget(bar)
    bar.show_message(Message("The run was cut short.", "error"))
    bar.show_message(Message("The engine is running again.", keeps_errors=True))
    assert bar.sentence.text() == "The run was cut short. The engine is running again."
    assert bar.property("tone") == "error"
    bar.hide()
    bar.show_message(Message("The engine is running again.", keeps_errors=True))
    assert (bar.sentence.text(), bar.property("tone")) == ("The engine is running again.", "info")
    bar.show_message(Message("The run was cut short.", "error"))
    bar.show_message(Message("Opened a.json."))
    assert bar.sentence.text() == "Opened a.json."
