"""The list of saved runs, to open again or to compare with the run on the screen."""

from pathlib import Path

from PySide6.QtCore import QPoint, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTreeWidget, QTreeWidgetItem, QWidget

from resnet_viz.gui.widgets.labels import tooltip
from resnet_viz.gui.widgets.layouts import column, muted, named
from resnet_viz.gui.widgets.table_setup import RIGHT, ROW_PADDING
from resnet_viz.records.run import RunEntry
from resnet_viz.texts import tr, visible
from resnet_viz.viewmodels.measure import RunRow, run_rows

PATH_ROLE = Qt.ItemDataRole.UserRole
MIN_HEIGHT_PX = 130
NETWORK_COLUMN, DEVICE_COLUMN, TIME_COLUMN = 1, 2, 3


class RunList(QWidget):
    """Lists runs, the newest first; a double click opens one, and the context menu offers to compare with one."""

    open_asked = Signal(object)
    compare_asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.nothing = muted(tr("Every run is saved here, to open again or to compare with another."), wraps=True)
        self.tree = QTreeWidget(columnCount=TIME_COLUMN + 1)
        self._prepare()
        heading = named("factStrong", tr("Runs"))
        column(heading, self.nothing, self.tree, owner=self, margins=(0, 4, 0, 0), spacing=4)
        self.show_runs(())

    def show_runs(self, entries: tuple[RunEntry, ...]) -> None:
        """Show these runs."""
        self.tree.clear()
        rows, height = run_rows(entries), 2 * self.tree.fontMetrics().lineSpacing() + ROW_PADDING
        self.tree.addTopLevelItems([RunItem(row, height) for row in rows])
        self.tree.setColumnHidden(DEVICE_COLUMN, len({row.device for row in rows}) <= 1)  # the tooltips name it
        self.nothing.setVisible(not entries)
        self.tree.setVisible(bool(entries))

    def menu(self, item: QTreeWidgetItem) -> QMenu:
        """Return the context menu of a run."""
        path = Path(item.data(0, PATH_ROLE))
        menu = QMenu(self)
        menu.addAction(tr("Open"), lambda: self.open_asked.emit(path))
        menu.addAction(tr("Compare with the run shown"), lambda: self.compare_asked.emit(path))
        menu.addAction(tr("End the comparison"), lambda: self.compare_asked.emit(None))
        menu.addSeparator()
        folder = QUrl.fromLocalFile(str(path.parent))
        menu.addAction(tr("Show the folder of runs"), lambda: QDesktopServices.openUrl(folder))
        return menu

    def _prepare(self) -> None:
        tree = self.tree
        tree.setHeaderLabels([tr("Created (UTC)"), tr("Network"), tr("Device"), tr("Latency")])
        tree.setSortingEnabled(True)
        tree.sortByColumn(0, Qt.SortOrder.DescendingOrder)
        tree.setTextElideMode(Qt.TextElideMode.ElideRight)
        tree.setRootIsDecorated(False)
        tree.setAlternatingRowColors(True)
        tree.setUniformRowHeights(True)
        tree.setMinimumHeight(MIN_HEIGHT_PX)
        tree.setAccessibleName(tr("Runs"))
        tree.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        tree.header().setStretchLastSection(False)
        tree.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        for column_index in (NETWORK_COLUMN, DEVICE_COLUMN):
            tree.header().setSectionResizeMode(column_index, QHeaderView.ResizeMode.Stretch)
        tree.itemActivated.connect(lambda item, _: self.open_asked.emit(Path(item.data(0, PATH_ROLE))))
        tree.customContextMenuRequested.connect(self._show_menu)

    def _show_menu(self, position: QPoint) -> None:
        item = self.tree.itemAt(position)
        if item is not None:
            menu = self.menu(item)
            menu.exec(self.tree.viewport().mapToGlobal(position))
            menu.deleteLater()


class RunItem(QTreeWidgetItem):
    """The row of a run, two lines high, which sorts by its time as a number."""

    def __init__(self, row: RunRow, height: int) -> None:
        network = visible(row.title).replace(" · ", "\n", 1)  # the settings below the name
        super().__init__([row.made, network, visible(row.device), row.time])
        self.setSizeHint(NETWORK_COLUMN, QSize(0, height))
        self._whole_us = row.whole_us or 0.0
        self.setData(0, PATH_ROLE, row.path)
        self.setTextAlignment(TIME_COLUMN, RIGHT)
        hint = "\n".join((row.title, row.detail, tr("Double-click to open, right-click to compare")))
        for column_index in range(TIME_COLUMN + 1):
            self.setToolTip(column_index, tooltip(hint))

    def __lt__(self, other: QTreeWidgetItem) -> bool:  # Qt override
        """Compare by the column that the tree is sorted by."""
        tree = self.treeWidget()
        sorted_by = tree.sortColumn() if tree is not None else 0
        if sorted_by == TIME_COLUMN and isinstance(other, RunItem):
            return self._whole_us < other._whole_us
        return self.text(sorted_by) < other.text(sorted_by)
