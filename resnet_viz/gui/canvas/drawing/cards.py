"""Paints a layout: only what is in view, and of that what suits the scale."""

from contextlib import nullcontext

from PySide6.QtCore import QLineF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen

from resnet_viz.gui.canvas.drawing.lines import ARROW, paint_bare_routes, paint_links, paint_route
from resnet_viz.gui.canvas.drawing.spatial_index import Sketch
from resnet_viz.gui.canvas.drawing.style import CENTER, LEFT_MIDDLE, TURN, Ink, turned
from resnet_viz.gui.canvas.interaction.camera import LOWEST, View
from resnet_viz.viewmodels.canvas.drawing import (
    SHAPE_HALF,
    SHAPE_TOP,
    STACK,
    TEXT_SIZES,
    Card,
    Frame,
    TextRole,
)

READABLE = 6.5  # pixels; a smaller text is left out
BLOB = LOWEST  # below this scale cards are bare blobs and routes bare lines
CARD_CORNER = 3.5
STRIP = 5.0
FONT_ROOM = 1.3
SHAPE_GAP, SHAPE_ROOM = 2 * SHAPE_HALF, 90.0
CLOSE = 1.5  # from this scale on, every shape is written
_TOP = Qt.AlignmentFlag.AlignLeft


def paint_scene(painter: QPainter, sketch: Sketch, ink: Ink, view: View, size: QSizeF) -> None:
    """Bands, frames, routes, trunk, cards and captions, as far as they are in view."""
    paint_bands(painter, sketch, ink, view, size)
    paint_parts(painter, sketch, ink, view, QRectF(QPointF(0, 0), size))


def paint_parts(painter: QPainter, sketch: Sketch, ink: Ink, view: View, part: QRectF) -> None:
    """Everything but the bands, as far as it is in a part of the canvas, given in pixels."""
    left, top = view.scene(part.left(), part.top())
    right, bottom = view.scene(part.right(), part.bottom())
    margin = STACK + 2.0
    left, right, heights = left - margin, right + margin, (top - margin, bottom + margin)
    painter.save()
    painter.translate(view.x, view.y)
    painter.scale(view.scale, view.high)
    blobs = view.scale < BLOB
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, not blobs)
    if blobs:
        paint_bare_routes(painter, sketch, ink, (left, right))
        _paint_blobs(painter, sketch, ink, (left, right))
    else:
        for index in sketch.frames(left, right):
            _paint_frame(painter, sketch.drawing.frames[index], sketch, ink, view.scale)
        for index in sketch.routes(left, right):
            route = sketch.drawing.routes[index]
            if _meets(heights, min(route.stroke[1][1], 0.0), 0.0):
                paint_route(painter, route, ink)
        if _meets(heights, -ARROW, ARROW):
            paint_links(painter, sketch, ink, (left, right))
        if _meets(heights, 0.0, SHAPE_ROOM) and TEXT_SIZES["note"] * view.scale >= READABLE:
            _paint_shapes(painter, sketch, ink, (left, right), every=view.scale >= CLOSE)
        for index in sketch.cards(left, right):
            box = sketch.rects[index]
            if _meets(heights, box.top(), box.bottom()):
                _paint_card(painter, sketch, index, ink, view.scale)
        if TEXT_SIZES["caption"] * view.scale >= READABLE:
            _paint_captions(painter, sketch, ink, (left, right))
    painter.restore()


def _meets(heights: tuple[float, float], top: float, bottom: float) -> bool:
    return bottom >= heights[0] and top <= heights[1]


