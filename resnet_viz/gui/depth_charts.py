"""Networks with either block over their depth: parameters, MACs and what training keeps, a dot for each."""

from collections.abc import Callable, Sequence
from math import hypot
from typing import Any

import pyqtgraph
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from resnet_viz.gui.plotting import Key, controls, empty_label, make_plot, paint_axes, small, tell
from resnet_viz.gui.theme import Theme, load_theme
from resnet_viz.gui.words import combo
from resnet_viz.network_comparisons import NetworkPairs, NetworkPoint
from resnet_viz.spec import BlockKind, ResNetSpec
from resnet_viz.texts import tr
from resnet_viz.viewmodels.series import point_note

COLORS: dict[BlockKind, str] = {"basic": "stage1", "bottleneck": "stage3"}
DOT, PUBLISHED, REACH = 6, 10, 10  # pixels
Figure = Callable[[NetworkPoint], float]
AXES: dict[str, Figure] = {
    "depth": lambda point: point.depth,
    "params": lambda point: point.params / 1e6,
    "macs": lambda point: point.macs / 1e9,
    "latency": lambda point: (point.latency_us or 0.0) / 1000,
}
"""What a chart may have below it."""


class DepthChart(QWidget):
    """One figure against depth, a line for each block; a click on a dot chooses that network."""

    spec_chosen = Signal(ResNetSpec)

    def __init__(self, title: str, unit: str, figure: Figure) -> None:
        super().__init__()
        self._figure, self._across = figure, AXES["depth"]
        self._points: tuple[tuple[BlockKind, NetworkPoint], ...] = ()
        self.plot = make_plot()
        self.key, self.empty = Key(self.plot, 0.66), empty_label(self.plot)
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

    def show_pairs(self, pairs: NetworkPairs | None, theme: Theme, axis: str = "depth") -> None:
        """Draw both series over an axis; published networks have larger dots and their depth beside them."""
        item, self._across = self.plot.getPlotItem(), AXES[axis]
        self.plot.getAxis("bottom").setLabel(axis_names()[axis])
        item.clear()
        paint_axes(self.plot, theme, "left", "bottom")
        series: dict[BlockKind, Sequence[NetworkPoint]] = {}
        if pairs is not None:
            series = {"basic": _known(pairs.basic, self._figure, self._across),
                      "bottleneck": _known(pairs.bottleneck, self._figure, self._across)}  # fmt: skip
        self.empty.setText("" if any(series.values()) or pairs is None else tr("Not measured yet."))
        self.empty.setVisible(bool(self.empty.text()))
        for side in ("left", "bottom"):  # ticks of nothing would be made up
            self.plot.getAxis(side).setVisible(not self.empty.text())
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
            return hypot((self._across(named[1]) - at.x()) / across, (self._figure(named[1]) - at.y()) / up)

        nearest = min(self._points, key=apart, default=None)
        return nearest if nearest is not None and apart(nearest) <= REACH else None

    def resizeEvent(self, event: QResizeEvent) -> None:  # Qt override
        """Keep key and empty sentence where they belong."""
        super().resizeEvent(event)
        self.empty.setGeometry(self.plot.rect())
        self.key.place()

    def showEvent(self, event: QShowEvent) -> None:  # Qt override
        """The plot has its size now."""
        super().showEvent(event)
        self.key.place()

    def _draw(self, item: Any, points: Sequence[NetworkPoint], theme: Theme, color: str) -> None:
        pen = pyqtgraph.mkPen(theme.color(color), width=1.5)
        depths, figures = [self._across(point) for point in points], [self._figure(point) for point in points]
        sizes = [PUBLISHED if point.name else DOT for point in points]
        item.addItem(pyqtgraph.PlotDataItem(depths, figures, pen=pen))
        dots = pyqtgraph.ScatterPlotItem(x=depths, y=figures, size=sizes, pen=pen, brush=theme.color(color))
        item.addItem(dots)
        for point, figure in zip(points, figures, strict=True):
            if point.name:
                caption = pyqtgraph.TextItem(str(point.depth), color=theme.color("text_muted"), anchor=(1.0, 1.0))
                caption.setFont(small(self.font()))
                caption.setPos(self._across(point), figure)
                item.addItem(caption, ignoreBounds=True)

    def _point_at(self, place: QPointF) -> None:
        found = self.point_at(place)
        tell(self.plot, point_note(*found) if found else "", self.plot.mapFromScene(place))

    def _choose(self, event: Any) -> None:
        found = self.point_at(event.scenePos()) if event.button() == Qt.MouseButton.LeftButton else None
        if found is not None:
            self.spec_chosen.emit(found[1].spec)


class DepthCharts(QWidget):
    """The four charts in a row, over an axis of their own choice."""

    spec_chosen = Signal(ResNetSpec)

    def __init__(self, theme: Theme | None = None) -> None:
        super().__init__()
        self._theme = theme or load_theme("light")
        self._pairs: NetworkPairs | None = None
        self.axis = combo(((name, tr("over {axis}").format(axis=text)) for name, text in axis_names().items()),
                          tr("What the networks are drawn over"))  # fmt: skip
        self.charts = (
            DepthChart(tr("Parameters"), tr("M"), lambda point: point.params / 1e6),
            DepthChart(tr("MACs"), tr("G"), lambda point: point.macs / 1e9),
            DepthChart(tr("Activations kept for training"), tr("MiB"), lambda point: point.kept_bytes / 2**20),
            DepthChart(tr("Latency"), tr("ms"), AXES["latency"]),
        )
        row = QHBoxLayout()
        row.setSpacing(0)
        for chart in self.charts:
            row.addWidget(chart, 1)
            chart.spec_chosen.connect(self.spec_chosen)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 0)
        column.setSpacing(0)
        column.addLayout(controls(self.axis))
        column.addLayout(row, 1)
        self.axis.activated.connect(lambda _: self.show_pairs(self._pairs))

    def show_pairs(self, pairs: NetworkPairs | None) -> None:
        """Draw these networks."""
        self._pairs = pairs
        for chart in self.charts:
            chart.show_pairs(pairs, self._theme, self.axis.currentData())

    def set_theme(self, theme: Theme) -> None:
        """Draw in this theme's colours."""
        self._theme = theme
        self.show_pairs(self._pairs)


def axis_names() -> dict[str, str]:
    """What the networks can be drawn over."""
    return {
        "depth": tr("depth"), "params": tr("parameters, M"), "macs": tr("MACs, G"), "latency": tr("latency, ms"),
    }  # fmt: skip


def _known(points: Sequence[NetworkPoint], *figures: Figure) -> tuple[NetworkPoint, ...]:
    """Those of which each figure is known, which for a time is above nothing."""
    return tuple(point for point in points if all(figure(point) for figure in figures))
