"""The documentation in a window of its own: the pages of `resources/docs` beside a list of their titles."""

import re
from os.path import normpath
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QImage, QTextBlockFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QDialog, QListWidget, QTextBrowser, QWidget

from resnet_viz.gui.widgets.layouts import row
from resnet_viz.resources import resource_folder
from resnet_viz.texts import tr
from resnet_viz.version import __version__

INDEX = "README.md"
SIZE = QSize(1080, 780)
LIST_WIDTH, TITLE_SPACE = 220, 4
MARGIN = 28
PICTURE_WIDTH = 760
LINE_PERCENT = 128.0
HEADING_SPACE = 20.0
PICTURE = "\N{OBJECT REPLACEMENT CHARACTER}"
"""What stands for a picture in the text of a document."""
NOTHING = QImage(1, 1, QImage.Format.Format_ARGB32)  # for no picture at all, Qt would look for the file itself
NOTHING.fill(Qt.GlobalColor.transparent)
_LINK = re.compile(r"^- \[(?P<title>[^]]+)]\((?P<file>[\w.-]+\.md)\)", re.MULTILINE)


class Documentation(QDialog):
    """Shows the titles of the pages on the left and the chosen page on the right."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.titles, self.page = QListWidget(), Page()
        self._files = list(page_titles())
        self.titles.addItems(list(page_titles().values()))
        self.titles.setObjectName("documentationTitles")
        self.titles.setFixedWidth(LIST_WIDTH)
        self.titles.setSpacing(TITLE_SPACE)
        self.titles.setAccessibleName(tr("Pages"))
        row(self.titles, (self.page, 1), owner=self)
        self.resize(SIZE)
        self.setWindowTitle(tr("Documentation — resnet_viz {version}").format(version=__version__))
        self.titles.currentRowChanged.connect(lambda index: self.page.open(self._files[index]))
        self.page.sourceChanged.connect(lambda source: self.titles.setCurrentRow(self._files.index(source.fileName())))

    def open_page(self, file: str) -> None:
        """Show the page in this file, in front of the other windows."""
        self.page.open(file)
        self.show()
        self.raise_()
        self.activateWindow()


class Page(QTextBrowser):
    """Shows a Markdown file; a link to another page is followed here, one to the web in the system's browser."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("documentationPage")
        self.setAccessibleName(tr("Documentation"))
        self.setOpenLinks(False)
        self.document().setDocumentMargin(MARGIN)
        self.anchorClicked.connect(self._follow)

    def open(self, file: str) -> None:
        """Show the page in this file from its beginning, unless it is shown already."""
        url = QUrl.fromLocalFile(str(docs_folder() / file))
        if url != self.source():
            self.setSource(url, QTextDocument.ResourceType.MarkdownResource)
            _space_out(self.document())

    def loadResource(self, kind: int, name: QUrl | str) -> Any:  # Qt override
        """Load a picture no wider than the page, and a page as Qt does; nothing from outside `resources`."""
        url = self.source().resolved(QUrl(name))
        if not _is_resource(url):
            return NOTHING
        if kind == QTextDocument.ResourceType.ImageResource.value:
            picture = QImage(url.toLocalFile())
            width = min(PICTURE_WIDTH, picture.width())
            return picture.scaledToWidth(width, Qt.TransformationMode.SmoothTransformation)
        return super().loadResource(kind, name)

    def _follow(self, link: QUrl) -> None:
        if link.scheme() in ("http", "https"):
            QDesktopServices.openUrl(link)
        else:
            self.open(link.fileName())


def docs_folder() -> Path:
    """Return the folder of the pages, in a checkout or in an installed package."""
    return resource_folder() / "docs"


def _is_resource(url: QUrl) -> bool:
    """Tell whether a file belongs to this program, without touching any other: a host's share would be fetched."""
    is_local = url.scheme() == "file" and not url.host()
    return is_local and Path(normpath(url.toLocalFile())).is_relative_to(resource_folder())


def page_titles() -> dict[str, str]:
    """Return the title of each page by its file, in the order of the index, which comes first."""
    index = (docs_folder() / INDEX).read_text(encoding="utf-8")
    return {INDEX: tr("Contents"), **{link["file"]: link["title"] for link in _LINK.finditer(index)}}


def _space_out(document: QTextDocument) -> None:
    """Give the lines more room and the headings space above them: Qt sets Markdown tightly."""
    block = document.begin()
    while block.isValid():
        change = QTextBlockFormat()
        if PICTURE not in block.text():  # its line is as high as the picture
            change.setLineHeight(LINE_PERCENT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        if block.blockFormat().headingLevel() > 1:
            change.setTopMargin(HEADING_SPACE)
        QTextCursor(block).mergeBlockFormat(change)
        block = block.next()