def paint_bands(painter: QPainter, sketch: Sketch, ink: Ink, view: View, size: QSizeF) -> None:
    """The tinted columns of the stages."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for band in sketch.bands:
        paint_band(painter, ink, band.color, (view.across(band.x), view.across(band.x + band.w)), size)


def paint_band(painter: QPainter, ink: Ink, color: str, span: tuple[float, float], size: QSizeF) -> None:
    """One of them, from a pixel to a pixel."""
    if span[0] < size.width() and span[1] > max(0.0, span[0]):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink.theme.color(f"{color}_tint"))
        painter.drawRoundedRect(QRectF(span[0], 8, span[1] - span[0], size.height() - 16), 8, 8)


def _paint_blobs(painter: QPainter, sketch: Sketch, ink: Ink, span: tuple[float, float]) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    by_color: dict[int, tuple[QColor, list[QRectF]]] = {}
    cards = sketch.drawing.cards
    fills: dict[tuple[str, str], QColor] = {}
    if sketch.shades is not None:
        for index in sketch.cards(*span):
            painter.setBrush(ink.shade(sketch.shades.parts[index]))
            painter.drawRect(sketch.rects[index])
        return
    for index in sketch.cards(*span):
        card = cards[index]
        color = sketch.color(card)
        fill = fills.get((color, card.kind))
        if fill is None:
            fill = fills[color, card.kind] = ink.outline(card, color)
            by_color.setdefault(fill.rgba(), (fill, []))
        by_color[fill.rgba()][1].append(sketch.rects[index])
    for fill, rects in by_color.values():
        painter.setBrush(fill)
        painter.drawRects(rects)


def _paint_frame(painter: QPainter, frame: Frame, sketch: Sketch, ink: Ink, scale: float) -> None:
    color = sketch.colors[frame.band]
    pen = ink.pen(color, 1.1)
    pen.setDashPattern([3, 2.5])
    painter.setPen(pen)
    painter.setBrush(ink.mixed(color, "canvas", 0.1))
    painter.drawRoundedRect(QRectF(frame.x, frame.y, frame.w, frame.h), 6, 6)
    if TEXT_SIZES["label"] * scale < READABLE:
        return
    painter.save()
    painter.translate(frame.x + 10, frame.y + 5)
    height = TEXT_SIZES["label"] * FONT_ROOM
    if sketch.drawing.down:
        painter.setTransform(TURN, True)
        painter.rotate(90)
        painter.translate(0, -height)
    box = QRectF(0, 0, frame.w - 20, height)
    ink.write(painter, box, frame.title, "label", ink.mixed(color, "text", 0.75), _TOP)
    used = painter.boundingRect(box, int(_TOP), frame.title)
    ink.write(painter, box.adjusted(used.width() + 8, 1, 0, 1), frame.note, "note", "text_muted", _TOP)
    painter.restore()


def _paint_shapes(painter: QPainter, sketch: Sketch, ink: Ink, span: tuple[float, float], *, every: bool) -> None:
    """The shape that goes along a piece of the trunk, upright below it: where it changed, or all when seen closely."""
    painter.setPen(ink.theme.color("text_muted"))
    painter.setFont(ink.fonts["note"])
    for index in sketch.links(*span):
        link = sketch.drawing.links[index]
        if link.text and (every or link.news) and link.stop - link.x >= SHAPE_GAP:
            painter.save()
            painter.translate(link.at, SHAPE_TOP)
            if sketch.drawing.down:
                painter.setTransform(TURN, True)
            else:
                painter.rotate(90)
            painter.drawText(QRectF(0, -SHAPE_GAP / 2, SHAPE_ROOM, SHAPE_GAP), int(LEFT_MIDDLE), link.text)
            painter.restore()


def _paint_card(painter: QPainter, sketch: Sketch, index: int, ink: Ink, scale: float) -> None:
    card, box = sketch.drawing.cards[index], sketch.rects[index]
    color = sketch.color(card)
    outline = ink.outline(card, color)
    painter.setPen(QPen(outline, 1.2))
    painter.setBrush(ink.fill(card, color) if sketch.shades is None else ink.shade(sketch.shades.parts[index]))
    if card.kind == "add":
        painter.drawEllipse(box)
        arm = card.w * 0.24
        middle = box.center()
        if sketch.shades is not None:
            outline = ink.words_on(sketch.shades.parts[index])
        painter.setPen(QPen(outline, 1.8))
        painter.drawLines([
            QLineF(middle.x() - arm, middle.y(), middle.x() + arm, middle.y()),
            QLineF(middle.x(), middle.y() - arm, middle.x(), middle.y() + arm),
        ])  # fmt: skip
        return
    if card.kind in ("stage", "run"):
        _paint_stack(painter, box)
    radius = card.h / 2 if card.kind == "pill" else CARD_CORNER
    painter.drawRoundedRect(box, radius, radius)
    if card.kind in ("stage", "run", "block", "layer"):
        _paint_strip(painter, card, box, QBrush(outline))
    words = ink.theme.color("shortcut" if card.kind == "pill" else "card_text")
    if sketch.shades is not None:
        words = ink.words_on(sketch.shades.parts[index])
    _paint_words(painter, card, box, ink, (scale, words, sketch.drawing.down))


def _paint_stack(painter: QPainter, box: QRectF) -> None:
    """Two cards behind, which say that this one stands for several."""
    for offset in (STACK, STACK / 2):
        painter.drawRoundedRect(box.translated(offset, offset), CARD_CORNER, CARD_CORNER)


def _paint_strip(painter: QPainter, card: Card, box: QRectF, brush: QBrush) -> None:
    path = QPainterPath()
    path.addRoundedRect(box, CARD_CORNER, CARD_CORNER)
    strip = QPainterPath()
    strip.addRect(QRectF(box.x(), box.y(), box.width(), STRIP))
    painter.fillPath(path & strip, brush)
    if card.slices > 1:
        step = card.w / card.slices
        painter.drawLines([
            QLineF(card.x + step * place, card.y + STRIP, card.x + step * place, card.y + STRIP * 2)
            for place in range(1, card.slices)
        ])  # fmt: skip


def _paint_words(painter: QPainter, card: Card, box: QRectF, ink: Ink, how: tuple[float, QColor, bool]) -> None:
    scale, color, down = how
    role: TextRole = "note" if card.kind in ("part", "pill") else "label"
    if not card.label or TEXT_SIZES[role] * scale < READABLE:
        return
    painter.save()
    painter.translate(box.center())
    width, height = box.width(), box.height()
    turned = card.turned
    if down:
        painter.setTransform(TURN, True)
        width, height = height, width
        turned = card.kind == "pill"
    if turned:
        painter.rotate(-90)
        width, height = height, width
    first = QRectF(-width / 2, -height / 2, width, height)
    if card.note:
        second = first.translated(0, TEXT_SIZES["note"] * 0.62)
        first.translate(0, -TEXT_SIZES["label"] * 0.55)
        ink.write(painter, second, card.note, "note", color, CENTER)
    ink.write(painter, first, card.label, role, color, CENTER)
    painter.restore()


def _paint_captions(painter: QPainter, sketch: Sketch, ink: Ink, span: tuple[float, float]) -> None:
    painter.setPen(ink.theme.color("text_muted"))
    down, center = sketch.drawing.down, int(CENTER)
    for index in sketch.captions(*span):
        caption = sketch.drawing.captions[index]
        painter.setFont(ink.fonts[caption.role])
        box = QRectF(caption.x, caption.y, caption.w, caption.h)
        with turned(painter) if down else nullcontext():
            painter.drawText((TURN.mapRect(box) if down else box).adjusted(-1, 0, 1, 0), center, caption.text)
