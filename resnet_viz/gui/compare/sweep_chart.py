"""The chart of both blocks over their channels: a line for each, and a marker where the lines cross."""

from math import log10
from typing import Any

import pyqtgraph
from PySide6.QtCore import QPointF, Qt

from resnet_viz.gui.compare.block_picture import BLOCK_COLORS
from resnet_viz.gui.compare.measure_button import MeasureButton
from resnet_viz.gui.plots.node_plot import NodePlot, NodeTooltip
from resnet_viz.gui.plots.plot import control_row, small_font
from resnet_viz.gui.theme import Theme
from resnet_viz.gui.widgets.choice_box import choice_box
from resnet_viz.gui.widgets.labels import tooltip
from resnet_viz.gui.widgets.layouts import muted
from resnet_viz.records.analysis import Convention
from resnet_viz.records.block_pair import Sweep
from resnet_viz.texts import tr
from resnet_viz.viewmodels.compare.series import sweep_lines
from resnet_viz.viewmodels.text.conventions import count_label
from resnet_viz.viewmodels.text.numbers import decades

DEFAULT_FIGURE = "macs"
MEASURED_DOT_PX = 5
CHANNEL_TICKS = (16, 64, 256, 1_024, 4_096)


class SweepChart(NodePlot):
    """Shows a sweep on logarithmic axes, with a choice of the figure."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._sweep: Sweep | None = None
        self._channels = 0
        self._convention: Convention = "macs"
        self._channel_line: Any = None
        figures = {
            "params": tr("Parameters"), "macs": count_label(self._convention).heading, "kept": tr("Activations saved"),
            "latency": tr("Latency"),
        }  # fmt: skip
        self.figure = choice_box(figures.items(), tr("Quantity to plot"))
        self.figure.setCurrentIndex(self.figure.findData(DEFAULT_FIGURE))
        self.measure = MeasureButton("sweep", tr("Measure"))
        self.measure.setToolTip(tooltip(tr("Measure both blocks over a range of channels")))
        self.plot.getPlotItem().setLogMode(x=True, y=True)
        self.plot.setAccessibleName(tr("Both blocks by channel count"))
        heading = muted(tr("Both blocks by channel count"))
        heading.setContentsMargins(0, 4, 0, 4)
        self._column.setContentsMargins(8, 2, 8, 4)
        self._column.insertLayout(0, control_row(self.figure, self.measure))
        self._column.insertWidget(1, heading)
        self.figure.activated.connect(lambda _: self._draw())
        self._draw()

    def show_sweep(self, sweep: Sweep | None, channels: int, convention: Convention) -> None:
        """Draw a sweep with a line at these channels, and operations by this counting convention."""
        is_drawn = sweep is self._sweep and convention == self._convention and self._channel_line is not None
        self._sweep, self._channels, self._convention = sweep, channels, convention
        if is_drawn:
            self._channel_line.setValue(log10(max(1.0, channels)))
        else:
            self.figure.setItemText(self.figure.findData("macs"), count_label(convention).heading)
            self._draw()

    def _draw(self) -> None:
        name = str(self.figure.currentData())
        name = self._convention if name == "macs" else name
        lines = sweep_lines(self._sweep, name) if self._sweep is not None else None
        unmeasured = self._sweep is not None and not lines
        self._channel_line = None
        item = self._begin(("left", "bottom"), tr("Not measured yet: press Measure.") if unmeasured else "")
        self._name_axis("bottom", tr("channels"))
        self._name_axis("left", tr("µs") if name == "latency" else "")
        for side in ("left", "bottom"):  # without lines the ticks would mean nothing
            self.plot.getAxis(side).setVisible(bool(lines))
        if lines is None or self._sweep is None:
            return
        for color, values in zip(BLOCK_COLORS.values(), lines[1:], strict=True):
            pen = pyqtgraph.mkPen(self._theme.color(color), width=1.5)
            measured = {
                "symbol": "o",
                "symbolSize": MEASURED_DOT_PX,
                "symbolPen": pen,
                "symbolBrush": self._theme.color(color),
            }
            item.addItem(pyqtgraph.PlotDataItem(lines[0], values, pen=pen, **(measured if name == "latency" else {})))
        self._channel_line = self._line(item, self._channels, "border_strong", "")
        for crossing in self._sweep.crossings:
            if crossing.figure == name:
                self._line(item, crossing.channels, "text", tr("{n} channels").format(n=f"{crossing.channels:,.0f}"))
        self._name_ticks(lines)

    def _node_at(self, position: QPointF) -> NodeTooltip | None:
        return None

    def _line(self, item: Any, channels: float, color: str, caption: str) -> Any:
        """Draw and return a vertical line at some channels, with a caption at its top."""
        pen = pyqtgraph.mkPen(self._theme.color(color), style=Qt.PenStyle.DashLine)
        position = log10(max(1.0, channels))
        line = pyqtgraph.InfiniteLine(position, pen=pen)
        item.addItem(line, ignoreBounds=True)
        if caption:
            text = pyqtgraph.TextItem(caption, color=self._theme.color("text"), anchor=(0.0, 0.0))
            text.setFont(small_font(self.font()))
            text.setPos(position, item.getViewBox().viewRange()[1][1])
            item.addItem(text, ignoreBounds=True)
        return line

    def _name_ticks(self, lines: tuple[tuple[float, ...], ...]) -> None:
        """Put ticks at powers of ten on the left, and at round numbers of channels below."""
        figures = [value for line in lines[1:] for value in line]
        self.plot.getAxis("left").setTicks([decades(log10(min(figures)), log10(max(figures)))])
        self.plot.getAxis("bottom").setTicks([[(log10(n), f"{n:,}") for n in CHANNEL_TICKS]])
