"""The bar in the window that shows messages in place of dialogs."""

from typing import Literal

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame

from resnet_viz.gui.widgets.layouts import row, sentences, set_look, tool_button
from resnet_viz.texts import tr


class Message(msgspec.Struct, frozen=True):
    """One sentence and its tone; an empty sentence clears the bar, and one that `keeps_errors` follows an error."""

    sentence: str
    tone: Literal["info", "warning", "error"] = "info"
    keeps_errors: bool = False


class MessageBar(QFrame):
    """Shows one message until it is closed or replaced."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("messageBar")
        self.sentence = sentences()
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        self.button = tool_button("✕", tr("Close this message"), self.hide)
        self.button.setAccessibleName(self.button.toolTip())
        beside = row((self.sentence, 1), self.button, owner=self, margins=(12, 5, 6, 5), spacing=6)
        beside.setAlignment(self.button, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def show_message(self, message: Message) -> None:
        """Show a message, behind an error that it keeps, or hide the bar if it is empty."""
        if message.keeps_errors and not self.isHidden() and self.property("tone") == "error":
            both = tr("{error} {sentence}").format(error=self.sentence.text(), sentence=message.sentence)
            message = Message(both, "error")
        self.setVisible(bool(message.sentence))
        if message.sentence:
            self.sentence.setText(message.sentence)
            self.setAccessibleName(message.sentence)
            set_look(self, "tone", message.tone)
