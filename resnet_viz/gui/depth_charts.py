"""Networks with either block over their depth: parameters, MACs and what training keeps, a dot for each."""

from collections.abc import Callable, Sequence
from math import hypot
from typing import Any

import pyqtgraph
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from resnet_viz.gui.plotting import Key, make_plot, paint_axes, small, tell
from resnet_viz.gui.theme import Theme, load_theme
from resnet_viz.network_comparisons import NetworkPairs, NetworkPoint
from resnet_viz.spec import BlockKind, ResNetSpec
from resnet_viz.texts import tr
from resnet_viz.viewmodels.series import point_note

COLORS: dict[BlockKind, str] = {"basic": "stage1", "bottleneck": "stage3"}
DOT, PUBLISHED, REACH = 6, 10, 10  # pixels
Figure = Callable[[NetworkPoint], float]


class DepthChart(QWidget):
    """One figure against depth, a line for each block; a click on a dot chooses that network."""

    spec_chosen = Signal(ResNetSpec)

    def __init__(self, title: str, unit: str, figure: Figure) -> None:
        super().__init__()
        self._figure = figure
        self._points: tuple[tuple[BlockKind, NetworkPoint], ...] = ()
        self.plot = make_plot()
        self.key = Key(self.plot, 0.66)
        self.plot.getAxis("bottom").setLabel(tr("depth"))
        self.plot.getAxis("left").setLabel(unit)
        heading = QLabel(title)
        heading.setObjectName("muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 0, 4)
        column.addWidget(heading)
        column.addWidget(self.plot, 1)
        self.plot.setAccessibleName(title)
        self.plot.scene().sigMouseMoved.connect(self._point_at)
        self.plot.scene().sigMouseClicked.connect(self._choose)

    def show_pairs(self, pairs: NetworkPairs | None, theme: Theme) -> None:
        """Draw both series; published networks have larger dots and their depth beside them."""
        item = self.plot.getPlotItem()
        item.clear()
        paint_axes(self.plot, theme, "left", "bottom")
        series: dict[BlockKind, Sequence[NetworkPoint]] = {}
        if pairs is not None:
            series = {"basic": pairs.basic, "bottleneck": pairs.bottleneck}
        self._points = tuple((kind, point) for kind, points in series.items() for point in points)
        for kind, points in series.items():
            self._draw(item, points, theme, COLORS[kind])
        names = {"basic": tr("Basic"), "bottleneck": tr("Bottleneck")}
        self.key.show_key([(COLORS[kind], names[kind]) for kind in series], theme)

    def point_at(self, place: QPointF) -> tuple[BlockKind, NetworkPoint] | None:
        """The nearest network within reach of a point, given in pixels of the plot."""
        box = self.plot.getPlotItem().getViewBox()
        at, (across, up) = box.mapSceneToView(place), box.viewPixelSize()

        def apart(named: tuple[BlockKind, NetworkPoint]) -> float:
            return hypot((named[1].depth - at.x()) / across, (self._figure(named[1]) - at.y()) / up)

        nearest = min(self._points, key=apart, default=None)
        return nearest if nearest is not None and apart(nearest) <= REACH else None

    def resizeEvent(self, event: QResizeEvent) -> None:  # Qt override
        """Keep the key where it belongs."""
        super().resizeEvent(event)
        self.key.place()

    def showEvent(self, event: QShowEvent) -> None:  # Qt override
        """The plot has its size now."""
        super().showEvent(event)
        self.key.place()

    def _draw(self, item: Any, points: Sequence[NetworkPoint], theme: Theme, color: str) -> None:
        pen = pyqtgraph.mkPen(theme.color(color), width=1.5)
        depths, figures = [point.depth for point in points], [self._figure(point) for point in points]
        sizes = [PUBLISHED if point.name else DOT for point in points]
        item.addItem(pyqtgraph.PlotDataItem(depths, figures, pen=pen))
        dots = pyqtgraph.ScatterPlotItem(x=depths, y=figures, size=sizes, pen=pen, brush=theme.color(color))
        item.addItem(dots)
        for point, figure in zip(points, figures, strict=True):
            if point.name:
                caption = pyqtgraph.TextItem(str(point.depth), color=theme.color("text_muted"), anchor=(1.0, 1.0))
                caption.setFont(small(self.font()))
                caption.setPos(point.depth, figure)
                item.addItem(caption, ignoreBounds=True)

    def _point_at(self, place: QPointF) -> None:
        found = self.point_at(place)
        tell(self.plot, point_note(*found) if found else "", self.plot.mapFromScene(place))

    def _choose(self, event: Any) -> None:
        found = self.point_at(event.scenePos()) if event.button() == Qt.MouseButton.LeftButton else None
        if found is not None:
            self.spec_chosen.emit(found[1].spec)


class DepthCharts(QWidget):
    """The three charts in a row."""

    spec_chosen = Signal(ResNetSpec)

    def __init__(self, theme: Theme | None = None) -> None:
        super().__init__()
        self._theme = theme or load_theme("light")
        self._pairs: NetworkPairs | None = None
        self.charts = (
            DepthChart(tr("Parameters by depth"), tr("M"), lambda point: point.params / 1e6),
            DepthChart(tr("MACs by depth"), tr("G"), lambda point: point.macs / 1e9),
            DepthChart(tr("Activations kept for training by depth"), tr("MiB"), lambda point: point.kept_bytes / 2**20),
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for chart in self.charts:
            row.addWidget(chart, 1)
            chart.spec_chosen.connect(self.spec_chosen)

    def show_pairs(self, pairs: NetworkPairs | None) -> None:
        """Draw these networks."""
        self._pairs = pairs
        for chart in self.charts:
            chart.show_pairs(pairs, self._theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw in this theme's colours."""
        self._theme = theme
        self.show_pairs(self._pairs)
