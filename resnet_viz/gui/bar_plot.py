"""A plot of bars over the network, coloured by stage, with a line over them; hover for figures, click to choose."""

from pathlib import Path
from typing import Any

import pyqtgraph
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QBrush, QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from resnet_viz.gui.plotting import (
    Key,
    empty_label,
    keep_units,
    make_plot,
    mixed,
    paint_axes,
    save_picture,
    small,
    tell,
)
from resnet_viz.gui.theme import Theme, load_theme
from resnet_viz.viewmodels.bars import Bar, BarChart, marked

WIDTH, MARK = 0.82, 0.96
STRONG = 0.72
HEADROOM = 1.06
GAP = 6.0  # pixels between two names
NARROWEST = 12.0  # pixels of a bar below which no name can stand


class BarPlot(QWidget):
    """Draws a BarChart; `show_line` whether its line is drawn."""

    node_chosen = Signal(str)

    def __init__(self, theme: Theme | None = None) -> None:
        super().__init__()
        self._theme = theme or load_theme("light")
        self._chart = BarChart((), "", "")
        self._selected: str | None = None
        self._ids: tuple[str, ...] = ()
        self._marks: Any = None
        self.shows_line = True
        self.plot = make_plot()
        self.empty, self.key = empty_label(self.plot), Key(self.plot, 0.06)
        self._line_view = self._add_line_axis()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.plot)
        self._box().setMouseEnabled(x=True, y=False)
        self._box().setDefaultPadding(0.0)
        self.plot.getAxis("bottom").setStyle(hideOverlappingLabels=False)  # labels are thinned out here
        self.plot.scene().sigMouseMoved.connect(self._point_at)
        self.plot.scene().sigMouseClicked.connect(self._choose)
        self._box().sigResized.connect(self._follow)
        self._box().sigXRangeChanged.connect(lambda *_: self._name_bars())

    def show_chart(self, chart: BarChart) -> None:
        """Draw a chart; the view stays where it is as long as the bars are the same."""
        self._chart = chart
        self._draw()

    def show_line(self, shown: bool) -> None:
        """Draw the line over the bars, or leave it out."""
        self.shows_line = shown
        self._draw()

    def select(self, node_id: str | None) -> None:
        """Mark a node's bar, those of its parts, or that of its whole; no signal."""
        self._selected = node_id
        self._mark()

    def set_theme(self, theme: Theme) -> None:
        """Draw in this theme's colours."""
        self._theme = theme
        self._draw()

    def save_picture(self, path: Path) -> None:
        """Write the chart as .png or .svg; raises UserError."""
        save_picture(self.plot, self._chart.title, path)

    def bar_at(self, place: QPointF) -> Bar | None:
        """The bar at a point of the plot, given in pixels of the plot; anywhere above it counts."""
        x = self._box().mapSceneToView(place).x()
        index = round(x)
        inside = 0 <= index < len(self._chart.bars) and abs(x - index) <= 0.5
        return self._chart.bars[index] if inside else None

    def resizeEvent(self, event: QResizeEvent) -> None:  # Qt override
        """Keep the empty sentence in the middle, and labels that fit."""
        super().resizeEvent(event)
        self.empty.setGeometry(self.plot.rect())
        self.key.place()
        self._name_bars()

    def _add_line_axis(self) -> Any:
        """A second view over the first, with an axis of its own on the right."""
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
        """The line stays over the bars, and the names fit the new width."""
        self._line_view.setGeometry(self._box().sceneBoundingRect())
        self._name_bars()

    def _draw(self) -> None:
        chart, item = self._chart, self.plot.getPlotItem()
        item.clear()
        self._line_view.clear()
        self._marks = None
        paint_axes(self.plot, self._theme, "left", "bottom", "right")
        self.key.show_key(chart.key, self._theme)
        self.empty.setText(chart.empty)
        self.empty.setVisible(bool(chart.empty))
        for name in ("left", "bottom"):
            self.plot.getAxis(name).setVisible(not chart.empty)
        self.plot.getAxis("left").setLabel(chart.axis)
        keep_units(self.plot.getAxis("left"))
        self._draw_bars(item, chart)
        self._draw_line(chart)
        self._set_range(chart)
        self._follow()
        self._mark()

    def _draw_bars(self, item: Any, chart: BarChart) -> None:
        """An item for each colour: pyqtgraph draws bars of one colour at once, and others one by one."""
        for color in dict.fromkeys(bar.color for bar in chart.bars):
            alike = [(place, bar) for place, bar in enumerate(chart.bars) if bar.color == color]
            known = [(place, bar.value / chart.divisor) for place, bar in alike if bar.value is not None]
            if known:
                places, heights = zip(*known, strict=True)
                brush, pen = QBrush(mixed(self._theme, color, STRONG)), pyqtgraph.mkPen(None)
                item.addItem(pyqtgraph.BarGraphItem(x=places, height=heights, width=WIDTH, brush=brush, pen=pen))

    def _draw_line(self, chart: BarChart) -> None:
        shown = self.shows_line and bool(chart.line)
        self.plot.getPlotItem().showAxis("right", shown)
        if shown:
            pen = pyqtgraph.mkPen(self._theme.color("skip"), width=2)
            heights = [value / chart.line_divisor for value in chart.line]
            self._line_view.addItem(pyqtgraph.PlotCurveItem(list(range(len(heights))), heights, pen=pen))
            self._line_view.setYRange(0.0, (max(heights) or 1.0) * HEADROOM, padding=0)
            self.plot.getAxis("right").setLabel(chart.line_axis)
            keep_units(self.plot.getAxis("right"))

    def _mark(self) -> None:
        """Outline what is chosen, over the bars, which stay as they are."""
        item, chart = self.plot.getPlotItem(), self._chart
        if self._marks is not None:
            item.removeItem(self._marks)
            self._marks = None
        chosen = [place for place, bar in enumerate(chart.bars) if marked(chart, bar, self._selected)]
        if chosen:
            pen = pyqtgraph.mkPen(self._theme.color("text"), width=2)
            heights = [(chart.bars[place].value or 0.0) / chart.divisor for place in chosen]
            brush = QBrush(Qt.BrushStyle.NoBrush)
            self._marks = pyqtgraph.BarGraphItem(x=chosen, height=heights, width=MARK, brush=brush, pen=pen)
            item.addItem(self._marks)

    def _set_range(self, chart: BarChart) -> None:
        ids, box = tuple(bar.id for bar in chart.bars), self._box()
        if ids != self._ids and ids:
            box.setLimits(xMin=-1.0, xMax=float(len(ids)), minXRange=3.0)
            box.setXRange(-0.7, len(ids) - 0.3, padding=0)
        self._ids = ids
        box.setYRange(0.0, (chart.highest or 1.0) * HEADROOM, padding=0)

    def _name_bars(self) -> None:
        """Names below the bars where there is room for them, else below the middle of each stage; none overlap."""
        left, right = self._box().viewRange()[0]
        pixels = max(1.0, self._box().width()) / max(1e-9, right - left)
        metrics = QFontMetricsF(small(self.plot.font()))
        names: list[tuple[float, str]] = []
        if pixels >= NARROWEST:
            names = [(place, bar.label) for place, bar in enumerate(self._chart.bars) if left <= place <= right]
        widest = max((metrics.horizontalAdvance(name) for _, name in names), default=0.0)
        if self._chart.sections and (not names or widest + GAP > pixels):
            names = [(place, name) for place, name in self._chart.sections if left <= place <= right]
        kept: list[tuple[float, str]] = []
        end = float("-inf")
        for place, name in names:
            half = metrics.horizontalAdvance(name) / 2
            if place * pixels - half >= end + GAP:
                kept.append((place, name))
                end = place * pixels + half
        self.plot.getAxis("bottom").setTicks([kept])

    def _box(self) -> Any:
        return self.plot.getPlotItem().getViewBox()

    def _point_at(self, place: QPointF) -> None:
        bar = self.bar_at(place) if self._box().sceneBoundingRect().contains(place) else None
        tell(self.plot, "" if bar is None else bar.tip, self.plot.mapFromScene(place))

    def _choose(self, event: Any) -> None:
        bar = self.bar_at(event.scenePos()) if event.button() == Qt.MouseButton.LeftButton else None
        if bar is not None:
            self.node_chosen.emit(bar.id)
