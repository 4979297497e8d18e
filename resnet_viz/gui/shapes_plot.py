"""The way of a network's shapes: feature-map size against channels, from block to block."""

from collections.abc import Sequence
from math import hypot, log2
from pathlib import Path
from typing import Any

import pyqtgraph
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from resnet_viz.gui.plotting import keep_units, make_plot, mixed, paint_axes, save_picture, tell
from resnet_viz.gui.theme import Theme, load_theme
from resnet_viz.texts import tr
from resnet_viz.viewmodels.charts import ShapePoint

DOT, CHOSEN, REACH = 9, 14, 10.0
NEAREST = 0.2  # of two marks on an axis, in powers of two


class ShapesPlot(QWidget):
    """Draws the path on two axes of powers of two; hover for shapes, click to choose."""

    node_chosen = Signal(str)

    def __init__(self, theme: Theme | None = None) -> None:
        super().__init__()
        self._theme = theme or load_theme("light")
        self._points: tuple[ShapePoint, ...] = ()
        self._title, self._selected = "", ""
        self.plot = make_plot()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.plot)
        self.plot.scene().sigMouseMoved.connect(self._point_at)
        self.plot.scene().sigMouseClicked.connect(self._choose)

    def show_path(self, points: Sequence[ShapePoint], title: str) -> None:
        """Draw the path through these shapes."""
        self._points, self._title = tuple(points), title
        self._draw()
        if points:
            self.plot.getPlotItem().getViewBox().autoRange(padding=0.08)

    def select(self, node_id: str | None) -> None:
        """Ring a block's dot, or those of a stage; no signal."""
        self._selected = node_id or ""
        self._draw()

    def set_theme(self, theme: Theme) -> None:
        """Draw in this theme's colours."""
        self._theme = theme
        self._draw()

    def save_picture(self, path: Path) -> None:
        """Write the plot as .png or .svg; raises UserError."""
        save_picture(self.plot, self._title, path)

    def point_at(self, place: QPointF) -> ShapePoint | None:
        """The nearest dot within reach of a point, given in pixels of the plot."""
        box = self.plot.getPlotItem().getViewBox()
        at, (across, up) = box.mapSceneToView(place), box.viewPixelSize()

        def apart(point: ShapePoint) -> float:
            return hypot((log2(point.channels) - at.x()) / across, (log2(point.side) - at.y()) / up)

        nearest = min(self._points, key=apart, default=None)
        return nearest if nearest is not None and apart(nearest) <= REACH else None

    def _draw(self) -> None:
        item = self.plot.getPlotItem()
        item.clear()
        paint_axes(self.plot, self._theme, "left", "bottom")
        for name, text in (("bottom", tr("channels")), ("left", tr("pixels of the longer side"))):
            axis = self.plot.getAxis(name)
            axis.setLabel(text)
            keep_units(axis)
        x, y = [log2(point.channels) for point in self._points], [log2(point.side) for point in self._points]
        self.plot.getAxis("bottom").setTicks([_ticks(x)])
        self.plot.getAxis("left").setTicks([_ticks(y)])
        item.addItem(pyqtgraph.PlotCurveItem(x, y, pen=pyqtgraph.mkPen(self._theme.color("edge"), width=1.5)))
        for color in dict.fromkeys(point.color for point in self._points):
            brush = pyqtgraph.mkBrush(mixed(self._theme, color, 0.75))
            item.addItem(self._scatter([point for point in self._points if point.color == color], DOT, brush, None))
        chosen = [point for point in self._points if self._is_chosen(point)]
        if chosen:
            item.addItem(self._scatter(chosen, CHOSEN, pyqtgraph.mkBrush(None), self._theme.color("text")))

    def _is_chosen(self, point: ShapePoint) -> bool:
        name = self._selected
        return bool(name) and (name == point.id or point.id.startswith(f"{name}.") or name.startswith(f"{point.id}."))

    def _scatter(self, points: Sequence[ShapePoint], size: int, brush: Any, pen: Any) -> Any:
        return pyqtgraph.ScatterPlotItem(
            x=[log2(point.channels) for point in points], y=[log2(point.side) for point in points], size=size,
            brush=brush, pen=pyqtgraph.mkPen(pen, width=2) if pen is not None else pyqtgraph.mkPen(None), pxMode=True,
        )  # fmt: skip

    def _point_at(self, place: QPointF) -> None:
        point = self.point_at(place)
        tell(self.plot, "" if point is None else point.tip, self.plot.mapFromScene(place))

    def _choose(self, event: Any) -> None:
        point = self.point_at(event.scenePos()) if event.button() == Qt.MouseButton.LeftButton else None
        if point is not None:
            self.node_chosen.emit(point.id)


def _ticks(values: Sequence[float]) -> list[tuple[float, str]]:
    """The sizes themselves, few and seldom powers of ten; none so near the last that the two would touch."""
    kept: list[float] = []
    for value in sorted(set(values)):
        if not kept or value - kept[-1] >= NEAREST:
            kept.append(value)
    return [(value, f"{round(2**value):,}") for value in kept]
