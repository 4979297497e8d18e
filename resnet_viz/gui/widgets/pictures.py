"""Writes pictures as .svg, .pdf or .png files, completely or not at all."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QPoint, QPointF, QRectF, QSizeF
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from resnet_viz.export.figure_request import check_figure
from resnet_viz.storage.atomic import write_bytes_atomic

INCH_MM, SCREEN_DPI, PAPER_DPI = 25.4, 96, 1_200


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture to write: its size in units, the function that paints it, and its size on paper.

    `dpi` is how many units an inch on paper has; `scale` how many pixels of a .png a unit has.
    """

    size: QSizeF
    paint: Callable[[QPainter], object]
    title: str = ""
    dpi: float = SCREEN_DPI
    scale: float = 2.0

    def painted(self, device: QSvgGenerator | QPdfWriter | QImage, scale: float = 1.0) -> None:
        """Paint on a device with `scale` dots per unit."""
        painter = QPainter(device)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        painter.scale(scale, scale)
        self.paint(painter)
        painter.end()


def save_picture(picture: Picture, path: Path, suffixes: Sequence[str] = (".png", ".svg")) -> None:
    """Write the picture in the format of the suffix; raise UserError unless it is one of `suffixes`."""
    check_figure(path, suffixes)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    {".svg": _write_svg, ".pdf": _write_pdf, ".png": _write_png}[path.suffix.lower()](picture, buffer)
    content = bytes(buffer.data().data())
    if path.suffix.lower() == ".svg":
        content = re.sub(rb'font-family="([^",]+)"', rb'font-family="\1, sans-serif"', content)
    write_bytes_atomic(path, content)


def save_view(view: QWidget, path: Path) -> None:
    """Write the appearance of a widget as .png; raise UserError if the file cannot be written."""
    picture = Picture(
        size=QSizeF(view.size()), paint=lambda painter: view.render(painter, QPoint()), scale=view.devicePixelRatioF()
    )
    save_picture(picture, path, (".png",))


def _write_svg(picture: Picture, buffer: QBuffer) -> None:
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setTitle(picture.title)
    generator.setResolution(max(1, round(picture.dpi)))
    generator.setSize(picture.size.toSize())
    generator.setViewBox(QRectF(QPointF(0, 0), picture.size))
    picture.painted(generator)


def _write_pdf(picture: Picture, buffer: QBuffer) -> None:
    writer = QPdfWriter(buffer)
    writer.setTitle(picture.title)
    writer.setCreator("resnet_viz")
    writer.setResolution(PAPER_DPI)
    page = picture.size * (INCH_MM / picture.dpi)
    size = QPageSize(page, QPageSize.Unit.Millimeter, "", QPageSize.SizeMatchPolicy.ExactMatch)
    writer.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF()))
    picture.painted(writer, PAPER_DPI / picture.dpi)


def _write_png(picture: Picture, buffer: QBuffer) -> None:
    image = QImage((picture.size * picture.scale).toSize(), QImage.Format.Format_ARGB32)
    image.fill(0)  # transparent
    image.setDevicePixelRatio(picture.scale)  # not by scaling the painter: the dots of pyqtgraph would not follow
    picture.painted(image)
    width_mm = picture.size.width() / picture.dpi * INCH_MM
    dots_per_meter = round(image.width() / width_mm * 1000)  # set last: it would enlarge the texts
    image.setDotsPerMeterX(dots_per_meter)
    image.setDotsPerMeterY(dots_per_meter)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
