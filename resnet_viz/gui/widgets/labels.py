"""Labels and tooltips that show foreign text letter by letter: names, warnings and reasons of files, and typed text.

Qt guesses whether a text is rich text, and rich text loads the files that it names. Every label and tooltip of the
window is therefore made here; the few that need rich text are filled from templates of this program. Control
characters, and those that reorder a line, are shown as escapes: one of them would make the rest unreadable.
"""

from html import escape
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QWidget

from resnet_viz.texts import visible

LONGEST_WORD_PX = 160
_LITERALLY = '<span style="white-space: pre-wrap">{}</span>'


class RichText(str):
    """Rich text that `rich` has made."""

    __slots__ = ()


def rich(template: str, **values: str) -> RichText:
    """Fill a template of rich text with escaped values; a value that is RichText already is left as it is."""
    return RichText(template.format(**{name: _as_rich(value) for name, value in values.items()}))


def tooltip(text: str) -> str:
    """Return the tooltip that shows this text as it is: Qt would read one that looks like rich text as such."""
    text = visible(text, keep="\n")
    return _LITERALLY.format(escape(text)) if "<" in text or "&lt;" in text else text


class Label(QLabel):
    """A label that shows its text as it is."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)

    def setText(self, text: str) -> None:  # Qt override
        """Show a text, with control characters other than line breaks as escapes."""
        super().setText(visible(text, keep="\n"))

    def minimumSizeHint(self) -> QSize:  # Qt override
        """Cut off a very long word of a wrapped text: it would widen its panel, or the window."""
        least = super().minimumSizeHint()
        return QSize(min(least.width(), LONGEST_WORD_PX), least.height()) if self.wordWrap() else least


class RichLabel(QLabel):
    """A label for rich text from a template of this program; other text is shown as it is."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setText(text)

    def setText(self, text: str) -> None:  # Qt override
        """Show rich text made by `rich`, or any other text letter by letter."""
        super().setText(_as_rich(text))


def _as_rich(text: Any) -> RichText:
    return text if isinstance(text, RichText) else RichText(escape(visible(text, keep="\n")))
