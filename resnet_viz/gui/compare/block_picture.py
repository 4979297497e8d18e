"""Paints the two blocks side by side in the theme's colors."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen

from resnet_viz.gui.theme import Theme
from resnet_viz.gui.widgets.painted import PaintedWidget
from resnet_viz.gui.widgets.pictures import Picture, save_picture
from resnet_viz.texts import tr
from resnet_viz.viewmodels.compare.block_drawing import SLOTS, BlockDrawing, ConvCard, ShortcutLine

COLORS = {"basic": "stage1", "bottleneck": "stage3"}
CARD_WIDTH, CARD_HEIGHT = 196.0, 60.0
TITLE_HEIGHT, STEP = 26.0, 82.0
BETWEEN = STEP - CARD_HEIGHT
BESIDE = 124.0  # pixels for the shortcut and what it is called
ADD, HEAD, ROUND = 10.0, 5.0, 12.0
MARGIN = 12.0
SMALLEST, LARGEST = 0.72, 1.25  # times its size, as there is room
DASHES = {"identity": Qt.PenStyle.DashLine, "projection": Qt.PenStyle.SolidLine, "padding": Qt.PenStyle.DotLine}
CENTRE = int(Qt.AlignmentFlag.AlignCenter)
LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
COLUMN = CARD_WIDTH + BESIDE
HEIGHT = TITLE_HEIGHT + BETWEEN + SLOTS * STEP + 94.0


class BlockPicture(PaintedWidget):
    """Two drawings with the same rows, so that what has the same role stands at the same height."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(tr("Both blocks"), theme)
        self._drawings: tuple[BlockDrawing, ...] = ()
        self.setMinimumSize(self.sizeHint() * SMALLEST)

    def show_drawings(self, drawings: Sequence[BlockDrawing]) -> None:
        """Draw these."""
        self._drawings = tuple(drawings)
        self.setAccessibleDescription("; ".join(_in_words(drawing) for drawing in drawings))
        self.update()

    def save_picture(self, path: Path) -> None:
        """Write the drawings as .png or .svg, whole or not at all; raises UserError."""
        name, dpi = self.accessibleName(), self.logicalDpiX()
        save_picture(Picture(size=QSizeF(self.size()), paint=self.paint_all, title=name, dpi=dpi), path)

    def sizeHint(self) -> QSize:  # Qt override
        """Room for both."""
        return QSize(round(2 * COLUMN + 2 * MARGIN), round(HEIGHT))

    def _paint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = self.sizeHint()
        scale = min(self.width() / room.width(), self.height() / room.height(), LARGEST)
        painter.translate((self.width() - scale * room.width()) / 2, 0.0)
        painter.scale(scale, scale)
        for place, drawing in enumerate(self._drawings):
            painter.save()
            painter.translate(MARGIN + place * COLUMN, 4.0)
            _Pen(painter, self._theme, self.font()).block(drawing)
            painter.restore()


