"""The legend at the foot of a drawing: what its lines, its colors and its numbers mean, on plates that wrap."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QPainter

from resnet_viz.gui.canvas.drawing.spatial_index import Sketch
from resnet_viz.gui.canvas.drawing.style import LEFT_MIDDLE, Ink
from resnet_viz.viewmodels.canvas.coloring import Shades
from resnet_viz.viewmodels.canvas.nodes import LegendEntry

LEFT, FOOT = 12.0, 24.0  # pixels from the left edge to the first plate, from the lower edge to its middle
LINE, HALF = 30.0, 12.0
BETWEEN = 10.0
PAD = 8.0
SAMPLE, SWATCH, SCALE = 30.0, 11.0, 96.0
STEPS = 48


class Plate(NamedTuple):
    """A part of the legend: its width, and what paints it from a pixel on along a middle line."""

    width: float
    paint: Callable[[QPainter, float, float], None]


def plates(
    sketch: Sketch, entries: Sequence[LegendEntry], cost: str, ink: Ink, room: float | None = None
) -> list[Plate]:
    """The shortcuts with what the numbers under the cards are (`cost`), and the colors where they are not the stages'.

    The numbers have a plate of their own where both together need more than `room` pixels.
    """
    found = [_lines(entries, cost, ink)]
    if room is not None and found[0].width > room - LEFT - BETWEEN:
        found = [_lines(entries, "", ink), _lines((), cost, ink)]
    if sketch.shades is not None:
        found.append(_scale(sketch.shades, ink))
    if sketch.palette is not None:
        there = {sketch.color(card) for card in sketch.drawing.cards}
        found.append(_swatches(tuple(name for name in sketch.palette.names if name[0] in there), ink))
    return found


def wrapped(found: Sequence[Plate], width: float, taken: float = 0.0) -> list[list[Plate]]:
    """The plates in lines from the lowest up, of which the lowest ends `taken` before the right edge."""
    lines: list[list[Plate]] = [[]]
    for plate in found:
        room = width - LEFT - BETWEEN - (taken if len(lines) == 1 else 0.0)
        used = sum(other.width + BETWEEN for other in lines[-1])
        if lines[-1] and used + plate.width > room:
            lines.append([])
        lines[-1].append(plate)
    return lines


def paint_legend(painter: QPainter, lines: Sequence[Sequence[Plate]], ink: Ink, size: QSizeF) -> None:
    """The lines at the foot of a canvas of this size."""
    painter.setFont(ink.fonts["note"])
    for place, line in enumerate(lines):
        left, middle = LEFT, size.height() - FOOT - LINE * place
        for plate in line:
            ink.plate(painter, QRectF(left, middle - HALF, plate.width, 2 * HALF), 5, "canvas", "border")
            plate.paint(painter, left + PAD, middle)
            left += plate.width + BETWEEN


def widest(found: Sequence[Plate]) -> float:
    """The width that the widest plate needs, margins included."""
    return max(plate.width for plate in found) + 2 * LEFT


def _lines(entries: Sequence[LegendEntry], cost: str, ink: Ink) -> Plate:
    steps = [SAMPLE + 6 + ink.width(entry.name, "note") + 18.0 for entry in entries]
    width = sum(steps) + ink.width(cost, "note")

    def paint(painter: QPainter, x: float, middle: float) -> None:
        for entry, step in zip(entries, steps, strict=True):
            painter.setPen(ink.shortcut_pen(entry.kind))
            painter.drawLine(QPointF(x, middle), QPointF(x + SAMPLE, middle))
            _say(painter, ink, x + SAMPLE + 6, middle, entry.name)
            x += step
        _say(painter, ink, x, middle, cost)

    return Plate(width + 2 * PAD, paint)


def _scale(found: Shades, ink: Ink) -> Plate:
    """The color scale with its ends; words alone while nothing is measured."""
    title, low, high = (ink.width(text, "note") for text in (found.title, found.low, found.high))
    width = title + (8 + low + 5 + SCALE + 5 + high if found.high else 0.0)

    def paint(painter: QPainter, x: float, middle: float) -> None:
        _say(painter, ink, x, middle, found.title)
        if not found.high:
            return
        _say(painter, ink, x + title + 8, middle, found.low)
        x += title + 8 + low + 5
        for step in range(STEPS):
            cell = QRectF(x + SCALE * step / STEPS, middle - 5, SCALE / STEPS + 0.6, 10)
            painter.fillRect(cell, ink.shade(step / (STEPS - 1)))
        _say(painter, ink, x + SCALE + 5, middle, found.high)

    return Plate(width + 2 * PAD, paint)


def _swatches(names: Sequence[tuple[str, str]], ink: Ink) -> Plate:
    """A swatch for each color that stands for something."""
    steps = [SWATCH + 5 + ink.width(word, "note") + 14 for _, word in names]

    def paint(painter: QPainter, x: float, middle: float) -> None:
        for (color, word), step in zip(names, steps, strict=True):
            painter.setPen(ink.pen(color))
            painter.setBrush(ink.mixed(color, "canvas", 0.42))
            painter.drawRoundedRect(QRectF(x, middle - SWATCH / 2, SWATCH, SWATCH), 2, 2)
            _say(painter, ink, x + SWATCH + 5, middle, word)
            x += step

    return Plate(sum(steps) - 14 + 2 * PAD, paint)


def _say(painter: QPainter, ink: Ink, x: float, middle: float, text: str) -> None:
    painter.setPen(ink.theme.color("text_muted"))
    painter.drawText(QRectF(x, middle - 10, ink.width(text, "note") + 4, 20), int(LEFT_MIDDLE), text)
