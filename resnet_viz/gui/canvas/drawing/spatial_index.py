"""A layout made ready to be painted many times: what is in view, or at a point, is found by bisection."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import chain, pairwise

import msgspec
from PySide6.QtCore import QPointF, QRectF

from resnet_viz.viewmodels.canvas.coloring import Palette, Tint, shades
from resnet_viz.viewmodels.canvas.drawing import Card, Layout, Stroke
from resnet_viz.viewmodels.canvas.layout import GAP
from resnet_viz.viewmodels.canvas.page_rows import row


class Spans:
    """Things in the order in which they begin: the places of those in view are found by bisection."""

    def __init__(self, spans: Iterable[tuple[float, float]]) -> None:
        """Each thing's beginning and width."""
        known = list(spans)
        self._starts = [start for start, _ in known]
        self._widest = max((width for _, width in known), default=0.0)

    def __call__(self, left: float, right: float) -> range:
        """The places of those that reach between two scene x, and perhaps of some that end just before."""
        return range(bisect_left(self._starts, left - self._widest), bisect_right(self._starts, right))


class Sketch:
    """A layout made ready to be painted many times: what is in view is found by bisection."""

    def __init__(self, drawing: Layout, tint: Tint | Palette | None = None) -> None:
        self.drawing = drawing
        self.shades = shades(tint, drawing.cards) if isinstance(tint, Tint) else None
        self.palette = tint if isinstance(tint, Palette) else None
        self.rects = [QRectF(card.x, card.y, card.w, card.h) for card in drawing.cards]
        self.bands = drawing.bands
        if self.palette is not None:
            self.bands = tuple(msgspec.structs.replace(band, color=self.palette.other) for band in drawing.bands)
        self.colors = [band.color for band in self.bands]
        self.cards = Spans((card.x, card.w) for card in drawing.cards)
        self.captions = Spans((text.x, text.w) for text in drawing.captions)
        self.links = Spans((link.x, link.stop - link.x) for link in drawing.links)
        self.frames = Spans((frame.x, frame.w) for frame in drawing.frames)
        self.routes = Spans((route.stroke[0][0], route.stroke[-1][0] - route.stroke[0][0]) for route in drawing.routes)

    def row(self, start: float, stop: float) -> "Sketch":
        """What of it lies between two edges that cut nothing, in the same colors."""
        part = Sketch(row(self.drawing, start, stop), self.palette)
        if self.shades is not None:
            inside = [start <= card.x < stop for card in self.drawing.cards]
            parts = zip(self.shades.parts, inside, strict=True)
            part.shades = msgspec.structs.replace(self.shades, parts=tuple(shade for shade, there in parts if there))
        return part

    def color(self, card: Card) -> str:
        """The name of a card's color: its band's, or its kind's."""
        if self.palette is None:
            return self.colors[card.band]
        return self.palette.colors.get(card.id, self.palette.other)

    def card_at(self, x: float, y: float) -> Card | None:
        """The card at a scene point."""
        point = QPointF(x, y)
        found = (index for index in self.cards(x, x) if self.rects[index].contains(point))
        return next((self.drawing.cards[index] for index in found), None)

    def beside(self, x: float) -> Card | None:
        """The card nearest to a scene x, no further than a gap away."""
        near = (self.drawing.cards[index] for index in self.cards(x - GAP, x + GAP))
        found = min(near, key=lambda card: max(card.x - x, x - card.x - card.w), default=None)
        return found if found is not None and max(found.x - x, x - found.x - found.w) <= GAP else None

    def shortcut_at(self, x: float, y: float, near: float) -> str | None:
        """The `+` of the shortcut whose line is near; where the line stands for several, what is folded."""
        routes = (self.drawing.routes[index] for index in self.routes(x - near, x + near))
        route = next((route for route in routes if _apart(route.stroke, x, y) <= near), None)
        if route is None:
            return None
        return route.shortcuts[0] if len(route.shortcuts) == 1 else route.owner

    def id_at(self, x: float, y: float, near: float) -> str | None:
        """The id of the card at a scene point, else of the shortcut that is near, the opened block or the band."""
        card = self.card_at(x, y)
        shortcut = None if card else self.shortcut_at(x, y, near)
        if card or shortcut:
            return card.id if card else shortcut
        frames = (self.drawing.frames[index] for index in self.frames(x, x))
        inside = (f.id for f in frames if f.x <= x <= f.x + f.w and f.y <= y <= f.y + f.h)
        return next(chain(inside, (band.id for band in self.bands if band.x <= x <= band.x + band.w)), None)


def _apart(stroke: Stroke, x: float, y: float) -> float:
    """The distance of a point from the nearest piece of a stroke, whose pieces are upright or level."""
    distances = []
    for (ax, ay), (bx, by) in pairwise(stroke):
        across = max(min(ax, bx) - x, x - max(ax, bx), 0.0)
        distances.append(max(across, min(ay, by) - y, y - max(ay, by)))
    return min(distances)
