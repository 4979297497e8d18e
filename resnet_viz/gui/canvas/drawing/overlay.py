"""Paints what lies over the drawing in pixels of the canvas: column titles, the hover card, a message."""

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter

from resnet_viz.gui.canvas.drawing.style import CENTER, Style
from resnet_viz.gui.canvas.interaction.camera import HEADER_COLUMN_PX, HEADER_PX, View
from resnet_viz.viewmodels.canvas.drawing import StageColumn, TextRole
from resnet_viz.viewmodels.canvas.node_lookup import HoverCard

TITLE_TOP_PX = 16.0
TITLE_PADDING_PX = 12.0
TITLE_LINE_PX = 19.0


def paint_titles(painter: QPainter, columns: tuple[StageColumn, ...], style: Style, view: View, size: QSizeF) -> None:
    """Paint the columns' titles in the longest form that fits; they stay in view with any part of their column."""
    for column in columns:
        left = max(view.pixel_x(column.x), 0.0)
        room = min(view.pixel_x(column.x + column.w), size.width()) - left - 2 * TITLE_PADDING_PX
        if room > 0:
            background = QRectF(left + 2, TITLE_TOP_PX - 4, room + 2 * TITLE_PADDING_PX - 4, HEADER_PX - TITLE_TOP_PX)
            level_width = _level_width(column, style)
            _paint_lines(
                painter,
                column,
                style,
                background,
                QRectF(left + TITLE_PADDING_PX, TITLE_TOP_PX, room, 18),
                (room - level_width, room),
            )
            if column.level and room >= level_width:
                _paint_level(
                    painter, column, style, QPointF(left + TITLE_PADDING_PX + room - level_width, TITLE_TOP_PX + 1)
                )


def paint_vertical_titles(
    painter: QPainter, columns: tuple[StageColumn, ...], style: Style, view: View, size: QSizeF
) -> None:
    """Paint the titles of a vertical drawing at the left of its columns, on a canvas of this size."""
    width = HEADER_COLUMN_PX - TITLE_PADDING_PX - 20.0
    for column in columns:
        top = max(view.pixel_x(column.x), 0.0)
        room = min(view.pixel_x(column.x + column.w), size.height()) - top
        if room > TITLE_LINE_PX + 4:
            background = QRectF(10, top + 2, width + TITLE_PADDING_PX, min(room - 4, 3 * TITLE_LINE_PX + 4))
            line_count = min(2, int((room - 6) // TITLE_LINE_PX))
            _paint_lines(
                painter, column, style, background, QRectF(20, top + 6, width, TITLE_LINE_PX), (width,) * line_count
            )
            if column.level and room > 3 * TITLE_LINE_PX + 8:
                _paint_level(painter, column, style, QPointF(20.0, top + 7 + 2 * TITLE_LINE_PX))


def _paint_lines(
    painter: QPainter, column: StageColumn, style: Style, background: QRectF, at: QRectF, rooms: tuple[float, ...]
) -> None:
    """Paint a column's title and subtitle, each in the longest form that fits, on the column's background.

    `rooms` are the widths of the lines; the first line lies in `at`, the second below it.
    """
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.theme.color(f"{column.color}_tint"))
    painter.drawRect(background)
    lines: tuple[tuple[tuple[str, ...], TextRole, QColor], ...] = (
        (column.titles, "title", style.blend(column.color, "text", 0.8)),
        (column.subtitles, "subtitle", style.theme.color("text_muted")),
    )
    for index, ((texts, role, color), room) in enumerate(zip(lines, rooms, strict=False)):
        text = next((text for text in texts if style.width(text, role) <= room), "")
        style.draw_text(painter, at.translated(0, index * TITLE_LINE_PX), text, role, color)


def _level_width(column: StageColumn, style: Style) -> float:
    return style.width(column.level, "note") + 14 if column.level else 0.0


def _paint_level(painter: QPainter, column: StageColumn, style: Style, at: QPointF) -> None:
    """Paint the column's feature level, such as C3, in a frame."""
    rect = QRectF(at, QSizeF(_level_width(column, style), 17))
    style.rounded_box(painter, rect, 8, "canvas", column.color)
    style.draw_text(painter, rect, column.level or "", "note", "text", CENTER)


def paint_hover(painter: QPainter, hover: HoverCard, style: Style, point: QPointF, size: QSizeF) -> None:
    """Paint the hover card beside the pointer, inside the canvas."""
    names = max((style.width(name, "note") for name, _ in hover.rows), default=0.0) + 12
    values = max((style.width(value, "note") for _, value in hover.rows), default=0.0)
    width = max(style.width(hover.title, "label"), style.width(hover.subtitle, "note"), names + values) + 24
    height = 48.0 + 17.0 * len(hover.rows)
    x = min(point.x() + 16, size.width() - width - 6)
    y = point.y() + 18 if point.y() + 18 + height < size.height() else point.y() - height - 10
    style.rounded_box(painter, QRectF(x + 1, y + 2, width, height), 6, "shadow")
    style.rounded_box(painter, QRectF(x, y, width, height), 6, "canvas", "border_strong")
    style.draw_text(painter, QRectF(x + 12, y + 8, width, 16), hover.title, "label", "text")
    style.draw_text(painter, QRectF(x + 12, y + 24, width, 16), hover.subtitle, "note", "text_muted")
    for index, (name, value) in enumerate(hover.rows):
        top = y + 43 + 17 * index
        style.draw_text(painter, QRectF(x + 12, top, names, 16), name, "note", "text_muted")
        style.draw_text(painter, QRectF(x + 12 + names, top, values + 4, 16), value, "note", "text")


def paint_message(painter: QPainter, sentence: str, style: Style, size: QSizeF) -> None:
    """Paint a sentence in the middle of an empty canvas."""
    rect = QRectF(40, 0, size.width() - 80, size.height())
    style.draw_text(painter, rect, sentence, "title", "text_muted", CENTER | Qt.TextFlag.TextWordWrap)
