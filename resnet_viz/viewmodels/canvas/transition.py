"""Where each place of a drawing was in a less opened drawing of the same network: what opens grows out of it."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from resnet_viz.viewmodels.canvas.drawing import Layout

Span = tuple[float, float]
Anchor = tuple[float, float]


class Warp:
    """Maps the trunk of the detailed drawing on that of the coarse one, monotone and piecewise linear."""

    def __init__(self, detailed: Layout, coarse: Layout) -> None:
        anchors = _rising(sorted(_anchors(detailed, coarse)))
        self._from = [place for place, _ in anchors]
        self._to = [place for _, place in anchors]

    def __call__(self, x: float) -> float:
        """The place in the coarse drawing of a place in the detailed one."""
        index = min(max(bisect_right(self._from, x), 1), len(self._from) - 1)
        start, stop = self._from[index - 1], self._from[index]
        part = (x - start) / (stop - start) if stop > start else 0.0
        return self._to[index - 1] + part * (self._to[index] - self._to[index - 1])


def span_of(drawing: Layout | None, name: str) -> Span | None:
    """From where to where a stage, run or block reaches, opened or not; None where it is not to be seen."""
    if drawing is None:
        return None
    own = _spans(drawing)
    return own.get(name) or _run_span(name, own) or _inner_spans(drawing).get(name)


def _anchors(detailed: Layout, coarse: Layout) -> Iterator[Anchor]:
    """Both edges of everything that the coarse drawing shows, in the detailed drawing and in itself."""
    yield 0.0, 0.0
    yield detailed.width, coarse.width
    bands = {band.id: band for band in detailed.bands}
    inner = _inner_spans(detailed)
    own = _spans(detailed)
    for band in coarse.bands:
        if band.id in bands:
            yield bands[band.id].x, band.x
            yield bands[band.id].x + bands[band.id].w, band.x + band.w
    for name, span in _spans(coarse).items():
        found = own.get(name) or inner.get(name) or _run_span(name, own)
        if found is not None:
            yield found[0], span[0]
            yield found[1], span[1]


def _spans(drawing: Layout) -> dict[str, Span]:
    """Left and right edge of each stage's, run's, block's and lone layer's card, and of each opened block's frame."""
    framed = {frame.id for frame in drawing.frames}
    spans = {frame.id: (frame.x, frame.x + frame.w) for frame in drawing.frames}
    for card in drawing.cards:
        if card.opens not in framed:
            spans[card.opens if card.kind == "run" else card.id] = (card.x, card.x + card.w)
    return spans


def _inner_spans(drawing: Layout) -> dict[str, Span]:
    """Left and right edge of what stands in each stage."""
    spans: dict[str, Span] = {}
    boxes = [(card.band, card.x, card.x + card.w) for card in drawing.cards]
    boxes += [(frame.band, frame.x, frame.x + frame.w) for frame in drawing.frames]
    for band, left, right in boxes:
        name = drawing.bands[band].id
        before = spans.get(name, (left, right))
        spans[name] = (min(before[0], left), max(before[1], right))
    return spans


def _run_span(name: str, own: dict[str, Span]) -> Span | None:
    """An opened run reaches from its first block to its last."""
    stage, _, places = name.rpartition(".")
    first, dash, last = places.partition("-")
    if not dash:
        return None
    start, stop = own.get(f"{stage}.{first}"), own.get(f"{stage}.{last}")
    return (start[0], stop[1]) if start and stop else None


def _rising(anchors: Sequence[Anchor]) -> list[Anchor]:
    """Those that keep to the order in both drawings."""
    kept: list[Anchor] = []
    for place, other in anchors:
        if not kept or (place > kept[-1][0] and other >= kept[-1][1]):
            kept.append((place, other))
    return kept
