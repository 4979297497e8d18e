"""What lies over the drawing in pixels of the window: band titles, legend, hover card, empty state."""

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from resnet_viz.gui.canvas_ink import Ink
from resnet_viz.gui.canvas_sketch import Sketch
from resnet_viz.gui.canvas_view import HEADER_COLUMN, HEADER_PIXELS, View
from resnet_viz.viewmodels.canvas import Hover, LegendEntry
from resnet_viz.viewmodels.picture import Band, TextRole
from resnet_viz.viewmodels.tint import Shades

TITLE_TOP = 16.0
TITLE_PAD = 12.0
SCALE_WIDTH = 96.0
SWATCH = 11.0
TITLE_LINE = 19.0
MINIMAP_ROOM = 210.0
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_CENTER = int(Qt.AlignmentFlag.AlignCenter)


def paint_titles(painter: QPainter, bands: tuple[Band, ...], ink: Ink, view: View, size: QSizeF) -> None:
    """The bands' titles, as long as there is room; they stay in view while any of their band is."""
    for band in bands:
        left = max(view.across(band.x), 0.0)
        right = min(view.across(band.x + band.w), size.width())
        room = right - left - 2 * TITLE_PAD
        if room > 0:
            _paint_title(painter, band, ink, (left, room))


def paint_titles_beside(painter: QPainter, bands: tuple[Band, ...], ink: Ink, view: View, size: QSizeF) -> None:
    """The same on the left of bands that lie below one another; `size` is that of the canvas."""
    for band in bands:
        top = max(view.across(band.x), 0.0)
        room = min(view.across(band.x + band.w), size.height()) - top
        if room > TITLE_LINE + 4:
            _paint_title_beside(painter, band, ink, (top, room))


def _paint_title_beside(painter: QPainter, band: Band, ink: Ink, place: tuple[float, float]) -> None:
    top, room = place
    width = HEADER_COLUMN - TITLE_PAD - 20.0
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink.theme.color(f"{band.color}_tint"))
    painter.drawRect(QRectF(10, top + 2, width + TITLE_PAD, min(room - 4, 3 * TITLE_LINE + 4)))
    lines: tuple[tuple[tuple[str, ...], TextRole, QColor], ...] = (
        (band.titles, "title", ink.mixed(band.color, "text", 0.8)),
        (band.subtitles, "subtitle", ink.theme.color("text_muted")),
    )
    for place_of, (texts, role, color) in enumerate(lines):
        y = top + 6 + place_of * TITLE_LINE
        if y + TITLE_LINE > top + room:
            return
        metrics = QFontMetricsF(ink.fonts[role])
        text = next((text for text in texts if metrics.horizontalAdvance(text) <= width), "")
        painter.setFont(ink.fonts[role])
        painter.setPen(color)
        painter.drawText(QRectF(20, y, width, TITLE_LINE), _LEFT, text)
    if band.level and room > 3 * TITLE_LINE + 8:
        tag = QFontMetricsF(ink.fonts["note"]).horizontalAdvance(band.level) + 14
        painter.save()
        painter.translate(0, top + 6 + 2 * TITLE_LINE - TITLE_TOP)
        _paint_tag(painter, band.level, ink, (20.0, tag), band.color)
        painter.restore()


def _paint_title(painter: QPainter, band: Band, ink: Ink, place: tuple[float, float]) -> None:
    left, room = place
    tint = ink.theme.color(f"{band.color}_tint")
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tint)
    painter.drawRect(QRectF(left + 2, TITLE_TOP - 4, room + 2 * TITLE_PAD - 4, HEADER_PIXELS - TITLE_TOP))
    tag = QFontMetricsF(ink.fonts["note"]).horizontalAdvance(band.level) + 14 if band.level else 0.0
    title_room = room - tag
    lines: tuple[tuple[tuple[str, ...], TextRole, str, float, float], ...] = (
        (band.titles, "title", band.color, TITLE_TOP, title_room),
        (band.subtitles, "subtitle", "text_muted", TITLE_TOP + 19, room),
    )
    for texts, role, color, top, width in lines:
        metrics = QFontMetricsF(ink.fonts[role])
        text = next((text for text in texts if metrics.horizontalAdvance(text) <= width), "")
        painter.setFont(ink.fonts[role])
        painter.setPen(ink.mixed(color, "text", 0.8) if role == "title" else ink.theme.color(color))
        painter.drawText(QRectF(left + TITLE_PAD, top, room, 18), _LEFT, text)
    if band.level and room >= tag:
        _paint_tag(painter, band.level, ink, (left + TITLE_PAD + room - tag, tag), band.color)


