"""The Memory view: live tensors at each layer, tensors saved for backward, and the batches that fit."""

from typing import get_args

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QSpinBox

from resnet_viz.errors import SpecError
from resnet_viz.export.tables import csv_table
from resnet_viz.gui.plots.bar_plot import BarPlot
from resnet_viz.gui.plots.chart_view import ChartView
from resnet_viz.gui.shown import Shown
from resnet_viz.gui.theme import Theme, load_theme
from resnet_viz.gui.widgets.choice_box import choice_box
from resnet_viz.gui.widgets.labels import Label, tooltip
from resnet_viz.metrics.memory import largest_batches, memory
from resnet_viz.records.analysis import Analysis
from resnet_viz.records.memory import Memory
from resnet_viz.records.table import table
from resnet_viz.spec.profiling import MAX_PROFILE_BATCH, Dtype
from resnet_viz.texts import tr
from resnet_viz.viewmodels.charts.bars import BarChart
from resnet_viz.viewmodels.charts.memory import memory_caveat, memory_chart, memory_rows


def memory_csv(memory: Memory) -> str:
    """Return the bytes of each layer and the ids of its live tensors as CSV."""
    names = ("id", "output_bytes", "live_bytes", "kept_bytes")
    rows = (
        (*(getattr(layer, name) for name in names), " ".join(name or "input" for name in layer.alive))
        for layer in memory.layers
    )
    return csv_table(table((*names, "alive"), rows))


DEFAULT_GIB = 16.0
MAX_GIB = 100_000.0


class MemoryView(ChartView):
    """Draws a network's memory for a dtype and a batch size; hover for the live tensors, click to choose a layer."""

    def __init__(self, theme: Theme | None = None) -> None:
        super().__init__("memory")
        self._memory: Memory | None = None
        self._analysis: Analysis | None = None
        self.dtype = choice_box(((dtype, dtype) for dtype in get_args(Dtype)), tr("Data type of the tensors"))
        self.batch, self.gib = QSpinBox(), QDoubleSpinBox()
        self.saved = QCheckBox(tr("saved for backward"))
        self.saved.setChecked(True)
        self.sums = Label()
        self.bars = BarPlot(theme or load_theme("light"))
        self._prepare()
        self._lay_out((self.bars,), self.dtype, self.batch, self.gib, self.saved, below=self.sums)
        self._connect()
        self.show_network(None)

    def show_network(self, analysis: Analysis | None) -> None:
        """Draw a network at the batch size of its own input."""
        self._analysis = analysis
        if analysis is not None:
            with QSignalBlocker(self.batch):
                self.batch.setValue(analysis.spec.input[0])
        self._draw()

    def _display(self, shown: Shown) -> None:
        self.show_network(shown.analysis)

    def _prepare(self) -> None:
        self.batch.setRange(1, MAX_PROFILE_BATCH)
        self.batch.setPrefix("N = ")
        self.batch.setAccessibleName(tr("Images in the input"))
        self.gib.setRange(0.1, MAX_GIB)
        self.gib.setDecimals(1)
        self.gib.setValue(DEFAULT_GIB)
        self.gib.setSuffix(" GiB")
        self.gib.setToolTip(tooltip(tr("Memory of the device; the largest batches that fit are given below the chart")))
        self.gib.setAccessibleName(tr("Memory to fit into"))
        self.sums.setWordWrap(True)
        self.sums.setToolTip(tooltip(memory_caveat()))
        self.sums.setContentsMargins(8, 2, 8, 4)
        self.bars.plot.setAccessibleName(tr("Memory"))

    def _connect(self) -> None:
        for edited in (self.dtype.activated, self.batch.valueChanged, self.gib.valueChanged):
            edited.connect(lambda _: self._draw())
        self.saved.toggled.connect(self.bars.show_line)

    def _draw(self) -> None:
        if self._analysis is None:
            self.bars.show_chart(BarChart((), "", "", empty=tr("No network yet.")))
            self.sums.setText("")
            self._memory = None
            return
        dtype: Dtype = self.dtype.currentData()
        try:
            result = memory(self._analysis, dtype, self.batch.value())
        except SpecError as error:
            self.failed.emit(str(error))
            return
        self._memory = result
        chart = memory_chart(self._analysis, result)
        self.title.show_text(chart.title)
        self.bars.show_chart(chart)
        rows = memory_rows(result, largest_batches(result, self.gib.value()))
        self.sums.setText("  ·  ".join(f"{name} {text}" for name, text in rows))

    def _table(self) -> str | None:
        return None if self._memory is None else memory_csv(self._memory)
