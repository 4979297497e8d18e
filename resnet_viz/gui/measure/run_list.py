"""The runs that were kept: opened, or held beside the one on the screen."""

from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTreeWidget, QTreeWidgetItem, QWidget

from resnet_viz.gui.widgets.layouts import column, muted, named
from resnet_viz.gui.widgets.table_setup import RIGHT
from resnet_viz.records.run import RunEntry
from resnet_viz.texts import tr
from resnet_viz.viewmodels.measure import RunRow, run_rows

PATH = Qt.ItemDataRole.UserRole
LEAST_HEIGHT = 130
WHOLE = 3  # the last column: the whole network's time


class RunList(QWidget):
    """Lists runs, the newest first; a double click opens one, the menu holds one beside the shown."""

    open_asked = Signal(object)
    compare_asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.nothing = muted(tr("Every run is kept here: to open again, or to hold beside another."), wraps=True)
        self.tree = QTreeWidget(columnCount=WHOLE + 1)
        self._prepare()
        heading = named("factStrong", tr("Runs"))
        column(heading, self.nothing, self.tree, owner=self, margins=(0, 4, 0, 0), spacing=4)
        self.show_runs(())

    def show_runs(self, entries: tuple[RunEntry, ...]) -> None:
        """Show these runs."""
        self.tree.clear()
        self.tree.addTopLevelItems([RunItem(row) for row in run_rows(entries)])
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
        tree.setHeaderLabels([tr("Made (UTC)"), tr("Network"), tr("Device"), tr("Whole")])
        tree.setSortingEnabled(True)
        tree.sortByColumn(0, Qt.SortOrder.DescendingOrder)
        tree.setTextElideMode(Qt.TextElideMode.ElideRight)
        tree.setRootIsDecorated(False)
        tree.setAlternatingRowColors(True)
        tree.setUniformRowHeights(True)
        tree.setMinimumHeight(LEAST_HEIGHT)
        tree.setAccessibleName(tr("Runs"))
        tree.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        tree.header().setStretchLastSection(False)
        tree.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        for place in (1, 2):
            tree.header().setSectionResizeMode(place, QHeaderView.ResizeMode.Stretch)
        tree.itemActivated.connect(lambda item, _: self.open_asked.emit(Path(item.data(0, PATH))))
        tree.customContextMenuRequested.connect(self._ask)

    def _ask(self, place: QPoint) -> None:
        item = self.tree.itemAt(place)
        if item is not None:
            menu = self.menu(item)
            menu.exec(self.tree.viewport().mapToGlobal(place))
            menu.deleteLater()


class RunItem(QTreeWidgetItem):
    """A run's line; its time sorts as a number."""

    def __init__(self, row: RunRow) -> None:
        super().__init__([row.made, row.title, row.device, row.time])
        self._whole_us = row.whole_us or 0.0
        self.setData(0, PATH, row.path)
        self.setTextAlignment(WHOLE, RIGHT)
        hint = "\n".join((row.title, row.detail, tr("Double click to open, right click to compare")))
        for place in range(WHOLE + 1):
            self.setToolTip(place, hint)

    def __lt__(self, other: QTreeWidgetItem) -> bool:  # Qt override
        """By the column that the tree is sorted by."""
        tree = self.treeWidget()
        column = tree.sortColumn() if tree is not None else 0
        if column == WHOLE and isinstance(other, RunItem):
            return self._whole_us < other._whole_us
        return self.text(column) < other.text(column)
