"""The Code view: the network as PyTorch source that stands alone, coloured, to be read and copied."""

import re

from PySide6.QtGui import QFontDatabase, QSyntaxHighlighter, QTextCharFormat, QTextDocument
from PySide6.QtWidgets import QPlainTextEdit

from resnet_viz.export.code import source_code
from resnet_viz.gui.theme import Theme, load_theme
from resnet_viz.spec import ResNetSpec
from resnet_viz.texts import tr

WORDS = r"\b(class|def|return|if|else|for|in|import|from|with|is|not|None|True|False|self|super)\b"
RULES = (
    (re.compile(r"\b\d[\d_.]*\b"), "warning"),
    (re.compile(WORDS), "accent"),
    (re.compile(r"(?<=class )\w+|(?<=def )\w+"), "stage4"),
    (re.compile(r'f?"[^"]*"'), "ok"),
    (re.compile(r"#.*"), "text_muted"),
)
"""What is coloured by which name; a later rule paints over an earlier one."""
QUOTES = '"""'
OUTSIDE, INSIDE = 0, 1


class CodeView(QPlainTextEdit):
    """Shows the source of a spec; the place stays where it is while the network changes."""

    def __init__(self, theme: Theme | None = None) -> None:
        super().__init__()
        self._spec: ResNetSpec | None = None
        self.setReadOnly(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setAccessibleName(tr("PyTorch source"))
        self.setPlaceholderText(tr("No network yet."))
        self._colours = Highlighter(self.document(), theme or load_theme("light"))

    def show_spec(self, spec: ResNetSpec | None) -> None:
        """Write the source of this network, unless it stands there."""
        if spec == self._spec:
            return
        self._spec = spec
        bar = self.verticalScrollBar()
        place = bar.value()
        self.setPlainText("" if spec is None else source_code(spec))
        bar.setValue(place)

    def set_theme(self, theme: Theme) -> None:
        """Colour it in this theme's colours."""
        self._colours.set_theme(theme)


class Highlighter(QSyntaxHighlighter):
    """Colours Python: words, names that are made, numbers, texts and docstrings."""

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self._theme = theme

    def set_theme(self, theme: Theme) -> None:
        """Colour in this theme's colours."""
        self._theme = theme
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:  # Qt override
        """One line; a docstring may have begun before it, and may end after it."""
        inside = self.previousBlockState() == INSIDE
        if not inside and QUOTES not in text:
            self._paint(text)
            self.setCurrentBlockState(OUTSIDE)
            return
        start = 0 if inside else text.index(QUOTES)
        end = text.find(QUOTES, start if inside else start + len(QUOTES))
        self.setFormat(start, len(text) - start if end < 0 else end + len(QUOTES) - start, self._format("text_muted"))
        self.setCurrentBlockState(INSIDE if end < 0 else OUTSIDE)

    def _paint(self, text: str) -> None:
        for pattern, color in RULES:
            for found in pattern.finditer(text):
                self.setFormat(found.start(), found.end() - found.start(), self._format(color))

    def _format(self, color: str) -> QTextCharFormat:
        made = QTextCharFormat()
        made.setForeground(self._theme.color(color))
        return made
