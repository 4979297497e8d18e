"""A click as pyqtgraph tells it, for tests."""

from PySide6.QtCore import QPointF, Qt

from resnet_viz.gui.plots.node_plot import NodePlot


class Click:
    """A click at a point of the plot, as pyqtgraph tells it."""

    def __init__(self, place: QPointF) -> None:
        self._place = place

    def button(self) -> Qt.MouseButton:
        """The left one."""
        return Qt.MouseButton.LeftButton

    def scenePos(self) -> QPointF:
        """Where."""
        return self._place


def place_of(plot: NodePlot, x: float, y: float) -> QPointF:
    """A point of a plot's axes in pixels of the plot."""
    box = plot.plot.getPlotItem().getViewBox()
    point: QPointF = box.mapViewToScene(QPointF(x, y))
    return point
