"""The canvas's pens, fills and fonts, blended from the theme's names."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen, QTransform

from resnet_viz.gui.theme import Theme
from resnet_viz.records.analysis import EdgeKind
from resnet_viz.viewmodels.canvas.drawing import BOLD_ROLES, TEXT_SIZES, Card, Measure, TextRole

DASHES: dict[EdgeKind, tuple[float, ...]] = {"identity": (3.5, 2.5), "padding": (0.1, 2.4)}
FILL_SHARE = {"stage": 0.52, "run": 0.52, "block": 0.52, "layer": 0.42, "part": 0.2}
SHORTCUT_WIDTH = 1.7
SCALE_STEPS = 6  # the theme's colors scale0 … scale5, pale to strong in even steps of lightness
MIDDLE = 0.5
LEFT_MIDDLE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
CENTER = Qt.AlignmentFlag.AlignCenter

TURN = QTransform(0, 1, 1, 0, 0, 0)
"""Mirrors at the diagonal: places along and across the trunk become places across and down the canvas, and back."""


@contextmanager
def turned(painter: QPainter, *, down: bool = True) -> Iterator[None]:
    """What is painted meanwhile is mirrored where the trunk runs `down`; afterwards the painter is as it was."""
    painter.save()
    if down:
        painter.setTransform(TURN, True)
    yield
    painter.restore()


class Ink:
    """What to draw with under one theme and font."""

    def __init__(self, theme: Theme, font: QFont) -> None:
        self.theme = theme
        self.fonts = {role: sized(font, size, bold=role in BOLD_ROLES) for role, size in TEXT_SIZES.items()}
        self.width = measurer(font)
        self.mixed: Callable[[str, str, float], QColor] = cache(theme.blend)

    def write(
        self, painter: QPainter, box: QRectF, text: str, role: TextRole, color: str | QColor, at: int | None = None
    ) -> None:
        """A text in a box, at its left where no other place is told."""
        painter.setFont(self.fonts[role])
        painter.setPen(self.theme.color(color) if isinstance(color, str) else color)
        painter.drawText(box, int(LEFT_MIDDLE if at is None else at), text)

    def plate(self, painter: QPainter, box: QRectF, corner: float, fill: str, line: str | None = None) -> None:
        """A box with round corners, in named colors."""
        painter.setPen(Qt.PenStyle.NoPen if line is None else self.pen(line))
        painter.setBrush(self.theme.color(fill))
        painter.drawRoundedRect(box, corner, corner)

    def fill(self, card: Card, color: str) -> QColor:
        """The fill of a card on a band of this color."""
        if card.kind == "pill":
            return self.mixed("shortcut", "canvas", 0.14)
        if card.kind == "add":
            return self.theme.color("canvas")
        return self.mixed(color, "canvas", FILL_SHARE[card.kind] * (0.5 if color in ("stem", "head") else 1.0))

    def shade(self, part: float | None) -> QBrush:
        """The fill of a measured card: from pale to strong with the value, hatched where there is none."""
        if part is None:
            return QBrush(self.theme.color("hatch"), Qt.BrushStyle.BDiagPattern)
        place = min(max(part, 0.0), 1.0) * (SCALE_STEPS - 1)
        step = min(int(place), SCALE_STEPS - 2)
        return QBrush(self.mixed(f"scale{step + 1}", f"scale{step}", round(place - step, 2)))

    def words_on(self, part: float | None) -> QColor:
        """The color of words on a measured card: whichever of the two stands out more."""
        light, dark = self.theme.color("text_on_accent"), self.theme.color("text_on_pale")
        return light if part is not None and self.shade(part).color().lightnessF() < MIDDLE else dark

    def outline(self, card: Card, color: str) -> QColor:
        """The outline of a card on a band of this color."""
        if card.kind == "pill":
            return self.theme.color("shortcut")
        if card.kind == "add":
            return self.theme.color("text")
        return self.mixed(color, "canvas", 0.55) if card.kind == "part" else self.theme.color(color)

    def shortcut_pen(self, kind: EdgeKind, width: float = SHORTCUT_WIDTH) -> QPen:
        """The pen of a shortcut: identity dashed, projection solid, zero padding dotted."""
        pen = QPen(self.theme.color("shortcut"), width)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        if kind in DASHES:
            pen.setCapStyle(Qt.PenCapStyle.RoundCap if kind == "padding" else Qt.PenCapStyle.FlatCap)
            pen.setDashPattern(list(DASHES[kind]))
        return pen

    def pen(self, name: str, width: float = 1.0) -> QPen:
        """A plain pen of a named color."""
        return QPen(self.theme.color(name), width)


def sized(font: QFont, pixels: int, *, bold: bool = False) -> QFont:
    """The font at so many pixels, its letters where an unhinted scale puts them, whatever the zoom."""
    made = QFont(font)
    made.setPixelSize(pixels)
    made.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made


def measurer(font: QFont) -> Measure:
    """A function that measures texts in this font."""
    metrics = {role: QFontMetricsF(sized(font, size, bold=role in BOLD_ROLES)) for role, size in TEXT_SIZES.items()}

    def measure(text: str, role: TextRole) -> float:
        return metrics[role].horizontalAdvance(text)

    return measure
