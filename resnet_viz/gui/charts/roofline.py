"""The Roofline view: each layer as a dot under the ceilings that were measured on the same device."""

from collections.abc import Sequence
from math import log10, sqrt
from typing import Any

import pyqtgraph
from PySide6.QtCore import QPointF

from resnet_viz.gui.plots.chart_view import ChartView
from resnet_viz.gui.plots.node_plot import NodePlot, NodeTooltip
from resnet_viz.gui.plots.plot import small_font
from resnet_viz.gui.shown import Shown
from resnet_viz.gui.theme import Theme
from resnet_viz.records.run import ProfileRun
from resnet_viz.texts import tr
from resnet_viz.viewmodels.charts.bars import overlaps
from resnet_viz.viewmodels.charts.latency import other_network_note
from resnet_viz.viewmodels.charts.roofline import Dot, Roof, RooflineChart, dot_tooltip, roofline_chart, roofline_csv
from resnet_viz.viewmodels.text.numbers import decades
from resnet_viz.viewmodels.text.runs import other_input_note

DOT_PX, CHOSEN_DOT_PX = 8, 13
FILL_COLOR_SHARE = 0.65  # the share of a dot's color in its fill; the rest is the background
GIGA = 1e9


class RooflinePlot(NodePlot):
    """Draws a run's layers by intensity and speed, both on logarithmic axes; hover for figures, click to choose."""

    def __init__(self, theme: Theme | None = None) -> None:
        super().__init__(theme)
        self._run: ProfileRun | None = None
        self._chart = RooflineChart((), None, "")
        self._ids: tuple[str, ...] = ()
        self.plot.setAccessibleName(tr("Roofline"))
        self.plot.getPlotItem().setLogMode(x=True, y=True)
        self._name_axis("bottom", tr("FLOP per byte"))
        self._name_axis("left", tr("GFLOP/s"))
        self._box().sigRangeChanged.connect(lambda *_: self._name_decades())

    def show_run(self, run: ProfileRun | None) -> None:
        """Draw a run; pan and zoom stay if its dots are of the same layers as those before."""
        self._run, self._chart = run, roofline_chart(run)
        self.title = " · ".join(part for part in (self._chart.title, self._chart.note) if part)
        self._draw()

    def dot_at(self, point: QPointF) -> Dot | None:
        """Return the nearest dot within reach of a point, given in pixels of the plot."""
        return self._nearest(self._chart.dots, _position, point)

    def _draw(self) -> None:
        chart = self._chart
        item = self._begin(("left", "bottom"), chart.empty, chart.color_key)
        if chart.roof is not None:
            self._draw_roof(item, chart.roof, chart.ranges)
            self._draw_dots(item, chart)
        self._set_range(chart)
        self._mark()

    def _draw_roof(self, item: Any, roof: Roof, ranges: tuple[float, float, float, float]) -> None:
        left, right = ranges[0], ranges[1]
        flat, slope = roof.flops_per_second / GIGA, roof.bytes_per_second / GIGA
        pen = pyqtgraph.mkPen(self._theme.color("text"), width=1.5)
        item.addItem(pyqtgraph.PlotDataItem([left, roof.ridge, right], [left * slope, flat, flat], pen=pen))
        middle = sqrt(left * roof.ridge)  # the middle of the slope, above which there is free room
        captions = ((middle, middle * slope, roof.memory_caption, (1.0, 1.0)),
                  (ranges[1], flat, roof.compute_caption, (1.0, 1.0)))  # fmt: skip
        for across, up, text, anchor in captions:
            caption = pyqtgraph.TextItem(text, color=self._theme.color("text_muted"), anchor=anchor)
            caption.setFont(small_font(self.font()))
            caption.setPos(log10(across), log10(up))
            item.addItem(caption, ignoreBounds=True)

    def _draw_dots(self, item: Any, chart: RooflineChart) -> None:
        """Add one item for each color and symbol: pyqtgraph draws dots of one style at once."""
        for color, implausible in dict.fromkeys((dot.color, dot.implausible) for dot in chart.dots):
            group = [dot for dot in chart.dots if (dot.color, dot.implausible) == (color, implausible)]
            pen = pyqtgraph.mkPen(self._theme.color(color))
            brush = pyqtgraph.mkBrush(self._theme.blend(color, "canvas", FILL_COLOR_SHARE))
            item.addItem(self._scatter(group, "x" if implausible else "o", DOT_PX, pen, brush))

    def _outline(self, node_id: str) -> Any:
        chosen = [dot for dot in self._chart.dots if overlaps(dot.id, dot.color, node_id)]
        pen = pyqtgraph.mkPen(self._theme.color("text"), width=2)
        return self._scatter(chosen, "o", CHOSEN_DOT_PX, pen, pyqtgraph.mkBrush(None)) if chosen else None

    def _scatter(self, dots: Sequence[Dot], symbol: str, size: int, pen: Any, brush: Any) -> Any:
        return pyqtgraph.ScatterPlotItem(
            pos=[_position(dot) for dot in dots],
            symbol=symbol, size=size, pen=pen, brush=brush, pxMode=True)  # fmt: skip

    def _set_range(self, chart: RooflineChart) -> None:
        ids = tuple(dot.id for dot in chart.dots)
        if ids and ids != self._ids:
            left, right, low, high = (log10(value) for value in chart.ranges)
            up = (low - log10(GIGA), high - log10(GIGA))
            self._box().setRange(xRange=(left, right), yRange=up, padding=0.02)
        self._ids = ids

    def _name_decades(self) -> None:
        """Write numbers only at powers of ten; pyqtgraph would add numbers between them that overlap."""
        across, up = self._box().viewRange()
        self.plot.getAxis("bottom").setTicks([decades(*across)])
        self.plot.getAxis("left").setTicks([decades(*up)])

    def _node_at(self, point: QPointF) -> NodeTooltip | None:
        dot = self.dot_at(point)
        return None if dot is None or self._run is None else (dot.id, dot_tooltip(self._run, dot))


class RooflineView(ChartView):
    """Shows the roofline plot with its title and buttons for saving."""

    def __init__(self, theme: Theme | None = None) -> None:
        super().__init__("roofline")
        self.dots = RooflinePlot(theme)
        self._run: ProfileRun | None = None
        self._lay_out((self.dots,))
        self.show_run(None)

    def show_run(self, run: ProfileRun | None, note: str = "") -> None:
        """Draw a run, with a note above it if it is of another network than the one shown."""
        self._run = run
        self.show_other_network_note(note)
        self.dots.show_run(run)
        self.title.show_text(self.dots.title)

    def _display(self, shown: Shown) -> None:
        self.show_run(shown.measured, other_network_note(shown.foreign, shown.analysis))
        self.show_other_input_note(other_input_note(shown.run, shown.analysis))

    def _table(self) -> str | None:
        return None if self._run is None else roofline_csv(self._run)


def _position(dot: Dot) -> tuple[float, float]:
    """Return the position of a dot on the logarithmic axes."""
    return log10(dot.intensity), log10(dot.flops_per_second / GIGA)
