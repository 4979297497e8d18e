"""The layer table: sortable, filterable, copyable, with columns to choose."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QSignalBlocker,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QMenu,
    QTableView,
    QWidget,
)

from resnet_viz.gui.shown import Changed, Shown
from resnet_viz.gui.widgets import layouts
from resnet_viz.gui.widgets.column_widths import fit_column_widths
from resnet_viz.gui.widgets.labels import tooltip
from resnet_viz.gui.widgets.layouts import muted
from resnet_viz.gui.widgets.table_setup import LEFT, RIGHT, available_width, make_compact, prepare_table
from resnet_viz.records.analysis import LayerRecord
from resnet_viz.texts import tr, visible
from resnet_viz.viewmodels.layers.column import CellContext, LayerColumn
from resnet_viz.viewmodels.layers.kernels import has_operators
from resnet_viz.viewmodels.layers.table import (
    available_data,
    cell_for_copy,
    columns,
    id_parts,
    matches,
    sampled_texts,
    search_text,
    search_words,
    tsv,
)

Index = QModelIndex | QPersistentModelIndex
SORT_ROLE = Qt.ItemDataRole.UserRole
NO_PARENT = QModelIndex()
YIELDING_COLUMNS = ("type", "input", "output")  # still told apart where they are cut, unlike names and numbers
CELL_PADDING_PX = 11  # added by the style sheet and by Qt together


class LayerModel(QAbstractTableModel):
    """Qt's model of the table: a row for each layer of a network."""

    def __init__(self) -> None:
        super().__init__()
        self.columns = columns()
        self.context: CellContext | None = None
        self.layers: tuple[LayerRecord, ...] = ()
        self._rows: dict[str, int] = {}
        self.search_texts: list[str] = []
        self.id_parts: frozenset[str] = frozenset()

    def replace(self, shown: Shown) -> None:
        """Show another network, with the times of a run of it and of a run to compare with."""
        self.beginResetModel()
        self._take_figures(shown)
        self.layers = () if shown.analysis is None else shown.analysis.layers
        self._rows = {layer.id: row for row, layer in enumerate(self.layers)}
        self.search_texts = [search_text(layer) for layer in self.layers]
        self.id_parts = id_parts(self.layers)
        self.endResetModel()

    def update_times(self, shown: Shown) -> None:
        """Show other times in the same rows."""
        if self.layers:
            self._take_figures(shown)
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.layers) - 1, len(self.columns) - 1))

    def _take_figures(self, shown: Shown) -> None:
        """Take the times, and the columns in the words of the convention and of the measured device."""
        convention = shown.costs.convention if shown.costs else "macs"
        self.context = _figures(shown)
        self.columns = columns(convention, on_processor=has_operators(shown.run))

    def has_data(self, column: LayerColumn) -> bool:
        """Tell whether a column has values that no other column shows."""
        return column.needs in available_data(self.context)

    def rows_of(self, node_id: str) -> tuple[int, ...]:
        """Return the row of a layer, or the consecutive rows of a stem, stage, block or head."""
        if node_id in self._rows:
            return (self._rows[node_id],)
        start = f"{node_id}."
        return tuple(
            row for row, layer in enumerate(self.layers) if layer.id.startswith(start) or layer.role == node_id
        )

    def clipboard_text(self, row: int, column: int) -> str:
        """Return the text of a cell for the clipboard."""
        if self.context is None:
            return ""
        return cell_for_copy(self.columns[column], self.layers[row], self.context)

    def rowCount(self, parent: Index = NO_PARENT) -> int:  # Qt override
        """Return the number of layers."""
        return 0 if parent.isValid() else len(self.layers)

    def columnCount(self, parent: Index = NO_PARENT) -> int:  # Qt override
        """Return the number of columns, hidden ones too."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:  # Qt override
        """Return the text, alignment or sort key of a cell."""
        if self.context is None or not index.isValid():
            return None
        column = self.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return visible(column.text(self.layers[index.row()], self.context))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if column.is_number else LEFT
        if role == SORT_ROLE:
            return column.key(self.layers[index.row()], self.context)
        return None

    def headerData(  # Qt override
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return the title, explanation or alignment of a column."""
        if orientation is Qt.Orientation.Vertical:
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(column.explanation)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if column.is_number else LEFT
        return None


def _figures(shown: Shown) -> CellContext | None:
    return None if shown.costs is None else CellContext(shown.costs, shown.run, shown.other if shown.run else None)


