"""The way of a network's shapes: feature-map size against channels, from block to block."""

from collections.abc import Sequence
from math import log2
from typing import Any

import pyqtgraph
from PySide6.QtCore import QPointF

from resnet_viz.gui.plots.node_plot import Found, NodePlot
from resnet_viz.texts import tr
from resnet_viz.viewmodels.charts.bars import related
from resnet_viz.viewmodels.charts.quantities import ShapePoint

DOT, CHOSEN = 9, 14
NEAREST = 0.2  # of two marks on an axis, in powers of two


class ShapesPlot(NodePlot):
    """Draws the path on two axes of powers of two; hover for shapes, click to choose."""

    _points: tuple[ShapePoint, ...] = ()

    def show_path(self, points: Sequence[ShapePoint], title: str) -> None:
        """Draw the path through these shapes."""
        self._points, self.title = tuple(points), title
        self._draw()
        if points:
            self._box().autoRange(padding=0.08)

    def point_at(self, place: QPointF) -> ShapePoint | None:
        """The nearest dot within reach of a point, given in pixels of the plot."""
        return self._nearest(self._points, _place, place)

    def _draw(self) -> None:
        item = self._begin(("left", "bottom"))
        self._name_axis("bottom", tr("channels"))
        self._name_axis("left", tr("pixels of the longer side"), tr("longer side, px"), tr("px"))
        x, y = [_place(point)[0] for point in self._points], [_place(point)[1] for point in self._points]
        self.plot.getAxis("bottom").setTicks([_ticks(x)])
        self.plot.getAxis("left").setTicks([_ticks(y)])
        item.addItem(pyqtgraph.PlotCurveItem(x, y, pen=pyqtgraph.mkPen(self._theme.color("edge"), width=1.5)))
        for color in dict.fromkeys(point.color for point in self._points):
            brush = pyqtgraph.mkBrush(self._theme.mixed(color, "canvas", 0.75))
            item.addItem(self._scatter([point for point in self._points if point.color == color], DOT, brush, None))
        self._mark()

    def _outline(self, node_id: str) -> Any:
        chosen = [point for point in self._points if related(point.id, point.color, node_id)]
        color = self._theme.color("text")
        return self._scatter(chosen, CHOSEN, pyqtgraph.mkBrush(None), color) if chosen else None

    def _scatter(self, points: Sequence[ShapePoint], size: int, brush: Any, pen: Any) -> Any:
        return pyqtgraph.ScatterPlotItem(
            pos=[_place(point) for point in points], size=size,
            brush=brush, pen=pyqtgraph.mkPen(pen, width=2) if pen is not None else pyqtgraph.mkPen(None), pxMode=True,
        )  # fmt: skip

    def _found_at(self, place: QPointF) -> Found | None:
        point = self.point_at(place)
        return None if point is None else (point.id, point.tip)


def _place(point: ShapePoint) -> tuple[float, float]:
    """Where a shape is on the axes of powers of two."""
    return log2(point.channels), log2(point.side)


def _ticks(values: Sequence[float]) -> list[tuple[float, str]]:
    """The sizes themselves, few and seldom powers of ten; none so near the last that the two would touch."""
    kept: list[float] = []
    for value in sorted(set(values)):
        if not kept or value - kept[-1] >= NEAREST:
            kept.append(value)
    return [(value, f"{round(2**value):,}") for value in kept]
