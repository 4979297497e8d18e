"""The path of a network's shapes: feature-map size against channels, from block to block."""

from collections.abc import Sequence
from math import log2
from typing import Any

import pyqtgraph
from PySide6.QtCore import QPointF

from resnet_viz.gui.plots.node_plot import NodePlot, NodeTooltip
from resnet_viz.texts import tr
from resnet_viz.viewmodels.charts.bars import overlaps
from resnet_viz.viewmodels.charts.quantities import ShapePoint

DOT_PX, CHOSEN_DOT_PX = 9, 14
MIN_TICK_DISTANCE = 0.2  # in powers of two


class ShapePathPlot(NodePlot):
    """Draws the path on two axes in powers of two; hover for shapes, click to choose."""

    _points: tuple[ShapePoint, ...] = ()

    def show_path(self, points: Sequence[ShapePoint], title: str) -> None:
        """Draw the path through these shapes."""
        self._points, self.title = tuple(points), title
        self._draw()
        if points:
            self._box().autoRange(padding=0.08)

    def shape_at(self, point: QPointF) -> ShapePoint | None:
        """Return the nearest shape within reach of a point, given in pixels of the plot."""
        return self._nearest(self._points, _position, point)

    def _draw(self) -> None:
        item = self._begin(("left", "bottom"))
        self._name_axis("bottom", tr("channels"))
        self._name_axis("left", tr("pixels of the longer side"), tr("longer side, px"), tr("px"))
        x, y = [_position(point)[0] for point in self._points], [_position(point)[1] for point in self._points]
        self.plot.getAxis("bottom").setTicks([_ticks(x)])
        self.plot.getAxis("left").setTicks([_ticks(y)])
        item.addItem(pyqtgraph.PlotCurveItem(x, y, pen=pyqtgraph.mkPen(self._theme.color("edge"), width=1.5)))
        for color in dict.fromkeys(point.color for point in self._points):
            brush = pyqtgraph.mkBrush(self._theme.blend(color, "canvas", 0.75))
            item.addItem(self._scatter([point for point in self._points if point.color == color], DOT_PX, brush, None))
        self._mark()

    def _outline(self, node_id: str) -> Any:
        chosen = [point for point in self._points if overlaps(point.id, point.color, node_id)]
        color = self._theme.color("text")
        return self._scatter(chosen, CHOSEN_DOT_PX, pyqtgraph.mkBrush(None), color) if chosen else None

    def _scatter(self, points: Sequence[ShapePoint], size: int, brush: Any, pen: Any) -> Any:
        return pyqtgraph.ScatterPlotItem(
            pos=[_position(point) for point in points], size=size,
            brush=brush, pen=pyqtgraph.mkPen(pen, width=2) if pen is not None else pyqtgraph.mkPen(None), pxMode=True,
        )  # fmt: skip

    def _node_at(self, point: QPointF) -> NodeTooltip | None:
        shape = self.shape_at(point)
        return None if shape is None else (shape.id, shape.tooltip)


def _position(point: ShapePoint) -> tuple[float, float]:
    """Return the position of a shape on the axes in powers of two."""
    return log2(point.channels), log2(point.side)


def _ticks(values: Sequence[float]) -> list[tuple[float, str]]:
    """Return a tick at each size, leaving out those whose numbers would touch the one before."""
    ticks: list[float] = []
    for value in sorted(set(values)):
        if not ticks or value - ticks[-1] >= MIN_TICK_DISTANCE:
            ticks.append(value)
    return [(value, f"{round(2**value):,}") for value in ticks]
