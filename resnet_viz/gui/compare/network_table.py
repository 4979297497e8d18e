"""The tables of two networks: the fields of the spec that differ, the totals, and the layers that differ."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget

from resnet_viz.errors import UserError
from resnet_viz.export.tables import save_tables
from resnet_viz.gui.compare.figure_table import DenseTable, FiguresWithSentences, FigureTable
from resnet_viz.gui.theme import Theme
from resnet_viz.gui.widgets.layouts import column, sentences
from resnet_viz.records.analysis import Convention
from resnet_viz.records.network_pair import Change, NetworkComparison
from resnet_viz.texts import tr
from resnet_viz.viewmodels.compare.layer_changes import ChangeRow, change_names, change_rows
from resnet_viz.viewmodels.compare.networks import (
    change_sentence,
    field_sentence,
    network_names,
    network_sentences,
    total_rows,
)
from resnet_viz.viewmodels.compare.tables import network_tables

CHANGE_COLORS: dict[Change, str] = {"added": "ok", "removed": "error", "changed": "warning", "same": "text"}
COLUMN_COUNT, CHANGE_COLUMN = 4, 1
SENTENCE_MARGINS_PX = (12, 4, 12, 4)
TOTALS_TO_LAYERS = (268, 408)  # proportion of their heights


class NetworkComparisonView(QWidget):
    """Shows two networks side by side; a word and its color distinguish added, removed and changed layers."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown: tuple[NetworkComparison, Convention] | None = None
        self._rows: Sequence[ChangeRow] = ()
        self.fields, self.sentences, self.change_counts = (sentences(SENTENCE_MARGINS_PX) for _ in range(3))
        self.totals, self.changes = FigureTable(), DenseTable(tr("Layers that differ"), COLUMN_COUNT)
        self.changes.horizontalHeader().setStretchLastSection(True)
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.addWidget(FiguresWithSentences(self.totals, self.sentences))
        below = QWidget()
        column(self.change_counts, (self.changes, 1), owner=below)
        parts.addWidget(below)
        parts.setSizes(TOTALS_TO_LAYERS)
        column(self.fields, (parts, 1), owner=self)

    def show_comparison(self, compared: NetworkComparison, convention: Convention) -> None:
        """Show both networks, with operations by this counting convention."""
        if self._shown == (compared, convention):
            return
        self._shown = compared, convention
        names = network_names(compared)
        self.fields.setText(field_sentence(compared))
        self.change_counts.setText(change_sentence(compared) if compared.fields else "")
        self._rows, change_texts = change_rows(compared), change_names()
        texts = [(row.where, change_texts[row.change], row.first, row.second) for row in self._rows]
        self.changes.show_texts((tr("layer"), tr("change"), *names), texts)
        self.totals.show_rows(names, total_rows(compared, convention))
        self.sentences.setText(" ".join(network_sentences(compared, convention)))
        self._fill()

    def save_table(self, path: Path) -> None:
        """Write the comparison as .csv, .md or .tex; raises UserError."""
        if self._shown is None:
            raise UserError(tr("The networks have not been counted yet."))
        save_tables(network_tables(*self._shown), path)

    def set_theme(self, theme: Theme) -> None:
        """Use the colors of this theme."""
        self._theme = theme
        self._fill()

    def _fill(self) -> None:
        for item, row in zip(self.changes.items_in(CHANGE_COLUMN), self._rows, strict=True):
            item.setForeground(self._theme.color(CHANGE_COLORS[row.change]))
