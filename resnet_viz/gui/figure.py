"""Draws a network's graph as a figure: SVG and PDF with selectable texts, PNG at any scale; needs no display."""

import os
import sys
from collections.abc import Sequence
from itertools import pairwise
from math import ceil

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QFont, QGuiApplication, QPainter

from resnet_viz.errors import UserError
from resnet_viz.export.figure_request import FIGURE_SUFFIXES, MAX_ROWS, Figure, FigureOptions, check_figure
from resnet_viz.gui.canvas.drawing.graph import paint_graph
from resnet_viz.gui.canvas.drawing.legend import (
    LEGEND_LINE_PX,
    legend_panels,
    paint_legend,
    widest_panel,
    wrapped_panels,
)
from resnet_viz.gui.canvas.drawing.overlay import paint_titles, paint_vertical_titles
from resnet_viz.gui.canvas.drawing.spatial_index import IndexedDrawing
from resnet_viz.gui.canvas.drawing.style import Style, text_measurer, transposed
from resnet_viz.gui.canvas.interaction.camera import FOOTER_PX, HEADER_COLUMN_PX, HEADER_PX, View
from resnet_viz.gui.theme import load_theme
from resnet_viz.gui.widgets.pictures import INCH_MM, SCREEN_DPI, Picture, save_picture
from resnet_viz.spec.presets import title_of
from resnet_viz.texts import tr
from resnet_viz.viewmodels.canvas.coloring import node_colors
from resnet_viz.viewmodels.canvas.drawing import TEXT_SIZES, Drawing
from resnet_viz.viewmodels.canvas.expansion import expanded_at
from resnet_viz.viewmodels.canvas.labels import cost_sentence, legend_entries
from resnet_viz.viewmodels.canvas.layout import FOOTER_HEIGHT, HEADER_HEIGHT, layout
from resnet_viz.viewmodels.canvas.page_rows import row_bounds
from resnet_viz.viewmodels.canvas.structure import part_of, structure_of

FIGURE_MARGIN = 10.0
ROW_GAP = 8.0
MIN_TEXT_MM = 1.6  # the smallest font size on paper, 4.5 points
MAX_HEIGHT_RATIO = 2.6  # height by width of a figure that is broken into rows by default
MIN_TEXT_SIZE = min(TEXT_SIZES.values())
POINTS_PER_INCH = 72
MAX_PIXELS = 32_000  # the longest side of a picture that QImage takes


class FigurePainter:
    """Lays out a figure and paints it on any device."""

    def __init__(self, figure: Figure) -> None:
        options = figure.options
        font = QGuiApplication.font()
        network = structure_of(figure.analysis, figure.costs)
        self._network = network if options.part is None else part_of(network, options.part)
        expanded = expanded_at(network, options.level) if figure.expanded is None else figure.expanded
        expanded |= {section.id for section in self._network.sections if options.part not in (None, section.id)}
        drawing = layout(self._network, expanded, text_measurer(font), vertical=options.direction == "down")
        self._indexed = IndexedDrawing(drawing, node_colors(options.color, figure.analysis, figure.costs, figure.run))
        self._style = Style(load_theme(options.theme), QFont(font))
        self._options = options
        self._row_bounds = row_bounds(drawing, options.rows or _rows_for(drawing, options))
        self._row_height = drawing.bottom - drawing.top + HEADER_PX / 2
        cost = cost_sentence(network, drawing)
        panels = (
            legend_panels(self._indexed, legend_entries(self._network), cost, self._style) if options.legend else []
        )
        self.size = self._vertical_size() if drawing.vertical else self._horizontal_size()
        self.size.setWidth(max(self.size.width(), widest_panel(panels) if panels else 0.0))
        self._legend = wrapped_panels(panels, self.size.width()) if panels else []
        below = FOOTER_PX + (len(self._legend) - 1) * LEGEND_LINE_PX if self._legend else FIGURE_MARGIN
        self.size.setHeight(ceil(self.size.height() + below))

    def _horizontal_size(self) -> QSizeF:
        rows = len(self._row_bounds) - 1
        return QSizeF(_width_of(self._row_bounds), rows * self._row_height + (rows - 1) * ROW_GAP)

    def _vertical_size(self) -> QSizeF:
        drawing = self._indexed.drawing
        width = drawing.bottom - drawing.top - HEADER_HEIGHT - FOOTER_HEIGHT + HEADER_COLUMN_PX + FIGURE_MARGIN
        return QSizeF(width, drawing.width + FIGURE_MARGIN)

    def paint(self, painter: QPainter) -> None:
        """Paint the figure; a scene unit is a unit of the painter."""
        if not self._options.transparent:
            painter.fillRect(QRectF(QPointF(0, 0), self.size), self._style.theme.color("canvas"))
        if self._indexed.drawing.vertical:
            self._paint_vertical(painter)
        else:
            for index, (start, stop) in enumerate(pairwise(self._row_bounds)):
                self._paint_row(painter, index, (start, stop))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_legend(painter, self._legend, self._style, self.size)

    def _paint_row(self, painter: QPainter, index: int, span: tuple[float, float]) -> None:
        """Paint one row; a column that is broken across rows has its title in each of them."""
        size = QSizeF(span[1] - span[0], self._row_height)
        indexed = self._indexed if len(self._row_bounds) == 2 else self._indexed.row(*span)
        view = View(1.0, -span[0], HEADER_PX / 2 - self._indexed.drawing.top)
        painter.save()
        painter.translate(FIGURE_MARGIN, index * (self._row_height + ROW_GAP))
        paint_graph(painter, indexed, self._style, view, size)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_titles(painter, indexed.columns, self._style, view, size)
        painter.restore()

    def _paint_vertical(self, painter: QPainter) -> None:
        drawing = self._indexed.drawing
        view = View(1.0, FIGURE_MARGIN, HEADER_COLUMN_PX - drawing.top - HEADER_HEIGHT)
        size = QSizeF(drawing.width + 2 * FIGURE_MARGIN, self.size.width())
        with transposed(painter):
            paint_graph(painter, self._indexed, self._style, view, size)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_vertical_titles(painter, self._indexed.columns, self._style, view, size.transposed())


