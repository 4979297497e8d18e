"""Drawings for tests, and what a good drawing keeps to."""

from collections.abc import Iterator
from typing import Any

from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import SHORTCUT_KINDS, Analysis, Level
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.viewmodels.canvas.drawing import TEXT_SIZES, Card, Layout, Point, Route, TextRole
from resnet_viz.viewmodels.canvas.layout import layout
from resnet_viz.viewmodels.canvas.nodes import opened_at
from resnet_viz.viewmodels.canvas.outline import outline

LEVELS: tuple[Level, ...] = ("stage", "block", "layer")
SLACK = 1e-6


def measure(text: str, role: TextRole) -> float:
    """About as wide as a text is in a common font."""
    return 0.58 * TEXT_SIZES[role] * len(text)


def drawn(analysis: Analysis, level: Level, *, down: bool = False) -> Layout:
    """The network's drawing at a level."""
    network = outline(analysis, costs(analysis))
    return layout(network, opened_at(network, level), measure, down=down)


def analysis_of(**changes: Any) -> Analysis:
    """A ResNet-50's analysis with changes to its spec."""
    return analyse(ResNetSpec().but(**changes))


def faults(analysis: Analysis, drawing: Layout) -> Iterator[str]:
    """What is wrong with a drawing of this network, a sentence each."""
    yield from _overlaps("cards", [(card.id, card.x, card.y, card.w, card.h) for card in drawing.cards])
    yield from _overlaps("captions", [(text.text, text.x, text.y, text.w, text.h) for text in drawing.captions])
    yield from _overlaps("frames", [(frame.id, frame.x, frame.y, frame.w, frame.h) for frame in drawing.frames])
    yield from _overlaps(
        "cards and captions",
        [(card.id, card.x, card.y, card.w, card.h) for card in drawing.cards]
        + [(f"caption {text.text}", text.x, text.y, text.w, text.h) for text in drawing.captions],
    )
    yield from _overlaps(
        "shapes, cards and captions",
        [(card.id, card.x, card.y, card.w, card.h) for card in drawing.cards]
        + [(f"caption {text.text}", text.x, text.y, text.w, text.h) for text in drawing.captions]
        + [(f"shape {link.text}", link.at - 6, 7, 12, measure(link.text, "note"))
           for link in drawing.links if link.text and link.stop - link.x >= 14]
    )  # fmt: skip
    routed = sorted(shortcut for route in drawing.routes for shortcut in route.shortcuts)
    if routed != sorted(edge.target for edge in analysis.edges if edge.kind in SHORTCUT_KINDS):
        yield "the routes are not the shortcuts"
    yield from _crossings(drawing)
    yield from _outside(drawing)


def _overlaps(what: str, boxes: list[tuple[str, float, float, float, float]]) -> Iterator[str]:
    boxes = sorted(boxes, key=lambda box: box[1])
    for index, (name, x, y, w, h) in enumerate(boxes):
        for other, left, top, _, high in boxes[index + 1 :]:
            if left >= x + w - SLACK:
                break
            if top < y + h - SLACK and y < top + high - SLACK:
                yield f"{what} {name} and {other} overlap"


def _crossings(drawing: Layout) -> Iterator[str]:
    for route in drawing.routes:
        for card in drawing.cards:
            if _crosses(route, card) and not (card.kind == "pill" and card.opens == route.owner):
                yield f"the route into {route.shortcuts} crosses {card.id}"


def _crosses(route: Route, card: Card) -> bool:
    pieces = zip(route.stroke, route.stroke[1:], strict=False)
    return any(_piece_crosses(start, end, card) for start, end in pieces)


def _piece_crosses(start: Point, end: Point, card: Card) -> bool:
    left, right = sorted((start[0], end[0]))
    top, bottom = sorted((start[1], end[1]))
    across = left < card.x + card.w - SLACK and right > card.x + SLACK
    return across and top < card.y + card.h - SLACK and bottom > card.y + SLACK


def _outside(drawing: Layout) -> Iterator[str]:
    bands = drawing.bands
    for card in drawing.cards:
        band = bands[card.band]
        if card.x < band.x or card.x + card.w > band.x + band.w:
            yield f"{card.id} leaves its band"
        room = card.h if card.turned or (drawing.down and card.kind != "pill") else card.w
        role: TextRole = "note" if card.kind in ("part", "pill") else "label"
        if card.kind != "add" and max(measure(card.label, role), measure(card.note, "note")) > room:
            yield f"a text leaves its card {card.id}"
    for text in drawing.captions:
        if not any(band.x <= text.x and text.x + text.w <= band.x + band.w for band in bands):
            yield f"caption {text.text!r} leaves its band"
        inside = [frame for frame in drawing.frames if frame.x < text.x + text.w and text.x < frame.x + frame.w]
        if any(text.y < frame.y or text.y + text.h > frame.y + frame.h for frame in inside):
            yield f"caption {text.text!r} leaves its frame"
        if text.y < drawing.top or text.y + text.h > drawing.bottom:
            yield f"caption {text.text!r} leaves the drawing"
    for frame in drawing.frames:
        if measure(frame.title, "label") + measure(frame.note, "note") + 18 > frame.w:
            yield f"the title of {frame.id} leaves its frame"
    for band in () if drawing.down else bands:
        if max(measure(band.titles[0], "title"), measure(band.subtitles[0], "subtitle")) > band.w:
            yield f"the title of {band.id} leaves its band"
