"""Draws a network's graph for paper: SVG and PDF with texts as texts, PNG at any scale; no window, no display."""

import os
import re
import sys
from itertools import pairwise
from math import ceil

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QPointF, QRectF, QSizeF
from PySide6.QtGui import QFont, QGuiApplication, QImage, QImageWriter, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator

from resnet_viz.errors import UserError
from resnet_viz.export.figure_request import MOST_ROWS, Figure, FigureOptions, check_figure
from resnet_viz.gui.canvas.drawing.cards import paint_scene
from resnet_viz.gui.canvas.drawing.legend import LINE, paint_legend, plates, widest, wrapped
from resnet_viz.gui.canvas.drawing.overlay import paint_titles, paint_titles_beside
from resnet_viz.gui.canvas.drawing.spatial_index import Sketch
from resnet_viz.gui.canvas.drawing.style import TURN, Ink, measurer
from resnet_viz.gui.canvas.interaction.camera import FOOTER_PIXELS, HEADER_COLUMN, HEADER_PIXELS, View
from resnet_viz.gui.theme import load_theme
from resnet_viz.spec.presets import title_of
from resnet_viz.storage.atomic import write_bytes_whole
from resnet_viz.texts import tr
from resnet_viz.viewmodels.canvas.coloring import tint_of
from resnet_viz.viewmodels.canvas.drawing import TEXT_SIZES, Layout
from resnet_viz.viewmodels.canvas.layout import FOOTER, HEADER, layout
from resnet_viz.viewmodels.canvas.nodes import cost_sentence, legend, opened_at
from resnet_viz.viewmodels.canvas.outline import outline, part_of
from resnet_viz.viewmodels.canvas.page_rows import row_edges

EDGE = 10.0
BETWEEN_ROWS = 8.0
LEAST_MM = 1.6  # of a word's height in pixels; 4.5 points
HIGHEST = 2.6  # of a figure that is broken into rows of itself: its height divided by its width
SMALLEST_TEXT = min(TEXT_SIZES.values())
POINT_MM = 25.4 / 72
INCH_MM, SCREEN_DPI, PAPER_DPI = 25.4, 96, 1_200
MOST_PIXELS = 32_000  # of a picture's side; QImage takes no more


class Drawing:
    """A figure laid out, ready to be painted on any device."""

    def __init__(self, figure: Figure) -> None:
        options = figure.options
        font = QGuiApplication.font()
        network = outline(figure.analysis, figure.costs)
        self._network = network if options.part is None else part_of(network, options.part)
        opened = opened_at(network, options.level) if figure.opened is None else figure.opened
        opened |= {section.id for section in self._network.sections if options.part not in (None, section.id)}
        drawing = layout(self._network, opened, measurer(font), down=options.direction == "down")
        self._sketch = Sketch(drawing, tint_of(options.colour, figure.analysis, figure.costs, figure.run))
        self._ink = Ink(load_theme(options.theme), QFont(font))
        self._options = options
        self._edges = row_edges(drawing, options.rows or _rows_for(drawing, options))
        self._row = drawing.bottom - drawing.top + HEADER_PIXELS / 2
        cost = cost_sentence(network)
        found = plates(self._sketch, legend(self._network), cost, self._ink) if options.legend else []
        self.size = self._size_down() if drawing.down else self._size_right()
        self.size.setWidth(max(self.size.width(), widest(found) if found else 0.0))
        self._legend = wrapped(found, self.size.width()) if found else []
        below = FOOTER_PIXELS + (len(self._legend) - 1) * LINE if self._legend else EDGE
        self.size.setHeight(ceil(self.size.height() + below))

    def _size_right(self) -> QSizeF:
        longest = max(stop - start for start, stop in pairwise(self._edges))
        rows = len(self._edges) - 1
        return QSizeF(longest + 2 * EDGE, rows * self._row + (rows - 1) * BETWEEN_ROWS)

    def _size_down(self) -> QSizeF:
        drawing = self._sketch.drawing
        across = drawing.bottom - drawing.top - HEADER - FOOTER + HEADER_COLUMN + EDGE
        return QSizeF(across, drawing.width + EDGE)

    def paint(self, painter: QPainter) -> None:
        """Everything, a scene unit being a unit of the painter."""
        if not self._options.transparent:
            painter.fillRect(QRectF(QPointF(0, 0), self.size), self._ink.theme.color("canvas"))
        if self._sketch.drawing.down:
            self._paint_down(painter)
        else:
            for place, (start, stop) in enumerate(pairwise(self._edges)):
                self._paint_row(painter, place, (start, stop))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_legend(painter, self._legend, self._ink, self.size)

    def _paint_row(self, painter: QPainter, place: int, span: tuple[float, float]) -> None:
        """One row, its bands cut off where it is broken and their titles told again."""
        size = QSizeF(span[1] - span[0], self._row)
        sketch = self._sketch if len(self._edges) == 2 else self._sketch.row(*span)
        view = View(1.0, -span[0], HEADER_PIXELS / 2 - self._sketch.drawing.top)
        painter.save()
        painter.translate(EDGE, place * (self._row + BETWEEN_ROWS))
        paint_scene(painter, sketch, self._ink, view, size)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_titles(painter, sketch.bands, self._ink, view, size)
        painter.restore()

    def _paint_down(self, painter: QPainter) -> None:
        drawing = self._sketch.drawing
        view = View(1.0, EDGE, HEADER_COLUMN - drawing.top - HEADER)
        size = QSizeF(drawing.width + 2 * EDGE, self.size.width())
        painter.save()
        painter.setTransform(TURN, True)
        paint_scene(painter, self._sketch, self._ink, view, size)
        painter.restore()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_titles_beside(painter, self._sketch.bands, self._ink, view, size.transposed())


