"""A plot as a file: .png or .svg, with its title, written whole or not at all."""

from pathlib import Path
from typing import Any

import pyqtgraph
from PySide6.QtCore import QBuffer, QPoint, QRectF, QSize
from PySide6.QtGui import QImage, QPainter, QRegion
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from resnet_viz.errors import UserError
from resnet_viz.gui.plots.plot import _HEAD, HEADING, SCALE, Key, small
from resnet_viz.storage.atomic import check_place, write_whole
from resnet_viz.texts import tr


def save_picture(plot: Any, title: str, path: Path) -> None:
    """Write the plot with its title as .svg or .png, whole or not at all; raises UserError."""
    check_place(path)
    suffix = path.suffix.lower()
    if suffix not in (".svg", ".png"):
        raise UserError(tr("{path}: the suffix '{suffix}' is not accepted; give .png or .svg.").format(
            path=path, suffix=path.suffix))  # fmt: skip
    if suffix == ".svg":
        write_whole(path, _as_svg(plot, title))
        return
    draft = path.with_name(f".{path.name}.part.png")
    try:
        if not _as_image(plot, title).save(str(draft)):
            raise UserError(tr("{path} cannot be written.").format(path=path))
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _as_image(plot: Any, title: str) -> QImage:
    """The plot at twice its size on the screen."""
    picture = QImage(_size(plot) * SCALE, QImage.Format.Format_ARGB32)
    picture.setDevicePixelRatio(SCALE)
    painter = QPainter(picture)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    _render(painter, plot, title)
    painter.end()
    return picture


def _as_svg(plot: Any, title: str) -> str:
    """The plot as vectors, its texts as texts; pyqtgraph's own exporter stumbles over the paths of newer Qt."""
    buffer = QBuffer()
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setResolution(plot.logicalDpiX())  # the screen's, which pyqtgraph's recorded pictures were made for
    generator.setSize(_size(plot))
    generator.setViewBox(QRectF(0, 0, _size(plot).width(), _size(plot).height()))
    scatters = [item for item in plot.getPlotItem().items if isinstance(item, pyqtgraph.ScatterPlotItem)]
    for scatter in scatters:
        scatter.setExportMode(True)  # symbols as paths in place of stored pixels
    painter = QPainter(generator)
    _render(painter, plot, title)
    painter.end()
    for scatter in scatters:
        scatter.setExportMode(False)
    return bytes(buffer.data().data()).decode()


def _size(plot: Any) -> QSize:
    return QSize(plot.width(), plot.height() + HEADING)


def _render(painter: QPainter, plot: Any, title: str) -> None:
    """The title above, the plot below."""
    size = _size(plot)
    painter.fillRect(QRectF(0, 0, size.width(), size.height()), plot.backgroundBrush())
    painter.setFont(small(plot.font()))
    painter.setPen(plot.getPlotItem().getAxis("left").textPen())
    painter.drawText(QRectF(10, 0, size.width() - 20, HEADING), _HEAD, title)
    plot.render(painter, QRectF(0, HEADING, plot.width(), plot.height()), plot.rect())
    for key in plot.findChildren(Key):
        if not key.isHidden():
            place = key.pos() + QPoint(0, HEADING)
            key.render(painter, place, QRegion(), QWidget.RenderFlag.DrawChildren)
