"""A bar plot over the network, colored by stage, with a line over the bars; hover for figures, click to choose."""

from collections.abc import Callable, Sequence
from math import ceil, floor
from typing import Any

import pyqtgraph
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QBrush, QFontMetricsF

from resnet_viz.gui.plots.node_plot import NodePlot, NodeTooltip
from resnet_viz.gui.plots.plot import small_font
from resnet_viz.gui.theme import Theme
from resnet_viz.texts import visible
from resnet_viz.viewmodels.charts.bars import MIN_HEIGHT, Bar, BarChart, drawn_height, is_marked

BAR_WIDTH, PAIRED_BAR_WIDTH = 0.82, 0.41  # as a share of the distance between two bars
OUTLINE_WIDTH = 0.96  # the outline of a selected bar, as a share of the same distance
BAR_COLOR_SHARE, OTHER_BAR_COLOR_SHARE = 0.72, 0.25  # the share of the stage's color; the rest is the background
HEADROOM_FACTOR, FOOTROOM_FACTOR = 1.06, 1.1  # times the highest bar, and the lowest one below zero
FREE_EDGE_SHARE = 0.004  # room before the first bar, which the axis would hide, as a share of their number
NAME_GAP_PX = 6.0
MIN_NAMED_BAR_PX = 12.0
MIN_SEPARATE_BAR_PX = 1.5  # the gaps between narrower bars are not visible
MIN_WHISKER_BAR_PX = 4.0