class _Pen:
    """One block with its left upper corner at 0, 0."""

    def __init__(self, painter: QPainter, theme: Theme, font: QFont) -> None:
        self._painter, self._theme, self._font = painter, theme, font
        self._middle = CARD_WIDTH / 2

    def block(self, drawing: BlockDrawing) -> None:
        """Everything, from the title down."""
        color = COLORS[drawing.kind]
        self._text(QRectF(0, 0, CARD_WIDTH, TITLE_HEIGHT), drawing.title, color, points=4.0, bold=True, at=LEFT)
        top = TITLE_HEIGHT + 20
        self._text(QRectF(0, TITLE_HEIGHT, CARD_WIDTH, 18), drawing.x, "text_muted")
        first = top + BETWEEN + 8
        bottom = top
        for card in drawing.cards:
            upper = first + card.slot * STEP
            self._arrow(bottom, upper)
            self._card(QRectF(0, upper, CARD_WIDTH, CARD_HEIGHT), card, color)
            bottom = upper + CARD_HEIGHT
        joined = first + SLOTS * STEP + ADD - 2
        self._arrow(bottom, joined - ADD if drawing.shortcut else joined + ADD)
        if drawing.shortcut:
            self._shortcut(drawing.shortcut, top + 12, joined)
            self._add(joined)
        self._arrow(joined + ADD, joined + ADD + 24)
        self._text(QRectF(-20, joined + ADD + 26, CARD_WIDTH + 40, 18), drawing.y, "text_muted")

    def _card(self, place: QRectF, card: ConvCard, color: str) -> None:
        self._painter.setPen(QPen(self._theme.color(color), 1.2))
        self._painter.setBrush(self._theme.color(f"{color}_tint"))
        self._painter.drawRoundedRect(place, 5, 5)
        for down, words, name, bold in (
            (4.0, card.title, "card_text", True), (22.0, card.cost, "text_muted", False),
            (39.0, card.partners, "text_muted", False),
        ):  # fmt: skip
            points = 0.5 if bold else -1.0
            self._text(QRectF(place.x(), place.y() + down, CARD_WIDTH, 19), words, name, points=points, bold=bold)
        beside = QRectF(self._middle + 7, place.bottom() + 1, CARD_WIDTH / 2, BETWEEN - 4)
        self._text(beside, card.output, "text_muted", points=-1.5, at=LEFT)

    def _shortcut(self, shortcut: ShortcutLine, fork: float, joined: float) -> None:
        """Out of x, down beside the cards, into the `+`; a projection has a box on its way."""
        across = CARD_WIDTH + 22
        path = QPainterPath(QPointF(self._middle, fork))
        path.lineTo(across - ROUND, fork)
        path.quadTo(across, fork, across, fork + ROUND)
        path.lineTo(across, joined - ROUND)
        path.quadTo(across, joined, across - ROUND, joined)
        path.lineTo(self._middle + ADD + 3, joined)
        color = self._theme.color("shortcut")
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.setPen(QPen(color, 1.6, DASHES.get(shortcut.kind, Qt.PenStyle.SolidLine)))
        self._painter.drawPath(path)
        self._tip(QPointF(self._middle + ADD, joined), QPointF(HEAD + 2, 0), color)
        half = (fork + joined) / 2
        for line, words in enumerate((shortcut.title, *shortcut.lines)):
            place = QRectF(across + 7, half - 10 + 16 * line, BESIDE - 32, 18)
            self._text(
                place, words, "shortcut" if not line else "text_muted", points=-0.5 if not line else -1.5, at=LEFT
            )

    def _add(self, at: float) -> None:
        self._painter.setPen(QPen(self._theme.color("text"), 1.3))
        self._painter.setBrush(self._theme.color("canvas"))
        self._painter.drawEllipse(QPointF(self._middle, at), ADD, ADD)
        for way in (QPointF(4, 0), QPointF(0, 4)):
            self._painter.drawLine(QPointF(self._middle, at) - way, QPointF(self._middle, at) + way)

    def _arrow(self, top: float, bottom: float) -> None:
        color = self._theme.color("edge")
        self._painter.setPen(QPen(color, 1.3))
        self._painter.drawLine(QPointF(self._middle, top), QPointF(self._middle, bottom - 2))
        self._tip(QPointF(self._middle, bottom), QPointF(0, -HEAD - 2), color)

    def _tip(self, at: QPointF, back: QPointF, color: QColor) -> None:
        """A filled arrowhead that ends at a point."""
        side = QPointF(back.y(), back.x()) * 0.55
        path = QPainterPath(at)
        path.lineTo(at + back + side)
        path.lineTo(at + back - side)
        path.closeSubpath()
        self._painter.fillPath(path, color)

    def _text(
        self, place: QRectF, words: str, color: str, *, points: float = 0.0, bold: bool = False, at: int = CENTRE
    ) -> None:
        font = QFont(self._font)
        font.setPointSizeF(max(7.0, font.pointSizeF() + points))
        font.setBold(bold)
        self._painter.setFont(font)
        self._painter.setPen(self._theme.color(color))
        self._painter.drawText(place, at | int(Qt.TextFlag.TextDontClip), words)


def _in_words(drawing: BlockDrawing) -> str:
    cards = ", ".join(card.title for card in drawing.cards)
    shortcut = "" if drawing.shortcut is None else f", {drawing.shortcut.title}"
    return f"{drawing.title}: {cards}{shortcut}"
