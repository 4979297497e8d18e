"""A long drawing as lines of a text: where it can be broken without cutting a card, a shortcut or a word."""

from itertools import pairwise

import msgspec

from resnet_viz.viewmodels.canvas.drawing import SHAPE_HALF, Layout, Link

Span = tuple[float, float]


def row_edges(drawing: Layout, rows: int) -> tuple[float, ...]:
    """Where each row begins, and where the last ends: at most `rows` of them, as equally long as can be."""
    free = _free(drawing)
    edges = [0.0]
    for row in range(1, rows):
        wanted = drawing.width * row / rows
        behind = [place for place in free if place > edges[-1]]
        if not behind:
            break
        edges.append(min(behind, key=lambda place: abs(place - wanted)))
    return (*edges, drawing.width)


def row(drawing: Layout, start: float, stop: float) -> Layout:
    """What of the drawing lies between two edges: bands and trunk are cut off there, everything else is whole."""
    bands = []
    for band in drawing.bands:  # all of them, since cards know them by their place; those outside have no width
        left, right = max(band.x, start), min(band.x + band.w, stop)
        bands.append(msgspec.structs.replace(band, x=left, w=max(0.0, right - left)))
    return Layout(
        bands=tuple(bands),
        frames=tuple(frame for frame in drawing.frames if start <= frame.x < stop),
        cards=tuple(card for card in drawing.cards if start <= card.x < stop),
        captions=tuple(text for text in drawing.captions if start <= text.x < stop),
        routes=tuple(route for route in drawing.routes if start <= route.stroke[0][0] < stop),
        links=tuple(_cut(link, start, stop) for link in drawing.links if link.stop > start and link.x < stop),
        width=drawing.width,
        top=drawing.top,
        bottom=drawing.bottom,
    )


def _cut(link: Link, start: float, stop: float) -> Link:
    """The piece of a link between two edges; the next row says what goes along a broken one."""
    if link.stop > stop:
        return Link(link.x, stop, False)
    if link.x < start:
        return msgspec.structs.replace(link, x=start, at=max(link.at, start + SHAPE_HALF + 2.0))
    return link


def _free(drawing: Layout) -> list[float]:
    """The middles of what nothing but the trunk goes through, the ends left out."""
    spans: list[Span] = [(card.x, card.x + card.w) for card in drawing.cards]
    spans += [(text.x, text.x + text.w) for text in drawing.captions]
    spans += [(frame.x, frame.x + frame.w) for frame in drawing.frames]
    spans += [(route.stroke[0][0], route.stroke[-1][0]) for route in drawing.routes]
    return [(end + start) / 2 for (_, end), (start, _) in pairwise(_merged(spans))]


def _merged(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
