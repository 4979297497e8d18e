"""What the canvas marks: the chosen node, all that it is joined to, and the shortcuts that touch it."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter, QPainterPath

from resnet_viz.gui.canvas.drawing.cards import CARD_CORNER
from resnet_viz.gui.canvas.drawing.lines import rounded
from resnet_viz.gui.canvas.drawing.style import SHORTCUT_WIDTH as PLAIN
from resnet_viz.gui.canvas.drawing.style import Ink
from resnet_viz.gui.canvas.interaction.camera import Box, View
from resnet_viz.viewmodels.canvas.drawing import Card, Layout, Route
from resnet_viz.viewmodels.canvas.neighbors import neighbors
from resnet_viz.viewmodels.canvas.nodes import Nodes

CHOSEN_WIDTH, NEAR_WIDTH, SHORTCUT_WIDTH = 2.4, 1.6, 3.0
LEAST = 2.2  # pixels of a chosen shortcut's line, however small the drawing
FAR = 1e7  # beyond every drawing
APART = 3.5  # pixels between a card and the line around it that says that it is joined to the chosen one
Marked = tuple[Box, str]


@dataclass(frozen=True)
class Marks:
    """Boxes of the scene with what they are (a kind of card, a frame or a band), and the shortcuts."""

    chosen: Marked | None = None
    near: tuple[Marked, ...] = ()
    shortcuts: tuple[Route, ...] = ()
    pills: tuple[Card, ...] = ()


def marks_of(nodes: Nodes, drawing: Layout, name: str | None) -> Marks:
    """What to mark where this node is chosen."""
    if name is None:
        return Marks()
    chosen = box_of(drawing, nodes.card_of(name, drawing), name)
    found = neighbors(nodes.analysis, name)
    cards = {card.id: card for card in drawing.cards}
    near: dict[Marked, None] = {}
    for other in (*found.inputs, *found.outputs):
        card = nodes.card_among(other, cards)
        marked = box_of(drawing, card, other) if card is not None else None
        if marked is not None and marked != chosen:
            near[marked] = None
    shortcuts = set(found.shortcuts)
    routes = tuple(route for route in drawing.routes if not shortcuts.isdisjoint(route.shortcuts))
    if len(shortcuts) > len(routes):
        return Marks(chosen, tuple(near))
    owners = {route.owner for route in routes}
    pills = tuple(card for card in drawing.cards if card.kind == "pill" and card.opens in owners)
    return Marks(chosen, tuple(near), routes, pills)


def box_of(drawing: Layout, card: Card | None, name: str | None) -> Marked | None:
    """The scene box of a node (left, top, width, height), and what it is."""
    if card is not None:
        return (card.x, card.y, card.w, card.h), card.kind
    height = drawing.bottom - drawing.top
    found = [((frame.x, frame.y, frame.w, frame.h), "frame") for frame in drawing.frames if frame.id == name]
    found += [((band.x, drawing.top, band.w, height), "band") for band in drawing.bands if band.id == name]
    return found[0] if found else None


def paint_marks(painter: QPainter, marks: Marks, ink: Ink, view: View, size: QSizeF) -> None:
    """The shortcuts strong, the neighbors within a thin line, the chosen one within a thick one."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.save()
    painter.translate(view.x, view.y)
    painter.scale(view.scale, view.high)
    painter.setClipPath(_but(marks.pills), Qt.ClipOperation.IntersectClip)
    for route in marks.shortcuts:
        width = max(SHORTCUT_WIDTH, LEAST / view.scale)
        pen = ink.shortcut_pen(route.kind, width)
        if route.kind != "projection":
            # Over the dashes that are there.
            pen.setDashPattern([length * PLAIN / width for length in pen.dashPattern()])
        painter.setPen(pen)
        painter.drawPath(rounded(route.stroke))
    painter.restore()
    painter.setPen(ink.pen("accent", NEAR_WIDTH))
    for near in marks.near:
        _paint_around(painter, near, view, size, APART)
    if marks.chosen is not None:
        painter.setPen(ink.pen("text", CHOSEN_WIDTH))
        _paint_around(painter, marks.chosen, view, size, 0.0)


def _but(pills: tuple[Card, ...]) -> QPainterPath:
    """Everywhere but on these cards."""
    path = QPainterPath()
    path.addRect(QRectF(-FAR, -FAR, 2 * FAR, 2 * FAR))
    for card in pills:
        path.addRoundedRect(QRectF(card.x, card.y, card.w, card.h), card.h / 2, card.h / 2)
    return path


def _paint_around(painter: QPainter, marked: Marked, view: View, size: QSizeF, apart: float) -> None:
    (x, y, w, h), kind = marked
    box = QRectF(view.across(x), view.down(y), w * view.scale, h * view.high).adjusted(-apart, -apart, apart, apart)
    if box.right() < 0 or box.left() > size.width():
        return
    if kind == "band":
        box = QRectF(box.x(), 8, box.width(), size.height() - 16)
    round_ends = {"pill": box.height() / 2, "add": box.height() / 2, "frame": 6.0, "band": 8.0}
    radius = round_ends.get(kind, CARD_CORNER * view.scale + apart)
    painter.drawRoundedRect(box, radius, radius)
