"""The Latency view: a bar for each layer, block or stage with quartiles, the rest unaccounted, and the running sum."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyqtgraph
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QBrush, QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from resnet_viz.export.writing import write_whole
from resnet_viz.gui.plotting import (
    Key,
    Title,
    ask_and_save,
    controls,
    empty_label,
    keep_units,
    make_plot,
    mixed,
    paint_axes,
    save_picture,
    small,
    small_button,
    tell,
)
from resnet_viz.gui.theme import Theme, load_theme
from resnet_viz.gui.words import combo
from resnet_viz.runs import ProfileRun
from resnet_viz.texts import tr
from resnet_viz.viewmodels.latency import (
    UNACCOUNTED,
    Bar,
    LatencyChart,
    Level,
    Sorting,
    bar_tip,
    latency_chart,
    latency_csv,
    marked,
)

WIDTH, HALF = 0.82, 0.41
MARK = 0.96  # the outline of what is chosen
STRONG, PALE = 0.72, 0.25
GAP = 6.0  # pixels between two names
NARROWEST = 12.0  # pixels of a bar below which no name can stand
THIN = 4.0  # pixels; narrower bars have no whiskers


class LatencyView(QWidget):
    """Draws a run, another beside it; hover for figures, click to choose."""

    node_chosen = Signal(str)
    failed = Signal(str)

    def __init__(self, theme: Theme | None = None) -> None:
        super().__init__()
        self._theme = theme or load_theme("light")
        self._run: ProfileRun | None = None
        self._other: ProfileRun | None = None
        self._selected: str | None = None
        self._chart = LatencyChart((), (), "")
        self._ids: tuple[str, ...] = ()
        self.level, self.sorting = combo(_levels(), tr("A bar for each")), combo(_sortings(), tr("Order of the bars"))
        self.cumulative = QCheckBox(tr("running sum"))
        self.title = Title()
        self.plot = make_plot()
        self.empty, self.key = empty_label(self.plot), Key(self.plot, 0.42)
        self._whiskers: Any = None
        self._marks: Any = None
        self._sum_view = self._add_sum_axis()
        self._lay_out()
        self._connect()
        self.show_run(None)

    def show_run(self, run: ProfileRun | None, other: ProfileRun | None = None) -> None:
        """Draw a run, and another beside it; the view stays where it is as long as the bars are the same."""
        self._run, self._other = run, other
        level: Level = self.level.currentData()
        sorting: Sorting = self.sorting.currentData()
        self._chart = latency_chart(run, level=level, sorting=sorting, other=other)
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

    def save_csv(self, path: Path) -> None:
        """Write the figures of all levels; raises UserError."""
        if self._run is not None:
            write_whole(path, latency_csv(self._run, self._other))

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

    def _lay_out(self) -> None:
        buttons = (
            small_button(tr("Picture…"), tr("Save the chart as a picture"), self._ask_picture),
            small_button("CSV…", tr("Save the figures as a table"), self._ask_csv),
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(controls(self.level, self.sorting, self.cumulative, self.title, *buttons))
        column.addWidget(self.plot, 1)
        self.plot.setAccessibleName(tr("Latency"))
        box = self._box()
        box.setMouseEnabled(x=True, y=False)
        box.setDefaultPadding(0.0)
        self.plot.getAxis("left").setLabel(tr("ms"))
        self.plot.getAxis("bottom").setStyle(hideOverlappingLabels=False)  # labels are thinned out here

    def _connect(self) -> None:
        for chooser in (self.level, self.sorting):
            chooser.activated.connect(lambda _: self.show_run(self._run, self._other))
        self.cumulative.toggled.connect(lambda _: self._draw())
        self.plot.scene().sigMouseMoved.connect(self._point_at)
        self.plot.scene().sigMouseClicked.connect(self._choose)
        self._box().sigResized.connect(self._follow)
        self._box().sigXRangeChanged.connect(lambda *_: self._name_bars())

    def _add_sum_axis(self) -> Any:
        """A second view over the first for the running sum, with an axis of its own on the right."""
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
        self._sum_view.setGeometry(self._box().sceneBoundingRect())

    def _draw(self) -> None:
        chart, item = self._chart, self.plot.getPlotItem()
        item.clear()
        self._sum_view.clear()
        self._marks = self._whiskers = None
        paint_axes(self.plot, self._theme, "left", "bottom", "right")
        self.title.show_title(chart.title)
        self.key.show_key(chart.key, self._theme)
        self.empty.setText(chart.empty)
        self.empty.setVisible(bool(chart.empty))
        self.plot.getAxis("left").setVisible(not chart.empty)
        self.plot.getAxis("bottom").setVisible(not chart.empty)
        if chart.bars:
            self._draw_bars(item, chart)
        self._draw_sum(chart)
        self._set_range(chart)
        self._name_bars()
        self._mark()

    def _draw_bars(self, item: Any, chart: LatencyChart) -> None:
        """An item for each colour: pyqtgraph draws bars of one colour at once, and others one by one."""
        shift, width = (-HALF / 2, HALF) if chart.compared else (0.0, WIDTH)
        for color in dict.fromkeys(bar.color for bar in chart.bars):
            alike = [(place, bar) for place, bar in enumerate(chart.bars) if bar.color == color]
            brush = QBrush(mixed(self._theme, color, STRONG))
            if color == "edge":
                brush.setStyle(Qt.BrushStyle.BDiagPattern)
            _add_bars(item, [place + shift for place, _ in alike], [bar.median_ms for _, bar in alike], width, brush)
            others = [(place, bar.other_ms) for place, bar in alike if bar.other_ms is not None]
            pale = QBrush(mixed(self._theme, color, PALE))
            _add_bars(item, [place + HALF / 2 for place, _ in others], [time for _, time in others], HALF, pale)
        self._draw_quartiles(item, chart, shift)

    def _draw_quartiles(self, item: Any, chart: LatencyChart, shift: float) -> None:
        x: list[float] = []
        y: list[float] = []
        for place, bar in enumerate(chart.bars):
            if bar.time is not None:
                x += [place + shift, place + shift]
                y += bar.quartiles_ms
        pen = pyqtgraph.mkPen(self._theme.color("text"), width=1)
        self._whiskers = pyqtgraph.PlotDataItem(x, y, connect="pairs", pen=pen)
        item.addItem(self._whiskers)

    def _mark(self) -> None:
        """Outline what is chosen, over the bars, which stay as they are."""
        item, chart = self.plot.getPlotItem(), self._chart
        if self._marks is not None:
            item.removeItem(self._marks)
            self._marks = None
        chosen = [place for place, bar in enumerate(chart.bars) if marked(chart, bar, self._selected)]
        if chosen:
            pen = pyqtgraph.mkPen(self._theme.color("text"), width=2)
            heights = [max(chart.bars[place].median_ms, chart.bars[place].other_ms or 0.0) for place in chosen]
            brush = QBrush(Qt.BrushStyle.NoBrush)
            self._marks = pyqtgraph.BarGraphItem(x=chosen, height=heights, width=MARK, brush=brush, pen=pen)
            item.addItem(self._marks)

    def _draw_sum(self, chart: LatencyChart) -> None:
        shown = self.cumulative.isChecked() and bool(chart.cumulative_ms)
        self.plot.getPlotItem().showAxis("right", shown)
        if shown:
            pen = pyqtgraph.mkPen(self._theme.color("skip"), width=2)
            line = pyqtgraph.PlotCurveItem(list(range(len(chart.cumulative_ms))), list(chart.cumulative_ms), pen=pen)
            self._sum_view.addItem(line)
            low, high = self._heights(chart)
            most = max(chart.cumulative_ms) * 1.08
            self._sum_view.setYRange(low / high * most, most, padding=0)  # both axes begin at the same line
            self.plot.getAxis("right").setLabel(tr("running sum, ms"))
            keep_units(self.plot.getAxis("right"))
        self._follow()

    def _set_range(self, chart: LatencyChart) -> None:
        ids = tuple(bar.id + bar.label for bar in chart.bars)
        box = self._box()
        if ids != self._ids and chart.bars:
            box.setLimits(xMin=-1.0, xMax=float(len(ids)), minXRange=3.0)
            box.setXRange(-0.7, len(ids) - 0.3, padding=0)
        self._ids = ids
        box.setYRange(*self._heights(chart), padding=0)

    @staticmethod
    def _heights(chart: LatencyChart) -> tuple[float, float]:
        """From the lowest bar, but not deeper than half the height of the rest, to the highest."""
        lowest = max(min((bar.median_ms for bar in chart.bars), default=0.0), -chart.top_ms / 2)
        return min(0.0, lowest * 1.1), chart.top_ms * 1.06

    def _name_bars(self) -> None:
        """Names below the bars where there is room for them, else below the middle of each stage; none overlap."""
        left, right = self._box().viewRange()[0]
        pixels = max(1.0, self._box().width()) / max(1e-9, right - left)
        bars, metrics = self._chart.bars, QFontMetricsF(small(self.plot.font()))
        seen = [place for place in range(len(bars)) if left <= place <= right]
        names: list[tuple[float, str]] = [(place, bars[place].label) for place in seen if pixels >= NARROWEST]
        widest = max(
            (metrics.horizontalAdvance(name) for _, name in names if name not in ("", UNACCOUNTED)), default=0.0
        )
        if not names or widest + GAP > pixels:
            names = [(place, name) for place, name in self._chart.sections if left <= place <= right]
            names += [(place, bars[place].label) for place in seen if bars[place].time is None]
        kept: list[tuple[float, str]] = []
        end = float("-inf")
        for place, name in names:
            half = metrics.horizontalAdvance(name) / 2
            if place * pixels - half >= end + GAP:
                kept.append((place, name))
                end = place * pixels + half
        self.plot.getAxis("bottom").setTicks([kept])
        if self._whiskers is not None:
            self._whiskers.setVisible(pixels >= THIN)

    def _box(self) -> Any:
        return self.plot.getPlotItem().getViewBox()

    def _point_at(self, place: QPointF) -> None:
        bar = self.bar_at(place) if self._box().sceneBoundingRect().contains(place) else None
        tip = bar_tip(self._run, bar) if bar is not None and self._run is not None else ""
        tell(self.plot, tip, self.plot.mapFromScene(place))

    def _choose(self, event: Any) -> None:
        bar = self.bar_at(event.scenePos()) if event.button() == Qt.MouseButton.LeftButton else None
        if bar is not None and bar.id != UNACCOUNTED:
            self.node_chosen.emit(bar.id)

    def _ask_picture(self) -> None:
        ask_and_save(self, "latency.png", "*.png;;*.svg", self.save_picture, self.failed.emit)

    def _ask_csv(self) -> None:
        ask_and_save(self, "latency.csv", "*.csv", self.save_csv, self.failed.emit)


def _add_bars(item: Any, x: list[float], heights: list[float], width: float, brush: QBrush) -> None:
    if x:
        pen = pyqtgraph.mkPen(None)
        item.addItem(pyqtgraph.BarGraphItem(x=x, height=heights, width=width, brush=brush, pen=pen))


def _levels() -> Sequence[tuple[str, str]]:
    return (("layer", tr("layers")), ("block", tr("blocks")), ("stage", tr("stages")))


def _sortings() -> Sequence[tuple[str, str]]:
    return (("order", tr("in order")), ("slowest", tr("slowest first")))
