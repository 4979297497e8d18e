"""A plot as a picture with its title."""

from pathlib import Path
from typing import Any

import pyqtgraph
from PySide6.QtCore import QPoint, QRectF, QSizeF
from PySide6.QtGui import QPainter, QRegion
from PySide6.QtWidgets import QWidget

from resnet_viz.gui.plots.plot import TITLE_ALIGNMENT, ColorKey, small_font
from resnet_viz.gui.widgets.pictures import Picture, save_picture

HEADING_PX = 26  # pixels above the plot, for its title


def save_plot(plot: Any, title: str, path: Path) -> None:
    """Write the plot with its title as .svg or .png, whole or not at all; raises UserError.

    pyqtgraph's own exporter stumbles over the paths of newer Qt.
    """
    dpi = plot.logicalDpiX()  # the screen's, which pyqtgraph's recorded pictures were made for
    size = QSizeF(plot.width(), plot.height() + HEADING_PX)
    save_picture(Picture(size=size, paint=lambda painter: _render(painter, plot, title), title=title, dpi=dpi), path)


def _render(painter: QPainter, plot: Any, title: str) -> None:
    """The title above, the plot below."""
    painter.fillRect(QRectF(0, 0, plot.width(), plot.height() + HEADING_PX), plot.backgroundBrush())
    painter.setFont(small_font(plot.font()))
    painter.setPen(plot.getPlotItem().getAxis("left").textPen())
    painter.drawText(QRectF(10, 0, plot.width() - 20, HEADING_PX), TITLE_ALIGNMENT, title)
    scatters = [item for item in plot.getPlotItem().items if isinstance(item, pyqtgraph.ScatterPlotItem)]
    for scatter in scatters:
        scatter.setExportMode(True)  # symbols as paths in place of stored pixels
    plot.render(painter, QRectF(0, HEADING_PX, plot.width(), plot.height()), plot.rect())
    for scatter in scatters:
        scatter.setExportMode(False)
    for key in plot.findChildren(ColorKey):
        if not key.isHidden():
            place = key.pos() + QPoint(0, HEADING_PX)
            key.render(painter, place, QRegion(), QWidget.RenderFlag.DrawChildren)
