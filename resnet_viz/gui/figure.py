"""Draws a network's graph for paper: SVG and PDF with texts as texts, PNG at any scale; no window, no display."""

import os
import sys
from collections.abc import Sequence
from itertools import pairwise
from math import ceil

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QFont, QGuiApplication, QPainter

from resnet_viz.errors import UserError
from resnet_viz.export.figure_request import FIGURES, MOST_ROWS, Figure, FigureOptions, check_figure
from resnet_viz.gui.canvas.drawing.cards import paint_scene
from resnet_viz.gui.canvas.drawing.legend import LINE, paint_legend, plates, widest, wrapped
from resnet_viz.gui.canvas.drawing.overlay import paint_titles, paint_titles_beside
from resnet_viz.gui.canvas.drawing.spatial_index import Sketch
from resnet_viz.gui.canvas.drawing.style import Ink, measurer, turned
from resnet_viz.gui.canvas.interaction.camera import FOOTER_PIXELS, HEADER_COLUMN, HEADER_PIXELS, View
from resnet_viz.gui.theme import load_theme
from resnet_viz.gui.widgets.pictures import INCH_MM, SCREEN_DPI, Picture, save_picture
from resnet_viz.spec.presets import title_of
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
POINTS = 72  # to the inch
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
        self._sketch = Sketch(drawing, tint_of(options.color, figure.analysis, figure.costs, figure.run))
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
        rows = len(self._edges) - 1
        return QSizeF(_width_of(self._edges), rows * self._row + (rows - 1) * BETWEEN_ROWS)

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
        with turned(painter):
            paint_scene(painter, self._sketch, self._ink, view, size)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_titles_beside(painter, self._sketch.bands, self._ink, view, size.transposed())


def _width_of(edges: Sequence[float]) -> float:
    """What the longest row between these edges needs."""
    return max(stop - start for start, stop in pairwise(edges)) + 2 * EDGE


def _rows_for(drawing: Layout, options: FigureOptions) -> int:
    """As many rows as let the smallest words be read at the width on paper, or as many as there can be."""
    if options.width_mm is None or drawing.down:
        return 1
    row = drawing.bottom - drawing.top + HEADER_PIXELS / 2
    for rows in range(1, MOST_ROWS + 1):
        width = _width_of(row_edges(drawing, rows))
        if SMALLEST_TEXT * options.width_mm / width >= LEAST_MM or (rows + 1) * row > HIGHEST * width:
            return rows
    return MOST_ROWS


def save_figure(figure: Figure) -> float:
    """Draw the figure and write it whole or not at all in the form that the suffix names; raises UserError.

    Gives the height of its smallest words on paper, in points.
    """
    check_figure(figure.path)
    drawing, options = Drawing(figure), figure.options
    dpi = drawing.size.width() / options.width_mm * INCH_MM if options.width_mm else SCREEN_DPI
    if figure.path.suffix.lower() == ".png":
        _check_pixels(drawing.size * options.scale, figure)
    title = title_of(figure.analysis.spec)
    picture = Picture(size=drawing.size, paint=drawing.paint, title=title, dpi=dpi, scale=options.scale)
    save_picture(picture, figure.path, FIGURES)
    return SMALLEST_TEXT * POINTS / dpi


def _check_pixels(size: QSizeF, figure: Figure) -> None:
    """Raise UserError where a picture of so many pixels cannot be."""
    side, scale = max(size.width(), size.height()), figure.options.scale
    if round(side) > MOST_PIXELS:
        raise UserError(tr("{path}: at scale {scale:g} the picture would be {n} pixels wide; give at most {most}, or "
                           "write .svg or .pdf.").format(path=figure.path, scale=scale, n=f"{round(size.width()):,}",
                                                         most=f"{MOST_PIXELS * scale / side:.2f}"))  # fmt: skip


def draw_without_window(figure: Figure) -> float:
    """The same from a process that has neither a window nor, perhaps, a display."""
    if QGuiApplication.instance() is None:
        if not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")):
            os.environ["QT_QPA_PLATFORM"] = "offscreen"
        application = QGuiApplication(sys.argv[:1])  # lives until the figure is drawn
        application.setApplicationName("resnet_viz")
    return save_figure(figure)
