"""Charts that are created when first shown: pyqtgraph takes half a second to load, and the graph comes first."""

from collections.abc import Callable
from threading import Thread
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from resnet_viz.gui.shown import EVERYTHING, Changed, Shown
from resnet_viz.gui.theme import Theme
from resnet_viz.gui.widgets.layouts import column, muted
from resnet_viz.texts import tr

if TYPE_CHECKING:
    from resnet_viz.gui.plots.chart_view import ChartView


class PlotLibraryLoader(QObject):
    """Loads pyqtgraph once, in a thread, so that the window stays responsive."""

    loaded = Signal()
    _done = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: Thread | None = None
        self.is_loaded = False
        self._done.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Start loading, unless it has started already."""
        if self._thread is None:
            self._thread = Thread(target=self._load, name="charts")
            self._thread.start()

    def wait(self) -> None:
        """Wait until the thread has ended; it must not outlive the window."""
        if self._thread is not None:
            self._thread.join()

    def _load(self) -> None:
        # Imported here, half a second after the graph is on the screen.
        from resnet_viz.gui.plots import bar_plot, shape_path_plot, treemap_plot  # noqa: F401

        self._done.emit()

    @Slot()
    def _tell(self) -> None:
        self.is_loaded = True
        self.loaded.emit()


class LazyChart(QWidget):
    """A placeholder that creates its chart when it is first shown and pyqtgraph has been loaded."""

    node_chosen = Signal(str)
    failed = Signal(str)
    made = Signal()

    def __init__(self, make: Callable[[], "ChartView"], loader: PlotLibraryLoader, theme: Theme) -> None:
        super().__init__()
        self._make, self._loader, self._theme = make, loader, theme
        self._shown: Shown | None = None
        self.chart: ChartView | None = None
        self._waiting = muted(tr("The charts are being loaded …"))
        self._waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._column = column(self._waiting, owner=self)
        loader.loaded.connect(self._fill)

    def display(self, shown: Shown, changed: Changed) -> None:
        """Draw the value, or keep it until there is a chart."""
        self._shown = shown
        if self.chart is not None:
            self.chart.display(shown, changed)

    def set_theme(self, theme: Theme) -> None:
        """Draw in this theme's colors."""
        self._theme = theme
        if self.chart is not None:
            self.chart.set_theme(theme)

    def showEvent(self, event: QShowEvent) -> None:  # Qt override
        """Create the chart, at once or as soon as pyqtgraph is loaded."""
        super().showEvent(event)
        self._loader.start()
        self._fill()

    def _fill(self) -> None:
        if self.chart is not None or not self._loader.is_loaded or not self.isVisible():
            return
        chart = self.chart = self._make()
        self._waiting.hide()
        self._column.addWidget(chart)
        chart.node_chosen.connect(self.node_chosen)
        chart.failed.connect(self.failed)
        chart.set_theme(self._theme)
        if self._shown is not None:
            chart.display(self._shown, EVERYTHING)
        self.made.emit()
