"""The Source view: the network as standalone PyTorch source with syntax highlighting, to be read and copied."""

from PySide6.QtGui import QFontDatabase, QSyntaxHighlighter, QTextCharFormat, QTextDocument
from PySide6.QtWidgets import QPlainTextEdit

from resnet_viz.export.pytorch_source import source_code
from resnet_viz.gui.shown import Changed, Shown
from resnet_viz.gui.theme import Theme, load_theme
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.texts import tr

TOKEN_COLORS = (
    ("Token.Comment", "text_muted"),
    ("Token.Literal.String.Doc", "text_muted"),
    ("Token.Literal.String", "ok"),
    ("Token.Literal.Number", "warning"),
    ("Token.Keyword", "accent"),
    ("Token.Name.Class", "stage4"),
    ("Token.Name.Function", "stage4"),
)
"""Prefixes of Pygments token types, of which the first that matches counts, with the theme's name of their color."""
ColoredSpan = tuple[int, int, str]  # start and length within a line, and the name of a color


class SourceCodeView(QPlainTextEdit):
    """Shows the source of a spec, and keeps its scroll position when the network changes."""

    def __init__(self, theme: Theme | None = None) -> None:
        super().__init__(readOnly=True, lineWrapMode=QPlainTextEdit.LineWrapMode.NoWrap)
        self._spec: ResNetSpec | None = None
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setAccessibleName(tr("PyTorch source"))
        self.setPlaceholderText(tr("No network yet."))
        self._highlighter = Highlighter(self.document(), theme or load_theme("light"))

    def display(self, shown: Shown, changed: Changed) -> None:
        """Show the source of the analyzed network."""
        self.show_spec(None if shown.analysis is None else shown.analysis.spec)

    def show_spec(self, spec: ResNetSpec | None) -> None:
        """Show the source of this network, unless it is shown already."""
        if spec == self._spec:
            return
        self._spec = spec
        bar = self.verticalScrollBar()
        position = bar.value()
        text = "" if spec is None else source_code(spec)
        self._highlighter.prepare(text)
        self.setPlainText(text)
        bar.setValue(position)

    def set_theme(self, theme: Theme) -> None:
        """Highlight in this theme's colors."""
        self._highlighter.set_theme(theme)


class Highlighter(QSyntaxHighlighter):
    """Highlights Python source with Pygments, which reads the whole text before Qt asks for its lines."""

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self._theme = theme
        self._lines: list[list[ColoredSpan]] = []

    def prepare(self, text: str) -> None:
        """Read the text that will be shown next."""
        self._lines = colored_spans(text)

    def set_theme(self, theme: Theme) -> None:
        """Highlight in this theme's colors."""
        self._theme = theme
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:  # Qt override
        """Highlight one line."""
        number = self.currentBlock().blockNumber()
        for start, length, color in self._lines[number] if number < len(self._lines) else ():
            style = QTextCharFormat()
            style.setForeground(self._theme.color(color))
            self.setFormat(start, length, style)


def colored_spans(text: str) -> list[list[ColoredSpan]]:
    """Return the colored spans of each line of a Python source."""
    from pygments import lex  # imported here because only this view needs it
    from pygments.lexers import PythonLexer

    lines: list[list[ColoredSpan]] = [[]]
    start = 0
    for token, text_of_token in lex(text, PythonLexer(stripnl=False, ensurenl=False)):
        color = next((color for kind, color in TOKEN_COLORS if str(token).startswith(kind)), None)
        for index, part in enumerate(text_of_token.split("\n")):
            if index:
                lines.append([])
                start = 0
            if color is not None and part:
                lines[-1].append((start, len(part), color))
            start += len(part)
    return lines
