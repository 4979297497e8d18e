"""Clicks on plots, and the tooltips that plots show under the pointer."""

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolTip

from resnet_viz.gui.plots.node_plot import NodePlot

FASTEST_MOVES_MS = 15  # pyqtgraph ignores moves that follow each other faster


def click(plot: NodePlot, point: QPointF, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
    """Click at a point, given in pixels of the plot."""
    QTest.mouseClick(plot.plot.viewport(), button, pos=plot.plot.mapFromScene(point))


def tooltip_at(plot: NodePlot, point: QPointF) -> str:
    """The tooltip that appears when the pointer moves to a point, given in pixels of the plot."""
    position = plot.plot.mapFromScene(point)
    for way_point in (position + QPoint(0, 1), position):
        QTest.qWait(FASTEST_MOVES_MS)
        QTest.mouseMove(plot.plot.viewport(), way_point)
    return QToolTip.text()


def place_of(plot: NodePlot, x: float, y: float) -> QPointF:
    """A point of a plot's axes in pixels of the plot."""
    box = plot.plot.getPlotItem().getViewBox()
    point: QPointF = box.mapViewToScene(QPointF(x, y))
    return point
