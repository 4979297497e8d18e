"""The picture of both blocks side by side, in the theme's colors."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen

from resnet_viz.gui.theme import Theme
from resnet_viz.gui.widgets.painted import PaintedWidget
from resnet_viz.gui.widgets.pictures import Picture, save_picture
from resnet_viz.spec.network import BlockKind
from resnet_viz.texts import tr
from resnet_viz.viewmodels.compare.block_drawing import SLOTS, BlockDrawing, ConvCard, ShortcutLine

BLOCK_COLORS: dict[BlockKind, str] = {"basic": "stage1", "bottleneck": "stage3"}
"""The theme's color of each block, in the picture and in the charts."""
CARD_WIDTH_PX, CARD_HEIGHT_PX = 196.0, 60.0
TITLE_HEIGHT_PX, ROW_STEP_PX = 26.0, 82.0
CARD_GAP_PX = ROW_STEP_PX - CARD_HEIGHT_PX
SHORTCUT_WIDTH_PX = 138.0  # for the line of the shortcut and its captions
ADD_RADIUS_PX, ARROWHEAD_PX, CORNER_RADIUS_PX = 10.0, 5.0, 12.0
PICTURE_MARGIN_PX = 12.0
MIN_SCALE, MAX_SCALE = 0.72, 1.25
DASHES = {"identity": Qt.PenStyle.DashLine, "projection": Qt.PenStyle.SolidLine, "padding": Qt.PenStyle.DotLine}
CENTERED = int(Qt.AlignmentFlag.AlignCenter)
AT_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
COLUMN_WIDTH_PX = CARD_WIDTH_PX + SHORTCUT_WIDTH_PX
PICTURE_HEIGHT_PX = TITLE_HEIGHT_PX + CARD_GAP_PX + SLOTS * ROW_STEP_PX + 94.0


