"""The pages below the canvas: layer table, charts, latency, memory, counters, receptive field and source."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTabWidget

from resnet_viz.gui.charts.receptive_field import ReceptiveFieldPanel
from resnet_viz.gui.counters import CountersView
from resnet_viz.gui.layers.table import LayerTable
from resnet_viz.gui.plots.lazy_chart import LazyChart, PlotLibraryLoader
from resnet_viz.gui.shown import Changed, Shown
from resnet_viz.gui.source_code import SourceCodeView
from resnet_viz.gui.theme import Theme
from resnet_viz.gui.window.views import Views
from resnet_viz.texts import tr
from resnet_viz.viewmodels.layers.table import tab_title

if TYPE_CHECKING:  # these load pyqtgraph, which the window does not wait for
    from resnet_viz.gui.charts.latency import LatencyView
    from resnet_viz.gui.charts.memory import MemoryView
    from resnet_viz.gui.charts.quantities import ChartsView
    from resnet_viz.gui.charts.roofline import RooflineView


class Pages(QTabWidget):
    """The tabs below the canvas; a chart is created when its tab is first shown."""

    node_chosen = Signal(str)
    failed = Signal(str)

    def __init__(self, loader: PlotLibraryLoader, theme: Theme) -> None:
        super().__init__()
        self.table = LayerTable()
        self.charts = LazyChart(_quantities, loader, theme)
        self.latency = LazyChart(_latency, loader, theme)
        self.roofline = LazyChart(_roofline, loader, theme)
        self.memory = LazyChart(_memory, loader, theme)
        self.counters, self.field, self.code = CountersView(theme), ReceptiveFieldPanel(theme), SourceCodeView(theme)
        self.setDocumentMode(True)
        self.addTab(self.table, tab_title(None))
        self.addTab(self.charts, tr("Charts"))
        self.addTab(self.latency, tr("Latency"))
        self.addTab(self.roofline, tr("Roofline"))
        self.addTab(self.memory, tr("Memory"))
        self.addTab(self.counters, tr("Counters"))
        field = self.addTab(self.field, tr("Receptive field"))
        self.setTabToolTip(field, tr("The receptive field along the depth, and that of the selected layer"))
        self.addTab(self.code, tr("Source code"))
        for chart in self._charts:
            chart.failed.connect(self.failed)
            chart.node_chosen.connect(self.node_chosen)
        self.table.node_chosen.connect(self.node_chosen)
        self.field.node_chosen.connect(self.node_chosen)

    @property
    def _charts(self) -> tuple[LazyChart, ...]:
        return self.charts, self.latency, self.roofline, self.memory

    def add_views(self, views: Views) -> None:
        """Register each page with the fields that it reads."""
        views.add(self, self._display, "analysis")
        views.add(self.charts, self.charts.display, "analysis", "costs", "run", "selection")
        views.add(self.latency, self.latency.display, "analysis", "run", "foreign", "other", "selection")
        views.add(self.roofline, self.roofline.display, "analysis", "run", "foreign", "selection")
        views.add(self.memory, self.memory.display, "analysis", "selection")
        views.add(self.counters, self.counters.display, "analysis", "crosschecks", "waiting")
        views.add(self.field, self.field.display, "analysis", "selection")
        views.add(self.code, self.code.display, "analysis")

    def set_theme(self, theme: Theme) -> None:
        """Switch to another theme."""
        for chart in self._charts:
            chart.set_theme(theme)
        self.counters.set_theme(theme)
        self.field.set_theme(theme)
        self.code.set_theme(theme)

    def _display(self, shown: Shown, changed: Changed) -> None:
        self.setTabText(0, tab_title(shown.analysis))


def _quantities() -> "ChartsView":
    from resnet_viz.gui.charts.quantities import ChartsView  # pyqtgraph, which the first picture need not wait for

    return ChartsView()


def _latency() -> "LatencyView":
    from resnet_viz.gui.charts.latency import LatencyView  # pyqtgraph, as above

    return LatencyView()


def _roofline() -> "RooflineView":
    from resnet_viz.gui.charts.roofline import RooflineView  # pyqtgraph, as above

    return RooflineView()


def _memory() -> "MemoryView":
    from resnet_viz.gui.charts.memory import MemoryView  # pyqtgraph, as above

    return MemoryView()