def _paint_tag(painter: QPainter, text: str, ink: Ink, place: tuple[float, float], color: str) -> None:
    box = QRectF(place[0], TITLE_TOP + 1, place[1], 17)
    painter.setPen(ink.pen(color, 1))
    painter.setBrush(ink.theme.color("canvas"))
    painter.drawRoundedRect(box, 8, 8)
    painter.setFont(ink.fonts["note"])
    painter.setPen(ink.theme.color("text"))
    painter.drawText(box, _CENTER, text)


def paint_legend(painter: QPainter, entries: tuple[LegendEntry, ...], ink: Ink, size: QSizeF) -> float:
    """A line sample for each kind of skip that the network has; where it ends."""
    if not entries:
        return 0.0
    metrics = QFontMetricsF(ink.fonts["note"])
    sample, gap = 30.0, 18.0
    widths = [sample + 6 + metrics.horizontalAdvance(entry.name) for entry in entries]
    middle = size.height() - 24.0
    x = 20.0
    plate = QRectF(x - 8, middle - 12, sum(widths) + gap * (len(entries) - 1) + 16, 24)
    painter.setPen(ink.pen("border"))
    painter.setBrush(ink.theme.color("canvas"))
    painter.drawRoundedRect(plate, 5, 5)
    painter.setFont(ink.fonts["note"])
    for entry, width in zip(entries, widths, strict=True):
        painter.setPen(ink.skip_pen(entry.kind))
        painter.drawLine(QPointF(x, middle), QPointF(x + sample, middle))
        painter.setPen(ink.theme.color("text_muted"))
        painter.drawText(QRectF(x + sample + 6, middle - 10, width, 20), _LEFT, entry.name)
        x += width + gap
    return plate.right()


def paint_colours(painter: QPainter, sketch: Sketch, ink: Ink, size: QSizeF, begin: float) -> None:
    """What the cards' colours mean, where they are not their stages'; the legend ends at `begin`."""
    if sketch.shades is not None:
        paint_scale(painter, sketch.shades, ink, size, begin)
    if sketch.palette is not None:
        paint_swatches(painter, sketch.palette.names, ink, size, begin)


def paint_scale(painter: QPainter, found: Shades, ink: Ink, size: QSizeF, begin: float) -> None:
    """The colour scale with its ends, behind the legend, which ends at `begin`, or above it where the minimap is near.

    Words alone while nothing is measured.
    """
    metrics = QFontMetricsF(ink.fonts["note"])
    texts = (found.title, found.low, found.high)
    widths = [metrics.horizontalAdvance(text) for text in texts]
    bar = SCALE_WIDTH if found.high else 0.0
    width = sum(widths) + bar + (34.0 if found.high else 16.0)
    left, middle = begin + 20.0, size.height() - 24.0
    if left + width > size.width() - MINIMAP_ROOM:
        left, middle = 20.0, middle - 30.0
    painter.setPen(ink.pen("border"))
    painter.setBrush(ink.theme.color("canvas"))
    painter.drawRoundedRect(QRectF(left - 8, middle - 12, width, 24), 5, 5)
    painter.setFont(ink.fonts["note"])
    painter.setPen(ink.theme.color("text_muted"))
    painter.drawText(QRectF(left, middle - 10, widths[0] + 4, 20), _LEFT, texts[0])
    if not found.high:
        return
    left += widths[0] + 8
    painter.drawText(QRectF(left, middle - 10, widths[1] + 4, 20), _LEFT, texts[1])
    left += widths[1] + 5
    steps = 48
    for step in range(steps):
        cell = QRectF(left + bar * step / steps, middle - 5, bar / steps + 0.6, 10)
        painter.fillRect(cell, ink.shade(step / (steps - 1)))
    painter.drawText(QRectF(left + bar + 5, middle - 10, widths[2] + 4, 20), _LEFT, texts[2])