def _width_of(bounds: Sequence[float]) -> float:
    """Return the width of the longest row between these bounds, with the margins."""
    return max(stop - start for start, stop in pairwise(bounds)) + 2 * FIGURE_MARGIN


def _rows_for(drawing: Drawing, options: FigureOptions) -> int:
    """Return the fewest rows that make the smallest texts readable at the width on paper, or the most that suit it."""
    if options.width_mm is None or drawing.vertical:
        return 1
    row = drawing.bottom - drawing.top + HEADER_PX / 2
    for rows in range(1, MAX_ROWS + 1):
        width = _width_of(row_bounds(drawing, rows))
        if MIN_TEXT_SIZE * options.width_mm / width >= MIN_TEXT_MM or (rows + 1) * row > MAX_HEIGHT_RATIO * width:
            return rows
    return MAX_ROWS


def save_figure(figure: Figure) -> float:
    """Draw the figure and write it, whole or not at all, in the format of the path's suffix.

    Return the size of its smallest texts on paper, in points. Raise UserError where it cannot be written.
    """
    check_figure(figure.path)
    drawing, options = FigurePainter(figure), figure.options
    dpi = drawing.size.width() / options.width_mm * INCH_MM if options.width_mm else SCREEN_DPI
    if figure.path.suffix.lower() == ".png":
        _check_pixels(drawing.size * options.scale, figure)
    title = title_of(figure.analysis.spec)
    picture = Picture(size=drawing.size, paint=drawing.paint, title=title, dpi=dpi, scale=options.scale)
    save_picture(picture, figure.path, FIGURE_SUFFIXES)
    return MIN_TEXT_SIZE * POINTS_PER_INCH / dpi


def _check_pixels(size: QSizeF, figure: Figure) -> None:
    """Raise UserError where the picture would have too many pixels."""
    side, scale = max(size.width(), size.height()), figure.options.scale
    if round(side) > MAX_PIXELS:
        raise UserError(tr("{path}: at scale {scale:g} the picture would be {n} pixels wide; give at most {most}, or "
                           "write .svg or .pdf.").format(path=figure.path, scale=scale, n=f"{round(size.width()):,}",
                                                         most=f"{MAX_PIXELS * scale / side:.2f}"))  # fmt: skip


def draw_without_window(figure: Figure) -> float:
    """Draw and write the figure (see `save_figure`) from a process without a Qt application or a display."""
    if QGuiApplication.instance() is None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        application = QGuiApplication(sys.argv[:1])  # lives until the figure is drawn
        application.setApplicationName("resnet_viz")
    return save_figure(figure)
