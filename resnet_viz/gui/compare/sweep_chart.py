"""Both blocks over a range of channels: a line for each, and a mark where one passes the other."""

from math import log10
from typing import Any

import pyqtgraph
from PySide6.QtCore import QPointF, Qt

from resnet_viz.gui.compare.measure_button import MeasureButton
from resnet_viz.gui.plots.node_plot import NodePlot, NodeTooltip
from resnet_viz.gui.plots.plot import control_row, small_font
from resnet_viz.gui.theme import Theme
from resnet_viz.gui.widgets.choice_box import choice_box
from resnet_viz.gui.widgets.layouts import muted
from resnet_viz.records.analysis import Convention
from resnet_viz.records.block_pair import Sweep
from resnet_viz.texts import tr
from resnet_viz.viewmodels.compare.series import sweep_lines
from resnet_viz.viewmodels.text.conventions import count_label
from resnet_viz.viewmodels.text.numbers import decades

COLORS = ("stage1", "stage3")
START = "macs"
DOT = 5  # pixels of a width that was measured


class SweepChart(NodePlot):
    """Shows a sweep on logarithmic axes; which figure is drawn can be chosen."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._sweep: Sweep | None = None
        self._channels = 0
        self._convention: Convention = "macs"
        self._here: Any = None
        figures = {
            "params": tr("Parameters"), "macs": count_label(self._convention).heading, "kept": tr("Activations kept"),
            "latency": tr("Latency"),
        }  # fmt: skip
        self.figure = choice_box(figures.items(), tr("Figure over the channels"))
        self.figure.setCurrentIndex(self.figure.findData(START))
        self.measure = MeasureButton("sweep", tr("Measure"))
        self.measure.setToolTip(tr("Measure both blocks over a range of channels"))
        self.plot.getPlotItem().setLogMode(x=True, y=True)
        self.plot.setAccessibleName(tr("Both blocks over their channels"))
        heading = muted(tr("Both blocks over their channels"))
        heading.setContentsMargins(0, 4, 0, 4)
        self._column.setContentsMargins(8, 2, 8, 4)
        self._column.insertLayout(0, control_row(self.figure, self.measure))
        self._column.insertWidget(1, heading)
        self.figure.activated.connect(lambda _: self._draw())
        self._draw()

    def show_sweep(self, sweep: Sweep | None, channels: int, convention: Convention) -> None:
        """Draw a sweep, with a line at the channels that the blocks beside it have, operations by a convention."""
        is_drawn = sweep is self._sweep and convention == self._convention and self._here is not None
        self._sweep, self._channels, self._convention = sweep, channels, convention
        if is_drawn:
            self._here.setValue(log10(max(1.0, channels)))
        else:
            self.figure.setItemText(self.figure.findData("macs"), count_label(convention).heading)
            self._draw()

    def _draw(self) -> None:
        name = str(self.figure.currentData())
        name = self._convention if name == "macs" else name
        lines = sweep_lines(self._sweep, name) if self._sweep is not None else None
        unmeasured = self._sweep is not None and not lines
        self._here = None
        item = self._begin(("left", "bottom"), tr("Not measured yet: press Measure.") if unmeasured else "")
        self._name_axis("bottom", tr("channels"))
        self._name_axis("left", tr("µs") if name == "latency" else "")
        for side in ("left", "bottom"):  # ticks of nothing would be made up
            self.plot.getAxis(side).setVisible(bool(lines))
        if lines is None or self._sweep is None:
            return
        for color, values in zip(COLORS, lines[1:], strict=True):
            pen = pyqtgraph.mkPen(self._theme.color(color), width=1.5)
            measured = {"symbol": "o", "symbolSize": DOT, "symbolPen": pen, "symbolBrush": self._theme.color(color)}
            item.addItem(pyqtgraph.PlotDataItem(lines[0], values, pen=pen, **(measured if name == "latency" else {})))
        self._here = self._line(item, self._channels, "border_strong", "")
        for crossing in self._sweep.crossings:
            if crossing.figure == name:
                self._line(item, crossing.channels, "text", tr("{n} channels").format(n=f"{crossing.channels:,.0f}"))
        self._name_ticks(lines)

    def _node_at(self, place: QPointF) -> NodeTooltip | None:
        return None

    def _line(self, item: Any, channels: float, color: str, words: str) -> Any:
        """A line across, with words at its upper end; returned to be moved."""
        pen = pyqtgraph.mkPen(self._theme.color(color), style=Qt.PenStyle.DashLine)
        place = log10(max(1.0, channels))
        line = pyqtgraph.InfiniteLine(place, pen=pen)
        item.addItem(line, ignoreBounds=True)
        if words:
            caption = pyqtgraph.TextItem(words, color=self._theme.color("text"), anchor=(0.0, 0.0))
            caption.setFont(small_font(self.font()))
            top = item.getViewBox().viewRange()[1][1]
            caption.setPos(place, top)
            item.addItem(caption, ignoreBounds=True)
        return line

    def _name_ticks(self, lines: tuple[tuple[float, ...], ...]) -> None:
        """Powers of ten alone, as the roofline does."""
        figures = [value for line in lines[1:] for value in line]
        self.plot.getAxis("left").setTicks([decades(log10(min(figures)), log10(max(figures)))])
        self.plot.getAxis("bottom").setTicks([[(log10(n), f"{n:,}") for n in (16, 64, 256, 1_024, 4_096)]])
