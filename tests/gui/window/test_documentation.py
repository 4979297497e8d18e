"""The documentation's window: every page opens from the list, from a link and from the Help menu."""

from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QImage, QTextCursor, QTextDocument
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from resnet_viz.gui.window.documentation import INDEX, PICTURE_WIDTH, Documentation, docs_folder, page_titles
from resnet_viz.gui.window.main_window import MainWindow

pytestmark = pytest.mark.qt_log_ignore(  # the offscreen platform neither sizes nor raises windows
    "propagateSizeHints", "does not support raise"
)


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    found = QWidget()
    qtbot.addWidget(found)
    return found


@pytest.fixture
def documentation(parent: QWidget) -> Documentation:
    return Documentation(parent)


def _heading(found: Documentation) -> str:
    return found.page.document().begin().text()


def _pictures(found: Documentation) -> set[int]:
    """The widths of the page's pictures."""
    cursor, widths = QTextCursor(found.page.document()), set()
    while cursor.movePosition(QTextCursor.MoveOperation.NextCharacter):
        shape = cursor.charFormat()
        if shape.isImageFormat():
            image = QTextDocument.ResourceType.ImageResource.value
            widths.add(found.page.loadResource(image, shape.toImageFormat().name()).width())
    return widths


def test_the_index_names_every_page_by_its_heading() -> None:
    pages = {path.name for path in docs_folder().glob("*.md")}
    assert set(page_titles()) == pages
    headings = {file: (docs_folder() / file).read_text("utf8").splitlines()[0] for file in pages - {INDEX}}
    assert {file: f"# {title}" for file, title in page_titles().items() if file != INDEX} == headings


def test_every_page_is_shown_when_its_title_is_chosen(documentation: Documentation) -> None:
    documentation.open_page(INDEX)
    for index, title in enumerate(page_titles().values()):
        documentation.titles.setCurrentRow(index)
        assert _heading(documentation) == ("resnet_viz: documentation" if index == 0 else title)


def test_a_link_leads_to_its_page_and_marks_the_title(documentation: Documentation) -> None:
    documentation.open_page("window.md")
    documentation.page.anchorClicked.emit(QUrl("times.md"))
    assert _heading(documentation) == "How times are measured"
    assert documentation.titles.currentItem().text() == "How times are measured"


def test_a_link_to_the_web_is_left_to_the_system(documentation: Documentation, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    documentation.open_page(INDEX)
    documentation.page.anchorClicked.emit(QUrl("https://arxiv.org/abs/1512.03385"))
    assert opened == ["https://arxiv.org/abs/1512.03385"]
    assert _heading(documentation) == "resnet_viz: documentation"


def test_pictures_are_no_wider_than_the_page(documentation: Documentation) -> None:
    documentation.open_page("window.md")
    QApplication.processEvents()
    assert _pictures(documentation) == {PICTURE_WIDTH}
    assert documentation.page.horizontalScrollBar().maximum() == 0


@pytest.mark.parametrize("start", ["", "//host/share", "/", "../../", "http://127.0.0.1:9/", "data:image/png;base64,"])
def test_nothing_is_loaded_from_outside(start: str, documentation: Documentation, tmp_path: Path) -> None:
    outside = QImage(7, 7, QImage.Format.Format_RGB32)
    assert outside.save(str(tmp_path / "outside.png"))
    documentation.open_page("window.md")
    for kind in (QTextDocument.ResourceType.ImageResource, QTextDocument.ResourceType.StyleSheetResource):
        loaded = documentation.page.loadResource(kind.value, QUrl(f"{start}{tmp_path}/outside.png"))
        assert (loaded.width(), loaded.height()) == (1, 1), "for no picture, Qt would look for the file itself"


def test_a_page_that_is_shown_already_stays_where_it_was_read(documentation: Documentation) -> None:
    documentation.open_page("numbers.md")
    QApplication.processEvents()
    bar = documentation.page.verticalScrollBar()
    bar.setValue(bar.maximum())
    documentation.open_page("numbers.md")
    assert bar.value() == bar.maximum() > 0


def test_the_help_menu_opens_pages_in_one_window(window: MainWindow) -> None:
    window.actions_["documentation"].trigger()
    first = window.documentation
    assert first is not None
    assert _heading(first) == "resnet_viz: documentation"
    window.actions_["extending"].trigger()
    assert window.documentation is first
    assert first.isVisible()
    assert _heading(first) == "Extending the program"
