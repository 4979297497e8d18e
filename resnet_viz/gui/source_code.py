"""The Code view: the network as PyTorch source that stands alone, colored, to be read and copied."""

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
"""Kinds of words as Pygments calls them, the first that fits, and the theme's names of their colors."""
ColoredSpan = tuple[int, int, str]  # of a line: where it begins, how long it is, its color


class SourceCodeView(QPlainTextEdit):
    """Shows the source of a spec; the place stays where it is while the network changes."""

    def __init__(self, theme: Theme | None = None) -> None:
        super().__init__(readOnly=True, lineWrapMode=QPlainTextEdit.LineWrapMode.NoWrap)
        self._spec: ResNetSpec | None = None
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setAccessibleName(tr("PyTorch source"))
        self.setPlaceholderText(tr("No network yet."))
        self._colors = Highlighter(self.document(), theme or load_theme("light"))

    def display(self, shown: Shown, changed: Changed) -> None:
        """Write the source of the analysed network."""
        self.show_spec(None if shown.analysis is None else shown.analysis.spec)

    def show_spec(self, spec: ResNetSpec | None) -> None:
        """Write the source of this network, unless it stands there."""
        if spec == self._spec:
            return
        self._spec = spec
        bar = self.verticalScrollBar()
        place = bar.value()
        text = "" if spec is None else source_code(spec)
        self._colors.prepare(text)
        self.setPlainText(text)
        bar.setValue(place)

    def set_theme(self, theme: Theme) -> None:
        """Color it in this theme's colors."""
        self._colors.set_theme(theme)


class Highlighter(QSyntaxHighlighter):
    """Colors Python by Pygments' lexer, which reads the whole text before Qt asks for its lines."""

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self._theme = theme
        self._lines: list[list[ColoredSpan]] = []

    def prepare(self, text: str) -> None:
        """Read the text that is to be colored next."""
        self._lines = colored_spans(text)

    def set_theme(self, theme: Theme) -> None:
        """Color in this theme's colors."""
        self._theme = theme
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:  # Qt override
        """Color one line."""
        number = self.currentBlock().blockNumber()
        for start, length, color in self._lines[number] if number < len(self._lines) else ():
            made = QTextCharFormat()
            made.setForeground(self._theme.color(color))
            self.setFormat(start, length, made)


def colored_spans(text: str) -> list[list[ColoredSpan]]:
    """For each line of a Python source the pieces that have a color."""
    from pygments import lex  # nobody waits for it who does not look at the source
    from pygments.lexers import PythonLexer

    lines: list[list[ColoredSpan]] = [[]]
    place = 0
    for token, words in lex(text, PythonLexer(stripnl=False, ensurenl=False)):
        color = next((color for kind, color in TOKEN_COLORS if str(token).startswith(kind)), None)
        for index, part in enumerate(words.split("\n")):
            if index:
                lines.append([])
                place = 0
            if color is not None and part:
                lines[-1].append((place, len(part), color))
            place += len(part)
    return lines
