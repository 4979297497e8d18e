"""The legend below a drawing: panels that explain its lines, colors and numbers, and wrap into lines."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QPainter

from resnet_viz.gui.canvas.drawing.node_boxes import paint_gate_mark
from resnet_viz.gui.canvas.drawing.spatial_index import IndexedDrawing
from resnet_viz.gui.canvas.drawing.style import LEFT_MIDDLE, Style
from resnet_viz.viewmodels.canvas.coloring import NodeShades
from resnet_viz.viewmodels.canvas.drawing import GATE_MARK_RADIUS
from resnet_viz.viewmodels.canvas.labels import LegendEntry

LEGEND_LEFT_PX = 12.0  # from the left edge to the first panel
LEGEND_BOTTOM_PX = 24.0  # from the lower edge to the middle of the lowest line
LEGEND_LINE_PX, PANEL_HALF_HEIGHT_PX = 30.0, 12.0
PANEL_GAP_PX = 10.0
PANEL_PADDING_PX = 8.0
LINE_SAMPLE_PX, LINE_GAP_PX = 30.0, 18.0  # the sample of a line, and from its name to the next sample
SHORT_SAMPLE_PX, SHORT_GAP_PX = 20.0, 10.0  # the same where there is little room
SWATCH_PX, SCALE_PX = 11.0, 96.0
SCALE_CELLS = 48
MINIMAP_LINES = 2  # so many lines of the legend are beside the minimap


class LegendPanel(NamedTuple):
    """A panel of the legend: its width, and a function that paints it from the left (x) around a middle (y)."""

    width: float
    paint: Callable[[QPainter, float, float], None]


def legend_panels(
    indexed: IndexedDrawing, entries: Sequence[LegendEntry], cost: str, style: Style, room: float | None = None
) -> list[LegendPanel]:
    """Return the panels: the branches, what the numbers under the boxes count (`cost`), and the colors.

    Branches and numbers share a panel; where that needs more than `room` pixels, the branches have their short names,
    then the numbers a panel of their own, and at last so has each branch and the numbers are left out, lest the legend
    hide the drawing. Stages' own colors need no panel.
    """
    attempts = ([_lines(entries, cost, style)], [_lines(entries, cost, style, short=True)],
                [_lines(entries, "", style, short=True), _lines((), cost, style)])  # fmt: skip
    space = float("inf") if room is None else room - LEGEND_LEFT_PX - PANEL_GAP_PX
    fitting = (panels for panels in attempts if max(panel.width for panel in panels) <= space)
    single = [_lines([entry], "", style, short=True) for entry in entries]
    found = next(fitting, single)
    if indexed.shades is not None:
        found.append(_scale(indexed.shades, style))
    if indexed.kind_colors is not None:
        present = {indexed.color(box) for box in indexed.drawing.node_boxes}
        found.append(_swatches(tuple(name for name in indexed.kind_colors.names if name[0] in present), style))
    return found


def wrapped_panels(found: Sequence[LegendPanel], width: float, taken: float = 0.0) -> list[list[LegendPanel]]:
    """Return the panels in lines from the lowest up; the lowest two end `taken` pixels before the right edge."""
    lines: list[list[LegendPanel]] = [[]]
    for panel in found:
        room = width - LEGEND_LEFT_PX - PANEL_GAP_PX - (taken if len(lines) <= MINIMAP_LINES else 0.0)
        used = sum(other.width + PANEL_GAP_PX for other in lines[-1])
        if lines[-1] and used + panel.width > room:
            lines.append([])
        lines[-1].append(panel)
    return lines


def paint_legend(painter: QPainter, lines: Sequence[Sequence[LegendPanel]], style: Style, size: QSizeF) -> None:
    """Paint the legend's lines at the lower edge of a canvas of this size."""
    painter.setFont(style.fonts["note"])
    for index, line in enumerate(lines):
        left, middle = LEGEND_LEFT_PX, size.height() - LEGEND_BOTTOM_PX - LEGEND_LINE_PX * index
        for panel in line:
            style.rounded_box(
                painter,
                QRectF(left, middle - PANEL_HALF_HEIGHT_PX, panel.width, 2 * PANEL_HALF_HEIGHT_PX),
                5,
                "canvas",
                "border",
            )
            panel.paint(painter, left + PANEL_PADDING_PX, middle)
            left += panel.width + PANEL_GAP_PX