class BlockPicture(PaintedWidget):
    """Two drawings with common rows: layers with the same role have the same height."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(tr("Both blocks"), theme)
        self._drawings: tuple[BlockDrawing, ...] = ()
        self.setMinimumSize(self.sizeHint() * MIN_SCALE)

    def show_drawings(self, drawings: Sequence[BlockDrawing]) -> None:
        """Draw these blocks, and describe them to screen readers."""
        self._drawings = tuple(drawings)
        self.setAccessibleDescription("; ".join(_description(drawing) for drawing in drawings))
        self.update()

    def save_picture(self, path: Path) -> None:
        """Write the drawings as .png or .svg, atomically; raises UserError."""
        name, dpi = self.accessibleName(), self.logicalDpiX()
        save_picture(Picture(size=QSizeF(self.size()), paint=self.paint_all, title=name, dpi=dpi), path)

    def sizeHint(self) -> QSize:  # Qt override
        """Return the size of both drawings at scale 1."""
        return QSize(round(2 * COLUMN_WIDTH_PX + 2 * PICTURE_MARGIN_PX), round(PICTURE_HEIGHT_PX))

    def _paint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        natural = self.sizeHint()
        scale = min(self.width() / natural.width(), self.height() / natural.height(), MAX_SCALE)
        painter.translate((self.width() - scale * natural.width()) / 2, 0.0)
        painter.scale(scale, scale)
        for index, drawing in enumerate(self._drawings):
            painter.save()
            painter.translate(PICTURE_MARGIN_PX + index * COLUMN_WIDTH_PX, 4.0)
            _BlockPainter(painter, self._theme, self.font()).block(drawing)
            painter.restore()


class _BlockPainter:
    """Paints one block with its top left corner at 0, 0."""

    def __init__(self, painter: QPainter, theme: Theme, font: QFont) -> None:
        self._painter, self._theme, self._font = painter, theme, font
        self._middle = CARD_WIDTH_PX / 2

    def block(self, drawing: BlockDrawing) -> None:
        """Paint the whole block, from its title down to its output."""
        color = BLOCK_COLORS[drawing.kind]
        title = QRectF(0, 0, CARD_WIDTH_PX, TITLE_HEIGHT_PX)
        self._text(title, drawing.title, color, points=4.0, bold=True, at=AT_LEFT)
        top = TITLE_HEIGHT_PX + 20
        self._text(QRectF(0, TITLE_HEIGHT_PX, CARD_WIDTH_PX, 18), drawing.x, "text_muted")
        first = top + CARD_GAP_PX + 8
        bottom = top
        for card in drawing.cards:
            upper = first + card.slot * ROW_STEP_PX
            self._arrow(bottom, upper)
            self._card(QRectF(0, upper, CARD_WIDTH_PX, CARD_HEIGHT_PX), card, color)
            bottom = upper + CARD_HEIGHT_PX
        joined = first + SLOTS * ROW_STEP_PX + ADD_RADIUS_PX - 2
        below = joined + ADD_RADIUS_PX
        self._arrow(bottom, joined - ADD_RADIUS_PX if drawing.shortcut else below)
        if drawing.shortcut:
            self._shortcut(drawing.shortcut, top + 12, joined)
            self._add(joined)
        self._arrow(below, below + 24)
        self._text(QRectF(-20, below + 26, CARD_WIDTH_PX + 40, 18), drawing.y, "text_muted")

    def _card(self, box: QRectF, card: ConvCard, color: str) -> None:
        self._painter.setPen(QPen(self._theme.color(color), 1.2))
        self._painter.setBrush(self._theme.color(f"{color}_tint"))
        self._painter.drawRoundedRect(box, 5, 5)
        for down, text, name, bold in (
            (4.0, card.title, "card_text", True), (22.0, card.cost, "text_muted", False),
            (39.0, card.partners, "text_muted", False),
        ):  # fmt: skip
            points = 0.5 if bold else -1.0
            self._text(QRectF(box.x(), box.y() + down, CARD_WIDTH_PX, 19), text, name, points=points, bold=bold)
        beside_arrow = QRectF(self._middle + 7, box.bottom() + 1, CARD_WIDTH_PX / 2, CARD_GAP_PX - 4)
        self._text(beside_arrow, card.output, "text_muted", points=-1.5, at=AT_LEFT)

    def _shortcut(self, shortcut: ShortcutLine, fork: float, joined: float) -> None:
        """Paint the shortcut from x down beside the cards into the `+`, with its captions halfway."""
        across = CARD_WIDTH_PX + 22
        path = QPainterPath(QPointF(self._middle, fork))
        path.lineTo(across - CORNER_RADIUS_PX, fork)
        path.quadTo(across, fork, across, fork + CORNER_RADIUS_PX)
        path.lineTo(across, joined - CORNER_RADIUS_PX)
        path.quadTo(across, joined, across - CORNER_RADIUS_PX, joined)
        path.lineTo(self._middle + ADD_RADIUS_PX + 3, joined)
        color = self._theme.color("shortcut")
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.setPen(QPen(color, 1.6, DASHES.get(shortcut.kind, Qt.PenStyle.SolidLine)))
        self._painter.drawPath(path)
        self._arrowhead(QPointF(self._middle + ADD_RADIUS_PX, joined), QPointF(ARROWHEAD_PX + 2, 0), color)
        half = (fork + joined) / 2
        for line, text in enumerate((shortcut.title, *shortcut.lines)):
            box = QRectF(across + 7, half - 10 + 16 * line, SHORTCUT_WIDTH_PX - 32, 18)
            name, points = ("text_muted", -1.5) if line else ("shortcut", -0.5)
            self._text(box, text, name, points=points, at=AT_LEFT)

    def _add(self, at: float) -> None:
        self._painter.setPen(QPen(self._theme.color("text"), 1.3))
        self._painter.setBrush(self._theme.color("canvas"))
        self._painter.drawEllipse(QPointF(self._middle, at), ADD_RADIUS_PX, ADD_RADIUS_PX)
        for arm in (QPointF(4, 0), QPointF(0, 4)):
            self._painter.drawLine(QPointF(self._middle, at) - arm, QPointF(self._middle, at) + arm)

    def _arrow(self, top: float, bottom: float) -> None:
        color = self._theme.color("edge")
        self._painter.setPen(QPen(color, 1.3))
        self._painter.drawLine(QPointF(self._middle, top), QPointF(self._middle, bottom - 2))
        self._arrowhead(QPointF(self._middle, bottom), QPointF(0, -ARROWHEAD_PX - 2), color)

    def _arrowhead(self, at: QPointF, back: QPointF, color: QColor) -> None:
        """Fill an arrowhead with its tip at a point; `back` leads from the tip to the middle of its base."""
        side = QPointF(back.y(), back.x()) * 0.55
        path = QPainterPath(at)
        path.lineTo(at + back + side)
        path.lineTo(at + back - side)
        path.closeSubpath()
        self._painter.fillPath(path, color)

    def _text(
        self, box: QRectF, text: str, color: str, *, points: float = 0.0, bold: bool = False, at: int = CENTERED
    ) -> None:
        font = QFont(self._font)
        font.setPointSizeF(max(7.0, font.pointSizeF() + points))
        font.setBold(bold)
        self._painter.setFont(font)
        self._painter.setPen(self._theme.color(color))
        self._painter.drawText(box, at | int(Qt.TextFlag.TextDontClip), text)


def _description(drawing: BlockDrawing) -> str:
    cards = ", ".join(card.title for card in drawing.cards)
    shortcut = "" if drawing.shortcut is None else f", {drawing.shortcut.title}"
    return f"{drawing.title}: {cards}{shortcut}"