def paint_swatches(painter: QPainter, names: tuple[tuple[str, str], ...], ink: Ink, size: QSizeF, begin: float) -> None:
    """A swatch for each colour that stands for something, behind the legend or above it."""
    metrics = QFontMetricsF(ink.fonts["note"])
    widths = [SWATCH + 5 + metrics.horizontalAdvance(word) + 14 for _, word in names]
    left, middle = begin + 20.0, size.height() - 24.0
    if left + sum(widths) > size.width() - MINIMAP_ROOM:
        left, middle = 20.0, middle - (30.0 if sum(widths) < size.width() - MINIMAP_ROOM else 60.0)
    painter.setPen(ink.pen("border"))
    painter.setBrush(ink.theme.color("canvas"))
    painter.drawRoundedRect(QRectF(left - 8, middle - 12, sum(widths) + 2, 24), 5, 5)
    painter.setFont(ink.fonts["note"])
    for (color, word), width in zip(names, widths, strict=True):
        painter.setPen(ink.pen(color))
        painter.setBrush(ink.mixed(color, "canvas", 0.42))
        painter.drawRoundedRect(QRectF(left, middle - SWATCH / 2, SWATCH, SWATCH), 2, 2)
        painter.setPen(ink.theme.color("text_muted"))
        painter.drawText(QRectF(left + SWATCH + 5, middle - 10, width, 20), _LEFT, word)
        left += width


def paint_hover(painter: QPainter, hover: Hover, ink: Ink, point: QPointF, size: QSizeF) -> None:
    """The card beside the pointer, kept inside the canvas."""
    label, note = QFontMetricsF(ink.fonts["label"]), QFontMetricsF(ink.fonts["note"])
    words = max((note.horizontalAdvance(word) for word, _ in hover.rows), default=0.0) + 12
    values = max((note.horizontalAdvance(value) for _, value in hover.rows), default=0.0)
    width = max(label.horizontalAdvance(hover.title), note.horizontalAdvance(hover.subtitle), words + values) + 24
    height = 48.0 + 17.0 * len(hover.rows)
    x = min(point.x() + 16, size.width() - width - 6)
    y = point.y() + 18 if point.y() + 18 + height < size.height() else point.y() - height - 10
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink.theme.color("shadow"))
    painter.drawRoundedRect(QRectF(x + 1, y + 2, width, height), 6, 6)
    painter.setPen(ink.pen("border_strong"))
    painter.setBrush(ink.theme.color("canvas"))
    painter.drawRoundedRect(QRectF(x, y, width, height), 6, 6)
    painter.setPen(ink.theme.color("text"))
    painter.setFont(ink.fonts["label"])
    painter.drawText(QRectF(x + 12, y + 8, width, 16), _LEFT, hover.title)
    painter.setFont(ink.fonts["note"])
    painter.setPen(ink.theme.color("text_muted"))
    painter.drawText(QRectF(x + 12, y + 24, width, 16), _LEFT, hover.subtitle)
    for place, (word, value) in enumerate(hover.rows):
        top = y + 43 + 17 * place
        painter.setPen(ink.theme.color("text_muted"))
        painter.drawText(QRectF(x + 12, top, words, 16), _LEFT, word)
        painter.setPen(ink.theme.color("text"))
        painter.drawText(QRectF(x + 12 + words, top, values + 4, 16), _LEFT, value)


def paint_message(painter: QPainter, sentence: str, ink: Ink, size: QSizeF) -> None:
    """A sentence where a drawing would be."""
    painter.setFont(ink.fonts["title"])
    painter.setPen(ink.theme.color("text_muted"))
    box = QRectF(40, 0, size.width() - 80, size.height())
    painter.drawText(box, _CENTER | int(Qt.TextFlag.TextWordWrap), sentence)
