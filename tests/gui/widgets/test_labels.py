"""Labels and tooltips show any text letter by letter, and nothing else in the window makes them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage, QTextDocument
from PySide6.QtGui import Qt as RichTextGuess
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from resnet_viz.gui.widgets.labels import LONGEST_WORD_PX, Label, RichLabel, RichText, rich, tooltip
from resnet_viz.gui.widgets.table_setup import cell

GUI = Path(__file__).resolve().parents[3] / "resnet_viz" / "gui"
OWN_PLACES = {"labels.py": {"QLabel", "setTextFormat"}, "documentation.py": {"QTextBrowser"}, "source_code.py": set()}
READS_RICH_TEXT = {
    "QLabel", "QMessageBox", "QErrorMessage", "QTextBrowser", "QTextEdit", "QWhatsThis", "QProgressDialog",
    "QInputDialog", "QGraphicsTextItem", "setHtml", "setMarkdown", "setTextFormat", "setWhatsThis", "LabelItem",
}  # fmt: skip


@pytest.fixture
def picture(tmp_path: Path) -> str:
    """The rich text of a red picture."""
    image = QImage(40, 40, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    assert image.save(str(tmp_path / "red.png"))
    return f"<img src='{tmp_path / 'red.png'}'>"


def _shows_the_picture(label: QLabel) -> bool:
    label.adjustSize()
    drawn = label.grab().toImage()
    return any(drawn.pixelColor(x, y) == QColor("red") for x in range(drawn.width()) for y in range(drawn.height()))


@pytest.mark.parametrize("kind", [Label, RichLabel])
def test_a_label_shows_letters_and_loads_nothing(kind: type[Label | RichLabel], picture: str, qtbot: QtBot) -> None:
    plain = QLabel(picture)
    assert _shows_the_picture(plain), "Qt's own label no longer guesses: this module may go"
    label = kind(picture)
    assert not _shows_the_picture(label)
    label.setText("")
    label.setText(picture)
    assert not _shows_the_picture(label)
    assert label.sizeHint().width() > 200, "its letters"
    for widget in (plain, label):
        qtbot.addWidget(widget)


def test_rich_text_escapes_its_values_once() -> None:
    bold = rich("<b>{name}</b>", name="a<br>&")
    assert bold == "<b>a&lt;br&gt;&amp;</b>"
    assert rich("{bold} {other}", bold=bold, other="<i>") == f"{bold} &lt;i&gt;"
    assert isinstance(bold, RichText)


def test_a_rich_label_keeps_what_was_made_for_it(qtbot: QtBot) -> None:
    label = RichLabel(rich("<b>{name}</b>", name="<i>"))
    qtbot.addWidget(label)
    assert label.text() == "<b>&lt;i&gt;</b>"


@pytest.mark.parametrize(
    "text", ["<b>bold</b>", "1 < 2\n3 > 2 & so on", "<img src='x'>  y", "&lt;b&gt;", "<!doctype html>"]
)
def test_a_tooltip_shows_its_text(text: str) -> None:
    shown = tooltip(text)
    document = QTextDocument()
    if RichTextGuess.mightBeRichText(shown):
        document.setHtml(shown)
    else:
        document.setPlainText(shown)
    assert document.toPlainText() == text


def test_a_plain_tooltip_stays_as_it_is() -> None:
    assert tooltip("3×3, 64 & more\nsecond line") == "3×3, 64 & more\nsecond line"


def _rich_text_in(file: Path) -> Iterator[tuple[str, int]]:
    """What in a file may read rich text, and tooltips that do not come from `tooltip`."""
    own = OWN_PLACES.get(file.name, set())
    for node in ast.walk(ast.parse(file.read_text("utf8"))):
        called = node.func if isinstance(node, ast.Call) else None
        name = getattr(called, "attr", getattr(called, "id", ""))
        bases = [getattr(base, "attr", getattr(base, "id", "")) for base in getattr(node, "bases", [])]
        for found in (name, *bases):
            if found in READS_RICH_TEXT - own:
                yield found, getattr(node, "lineno", 0)
        if isinstance(node, ast.Call) and name in ("setToolTip", "showText") and not _has_tooltip(node):
            yield name, node.lineno
    yield from _tooltip_roles(file)


def _has_tooltip(call: ast.Call) -> bool:
    calls = [argument for argument in call.args if isinstance(argument, ast.Call)]
    return any(getattr(found.func, "id", "") == "tooltip" for found in calls)


def _tooltip_roles(file: Path) -> Iterator[tuple[str, int]]:
    """Lines that set or return the role of the tooltip without `tooltip` there or on the next line."""
    lines = file.read_text("utf8").splitlines()
    for index, line in enumerate(lines):
        if "ToolTipRole" in line and "tooltip(" not in line + "".join(lines[index + 1 : index + 2]):
            yield "ToolTipRole", index + 1


def test_only_this_module_makes_labels_and_only_its_function_tooltips() -> None:
    files = sorted(GUI.rglob("*.py"))
    assert len(files) > 80
    assert {str(file.relative_to(GUI)): found for file in files if (found := list(_rich_text_in(file)))} == {}


@pytest.mark.parametrize(
    "line",
    [
        "QLabel('a')", "QtWidgets.QLabel(name)", "class A(QLabel): pass", "box.setToolTip(name)",
        "QToolTip.showText(place, text, self)", "item.setData(0, Qt.ItemDataRole.ToolTipRole, text)",
        "document.setHtml(text)", "label.setTextFormat(Qt.TextFormat.RichText)", "QMessageBox(self)",
    ],
)  # fmt: skip
def test_another_place_would_be_found(line: str, tmp_path: Path) -> None:
    file = tmp_path / "panel.py"
    file.write_text(line, "utf8")
    assert list(_rich_text_in(file)) != []


def test_a_long_word_does_not_widen_a_wrapped_label(qtbot: QtBot) -> None:
    """A file's name or a warning without spaces would widen the window."""
    label = Label("A warning about " + "x" * 2_000)
    qtbot.addWidget(label)
    assert label.minimumSizeHint().width() > 2_000
    label.setWordWrap(True)
    assert label.minimumSizeHint().width() == LONGEST_WORD_PX
    label.setText("short")
    assert label.minimumSizeHint().width() < LONGEST_WORD_PX


@pytest.mark.parametrize("kind", [Label, RichLabel])
def test_characters_that_reorder_or_end_a_line_are_escapes(kind: type[Label | RichLabel], qtbot: QtBot) -> None:
    label = kind("a\u202eb\x1b[2K")
    qtbot.addWidget(label)
    assert label.text() == "a\\u202eb\\u001b[2K"
    label.setText("\u2066c\nd")
    assert label.text() == "\\u2066c\nd", "a line break stays"
    assert tooltip("\u202ea\nb") == "\\u202ea\nb"
    assert cell("\u202ea\nb").text() == "\\u202ea\\u000ab"
