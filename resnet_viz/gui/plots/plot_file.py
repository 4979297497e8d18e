"""Writes a plot with its title as a picture."""

from pathlib import Path
from typing import Any

import pyqtgraph
from PySide6.QtCore import QPoint, QRectF, QSizeF
from PySide6.QtGui import QPainter, QRegion
from PySide6.QtWidgets import QWidget

from resnet_viz.gui.plots.plot import TITLE_ALIGNMENT, ColorKey, small_font
from resnet_viz.gui.widgets.pictures import Picture, save_picture

HEADING_PX = 26  # above the plot, for its title


def save_plot(plot: Any, title: str, path: Path) -> None:
    """Write the plot with its title as a complete .svg or .png file; raises UserError.

    pyqtgraph's own exporter fails on the paths of newer Qt versions.
    """
    dpi = plot.logicalDpiX()  # the screen's, at which pyqtgraph recorded its pictures
    size = QSizeF(plot.width(), plot.height() + HEADING_PX)
    save_picture(Picture(size=size, paint=lambda painter: _render(painter, plot, title), title=title, dpi=dpi), path)


def _render(painter: QPainter, plot: Any, title: str) -> None:
    """Paint the title above and the plot below."""
    painter.fillRect(QRectF(0, 0, plot.width(), plot.height() + HEADING_PX), plot.backgroundBrush())
    painter.setFont(small_font(plot.font()))
    painter.setPen(plot.getPlotItem().getAxis("left").textPen())
    painter.drawText(QRectF(10, 0, plot.width() - 20, HEADING_PX), TITLE_ALIGNMENT, title)
    scatters = [item for item in plot.getPlotItem().items if isinstance(item, pyqtgraph.ScatterPlotItem)]
    for scatter in scatters:
        scatter.setExportMode(True)  # draws symbols as paths instead of cached pixels
    plot.render(painter, QRectF(0, HEADING_PX, plot.width(), plot.height()), plot.rect())
    for scatter in scatters:
        scatter.setExportMode(False)
    for key in plot.findChildren(ColorKey):
        if not key.isHidden():
            position = key.pos() + QPoint(0, HEADING_PX)
            key.render(painter, position, QRegion(), QWidget.RenderFlag.DrawChildren)
