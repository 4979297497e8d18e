"""Charts that come late: pyqtgraph takes half a second to load, which nobody should wait for who looks at a graph."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Protocol, cast

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from resnet_viz.gui.theme import Theme
from resnet_viz.records import Analysis
from resnet_viz.runs import ProfileRun
from resnet_viz.texts import tr

MODULES = ("resnet_viz.gui.latency", "resnet_viz.gui.roofline", "resnet_viz.gui.charts", "resnet_viz.gui.memory")


class Chart(Protocol):
    """What every chart can do."""

    def show_run(self, run: ProfileRun | None, other: ProfileRun | None = None) -> None:
        """Draw a run, another beside it."""

    def select(self, node_id: str | None) -> None:
        """Mark a node."""

    def set_theme(self, theme: Theme) -> None:
        """Draw in this theme's colours."""

    def save_picture(self, path: Path) -> None:
        """Write the chart as a picture."""


class NetworkChart(Protocol):
    """What the charts of a network can do beside: they need no run."""

    def show_network(self, analysis: Analysis | None, run: ProfileRun | None = None) -> None:
        """Draw a network, and the times of a run of it."""


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


class LateChart(QWidget):
    """Stands where a chart will be, keeps what it is to show, and makes it when it is first seen."""

    node_chosen = Signal(str)
    failed = Signal(str)
    made = Signal()

    def __init__(self, make: Callable[[], QWidget], loader: ChartLoader, theme: Theme) -> None:
        super().__init__()
        self._make, self._loader, self._theme = make, loader, theme
        self._runs: tuple[ProfileRun | None, ProfileRun | None] = (None, None)
        self._selected: str | None = None
        self.chart: Chart | None = None
        self._waiting = QLabel(tr("The charts are being loaded …"))
        self._waiting.setObjectName("muted")
        self._waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self._waiting)
        loader.loaded.connect(self._fill)

    def show_run(self, run: ProfileRun | None, other: ProfileRun | None = None) -> None:
        """Draw a run, another beside it; at the latest when the chart is seen."""
        self._runs = (run, other)
        if self.chart is not None and self.isVisible():
            self._refresh()

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
        if self.chart is None:
            self._fill()
        else:
            self._refresh()

    def _refresh(self) -> None:
        if self.chart is not None:
            self.chart.show_run(*self._runs)

    def _fill(self) -> None:
        if self.chart is not None or not self._loader.is_loaded or not self.isVisible():
            return
        widget = self._make()
        self._waiting.hide()
        self._column.addWidget(widget)
        widget.node_chosen.connect(self.node_chosen)  # type: ignore[attr-defined]
        widget.failed.connect(self.failed)  # type: ignore[attr-defined]
        self.chart = cast(Chart, widget)
        self.chart.set_theme(self._theme)
        self._refresh()
        self.chart.select(self._selected)
        self.made.emit()


class LateNetworkChart(LateChart):
    """The same for a chart of a network."""

    def __init__(self, make: Callable[[], QWidget], loader: ChartLoader, theme: Theme) -> None:
        super().__init__(make, loader, theme)
        self._network: tuple[Analysis | None, ProfileRun | None] = (None, None)

    def show_network(self, analysis: Analysis | None, run: ProfileRun | None = None) -> None:
        """Draw a network, and the times of a run of it; at the latest when the chart is seen."""
        self._network = (analysis, run)
        if self.isVisible():
            self._refresh()

    def _refresh(self) -> None:
        if self.chart is not None:
            cast(NetworkChart, self.chart).show_network(*self._network)


def latency_chart() -> QWidget:
    """The chart of times; to be called once the loader has done its work."""
    widget: QWidget = import_module(MODULES[0]).LatencyView()
    return widget


def roofline_chart() -> QWidget:
    """The roofline; to be called once the loader has done its work."""
    widget: QWidget = import_module(MODULES[1]).RooflineView()
    return widget


def charts_chart() -> QWidget:
    """The numbers of a network; to be called once the loader has done its work."""
    widget: QWidget = import_module(MODULES[2]).ChartsView()
    return widget


def memory_chart() -> QWidget:
    """The memory of a network; to be called once the loader has done its work."""
    widget: QWidget = import_module(MODULES[3]).MemoryView()
    return widget
