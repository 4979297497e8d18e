"""The Roofline view: each layer a dot below the ceilings that were measured on the same device."""

from collections.abc import Sequence
from math import hypot, log10
from pathlib import Path
from typing import Any

import pyqtgraph
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from resnet_viz.export.writing import write_whole
from resnet_viz.gui.plotting import (
    Key,
    Title,
    ask_and_save,
    controls,
    empty_label,
    make_plot,
    mixed,
    paint_axes,
    save_picture,
    small,
    small_button,
    tell,
)
from resnet_viz.gui.theme import Theme, load_theme
from resnet_viz.runs import ProfileRun
from resnet_viz.texts import tr
from resnet_viz.viewmodels.roofline import Dot, Roof, RooflineChart, decades, dot_tip, roofline_chart, roofline_csv

DOT, CHOSEN = 8, 13
GIGA = 1e9
REACH = 9  # pixels around a dot that are the dot's


class RooflineView(QWidget):
    """Draws a run's layers by intensity and speed, both on logarithmic axes; hover for figures, click to choose."""

    node_chosen = Signal(str)
    failed = Signal(str)

    def __init__(self, theme: Theme | None = None) -> None:
        super().__init__()
        self._theme = theme or load_theme("light")
        self._run: ProfileRun | None = None
        self._selected: str | None = None
        self._chart = RooflineChart((), None, "")
        self._ids: tuple[str, ...] = ()
        self.title = Title()
        self.plot = make_plot()
        self.empty, self.key = empty_label(self.plot), Key(self.plot, 0.66)
        self._marks: Any = None
        self._lay_out()
        self.plot.scene().sigMouseMoved.connect(self._point_at)
        self.plot.scene().sigMouseClicked.connect(self._choose)
        self.show_run(None)

    def show_run(self, run: ProfileRun | None, other: ProfileRun | None = None) -> None:
        """Draw a run; the view stays where it is as long as the dots are those of the same layers."""
        self._run = run
        self._chart = roofline_chart(run)
        self._draw()

    def select(self, node_id: str | None) -> None:
        """Ring a layer's dot, or those of a block or stage; no signal."""
        self._selected = node_id
        self._mark()

    def set_theme(self, theme: Theme) -> None:
        """Draw in this theme's colours."""
        self._theme = theme
        self._draw()

    def save_picture(self, path: Path) -> None:
        """Write the chart as .png or .svg; raises UserError."""
        save_picture(self.plot, self.title.text(), path)

    def save_csv(self, path: Path) -> None:
        """Write the figures; raises UserError."""
        if self._run is not None:
            write_whole(path, roofline_csv(self._run))

    def dot_at(self, place: QPointF) -> Dot | None:
        """The nearest dot within reach of a point, given in pixels of the plot."""
        box = self.plot.getPlotItem().getViewBox()
        at, (across, up) = box.mapSceneToView(place), box.viewPixelSize()
        nearest = min(self._chart.dots, key=lambda dot: _apart(dot, at, (across, up)), default=None)
        return nearest if nearest is not None and _apart(nearest, at, (across, up)) <= REACH else None

    def resizeEvent(self, event: QResizeEvent) -> None:  # Qt override
        """Keep the empty sentence in the middle."""
        super().resizeEvent(event)
        self.empty.setGeometry(self.plot.rect())
        self.key.place()

    def _lay_out(self) -> None:
        buttons = (
            small_button(tr("Picture…"), tr("Save the chart as a picture"), self._ask_picture),
            small_button("CSV…", tr("Save the figures as a table"), self._ask_csv),
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(controls(self.title, *buttons))
        column.addWidget(self.plot, 1)
        self.plot.setAccessibleName(tr("Roofline"))
        self.plot.getPlotItem().setLogMode(x=True, y=True)
        self.plot.getAxis("bottom").setLabel(tr("FLOP a byte"))
        self.plot.getAxis("left").setLabel(tr("GFLOP/s"))
        self.plot.getPlotItem().getViewBox().sigRangeChanged.connect(lambda *_: self._name_decades())

    def _draw(self) -> None:
        chart, item = self._chart, self.plot.getPlotItem()
        item.clear()
        self._marks = None
        paint_axes(self.plot, self._theme, "left", "bottom")
        self.title.show_title(" · ".join(part for part in (chart.title, chart.note) if part))
        self.key.show_key(chart.key, self._theme)
        self.empty.setText(chart.empty)
        self.empty.setVisible(bool(chart.empty))
        for name in ("left", "bottom"):
            self.plot.getAxis(name).setVisible(not chart.empty)
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
        places = ((roof.ridge / 1.6, flat, roof.memory_caption, (1.0, 1.0)),
                  (ranges[1], flat, roof.compute_caption, (1.0, 1.0)))  # fmt: skip
        for across, up, words, anchor in places:
            caption = pyqtgraph.TextItem(words, color=self._theme.color("text_muted"), anchor=anchor)
            caption.setFont(small(self.font()))
            caption.setPos(log10(across), log10(up))
            item.addItem(caption, ignoreBounds=True)

    def _draw_dots(self, item: Any, chart: RooflineChart) -> None:
        """An item for each colour and kind of dot: pyqtgraph draws dots of one look at once."""
        for color, doubted in dict.fromkeys((dot.color, dot.doubted) for dot in chart.dots):
            alike = [dot for dot in chart.dots if (dot.color, dot.doubted) == (color, doubted)]
            item.addItem(self._scatter(alike, "x" if doubted else "o", DOT, pyqtgraph.mkPen(self._theme.color(color)),
                                       pyqtgraph.mkBrush(mixed(self._theme, color, 0.65))))  # fmt: skip

    def _mark(self) -> None:
        """Ring what is chosen, over the dots, which stay as they are."""
        item, name = self.plot.getPlotItem(), self._selected
        if self._marks is not None:
            item.removeItem(self._marks)
            self._marks = None
        chosen = [
            dot for dot in self._chart.dots if name and (name in (dot.id, dot.color) or dot.id.startswith(f"{name}."))
        ]
        if chosen:
            pen = pyqtgraph.mkPen(self._theme.color("text"), width=2)
            self._marks = self._scatter(chosen, "o", CHOSEN, pen, pyqtgraph.mkBrush(None))
            item.addItem(self._marks)

    def _scatter(self, dots: Sequence[Dot], symbol: str, size: int, pen: Any, brush: Any) -> Any:
        return pyqtgraph.ScatterPlotItem(
            x=[log10(dot.intensity) for dot in dots], y=[log10(dot.flops_per_second / GIGA) for dot in dots],
            symbol=symbol, size=size, pen=pen, brush=brush, pxMode=True)  # fmt: skip

    def _set_range(self, chart: RooflineChart) -> None:
        ids = tuple(dot.id for dot in chart.dots)
        if ids and ids != self._ids:
            left, right, low, high = (log10(value) for value in chart.ranges)
            up = (low - log10(GIGA), high - log10(GIGA))
            self.plot.getPlotItem().getViewBox().setRange(xRange=(left, right), yRange=up, padding=0.02)
        self._ids = ids

    def _name_decades(self) -> None:
        """Powers of ten alone: pyqtgraph would write what lies between them over one another."""
        across, up = self.plot.getPlotItem().getViewBox().viewRange()
        self.plot.getAxis("bottom").setTicks([decades(*across)])
        self.plot.getAxis("left").setTicks([decades(*up)])

    def _point_at(self, place: QPointF) -> None:
        dot = self.dot_at(place)
        tip = dot_tip(self._run, dot) if dot is not None and self._run is not None else ""
        tell(self.plot, tip, self.plot.mapFromScene(place))

    def _choose(self, event: Any) -> None:
        dot = self.dot_at(event.scenePos()) if event.button() == Qt.MouseButton.LeftButton else None
        if dot is not None:
            self.node_chosen.emit(dot.id)

    def _ask_picture(self) -> None:
        ask_and_save(self, "roofline.png", "*.png;;*.svg", self.save_picture, self.failed.emit)

    def _ask_csv(self) -> None:
        ask_and_save(self, "roofline.csv", "*.csv", self.save_csv, self.failed.emit)


def _apart(dot: Dot, at: QPointF, pixel: tuple[float, float]) -> float:
    """The pixels between a dot and a point of the axes."""
    return hypot((log10(dot.intensity) - at.x()) / pixel[0], (log10(dot.flops_per_second / GIGA) - at.y()) / pixel[1])
