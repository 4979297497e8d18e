"""The pens, fills and fonts of the canvas, derived from the theme's named colors."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen, QTransform

from resnet_viz.gui.theme import Theme
from resnet_viz.records.analysis import EdgeKind
from resnet_viz.viewmodels.canvas.drawing import (
    BOLD_ROLES,
    BRANCH_BOXES,
    OPERATORS,
    TEXT_SIZES,
    NodeBox,
    TextMeasure,
    TextRole,
)

DASHES: dict[EdgeKind, tuple[float, ...]] = {
    "identity": (3.5, 2.5),
    "padding": (0.1, 2.4),
    "gate": (2.0, 1.6),
}
"""The lengths of dashes and gaps, in widths of the line; other lines are solid."""
FILL_STRENGTH = {"stage": 0.52, "repeat": 0.52, "block": 0.52, "layer": 0.42, "minor": 0.2}
SHORTCUT_WIDTH, GATE_WIDTH = 1.7, 1.3
MIN_TEXT_PX = 6.5  # a smaller text is left out
SCALE_STEPS = 6  # the theme's colors scale0 … scale5, pale to strong in even steps of lightness
HALF_LIGHTNESS = 0.5
LEFT_MIDDLE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
CENTER = Qt.AlignmentFlag.AlignCenter

TRANSPOSE = QTransform(0, 1, 1, 0, 0, 0)
"""Mirrors at the diagonal: swaps the coordinates along and across the main path with those of a vertical canvas."""


@contextmanager
def transposed(painter: QPainter, *, vertical: bool = True) -> Iterator[None]:
    """Paint within this context mirrored at the diagonal where `vertical`; the painter is restored afterwards."""
    painter.save()
    if vertical:
        painter.setTransform(TRANSPOSE, True)
    yield
    painter.restore()


class Style:
    """The colors, pens and fonts of one theme and font."""

    def __init__(self, theme: Theme, font: QFont) -> None:
        self.theme = theme
        self.fonts = {role: font_of_size(font, size, bold=role in BOLD_ROLES) for role, size in TEXT_SIZES.items()}
        self.width = text_measurer(font)
        self.blend: Callable[[str, str, float], QColor] = cache(theme.blend)

    def draw_text(
        self,
        painter: QPainter,
        rect: QRectF,
        text: str,
        role: TextRole,
        color: str | QColor,
        alignment: int | None = None,
    ) -> None:
        """Draw a text in a rectangle, by default at its left."""
        painter.setFont(self.fonts[role])
        painter.setPen(self.theme.color(color) if isinstance(color, str) else color)
        painter.drawText(rect, int(LEFT_MIDDLE if alignment is None else alignment), text)

    def rounded_box(self, painter: QPainter, rect: QRectF, corner: float, fill: str, line: str | None = None) -> None:
        """Draw a box with rounded corners in named colors of the theme."""
        painter.setPen(Qt.PenStyle.NoPen if line is None else self.pen(line))
        painter.setBrush(self.theme.color(fill))
        painter.drawRoundedRect(rect, corner, corner)

    def fill(self, box: NodeBox, color: str) -> QColor:
        """Return the fill of a node box in a column of this color."""
        if box.kind in BRANCH_BOXES:
            return self.blend(box.kind, "canvas", 0.14)
        if box.kind in OPERATORS:
            return self.theme.color("canvas")
        return self.blend(color, "canvas", FILL_STRENGTH[box.kind] * (0.5 if color in ("stem", "head") else 1.0))

    def shade(self, part: float | None) -> QBrush:
        """Return the fill for a value from 0 to 1, from pale to strong; hatched where the value is unknown."""
        if part is None:
            return QBrush(self.theme.color("hatch"), Qt.BrushStyle.BDiagPattern)
        position = min(max(part, 0.0), 1.0) * (SCALE_STEPS - 1)
        step = min(int(position), SCALE_STEPS - 2)
        return QBrush(self.blend(f"scale{step + 1}", f"scale{step}", round(position - step, 2)))

    def text_color(self, part: float | None) -> QColor:
        """Return the color of texts on the fill for a value: light on dark fills, dark on light ones."""
        light, dark = self.theme.color("text_on_accent"), self.theme.color("text_on_pale")
        return light if part is not None and self.shade(part).color().lightnessF() < HALF_LIGHTNESS else dark

    def outline_color(self, box: NodeBox, color: str) -> QColor:
        """Return the outline color of a node box in a column of this color."""
        if box.kind in BRANCH_BOXES:
            return self.theme.color(box.kind)
        if box.kind in OPERATORS:
            return self.theme.color("text")
        return self.blend(color, "canvas", 0.55) if box.kind == "minor" else self.theme.color(color)

    def branch_pen(self, kind: EdgeKind, width: float = 0.0) -> QPen:
        """Return the pen of a branch: identity dashed, projection solid, zero padding dotted, a gate finely dashed.

        A greater `width` than the usual one leaves the dashes where they are.
        """
        usual = GATE_WIDTH if kind == "gate" else SHORTCUT_WIDTH
        pen = QPen(self.theme.color(branch_color(kind)), max(width, usual))
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        if kind in DASHES:
            pen.setCapStyle(Qt.PenCapStyle.RoundCap if kind == "padding" else Qt.PenCapStyle.FlatCap)
            pen.setDashPattern([length * usual / pen.widthF() for length in DASHES[kind]])
        return pen

    def pen(self, name: str, width: float = 1.0) -> QPen:
        """Return a solid pen of a named color."""
        return QPen(self.theme.color(name), width)


def branch_color(kind: EdgeKind) -> str:
    """Return the name of the color of a branch: that of gates, or that of shortcuts of any kind."""
    return "gate" if kind == "gate" else "shortcut"


def font_of_size(font: QFont, pixels: int, *, bold: bool = False) -> QFont:
    """Return the font at this pixel size, without hinting, so that letters keep their distances at every zoom."""
    result = QFont(font)
    result.setPixelSize(pixels)
    result.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    result.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return result


def text_measurer(font: QFont) -> TextMeasure:
    """Return a function that measures the width of texts in this font."""
    metrics = {
        role: QFontMetricsF(font_of_size(font, size, bold=role in BOLD_ROLES)) for role, size in TEXT_SIZES.items()
    }

    def measure(text: str, role: TextRole) -> float:
        return metrics[role].horizontalAdvance(text)

    return measure
