"""Charts that come late: pyqtgraph takes half a second to load, which nobody should wait for who looks at a graph."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any, Protocol, cast

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from resnet_viz.gui.theme import Theme
from resnet_viz.texts import tr

MODULES = tuple(
    f"resnet_viz.gui.{name}"
    for name in ("charts.latency", "charts.roofline", "charts.quantities", "charts.memory", "compare.depth_charts")
)


class Chart(Protocol):
    """What every chart can do."""

    def select(self, node_id: str | None) -> None:
        """Mark a node."""

    def set_theme(self, theme: Theme) -> None:
        """Draw in this theme's colours."""

    def save_picture(self, path: Path) -> None:
        """Write the chart as a picture."""


class ChartLoader(QObject):
    """Loads the charts' modules in a thread, once; the window goes on meanwhile."""

    loaded = Signal()
    _done = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: Thread | None = None
        self.is_loaded = False
        self._done.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Begin, unless it has begun."""
        if self._thread is None:
            self._thread = Thread(target=self._load, name="charts")
            self._thread.start()

    def wait(self) -> None:
        """Until the thread has ended; it must not outlive the window."""
        if self._thread is not None:
            self._thread.join()

    def _load(self) -> None:
        for name in MODULES:
            import_module(name)
        self._done.emit()

    @Slot()
    def _tell(self) -> None:
        self.is_loaded = True
        self.loaded.emit()


Made = tuple[QWidget, Callable[..., None]]
"""A chart, and its method that takes what it is to show."""


class LateChart(QWidget):
    """Stands where a chart will be, keeps what it is to show, and makes it when it is first seen."""

    node_chosen = Signal(str)
    failed = Signal(str)
    made = Signal()

    def __init__(self, make: Callable[[], Made], loader: ChartLoader, theme: Theme) -> None:
        super().__init__()
        self._make, self._loader, self._theme = make, loader, theme
        self._values: tuple[Any, ...] = ()
        self._shown: tuple[Any, ...] = ()
        self._feed: Callable[..., None] | None = None
        self._selected: str | None = None
        self.chart: Chart | None = None
        self._waiting = QLabel(tr("The charts are being loaded …"))
        self._waiting.setObjectName("muted")
        self._waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self._waiting)
        loader.loaded.connect(self._fill)

    def show_values(self, *values: Any) -> None:
        """What the chart is to show; it does at the latest when it is seen."""
        self._values = values
        if self.isVisible():
            self._show()

    def select(self, node_id: str | None) -> None:
        """Mark a node."""
        self._selected = node_id
        if self.chart is not None:
            self.chart.select(node_id)

    def set_theme(self, theme: Theme) -> None:
        """Draw in this theme's colours."""
        self._theme = theme
        if self.chart is not None:
            self.chart.set_theme(theme)

    def showEvent(self, event: QShowEvent) -> None:  # Qt override
        """Make the chart, or bring it up to date."""
        super().showEvent(event)
        self._loader.start()
        if self._feed is None:
            self._fill()
        else:
            self._show()

    def _fill(self) -> None:
        if self.chart is not None or not self._loader.is_loaded or not self.isVisible():
            return
        widget, self._feed = self._make()
        self._waiting.hide()
        self._column.addWidget(widget)
        widget.node_chosen.connect(self.node_chosen)  # type: ignore[attr-defined]
        widget.failed.connect(self.failed)  # type: ignore[attr-defined]
        self.chart = cast(Chart, widget)
        self.chart.set_theme(self._theme)
        self._show()
        self.chart.select(self._selected)
        self.made.emit()

    def _show(self) -> None:
        """Feed the chart, unless it shows the very same values."""
        if self._feed is not None and tuple(map(id, self._values)) != tuple(map(id, self._shown)):
            self._feed(*self._values)
            self._shown = self._values


def latency_chart() -> Made:
    """The chart of times; to be called once the loader has done its work, as all that follow."""
    view = import_module("resnet_viz.gui.charts.latency").LatencyView()
    return view, view.show_run


def roofline_chart() -> Made:
    """The roofline."""
    view = import_module("resnet_viz.gui.charts.roofline").RooflineView()
    return view, view.show_run


def number_charts() -> Made:
    """The charts of a network's numbers."""
    view = import_module("resnet_viz.gui.charts.quantities").ChartsView()
    return view, view.show_network


def memory_chart() -> Made:
    """The chart of what is alive at each layer."""
    view = import_module("resnet_viz.gui.charts.memory").MemoryView()
    return view, view.show_network
