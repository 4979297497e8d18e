"""Maps positions of an expanded drawing to a collapsed one of the same network, for the animation between the two."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from resnet_viz.viewmodels.canvas.drawing import Drawing

Span = tuple[float, float]
Anchor = tuple[float, float]


class PositionMap:
    """Maps x of the expanded drawing to x of the collapsed one; monotone and piecewise linear."""

    def __init__(self, expanded: Drawing, collapsed: Drawing) -> None:
        anchors = _rising(sorted(_anchors(expanded, collapsed)))
        self._from = [x for x, _ in anchors]
        self._to = [x for _, x in anchors]

    def __call__(self, x: float) -> float:
        """Return the x in the collapsed drawing for an x in the expanded one."""
        index = min(max(bisect_right(self._from, x), 1), len(self._from) - 1)
        start, stop = self._from[index - 1], self._from[index]
        fraction = (x - start) / (stop - start) if stop > start else 0.0
        return self._to[index - 1] + fraction * (self._to[index] - self._to[index - 1])


def span_of(drawing: Drawing | None, name: str) -> Span | None:
    """Return the left and right end of a stage, repeat or block, expanded or not; None where it is not drawn."""
    if drawing is None:
        return None
    spans_by_id = _spans(drawing)
    return spans_by_id.get(name) or _repeat_span(name, spans_by_id) or _inner_spans(drawing).get(name)


def _anchors(expanded: Drawing, collapsed: Drawing) -> Iterator[Anchor]:
    """Yield both ends of everything in the collapsed drawing: x in the expanded one, x in the collapsed one."""
    yield 0.0, 0.0
    yield expanded.width, collapsed.width
    columns = {column.id: column for column in expanded.columns}
    inner = _inner_spans(expanded)
    spans_by_id = _spans(expanded)
    for column in collapsed.columns:
        yield columns[column.id].x, column.x
        yield columns[column.id].x + columns[column.id].w, column.x + column.w
    for name, span in _spans(collapsed).items():
        found = spans_by_id.get(name) or inner.get(name) or _repeat_span(name, spans_by_id)
        if found is not None:
            yield found[0], span[0]
            yield found[1], span[1]


def _spans(drawing: Drawing) -> dict[str, Span]:
    """Return the left and right end of each node box outside frames, and of each expanded block's frame, by id."""
    framed = {frame.id for frame in drawing.frames}
    spans = {frame.id: (frame.x, frame.x + frame.w) for frame in drawing.frames}
    for box in drawing.node_boxes:
        if box.toggles not in framed:
            spans[box.toggles if box.kind == "repeat" else box.id] = (box.x, box.x + box.w)
    return spans


def _inner_spans(drawing: Drawing) -> dict[str, Span]:
    """Return the left and right end of the boxes and frames in each section, by its id."""
    spans: dict[str, Span] = {}
    boxes = [(box.column, box.x, box.x + box.w) for box in drawing.node_boxes]
    boxes += [(frame.column, frame.x, frame.x + frame.w) for frame in drawing.frames]
    for column, left, right in boxes:
        name = drawing.columns[column].id
        before = spans.get(name, (left, right))
        spans[name] = (min(before[0], left), max(before[1], right))
    return spans


def _repeat_span(name: str, spans_by_id: dict[str, Span]) -> Span | None:
    """Return the span of an expanded repeat: from its first block to its last."""
    stage, _, indices = name.rpartition(".")
    first, dash, last = indices.partition("-")
    if not dash:
        return None
    start, stop = spans_by_id.get(f"{stage}.{first}"), spans_by_id.get(f"{stage}.{last}")
    return (start[0], stop[1]) if start and stop else None


def _rising(anchors: Sequence[Anchor]) -> list[Anchor]:
    """Return the anchors that have the same order in both drawings."""
    rising: list[Anchor] = []
    for x, collapsed_x in anchors:
        if not rising or (x > rising[-1][0] and collapsed_x >= rising[-1][1]):
            rising.append((x, collapsed_x))
    return rising
