"""The Memory view: what is alive at each layer, what training keeps, and the batch that fits."""

from typing import get_args

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QLabel, QSpinBox

from resnet_viz.errors import SpecError
from resnet_viz.export.tables import csv_table
from resnet_viz.gui.plots.bar_plot import BarPlot
from resnet_viz.gui.plots.chart_view import ChartView
from resnet_viz.gui.shown import Shown
from resnet_viz.gui.theme import Theme, load_theme
from resnet_viz.gui.widgets.choice_box import choice_box
from resnet_viz.metrics.memory import largest_batches, memory
from resnet_viz.records.analysis import Analysis
from resnet_viz.records.memory import Memory
from resnet_viz.records.table import table
from resnet_viz.spec.profiling import MOST_BATCH, Dtype
from resnet_viz.texts import tr
from resnet_viz.viewmodels.charts.bars import BarChart
from resnet_viz.viewmodels.charts.memory import memory_caveat, memory_chart, memory_rows


def memory_csv(memory: Memory) -> str:
    """Bytes of each layer, and the ids of what is alive, for a program."""
    names = ("id", "output_bytes", "live_bytes", "kept_bytes")
    rows = (
        (*(getattr(layer, name) for name in names), " ".join(name or "input" for name in layer.alive))
        for layer in memory.layers
    )
    return csv_table(table((*names, "alive"), rows))


DEFAULT_GIB = 16.0
MAX_GIB = 100_000.0


class MemoryView(ChartView):
    """Draws a network's memory in a dtype and at a batch; hover for what is alive, click to choose a layer."""

    def __init__(self, theme: Theme | None = None) -> None:
        super().__init__("memory")
        self._memory: Memory | None = None
        self._analysis: Analysis | None = None
        self.dtype = choice_box(((dtype, dtype) for dtype in get_args(Dtype)), tr("Numbers of the tensors"))
        self.batch, self.gib = QSpinBox(), QDoubleSpinBox()
        self.kept = QCheckBox(tr("kept by training"))
        self.kept.setChecked(True)
        self.sums = QLabel()
        self.bars = BarPlot(theme or load_theme("light"))
        self._prepare()
        self._lay_out((self.bars,), self.dtype, self.batch, self.gib, self.kept, below=self.sums)
        self._connect()
        self.show_network(None)

    def show_network(self, analysis: Analysis | None) -> None:
        """Draw a network at the batch of its own input."""
        self._analysis = analysis
        if analysis is not None:
            with QSignalBlocker(self.batch):
                self.batch.setValue(analysis.spec.input[0])
        self._draw()

    def _display(self, shown: Shown) -> None:
        self.show_network(shown.analysis)

    def _prepare(self) -> None:
        self.batch.setRange(1, MOST_BATCH)
        self.batch.setPrefix("N = ")
        self.batch.setAccessibleName(tr("Images in the input"))
        self.gib.setRange(0.1, MAX_GIB)
        self.gib.setDecimals(1)
        self.gib.setValue(DEFAULT_GIB)
        self.gib.setSuffix(" GiB")
        self.gib.setToolTip(tr("What must hold the network: the largest batches are told below"))
        self.gib.setAccessibleName(tr("Memory to fit into"))
        self.sums.setWordWrap(True)
        self.sums.setToolTip(memory_caveat())
        self.sums.setContentsMargins(8, 2, 8, 4)
        self.bars.plot.setAccessibleName(tr("Memory"))

    def _connect(self) -> None:
        for edited in (self.dtype.activated, self.batch.valueChanged, self.gib.valueChanged):
            edited.connect(lambda _: self._draw())
        self.kept.toggled.connect(self.bars.show_line)

    def _draw(self) -> None:
        if self._analysis is None:
            self.bars.show_chart(BarChart((), "", "", empty=tr("No network yet.")))
            self.sums.setText("")
            self._memory = None
            return
        dtype: Dtype = self.dtype.currentData()
        try:
            found = memory(self._analysis, dtype, self.batch.value())
        except SpecError as error:
            self.failed.emit(str(error))
            return
        self._memory = found
        chart = memory_chart(self._analysis, found)
        self.title.show_text(chart.title)
        self.bars.show_chart(chart)
        rows = memory_rows(found, largest_batches(found, self.gib.value()))
        self.sums.setText("  ·  ".join(f"{name} {text}" for name, text in rows))

    def _table(self) -> str | None:
        return None if self._memory is None else memory_csv(self._memory)
