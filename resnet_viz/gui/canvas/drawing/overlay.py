"""What lies over the drawing in pixels of the window: band titles, hover card, empty state."""

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter

from resnet_viz.gui.canvas.drawing.style import CENTER, Ink
from resnet_viz.gui.canvas.interaction.camera import HEADER_COLUMN, HEADER_PIXELS, View
from resnet_viz.viewmodels.canvas.drawing import Band, TextRole
from resnet_viz.viewmodels.canvas.nodes import Hover

TITLE_TOP = 16.0
TITLE_PAD = 12.0
TITLE_LINE = 19.0


def paint_titles(painter: QPainter, bands: tuple[Band, ...], ink: Ink, view: View, size: QSizeF) -> None:
    """The bands' titles, as long as there is room; they stay in view while any of their band is."""
    for band in bands:
        left = max(view.across(band.x), 0.0)
        room = min(view.across(band.x + band.w), size.width()) - left - 2 * TITLE_PAD
        if room > 0:
            ground = QRectF(left + 2, TITLE_TOP - 4, room + 2 * TITLE_PAD - 4, HEADER_PIXELS - TITLE_TOP)
            tag = _tag_width(band, ink)
            _paint_lines(painter, band, ink, ground, QRectF(left + TITLE_PAD, TITLE_TOP, room, 18), (room - tag, room))
            if band.level and room >= tag:
                _paint_tag(painter, band, ink, QPointF(left + TITLE_PAD + room - tag, TITLE_TOP + 1))


def paint_titles_beside(painter: QPainter, bands: tuple[Band, ...], ink: Ink, view: View, size: QSizeF) -> None:
    """The same on the left of bands that lie below one another; `size` is that of the canvas."""
    width = HEADER_COLUMN - TITLE_PAD - 20.0
    for band in bands:
        top = max(view.across(band.x), 0.0)
        room = min(view.across(band.x + band.w), size.height()) - top
        if room > TITLE_LINE + 4:
            ground = QRectF(10, top + 2, width + TITLE_PAD, min(room - 4, 3 * TITLE_LINE + 4))
            fitting = min(2, int((room - 6) // TITLE_LINE))
            _paint_lines(painter, band, ink, ground, QRectF(20, top + 6, width, TITLE_LINE), (width,) * fitting)
            if band.level and room > 3 * TITLE_LINE + 8:
                _paint_tag(painter, band, ink, QPointF(20.0, top + 7 + 2 * TITLE_LINE))


def _paint_lines(painter: QPainter, band: Band, ink: Ink, ground: QRectF, at: QRectF, rooms: tuple[float, ...]) -> None:
    """Title and subtitle in the longest words that have room, on the band's ground.

    There is a line for each room, the first of them in the box `at`.
    """
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink.theme.color(f"{band.color}_tint"))
    painter.drawRect(ground)
    lines: tuple[tuple[tuple[str, ...], TextRole, QColor], ...] = (
        (band.titles, "title", ink.mixed(band.color, "text", 0.8)),
        (band.subtitles, "subtitle", ink.theme.color("text_muted")),
    )
    for place, ((texts, role, color), room) in enumerate(zip(lines, rooms, strict=False)):
        text = next((text for text in texts if ink.width(text, role) <= room), "")
        ink.write(painter, at.translated(0, place * TITLE_LINE), text, role, color)


def _tag_width(band: Band, ink: Ink) -> float:
    return ink.width(band.level, "note") + 14 if band.level else 0.0


def _paint_tag(painter: QPainter, band: Band, ink: Ink, at: QPointF) -> None:
    """What the band's stage is in the published networks, in a frame."""
    box = QRectF(at, QSizeF(_tag_width(band, ink), 17))
    ink.plate(painter, box, 8, "canvas", band.color)
    ink.write(painter, box, band.level or "", "note", "text", CENTER)


def paint_hover(painter: QPainter, hover: Hover, ink: Ink, point: QPointF, size: QSizeF) -> None:
    """The card beside the pointer, kept inside the canvas."""
    words = max((ink.width(word, "note") for word, _ in hover.rows), default=0.0) + 12
    values = max((ink.width(value, "note") for _, value in hover.rows), default=0.0)
    width = max(ink.width(hover.title, "label"), ink.width(hover.subtitle, "note"), words + values) + 24
    height = 48.0 + 17.0 * len(hover.rows)
    x = min(point.x() + 16, size.width() - width - 6)
    y = point.y() + 18 if point.y() + 18 + height < size.height() else point.y() - height - 10
    ink.plate(painter, QRectF(x + 1, y + 2, width, height), 6, "shadow")
    ink.plate(painter, QRectF(x, y, width, height), 6, "canvas", "border_strong")
    ink.write(painter, QRectF(x + 12, y + 8, width, 16), hover.title, "label", "text")
    ink.write(painter, QRectF(x + 12, y + 24, width, 16), hover.subtitle, "note", "text_muted")
    for place, (word, value) in enumerate(hover.rows):
        top = y + 43 + 17 * place
        ink.write(painter, QRectF(x + 12, top, words, 16), word, "note", "text_muted")
        ink.write(painter, QRectF(x + 12 + words, top, values + 4, 16), value, "note", "text")


def paint_message(painter: QPainter, sentence: str, ink: Ink, size: QSizeF) -> None:
    """A sentence where a drawing would be."""
    box = QRectF(40, 0, size.width() - 80, size.height())
    ink.write(painter, box, sentence, "title", "text_muted", CENTER | Qt.TextFlag.TextWordWrap)
