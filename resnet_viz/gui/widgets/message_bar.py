"""The bar inside the window in which sentences appear instead of dialogs."""

from typing import Literal

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame

from resnet_viz.gui.widgets.layouts import row, sentences, set_look, tool_button
from resnet_viz.texts import tr


class Message(msgspec.Struct, frozen=True):
    """One sentence; an empty one clears what it said of this matter."""

    sentence: str
    tone: Literal["info", "warning", "error"] = "info"


class MessageBar(QFrame):
    """Shows one notice until it is closed or replaced."""

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

    def show_notice(self, notice: Message) -> None:
        """Show a sentence; hide the bar for an empty one."""
        self.setVisible(bool(notice.sentence))
        if notice.sentence:
            self.sentence.setText(notice.sentence)
            self.setAccessibleName(notice.sentence)
            set_look(self, "tone", notice.tone)
