"""Networks with either block over their depth: parameters, MACs, what training keeps and latency, a dot for each."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pyqtgraph
from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QWidget

from resnet_viz.gui.compare.measure_button import MeasureButton
from resnet_viz.gui.plots.node_plot import NodePlot, NodeTooltip
from resnet_viz.gui.plots.plot import ElidedLabel, color_key_text, control_row, small_font
from resnet_viz.gui.theme import Theme
from resnet_viz.gui.widgets.choice_box import choice_box
from resnet_viz.gui.widgets.layouts import column, muted, row
from resnet_viz.records.analysis import Convention
from resnet_viz.records.block_pair import operations
from resnet_viz.records.network_pair import NetworkPair, NetworkPairs, NetworkPoint, PairMatch
from resnet_viz.spec.network import BlockKind, ResNetSpec
from resnet_viz.texts import tr
from resnet_viz.viewmodels.compare.figures import block_names
from resnet_viz.viewmodels.compare.series import pair_sentence, point_note
from resnet_viz.viewmodels.text.conventions import count_label

COLORS: dict[BlockKind, str] = {"basic": "stage1", "bottleneck": "stage3"}
DOT, PUBLISHED, RING = 5, 9, 8  # pixels
DEFAULT: Convention = "macs"
INSET = 1.5  # pixels around a caption's letters
PADDING = 0.1  # of the range, for the captions
CAPTION = {True: (0.9, 0.9), False: (0.1, 0.1)}
"""Which corner of a caption stands at its dot: above a line the right lower one, below it the left upper one."""


class DrawnSeries(msgspec.Struct, frozen=True):
    """What the charts draw: networks over an axis, joined where they agree in `match`, operations by a convention."""

    pairs: NetworkPairs | None = None
    convention: Convention = DEFAULT
    axis: str = "depth"
    match: PairMatch | None = None


def _figures(point: NetworkPoint, convention: Convention) -> dict[str, float]:
    """What a chart may have below it, and some beside it; what is not known, as a time may be, is 0."""
    return {
        "depth": point.depth,
        "params": point.params / 1e6,
        "macs": operations(point, convention) / 1e9,
        "latency": (point.latency_us or 0.0) / 1000,
        "kept": point.kept_bytes / 2**20,
    }


class DepthChart(NodePlot):
    """One figure against depth, a line for each block; a click on a dot chooses that network."""

    spec_chosen = Signal(ResNetSpec)

    def __init__(self, name: str, title: str, unit: str) -> None:
        super().__init__()
        self._name, self._unit = name, unit
        self._shown = DrawnSeries()
        self._points: tuple[tuple[BlockKind, NetworkPoint], ...] = ()
        self._captions: list[Any] = []
        self._moved = QTimer(self, singleShot=True, interval=0)
        self._moved.timeout.connect(self._uncover)
        self._box().setDefaultPadding(PADDING)
        self._box().sigTransformChanged.connect(lambda _: self._moved.start())
        for side in ("left", "bottom"):
            self.plot.getAxis(side).setStyle(maxTickLevel=0)
        self.heading = muted(title)
        self.plot.setAccessibleName(title)
        self._column.insertWidget(0, self.heading)
        self._column.setContentsMargins(8, 4, 0, 4)
        self._column.setSpacing(6)
        self.node_chosen.connect(lambda place: self.spec_chosen.emit(self._points[int(place)][1].spec))

    def show_networks(self, shown: "DrawnSeries") -> None:
        """Draw both series over an axis; published networks have larger dots and their depth beside them.

        Networks that agree in `match` are joined, the partner with a ring.
        """
        self._shown = shown
        if self._name == "macs":
            self.heading.setText(count_label(shown.convention).heading)
            self.plot.setAccessibleName(self.heading.text())
        self._draw()

    def _draw(self) -> None:
        pairs, theme = self._shown.pairs, self._theme
        every = {} if pairs is None else _sides(pairs)
        series = {kind: [point for point in points if all(self._at(point))] for kind, points in every.items()}
        nothing = tr("The networks are being counted …") if pairs is None else tr("Not measured yet.")
        item = self._begin(("left", "bottom"), "" if any(series.values()) else nothing)
        self._name_axis("bottom", axis_names(self._shown.convention)[self._shown.axis])
        self._name_axis("left", self._unit)
        self._captions.clear()
        self._points = tuple((kind, point) for kind, points in series.items() for point in points)
        if pairs is not None and self._shown.match and self._points:
            self._join(item, [pair for pair in pairs.pairs if pair.match == self._shown.match], theme)
        ends = {kind: self._at(points[-1]) for kind, points in series.items() if points}
        steeper = max(ends, key=lambda kind: ends[kind][1] / ends[kind][0], default=None)  # has room above its line
        for kind in ends:
            self._draw_series(item, series[kind], theme, COLORS[kind], above=kind == steeper)
        self._moved.start()

    def point_at(self, place: QPointF) -> tuple[BlockKind, NetworkPoint] | None:
        """The nearest network within reach of a point, given in pixels of the plot."""
        return self._nearest(self._points, lambda named: self._at(named[1]), place)

    def _at(self, point: NetworkPoint) -> tuple[float, float]:
        found = _figures(point, self._shown.convention)
        return found[self._shown.axis], found[self._name]

    def _node_at(self, place: QPointF) -> NodeTooltip | None:
        found = self.point_at(place)
        if found is None:
            return None
        return str(self._points.index(found)), point_note(*found, self._shown.convention)

    def _join(self, item: Any, pairs: Sequence[NetworkPair], theme: Theme) -> None:
        """A dotted line between the networks of each pair, and a ring around a partner that is no dot of a series."""
        pen = pyqtgraph.mkPen(theme.color("text_muted"), width=1.2, style=Qt.PenStyle.DotLine)
        shown = {point.spec for _, point in self._points}
        for pair in pairs:
            places = {kind: self._at(point) for kind, point in _sides(pair).items()}
            if not all(map(all, places.values())):
                continue
            item.addItem(pyqtgraph.PlotDataItem(*zip(*places.values(), strict=True), pen=pen))
            for kind, point in _sides(pair).items():
                if point.spec not in shown:
                    self._points += ((kind, point),)
                    item.addItem(pyqtgraph.ScatterPlotItem(
                        pos=[places[kind]], size=RING,
                        pen=pyqtgraph.mkPen(theme.color(COLORS[kind]), width=1.5), brush=theme.color("canvas"),
                    ))  # fmt: skip

    def _draw_series(self, item: Any, points: Sequence[NetworkPoint], theme: Theme, color: str, *, above: bool) -> None:
        pen = pyqtgraph.mkPen(theme.color(color), width=1.5)
        places = [self._at(point) for point in points]
        sizes = [PUBLISHED if point.name else DOT for point in points]
        item.addItem(pyqtgraph.PlotDataItem(*zip(*places, strict=True), pen=pen))
        item.addItem(pyqtgraph.ScatterPlotItem(pos=places, size=sizes, pen=pen, brush=theme.color(color)))
        for point, place in zip(points, places, strict=True):
            if point.name:
                caption = pyqtgraph.TextItem(str(point.depth), color=theme.color("text_muted"), anchor=CAPTION[above])
                caption.setFont(small_font(self.font()))
                caption.setPos(*place)
                item.addItem(caption, ignoreBounds=True)
                self._captions.append(caption)

    def _uncover(self) -> None:
        """Leave out captions that would cover another one, the deeper network's first kept; whenever scales change."""
        kept: list[QRectF] = []
        for caption in reversed(self._captions):
            caption.show()
            caption.updateTransform(force=True)
            place = caption.mapRectToScene(caption.boundingRect()).adjusted(INSET, INSET, -INSET, -INSET)
            caption.setVisible(not any(place.intersects(other) for other in kept))
            kept += [place] if caption.isVisible() else []


