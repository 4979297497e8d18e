"""The Latency view: a bar for each layer, block or stage with quartiles, the rest unaccounted, and the running sum."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyqtgraph
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QBrush, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QVBoxLayout, QWidget

from resnet_viz.export.writing import write_whole
from resnet_viz.gui.plotting import (
    ask_and_save,
    controls,
    empty_label,
    make_plot,
    mixed,
    paint_axes,
    save_picture,
    small_button,
    tell,
    title_label,
)
from resnet_viz.gui.theme import Theme, load_theme
from resnet_viz.runs import ProfileRun
from resnet_viz.texts import tr
from resnet_viz.viewmodels.latency import UNACCOUNTED, Bar, LatencyChart, Level, Sorting, latency_chart, latency_csv

WIDTH, HALF = 0.82, 0.41
LABEL_PIXELS = 8  # the width of a letter, about
STRONG, PALE = 0.85, 0.42


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
        self.level, self.sorting = _combo(_levels(), tr("A bar for each")), _combo(_sortings(), tr("Order of the bars"))
        self.cumulative = QCheckBox(tr("running sum"))
        self.title = title_label()
        self.plot = make_plot()
        self.empty = empty_label(self.plot)
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
        """Mark a node's bar; no signal."""
        if node_id != self._selected:
            self._selected = node_id
            self._draw()

    def set_theme(self, theme: Theme) -> None:
        """Draw in this theme's colours."""
        self._theme = theme
        self._draw()

    def save_picture(self, path: Path) -> None:
        """Write the chart as .png or .svg; raises UserError."""
        save_picture(self.plot, path)

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

    def _connect(self) -> None:
        for combo in (self.level, self.sorting):
            combo.activated.connect(lambda _: self.show_run(self._run, self._other))
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
        return view

    def _follow(self) -> None:
        self._sum_view.setGeometry(self._box().sceneBoundingRect())

    def _draw(self) -> None:
        chart, item = self._chart, self.plot.getPlotItem()
        item.clear()
        self._sum_view.clear()
        paint_axes(self.plot, self._theme, "left", "bottom", "right")
        self.title.setText(chart.title)
        self.title.setToolTip(chart.title)
        self.empty.setText(chart.empty)
        self.empty.setVisible(bool(chart.empty))
        self.plot.getAxis("left").setVisible(not chart.empty)
        self.plot.getAxis("bottom").setVisible(not chart.empty)
        if chart.bars:
            self._draw_bars(item, chart)
        self._draw_sum(chart)
        self._set_range(chart)
        self._name_bars()

    def _draw_bars(self, item: Any, chart: LatencyChart) -> None:
        places = range(len(chart.bars))
        brushes = [self._brush(bar) for bar in chart.bars]
        pens = [self._pen(bar) for bar in chart.bars]
        shift, width = (-HALF / 2, HALF) if chart.compared else (0.0, WIDTH)
        heights = [bar.median_ms for bar in chart.bars]
        x = [place + shift for place in places]
        item.addItem(pyqtgraph.BarGraphItem(x=x, height=heights, width=width, brushes=brushes, pens=pens))
        if chart.compared:
            self._draw_others(item, chart)
        self._draw_quartiles(item, chart, shift)

    def _draw_others(self, item: Any, chart: LatencyChart) -> None:
        """The other run's bars beside, outlined in the same colours."""
        pairs = [(place, bar) for place, bar in enumerate(chart.bars) if bar.other_ms is not None]
        item.addItem(pyqtgraph.BarGraphItem(
            x=[place + HALF / 2 for place, _ in pairs], height=[bar.other_ms for _, bar in pairs], width=HALF,
            brushes=[mixed(self._theme, bar.color, 0.2) for _, bar in pairs],
            pens=[pyqtgraph.mkPen(self._theme.color(bar.color)) for _, bar in pairs]))  # fmt: skip

    def _draw_quartiles(self, item: Any, chart: LatencyChart, shift: float) -> None:
        bars = [(place, bar) for place, bar in enumerate(chart.bars) if bar.id != UNACCOUNTED]
        x: list[float] = []
        y: list[float] = []
        for place, bar in bars:
            x += [place + shift, place + shift]
            y += [bar.q1_ms, bar.q3_ms]
        pen = pyqtgraph.mkPen(self._theme.color("text"), width=1)
        item.addItem(pyqtgraph.PlotDataItem(x, y, connect="pairs", pen=pen))

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
        """Names below the bars where there is room for them, else where each stage begins."""
        left, right = self._box().viewRange()[0]
        pixels = self.plot.width() / max(1e-9, right - left)
        bars = self._chart.bars
        seen = [place for place in range(len(bars)) if left - 1 <= place <= right + 1]
        longest = max((len(bars[place].label) for place in seen if bars[place].id != UNACCOUNTED), default=0)
        ticks: list[tuple[float, str]] = [(place, bars[place].label) for place in seen]
        if longest * LABEL_PIXELS > pixels:
            ticks = [(place, name) for place, name in self._chart.sections if left - 1 <= place <= right]
            ticks += [(place, bars[place].label) for place in seen if bars[place].id == UNACCOUNTED]
        self.plot.getAxis("bottom").setTicks([ticks])

    def _brush(self, bar: Bar) -> QBrush:
        part = STRONG if bar.id == self._selected else PALE + 0.2
        brush = QBrush(mixed(self._theme, bar.color, part))
        if bar.id == UNACCOUNTED:
            brush.setStyle(Qt.BrushStyle.BDiagPattern)
        return brush

    def _pen(self, bar: Bar) -> Any:
        chosen = bar.id == self._selected
        return pyqtgraph.mkPen(self._theme.color("text" if chosen else bar.color), width=2 if chosen else 1)

    def _box(self) -> Any:
        return self.plot.getPlotItem().getViewBox()

    def _point_at(self, place: QPointF) -> None:
        bar = self.bar_at(place) if self._box().sceneBoundingRect().contains(place) else None
        tell(self.plot, bar.tip if bar else "", self.plot.mapFromScene(place))

    def _choose(self, event: Any) -> None:
        bar = self.bar_at(event.scenePos()) if event.button() == Qt.MouseButton.LeftButton else None
        if bar is not None and bar.id != UNACCOUNTED:
            self.node_chosen.emit(bar.id)

    def _ask_picture(self) -> None:
        ask_and_save(self, "latency.png", "*.png;;*.svg", self.save_picture, self.failed.emit)

    def _ask_csv(self) -> None:
        ask_and_save(self, "latency.csv", "*.csv", self.save_csv, self.failed.emit)


def _combo(entries: Sequence[tuple[str, str]], name: str) -> QComboBox:
    combo = QComboBox()
    combo.setAccessibleName(name)
    combo.setToolTip(name)
    for value, text in entries:
        combo.addItem(text, value)
    return combo


def _levels() -> Sequence[tuple[str, str]]:
    return (("layer", tr("layers")), ("block", tr("blocks")), ("stage", tr("stages")))


def _sortings() -> Sequence[tuple[str, str]]:
    return (("order", tr("in order")), ("slowest", tr("slowest first")))