class LayerProxy(QSortFilterProxyModel):
    """Sorts by the columns' keys, or by execution order if unsorted, and keeps the rows that match the filter."""

    def __init__(self, model: LayerModel) -> None:
        super().__init__()
        self._model = model
        self._words: tuple[str, ...] = ()
        self.setSourceModel(model)

    def filter_by(self, query: str) -> None:
        """Keep only the rows that contain all words of the query."""
        self._words = search_words(query)
        self.invalidate()

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:  # Qt override
        """Tell whether the row contains all words of the query."""
        model = self._model
        name, text = model.layers[row].id, model.search_texts[row]
        return matches(self._words, layer_id=name, text=text, parts=model.id_parts)

    def lessThan(self, left: Index, right: Index) -> bool:  # Qt override
        """Compare the sort keys of two cells, then the order of execution."""
        return bool(self._key(left) < self._key(right))

    def _key(self, index: Index) -> tuple[object, int]:
        return self._model.data(index, SORT_ROLE), index.row()


class LayerTable(QWidget):
    """The table with its filter box."""

    node_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.model = LayerModel()
        self.proxy = LayerProxy(self.model)
        self.filter = QLineEdit(clearButtonEnabled=True)
        self.match_count = muted()
        sentence = tr("No layer matches all of these words. Remove a word, or clear the field.")
        self.no_match = muted(sentence, wraps=True, margins=(8, 4, 8, 8))
        self.view = QTableView()
        self._is_setting_widths = self._has_user_widths = False
        self._hidden: set[str] = set()
        self.filter.setPlaceholderText(tr("Find by name, type or shape: conv2 3×3, 1x256x14x14, 256"))
        self.filter.setAccessibleName(tr("Find layers"))
        self.no_match.hide()
        self._prepare_view()
        above = layouts.row((self.filter, 1), self.match_count, margins=(6, 5, 6, 5))
        layouts.column(above, self.no_match, (self.view, 1), owner=self)
        self.filter.textChanged.connect(self._filter)
        self.filter.returnPressed.connect(lambda: self.select_match(1))
        self.view.horizontalHeader().sectionResized.connect(self._note_resize)
        self.view.selectionModel().currentRowChanged.connect(self._emit_chosen)
        self.view.horizontalHeader().customContextMenuRequested.connect(self._choose_columns)

    def display(self, shown: Shown, changed: Changed) -> None:
        """Show the layers with their costs and times, and the selection, as far as they have changed."""
        is_new = "costs" in changed
        if changed - {"selection"}:
            before = [self.model.has_data(column) for column in self.model.columns]
            (self.model.replace if is_new else self.model.update_times)(shown)
            if [self.model.has_data(column) for column in self.model.columns] != before:
                self.hide_columns(self.hidden_columns)
        if is_new:
            self._set_widths()
            self._count()
        if is_new or "selection" in changed:
            self.select(shown.selection)

    def select(self, node_id: str | None) -> None:
        """Select the row of a layer, or the rows of a block or stage, without a signal."""
        chosen = self.view.selectionModel()
        rows = () if node_id is None else self.model.rows_of(node_id)
        with QSignalBlocker(self):
            chosen.clear()
            if not rows:
                return
            first, last = self.model.index(rows[0], 0), self.model.index(rows[-1], 0)
            at = self.proxy.mapFromSource(first)
            is_visible = self.view.viewport().rect().contains(self.view.visualRect(at))
            chosen.setCurrentIndex(at, QItemSelectionModel.SelectionFlag.NoUpdate)
            flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
            chosen.select(self.proxy.mapSelectionFromSource(QItemSelection(first, last)), flags)
        if at.isValid() and not is_visible:  # in the middle, with its neighbors above and below
            self.view.scrollTo(at, QAbstractItemView.ScrollHint.PositionAtCenter)

    def focus_filter(self) -> None:
        """Put the cursor into the filter box."""
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    def select_match(self, step: int) -> None:
        """Select the next row that the filter keeps, or with -1 the previous one; the last is followed by the first."""
        rows, at = self.proxy.rowCount(), self.view.currentIndex().row()
        if rows:
            row = (at + step) % rows if at >= 0 else (0 if step > 0 else rows - 1)
            self.view.selectRow(row)

    def copy(self) -> None:
        """Copy the selected rows, or all rows if none is selected, to the clipboard as tab-separated text."""
        QGuiApplication.clipboard().setText(self.chosen_as_tsv())

    def chosen_as_tsv(self) -> str:
        """Return the selected rows, or all rows if none is selected, with the visible columns, in the order shown."""
        header = self.view.horizontalHeader()
        shown = [header.logicalIndex(index) for index in range(header.count())]
        shown = [column for column in shown if not self.view.isColumnHidden(column)]
        rows = sorted({index.row() for index in self.view.selectionModel().selectedRows()})
        if not rows:
            rows = list(range(self.proxy.rowCount()))
        sources = [self.proxy.mapToSource(self.proxy.index(row, 0)).row() for row in rows]
        cells = [[self.model.clipboard_text(row, column) for column in shown] for row in sources]
        return tsv([self.model.columns[column].title for column in shown], cells)

    @property
    def hidden_columns(self) -> tuple[str, ...]:
        """The names of the columns that the user has hidden, whether or not they have values."""
        return tuple(column.name for column in self.model.columns if column.name in self._hidden)

    def hide_columns(self, names: Sequence[str]) -> None:
        """Show all columns except these and those without values."""
        self._hidden = set(names)
        self._is_setting_widths = True  # hiding a column resizes it, which is not the user's doing
        for index, column in enumerate(self.model.columns):
            self.view.setColumnHidden(index, column.name in names or not self.model.has_data(column))
        self._is_setting_widths = False
        self._set_widths()

    def resizeEvent(self, event: QResizeEvent) -> None:  # Qt override
        """Spread the columns over the new width."""
        super().resizeEvent(event)
        self._set_widths()

    def _prepare_view(self) -> None:
        view, header = self.view, self.view.horizontalHeader()
        view.setModel(self.proxy)
        prepare_table(view, tr("Layers"))
        view.setShowGrid(True)
        view.setSortingEnabled(True)
        view.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        view.setAlternatingRowColors(True)
        view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # names differ at both ends
        make_compact(view, 1)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.setSectionsMovable(True)
        self.hide_columns([column.name for column in self.model.columns if not column.visible_by_default])

    def _set_widths(self) -> None:
        """Fit the columns to their texts and to the table's width, until the user sets a width."""
        if self._has_user_widths:
            return
        shown = [index for index in range(len(self.model.columns)) if not self.view.isColumnHidden(index)]
        names = [self.model.columns[index].name for index in shown]
        natural = [self._natural_width(index) for index in shown]
        room = available_width(self.view)
        last = next((name for name in ("ratio", "time_share", "latency", "share") if name in names), names[-1])
        main = names.index(last) + 1
        yielding = [place for place, name in enumerate(names) if name in YIELDING_COLUMNS]
        widths = fit_column_widths(natural, room, yielding, needed=main)
        widths = widths if sum(widths[:main]) <= room else natural  # it scrolls anyway, so that nothing need be cut
        self._is_setting_widths = True
        for index, width in zip(shown, widths, strict=True):
            self.view.setColumnWidth(index, width)
        self._is_setting_widths = False

    def _natural_width(self, index: int) -> int:
        column, metrics = self.model.columns[index], self.view.fontMetrics()
        texts = dict.fromkeys(sampled_texts(column, self.model.layers, self.model.context))
        longest = sorted(texts, key=len)[-4:]
        title = self.view.horizontalHeader().fontMetrics().horizontalAdvance(column.title)
        return max(title, *(metrics.horizontalAdvance(text) for text in longest)) + CELL_PADDING_PX

    def _note_resize(self) -> None:
        self._has_user_widths = self._has_user_widths or not self._is_setting_widths

    def _filter(self, query: str) -> None:
        self.proxy.filter_by(query)
        self._count()

    def _count(self) -> None:
        shown, all_of_them = self.proxy.rowCount(), len(self.model.layers)
        text = tr("{shown} of {all}").format(shown=f"{shown:,}", all=f"{all_of_them:,}")
        self.no_match.setVisible(shown == 0 and all_of_them > 0)
        self.match_count.setText(text if shown != all_of_them else "")

    def _emit_chosen(self, current: QModelIndex) -> None:
        if current.isValid():
            self.node_chosen.emit(self.model.layers[self.proxy.mapToSource(current).row()].id)

    def _choose_columns(self, position: QPoint) -> None:
        menu = self.column_menu()
        menu.exec(self.view.horizontalHeader().mapToGlobal(position))
        menu.deleteLater()

    def column_menu(self) -> QMenu:
        """Return a menu that shows or hides the columns with values, except the first one."""
        menu = QMenu(self)
        for column in self.model.columns[1:]:
            if not self.model.has_data(column):
                continue
            action = menu.addAction(column.title)
            action.setCheckable(True)
            action.setChecked(column.name not in self._hidden)
            action.toggled.connect(lambda shown, name=column.name: self._set_wanted(name, shown))
        return menu

    def _set_wanted(self, name: str, shown: bool) -> None:
        unwanted = self._hidden - {name} if shown else self._hidden | {name}
        self.hide_columns(tuple(unwanted))