class BarPlot(NodePlot):
    """Draws a BarChart; `tooltip` gives a bar's tooltip in place of the bar's own."""

    def __init__(self, theme: Theme | None = None, *, tooltip: Callable[[Bar], str] | None = None) -> None:
        super().__init__(theme)
        self._tooltip = tooltip or (lambda bar: bar.tooltip)
        self._chart = BarChart((), "", "")
        self._heights = 0.0, 1.0  # the ends of the axis on the left
        self._bar_keys: tuple[str, ...] = ()
        self._whiskers: Any = None
        self._drawn: list[tuple[Any, QBrush]] = []
        self._is_thin = False
        self.shows_line = True
        self._line_view = self._add_line_axis()
        self._box().setMouseEnabled(x=True, y=False)
        self._box().setDefaultPadding(0.0)
        self.plot.getAxis("bottom").setStyle(
            hideOverlappingLabels=False,  # _name_bars leaves out those that would overlap
            autoExpandTextSpace=False,  # an axis without names would collapse and come back too low
        )
        self._box().sigResized.connect(self._follow)
        self._box().sigXRangeChanged.connect(lambda *_: self._name_bars())

    def show_chart(self, chart: BarChart) -> None:
        """Draw a chart; pan and zoom stay if its bars are those of the chart before."""
        self._chart, self.title = chart, chart.title
        self._draw()

    def show_line(self, shown: bool) -> None:
        """Draw the line over the bars, or hide it."""
        self.shows_line = shown
        self._draw()

    def bar_at(self, point: QPointF) -> Bar | None:
        """Return the bar above or below a point, given in pixels of the plot."""
        index = round(self._box().mapSceneToView(point).x())
        return self._chart.bars[index] if 0 <= index < len(self._chart.bars) else None

    def _add_line_axis(self) -> Any:
        """Put a second view over the first, with its own axis on the right."""
        item, view = self.plot.getPlotItem(), pyqtgraph.ViewBox()
        item.showAxis("right", False)
        item.scene().addItem(view)
        item.getAxis("right").linkToView(view)
        view.setXLink(item)
        view.setMouseEnabled(x=False, y=False)
        view.setMenuEnabled(False)
        view.setZValue(10)
        return view

    def _follow(self) -> None:
        """Keep the line over the bars and fit their names to the new width."""
        self._line_view.setGeometry(self._box().sceneBoundingRect())
        self._name_bars()

    def _draw(self) -> None:
        chart = self._chart
        self._heights = chart.lowest * FOOTROOM_FACTOR, (chart.highest or 1.0) * HEADROOM_FACTOR
        item = self._begin(("left", "bottom", "right"), chart.empty, chart.color_key)
        self._line_view.clear()
        self._name_axis("left", *chart.axis_names)
        self._drawn.clear()
        self._is_thin = False
        self._draw_bars(item, chart)
        self._draw_line(chart)
        self._set_range(chart)
        self._follow()
        self._mark()

    def _draw_bars(self, item: Any, chart: BarChart) -> None:
        """Add one item for each color: pyqtgraph draws bars of one color at once, others one by one."""
        width, shift = (PAIRED_BAR_WIDTH, -PAIRED_BAR_WIDTH / 2) if chart.has_other_values else (BAR_WIDTH, 0.0)
        for color in dict.fromkeys(bar.color for bar in chart.bars):
            same_color = [(index, bar) for index, bar in enumerate(chart.bars) if bar.color == color]
            brush = QBrush(self._theme.blend(color, "canvas", BAR_COLOR_SHARE))
            if color == "edge":
                brush.setStyle(Qt.BrushStyle.BDiagPattern)
            values = [(index + shift, bar.value) for index, bar in same_color]
            self._add_bars(item, values, width, brush)
            if chart.has_other_values:
                others = [(index + PAIRED_BAR_WIDTH / 2, bar.other_value) for index, bar in same_color]
                self._add_bars(
                    item, others, PAIRED_BAR_WIDTH, QBrush(self._theme.blend(color, "canvas", OTHER_BAR_COLOR_SHARE))
                )
        self._draw_whiskers(item, chart, shift)

    def _add_bars(self, item: Any, bars: Sequence[tuple[float, float | None]], width: float, brush: QBrush) -> None:
        known = [(x, drawn_height(value, self._chart.divisor)) for x, value in bars if value is not None]
        if known:
            positions, heights = zip(*known, strict=True)
            pen = pyqtgraph.mkPen(None)
            drawn = pyqtgraph.BarGraphItem(x=positions, height=heights, width=width, brush=brush, pen=pen)
            item.addItem(drawn)
            self._drawn.append((drawn, brush))

    def _draw_whiskers(self, item: Any, chart: BarChart, shift: float) -> None:
        """Draw a line from the lower to the upper quartile of each bar that has them."""
        known = [(index + shift, bar.quartiles) for index, bar in enumerate(chart.bars) if bar.quartiles]
        x = [middle for middle, _ in known for _ in range(2)]
        y = [drawn_height(value, chart.divisor) for _, quartiles in known for value in quartiles]
        pen = pyqtgraph.mkPen(self._theme.color("text"), width=1)
        self._whiskers = pyqtgraph.PlotDataItem(x, y, connect="pairs", pen=pen) if known else None
        if known:
            item.addItem(self._whiskers)

    def _draw_line(self, chart: BarChart) -> None:
        shown = self.shows_line and bool(chart.line)
        self.plot.getPlotItem().showAxis("right", shown)
        if shown:
            pen = pyqtgraph.mkPen(self._theme.color("shortcut"), width=2)
            heights = [drawn_height(value, chart.line_divisor) for value in chart.line]
            self._line_view.addItem(pyqtgraph.PlotCurveItem(list(range(len(heights))), heights, pen=pen))
            low, high = self._heights
            most = (max(heights) if max(heights) >= MIN_HEIGHT else 1.0) * HEADROOM_FACTOR
            self._line_view.setYRange(low / high * most, most, padding=0)  # both axes have zero at the same height
            self.plot.getAxis("right").setTextPen(pen)
            self._name_axis("right", *chart.line_axis_names)

    def _outline(self, node_id: str) -> Any:
        chart = self._chart
        chosen = [(index, bar) for index, bar in enumerate(chart.bars) if is_marked(chart, bar, node_id)]
        if not chosen:
            return None
        heights = [drawn_height(max(bar.value or 0.0, bar.other_value or 0.0), chart.divisor) for _, bar in chosen]
        pen, brush = pyqtgraph.mkPen(self._theme.color("text"), width=2), QBrush(Qt.BrushStyle.NoBrush)
        indices = [index for index, _ in chosen]
        return pyqtgraph.BarGraphItem(x=indices, height=heights, width=OUTLINE_WIDTH, brush=brush, pen=pen)

    def _set_range(self, chart: BarChart) -> None:
        bar_keys, box = tuple(bar.id + bar.label for bar in chart.bars), self._box()
        if bar_keys != self._bar_keys and bar_keys:
            edge, last = max(0.7, FREE_EDGE_SHARE * len(bar_keys)), len(bar_keys) - 1
            box.setLimits(xMin=-edge - 0.3, xMax=last + edge + 0.3, minXRange=3.0)
            box.setXRange(-edge, last + edge, padding=0)
        self._bar_keys = bar_keys
        box.setYRange(*self._heights, padding=0)

    def _name_bars(self) -> None:
        """Write names that do not overlap, below the bars if there is room, else below the middle of each stage."""
        chart, (left, right) = self._chart, self._box().viewRange()[0]
        pixels = max(1.0, self._box().width()) / max(1e-9, right - left)
        metrics = QFontMetricsF(small_font(self.plot.font()))
        seen = range(max(0, ceil(left)), min(len(chart.bars), floor(right) + 1))
        names = (
            [(float(index), visible(chart.bars[index].label)) for index in seen] if pixels >= MIN_NAMED_BAR_PX else []
        )
        widest = max((metrics.horizontalAdvance(name) for _, name in names), default=0.0)
        if not names or (chart.sections and widest + NAME_GAP_PX > pixels):
            others = [(index, visible(chart.bars[index].label)) for index in seen if not chart.bars[index].id]
            names = [*(section for section in chart.sections if left <= section[0] <= right), *others]
        fitting: list[tuple[float, str]] = []
        taken: list[tuple[float, float]] = []
        for position, name in names:
            half, middle = metrics.horizontalAdvance(name) / 2 + NAME_GAP_PX / 2, position * pixels
            if all(middle + half <= start or middle - half >= end for start, end in taken):
                fitting.append((position, name))
                taken.append((middle - half, middle + half))
        self.plot.getAxis("bottom").setTicks([fitting])
        self._draw_thin(pixels)

    def _draw_thin(self, pixels: float) -> None:
        """Hide the whiskers of narrow bars, and outline very narrow ones: without it some would not be visible."""
        if self._whiskers is not None:
            self._whiskers.setVisible(pixels >= MIN_WHISKER_BAR_PX)
        if (pixels < MIN_SEPARATE_BAR_PX) != self._is_thin:
            self._is_thin = pixels < MIN_SEPARATE_BAR_PX
            for drawn, brush in self._drawn:
                drawn.setOpts(pen=pyqtgraph.mkPen(brush.color() if self._is_thin else None))

    def _node_at(self, point: QPointF) -> NodeTooltip | None:
        bar = self.bar_at(point)
        return None if bar is None else (bar.id, self._tooltip(bar))
