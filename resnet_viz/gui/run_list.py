"""The runs that were kept: opened, or held beside the one on the screen."""

from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QMenu,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from resnet_viz.runs import RunEntry
from resnet_viz.texts import tr
from resnet_viz.viewmodels.measure import RunRow, run_rows

PATH = Qt.ItemDataRole.UserRole
LEAST_HEIGHT = 130


class RunList(QWidget):
    """Lists runs, the newest first; a double click opens one, the menu holds one beside the shown."""

    open_asked = Signal(object)
    compare_asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.heading = QLabel(tr("Runs"))
        self.heading.setObjectName("factStrong")
        self.nothing = QLabel(tr("Every run is kept here: to open again, or to hold beside another."))
        self.nothing.setObjectName("muted")
        self.nothing.setWordWrap(True)
        self.tree = QTreeWidget()
        self._prepare()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        for widget in (self.heading, self.nothing, self.tree):
            column.addWidget(widget)
        self.show_runs(())

    def show_runs(self, entries: tuple[RunEntry, ...]) -> None:
        """Show these runs."""
        self.tree.clear()
        self.tree.addTopLevelItems([_item(row) for row in run_rows(entries)])
        self.nothing.setVisible(not entries)
        self.tree.setVisible(bool(entries))

    def menu(self, item: QTreeWidgetItem) -> QMenu:
        """What can be done with a run."""
        path = Path(item.data(0, PATH))
        menu = QMenu(self)
        menu.addAction(tr("Open"), lambda: self.open_asked.emit(path))
        menu.addAction(tr("Hold beside the run shown"), lambda: self.compare_asked.emit(path))
        menu.addAction(tr("Hold none beside it"), lambda: self.compare_asked.emit(None))
        menu.addSeparator()
        folder = QUrl.fromLocalFile(str(path.parent))
        menu.addAction(tr("Show the folder of runs"), lambda: QDesktopServices.openUrl(folder))
        return menu

    def _prepare(self) -> None:
        tree = self.tree
        tree.setColumnCount(3)
        tree.setHeaderLabels([tr("Made (UTC)"), tr("Network"), tr("Whole")])
        tree.setRootIsDecorated(False)
        tree.setAlternatingRowColors(True)
        tree.setUniformRowHeights(True)
        tree.setMinimumHeight(LEAST_HEIGHT)
        tree.setAccessibleName(tr("Runs"))
        tree.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        tree.header().setStretchLastSection(False)
        for place in (0, 2):
            tree.header().setSectionResizeMode(place, QHeaderView.ResizeMode.ResizeToContents)
        tree.itemActivated.connect(lambda item, _: self.open_asked.emit(Path(item.data(0, PATH))))
        tree.customContextMenuRequested.connect(self._ask)

    def _ask(self, place: QPoint) -> None:
        item = self.tree.itemAt(place)
        if item is not None:
            menu = self.menu(item)
            menu.exec(self.tree.viewport().mapToGlobal(place))
            menu.deleteLater()


def _item(row: RunRow) -> QTreeWidgetItem:
    item = QTreeWidgetItem([row.made, row.title, row.time])
    item.setData(0, PATH, row.path)
    item.setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    for place in range(3):
        item.setToolTip(place, f"{row.title}\n{row.detail}\n{tr('Double click to open, right click to compare')}")
    return item
