"""The Code view: the network as PyTorch source, coloured as programmers are used to."""

from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication, QSyntaxHighlighter, QTextCharFormat, QTextDocument
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from resnet_viz.export.code import source_code
from resnet_viz.gui.theme import Theme, load_theme
from resnet_viz.spec import ResNetSpec
from resnet_viz.texts import tr

COLORS = (
    ("Token.Comment", "text_muted"),
    ("Token.Literal.String", "stage2"),
    ("Token.Literal.Number", "stage3"),
    ("Token.Keyword", "stage4"),
    ("Token.Name.Class", "stage1"),
    ("Token.Name.Function", "stage1"),
)
"""Kinds of words as Pygments calls them, and the theme's names of their colours."""


class CodeView(QWidget):
    """Shows the source that `export -o net.py` writes."""

    def __init__(self, theme: Theme | None = None) -> None:
        super().__init__()
        self.source = QPlainTextEdit()
        self.source.setReadOnly(True)
        self.source.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.source.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.source.setAccessibleName(tr("PyTorch source"))
        self._colors = _Colors(self.source.document(), theme or load_theme("light"))
        said = QLabel(tr("Runs with torch alone, with the same names of parameters; File, Export writes it as .py."))
        said.setObjectName("muted")
        copy = QPushButton(tr("Copy"))
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.source.toPlainText()))
        row = QHBoxLayout()
        row.setContentsMargins(8, 3, 6, 3)
        row.addWidget(said, 1)
        row.addWidget(copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.source, 1)

    def show_network(self, spec: ResNetSpec) -> None:
        """Show a network's source; what is shown already keeps its place."""
        text = source_code(spec)
        if text != self.source.toPlainText():
            self.source.setPlainText(text)

    def set_theme(self, theme: Theme) -> None:
        """Colour in this theme's colours."""
        self._colors.set_theme(theme)


class _Colors(QSyntaxHighlighter):
    """Pygments' tokens in the theme's colours; a docstring of several lines is known by its whole text."""

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self._text = ""
        self._lines: list[list[tuple[int, int, str]]] = []
        self._formats: dict[str, QTextCharFormat] = {}
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._formats = {name: _format(theme, name) for _, name in COLORS}
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:  # Qt override
        """Colour one line."""
        whole = self.document().toPlainText()
        if whole != self._text:
            self._text, self._lines = whole, _coloured(whole)
        number = self.currentBlock().blockNumber()
        for start, length, name in self._lines[number] if number < len(self._lines) else ():
            self.setFormat(start, length, self._formats[name])


def _format(theme: Theme, name: str) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(theme.color(name))
    if name == "stage1":
        made.setFontWeight(QFont.Weight.DemiBold)
    return made


def _coloured(text: str) -> list[list[tuple[int, int, str]]]:
    """For each line the pieces that have a colour: where they begin, how long they are, and its name."""
    from pygments import lex  # nobody waits for it who does not look at the source
    from pygments.lexers import PythonLexer

    lines: list[list[tuple[int, int, str]]] = [[]]
    place = 0
    for token, piece in lex(text, PythonLexer(stripnl=False, ensurenl=False)):
        name = next((color for kind, color in COLORS if str(token).startswith(kind)), None)
        for index, part in enumerate(piece.split("\n")):
            if index:
                lines.append([])
                place = 0
            if name is not None and part:
                lines[-1].append((place, len(part), name))
            place += len(part)
    return lines