def widest_panel(found: Sequence[LegendPanel]) -> float:
    """Return the width of the widest panel with its margins."""
    return max(panel.width for panel in found) + 2 * LEGEND_LEFT_PX


def _lines(entries: Sequence[LegendEntry], cost: str, style: Style, *, short: bool = False) -> LegendPanel:
    sample, gap = (SHORT_SAMPLE_PX, SHORT_GAP_PX) if short else (LINE_SAMPLE_PX, LINE_GAP_PX)
    names = [entry.short_name if short else entry.name for entry in entries]
    steps = [sample + 6 + style.width(name, "note") + gap for name in names]
    width = sum(steps) + (style.width(cost, "note") if cost else -gap)

    def paint(painter: QPainter, x: float, middle: float) -> None:
        for entry, name, step in zip(entries, names, steps, strict=True):
            painter.setPen(style.branch_pen(entry.kind))
            painter.drawLine(QPointF(x, middle), QPointF(x + sample, middle))
            if entry.kind == "gate":
                paint_gate_mark(painter, QPointF(x + sample - GATE_MARK_RADIUS, middle), style)
            _draw_text(painter, style, x + sample + 6, middle, name)
            x += step
        _draw_text(painter, style, x, middle, cost)

    return LegendPanel(width + 2 * PANEL_PADDING_PX, paint)


def _scale(found: NodeShades, style: Style) -> LegendPanel:
    """Return the panel of a color scale with the values at its ends; only its title while nothing is measured."""
    title, low, high = (style.width(text, "note") for text in (found.title, found.low, found.high))
    width = title + (8 + low + 5 + SCALE_PX + 5 + high if found.high else 0.0)

    def paint(painter: QPainter, x: float, middle: float) -> None:
        _draw_text(painter, style, x, middle, found.title)
        if not found.high:
            return
        _draw_text(painter, style, x + title + 8, middle, found.low)
        x += title + 8 + low + 5
        for step in range(SCALE_CELLS):
            cell = QRectF(x + SCALE_PX * step / SCALE_CELLS, middle - 5, SCALE_PX / SCALE_CELLS + 0.6, 10)
            painter.fillRect(cell, style.shade(step / (SCALE_CELLS - 1)))
        _draw_text(painter, style, x + SCALE_PX + 5, middle, found.high)

    return LegendPanel(width + 2 * PANEL_PADDING_PX, paint)


def _swatches(names: Sequence[tuple[str, str]], style: Style) -> LegendPanel:
    """Return the panel with a swatch for each kind of layer."""
    steps = [SWATCH_PX + 5 + style.width(word, "note") + 14 for _, word in names]

    def paint(painter: QPainter, x: float, middle: float) -> None:
        for (color, word), step in zip(names, steps, strict=True):
            painter.setPen(style.pen(color))
            painter.setBrush(style.blend(color, "canvas", 0.42))
            painter.drawRoundedRect(QRectF(x, middle - SWATCH_PX / 2, SWATCH_PX, SWATCH_PX), 2, 2)
            _draw_text(painter, style, x + SWATCH_PX + 5, middle, word)
            x += step

    return LegendPanel(sum(steps) - 14 + 2 * PANEL_PADDING_PX, paint)


def _draw_text(painter: QPainter, style: Style, x: float, middle: float, text: str) -> None:
    painter.setPen(style.theme.color("text_muted"))
    painter.drawText(QRectF(x, middle - 10, style.width(text, "note") + 4, 20), int(LEFT_MIDDLE), text)
