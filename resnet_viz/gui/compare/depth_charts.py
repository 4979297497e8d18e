"""Charts of Basic and Bottleneck networks by depth: parameters, MACs, saved activations and latency."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pyqtgraph
from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from resnet_viz.gui.compare.block_picture import BLOCK_COLORS
from resnet_viz.gui.compare.measure_button import MeasureButton
from resnet_viz.gui.plots.node_plot import NodePlot, NodeTooltip
from resnet_viz.gui.plots.plot import ElidedLabel, color_key_text, control_row, small_font
from resnet_viz.gui.theme import Theme
from resnet_viz.gui.widgets.choice_box import choice_box
from resnet_viz.gui.widgets.labels import RichLabel
from resnet_viz.gui.widgets.layouts import column, muted, row
from resnet_viz.records.analysis import Convention
from resnet_viz.records.block_pair import operations
from resnet_viz.records.network_pair import NetworkPair, NetworkPairs, NetworkPoint, PairMatch
from resnet_viz.spec.network import BlockKind, ResNetSpec
from resnet_viz.texts import tr
from resnet_viz.viewmodels.compare.figures import block_names
from resnet_viz.viewmodels.compare.series import pair_sentence, point_note
from resnet_viz.viewmodels.text.conventions import count_label

DOT_PX, PUBLISHED_DOT_PX, PARTNER_RING_PX = 5, 9, 8
DEFAULT_CONVENTION: Convention = "macs"
CAPTION_INSET_PX = 1.5  # empty space around the letters of a caption
AXIS_PADDING = 0.1  # part of the range, to make space for the captions
CAPTION_ANCHORS = {True: (0.9, 0.9), False: (0.1, 0.1)}
"""The corner of a caption at its dot: the lower right one above a line, the upper left one below it."""


class DrawnSeries(msgspec.Struct, frozen=True):
    """The content of the charts: networks over an axis, joined if paired by `match`, operations by a convention."""

    pairs: NetworkPairs | None = None
    convention: Convention = DEFAULT_CONVENTION
    axis: str = "depth"
    match: PairMatch | None = None


def _figures(point: NetworkPoint, convention: Convention) -> dict[str, float]:
    """Return the figures that the axes can have, in their units; a latency that was not measured is 0."""
    return {
        "depth": point.depth,
        "params": point.params / 1e6,
        "macs": operations(point, convention) / 1e9,
        "latency": (point.latency_us or 0.0) / 1000,
        "kept": point.kept_bytes / 2**20,
    }


class DepthChart(NodePlot):
    """One figure over depth or another axis, a line for each block; a click on a dot chooses its network."""

    spec_chosen = Signal(ResNetSpec)

    def __init__(self, name: str, title: str, unit: str) -> None:
        super().__init__()
        self._name, self._unit = name, unit
        self._shown = DrawnSeries()
        self._points: tuple[tuple[BlockKind, NetworkPoint], ...] = ()
        self._captions: list[Any] = []
        self._captions_due = QTimer(self, singleShot=True, interval=0)
        self._captions_due.timeout.connect(self._hide_overlapping_captions)
        self._box().setDefaultPadding(AXIS_PADDING)
        self._box().sigTransformChanged.connect(lambda _: self._captions_due.start())
        for side in ("left", "bottom"):
            self.plot.getAxis(side).setStyle(maxTickLevel=0)
        self.heading = muted(title)
        self.plot.setAccessibleName(title)
        self._column.insertWidget(0, self.heading)
        self._column.setContentsMargins(8, 4, 0, 4)
        self._column.setSpacing(6)
        self.node_chosen.connect(lambda index: self.spec_chosen.emit(self._points[int(index)][1].spec))

    def show_networks(self, shown: DrawnSeries) -> None:
        """Draw both series; published networks have larger dots, captioned with their depth.

        Paired networks are joined by a line; a partner outside both series is drawn as a ring.
        """
        self._shown = shown
        if self._name == "macs":
            self.heading.setText(count_label(shown.convention).heading)
            self.plot.setAccessibleName(self.heading.text())
        self._draw()

    def _draw(self) -> None:
        pairs = self._shown.pairs
        every = {} if pairs is None else _by_block(pairs)
        series = {kind: [point for point in points if all(self._at(point))] for kind, points in every.items()}
        empty = tr("The networks are being counted …") if pairs is None else tr("Not measured yet.")
        item = self._begin(("left", "bottom"), "" if any(series.values()) else empty)
        self._name_axis("bottom", axis_names(self._shown.convention)[self._shown.axis])
        self._name_axis("left", self._unit)
        self._captions.clear()
        self._points = tuple((kind, point) for kind, points in series.items() for point in points)
        if pairs is not None and self._shown.match and self._points:
            self._join(item, [pair for pair in pairs.pairs if pair.match == self._shown.match])
        ends = {kind: self._at(points[-1]) for kind, points in series.items() if points}
        # the captions of the steeper line fit above it
        steeper = max(ends, key=lambda kind: ends[kind][1] / ends[kind][0], default=None)
        for kind in ends:
            self._draw_series(item, series[kind], self._theme.color(BLOCK_COLORS[kind]), above=kind == steeper)
        self._captions_due.start()

    def point_at(self, position: QPointF) -> tuple[BlockKind, NetworkPoint] | None:
        """Return the nearest network within reach of a position, in pixels of the plot; None where there is none."""
        return self._nearest(self._points, lambda point: self._at(point[1]), position)

    def _at(self, point: NetworkPoint) -> tuple[float, float]:
        figures = _figures(point, self._shown.convention)
        return figures[self._shown.axis], figures[self._name]

    def _node_at(self, position: QPointF) -> NodeTooltip | None:
        point = self.point_at(position)
        return point and (str(self._points.index(point)), point_note(*point, self._shown.convention))

    def _join(self, item: Any, pairs: Sequence[NetworkPair]) -> None:
        """Draw a dotted line between the networks of each pair, and a ring for a partner outside both series."""
        pen = pyqtgraph.mkPen(self._theme.color("text_muted"), width=1.2, style=Qt.PenStyle.DotLine)
        shown = {point.spec for _, point in self._points}
        for pair in pairs:
            positions = {kind: self._at(point) for kind, point in _by_block(pair).items()}
            if not all(map(all, positions.values())):
                continue
            item.addItem(pyqtgraph.PlotDataItem(*zip(*positions.values(), strict=True), pen=pen))
            for kind, point in _by_block(pair).items():
                if point.spec not in shown:
                    self._points += ((kind, point),)
                    item.addItem(pyqtgraph.ScatterPlotItem(
                        pos=[positions[kind]], size=PARTNER_RING_PX, brush=self._theme.color("canvas"),
                        pen=pyqtgraph.mkPen(self._theme.color(BLOCK_COLORS[kind]), width=1.5),
                    ))  # fmt: skip

    def _draw_series(self, item: Any, points: Sequence[NetworkPoint], color: QColor, *, above: bool) -> None:
        pen = pyqtgraph.mkPen(color, width=1.5)
        positions = [self._at(point) for point in points]
        sizes = [PUBLISHED_DOT_PX if point.name else DOT_PX for point in points]
        item.addItem(pyqtgraph.PlotDataItem(*zip(*positions, strict=True), pen=pen))
        item.addItem(pyqtgraph.ScatterPlotItem(pos=positions, size=sizes, pen=pen, brush=color))
        for point, position in zip(points, positions, strict=True):
            if point.name:
                muted_color = self._theme.color("text_muted")
                caption = pyqtgraph.TextItem(str(point.depth), color=muted_color, anchor=CAPTION_ANCHORS[above])
                caption.setFont(small_font(self.font()))
                caption.setPos(*position)
                item.addItem(caption, ignoreBounds=True)
                self._captions.append(caption)

    def _hide_overlapping_captions(self) -> None:
        """Hide each caption that would overlap that of a deeper network; called whenever the scales change."""
        shown: list[QRectF] = []
        for caption in reversed(self._captions):
            caption.show()
            caption.updateTransform(force=True)
            inset = CAPTION_INSET_PX
            box = caption.mapRectToScene(caption.boundingRect()).adjusted(inset, inset, -inset, -inset)
            caption.setVisible(not any(box.intersects(other) for other in shown))
            shown += [box] if caption.isVisible() else []


class DepthCharts(QWidget):
    """Four charts in a row, with a common axis and common pairs that the user chooses."""

    spec_chosen = Signal(ResNetSpec)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._shown = DrawnSeries()
        self.axis = choice_box(_axis_choices(DEFAULT_CONVENTION).items(), tr("Horizontal axis of the networks"))
        pairings = {
            "": tr("no pairs"), "depth": tr("pairs nearest in depth"), "params": tr("pairs nearest in parameters"),
            "macs": tr("pairs nearest in MACs"),
        }  # fmt: skip
        self.pairing = choice_box(pairings.items(), tr("Networks that are joined"))
        self.measure = MeasureButton("pairs", tr("Measure the networks"))
        self.key, self.found = RichLabel(), ElidedLabel()
        self.charts = (
            DepthChart("params", tr("Parameters"), tr("M")),
            DepthChart("macs", count_label(DEFAULT_CONVENTION).heading, tr("G")),
            DepthChart("kept", tr("Activations saved for backward"), tr("MiB")),
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
        """Draw these networks, with operations by this counting convention."""
        shown = DrawnSeries(pairs, convention, self.axis.currentData(), self.pairing.currentData() or None)
        if shown == self._shown:
            return
        self._shown = shown
        for name, text in _axis_choices(convention).items():
            self.axis.setItemText(self.axis.findData(name), text)
        match = shown.match
        self.found.show_text(pair_sentence(pairs, match, convention) if pairs is not None and match else "")
        self.found.setVisible(bool(self.found.text()))
        for chart in self.charts:
            chart.show_networks(shown)

    def set_theme(self, theme: Theme) -> None:
        """Use the colors of this theme."""
        self.key.setText(color_key_text([(BLOCK_COLORS[kind], name) for kind, name in block_names().items()], theme))
        for chart in self.charts:
            chart.set_theme(theme)


def axis_names(convention: Convention) -> dict[str, str]:
    """Return the name of each figure that the horizontal axis can have."""
    return {
        "depth": tr("depth"), "params": tr("parameters, M"), "latency": tr("latency, ms"),
        "macs": tr("{operations}, G").format(operations=count_label(convention).heading),
    }  # fmt: skip


def _axis_choices(convention: Convention) -> dict[str, str]:
    return {name: tr("by {axis}").format(axis=text) for name, text in axis_names(convention).items()}


def _by_block(both: NetworkPairs | NetworkPair) -> dict[BlockKind, Any]:
    """Return the series or the network of each block."""
    return {"basic": both.basic, "bottleneck": both.bottleneck}