class DepthCharts(QWidget):
    """The four charts in a row, over an axis of their own choice."""

    spec_chosen = Signal(ResNetSpec)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._shown = DrawnSeries()
        self.axis = choice_box(_overs(DEFAULT).items(), tr("What the networks are drawn over"))
        pairings = {
            "": tr("no pairs"), "depth": tr("pairs nearest in depth"), "params": tr("pairs nearest in parameters"),
            "macs": tr("pairs nearest in MACs"),
        }  # fmt: skip
        self.pairing = choice_box(pairings.items(), tr("Which networks are joined"))
        self.measure = MeasureButton("pairs", tr("Measure the networks"))
        self.key, self.found = QLabel(), ElidedLabel()
        self.charts = (
            DepthChart("params", tr("Parameters"), tr("M")),
            DepthChart("macs", count_label(DEFAULT).heading, tr("G")),
            DepthChart("kept", tr("Activations kept for training"), tr("MiB")),
            DepthChart("latency", tr("Latency"), tr("ms")),
        )
        above = control_row(self.axis, self.pairing, self.measure, self.key, self.found)
        column(above, (row(*((chart, 1) for chart in self.charts)), 1), owner=self, margins=(0, 2, 0, 0))
        for chart in self.charts:
            chart.spec_chosen.connect(self.spec_chosen)
        for choice in (self.axis, self.pairing):
            choice.activated.connect(lambda _: self.show_pairs(self._shown.pairs, self._shown.convention))
        self.set_theme(theme)

    def show_pairs(self, pairs: NetworkPairs | None, convention: Convention) -> None:
        """Draw these networks, their operations counted by this convention."""
        shown = DrawnSeries(pairs, convention, self.axis.currentData(), self.pairing.currentData() or None)
        if shown == self._shown:
            return
        self._shown = shown
        for name, text in _overs(convention).items():
            self.axis.setItemText(self.axis.findData(name), text)
        match = self._shown.match
        self.found.show_text(pair_sentence(pairs, match, convention) if pairs is not None and match else "")
        self.found.setVisible(bool(self.found.text()))
        for chart in self.charts:
            chart.show_networks(self._shown)

    def set_theme(self, theme: Theme) -> None:
        """Draw in this theme's colors."""
        self.key.setText(color_key_text([(COLORS[kind], name) for kind, name in block_names().items()], theme))
        for chart in self.charts:
            chart.set_theme(theme)


def axis_names(convention: Convention) -> dict[str, str]:
    """What the networks can be drawn over."""
    return {
        "depth": tr("depth"), "params": tr("parameters, M"), "latency": tr("latency, ms"),
        "macs": tr("{operations}, G").format(operations=count_label(convention).heading),
    }  # fmt: skip


def _overs(convention: Convention) -> dict[str, str]:
    return {name: tr("over {axis}").format(axis=text) for name, text in axis_names(convention).items()}


def _sides(both: NetworkPairs | NetworkPair) -> dict[BlockKind, Any]:
    """What stands for either block."""
    return {"basic": both.basic, "bottleneck": both.bottleneck}