def _rows_for(drawing: Layout, options: FigureOptions) -> int:
    """As many rows as let the smallest words be read at the width on paper, or as many as there can be."""
    if options.width_mm is None or drawing.down:
        return 1
    row = drawing.bottom - drawing.top + HEADER_PIXELS / 2
    for rows in range(1, MOST_ROWS + 1):
        edges = row_edges(drawing, rows)
        longest = max(stop - start for start, stop in pairwise(edges)) + 2 * EDGE
        if SMALLEST_TEXT * options.width_mm / longest >= LEAST_MM or (rows + 1) * row > HIGHEST * longest:
            return rows
    return MOST_ROWS


def save_figure(figure: Figure) -> float:
    """Draw the figure and write it whole or not at all in the form that the suffix names; raises UserError.

    Gives the height of its smallest words on paper, in points.
    """
    check_figure(figure.path)
    drawing = Drawing(figure)
    forms = {".svg": _as_svg, ".pdf": _as_pdf, ".png": _as_png}
    write_bytes_whole(figure.path, forms[figure.path.suffix.lower()](drawing, figure))
    return SMALLEST_TEXT * _width_mm(drawing, figure) / drawing.size.width() / POINT_MM


def draw_without_window(figure: Figure) -> float:
    """The same from a process that has neither a window nor, perhaps, a display."""
    if QGuiApplication.instance() is None:
        if not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")):
            os.environ["QT_QPA_PLATFORM"] = "offscreen"
        application = QGuiApplication(sys.argv[:1])  # lives until the figure is drawn
        application.setApplicationName("resnet_viz")
    return save_figure(figure)


def _width_mm(drawing: Drawing, figure: Figure) -> float:
    return figure.options.width_mm or drawing.size.width() / SCREEN_DPI * INCH_MM


def _as_svg(drawing: Drawing, figure: Figure) -> bytes:
    buffer, generator = QBuffer(), QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setTitle(title_of(figure.analysis.spec))
    generator.setResolution(max(1, round(drawing.size.width() / _width_mm(drawing, figure) * INCH_MM)))
    generator.setSize(drawing.size.toSize())
    generator.setViewBox(QRectF(QPointF(0, 0), drawing.size))
    _painted(generator, drawing, 1.0)
    return re.sub(rb'font-family="([^",]+)"', rb'font-family="\1, sans-serif"', bytes(buffer.data().data()))


def _as_pdf(drawing: Drawing, figure: Figure) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(title_of(figure.analysis.spec))
    writer.setCreator("resnet_viz")
    writer.setResolution(PAPER_DPI)
    width = _width_mm(drawing, figure)
    page = QSizeF(width, width * drawing.size.height() / drawing.size.width())
    size = QPageSize(page, QPageSize.Unit.Millimeter, "", QPageSize.SizeMatchPolicy.ExactMatch)
    writer.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF()))
    _painted(writer, drawing, width / INCH_MM * PAPER_DPI / drawing.size.width())
    return bytes(buffer.data().data())


def _as_png(drawing: Drawing, figure: Figure) -> bytes:
    scale = figure.options.scale
    size = (drawing.size * scale).toSize()
    if max(size.width(), size.height()) > MOST_PIXELS:
        largest = MOST_PIXELS / max(drawing.size.width(), drawing.size.height())
        raise UserError(tr("{path}: at scale {scale:g} the picture would be {n} pixels wide; give at most {most}, or "
                           "write .svg or .pdf.").format(path=figure.path, scale=scale, n=f"{size.width():,}",
                                                         most=f"{largest:.2f}"))  # fmt: skip
    picture = QImage(size, QImage.Format.Format_ARGB32)
    picture.fill(0)  # clear
    dots_a_meter = round(size.width() / _width_mm(drawing, figure) * 1000)
    picture.setDotsPerMeterX(dots_a_meter)
    picture.setDotsPerMeterY(dots_a_meter)
    _painted(picture, drawing, scale)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(picture)
    return bytes(buffer.data().data())


def _painted(device: QSvgGenerator | QPdfWriter | QImage, drawing: Drawing, scale: float) -> None:
    painter = QPainter(device)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.scale(scale, scale)
    drawing.paint(painter)
    painter.end()
