"""Breaks a long drawing into rows, without cutting a node box, a shortcut or a text."""

from itertools import pairwise

import msgspec

from resnet_viz.viewmodels.canvas.drawing import SHAPE_TEXT_HALF, Drawing, MainEdge

Span = tuple[float, float]


def row_bounds(drawing: Drawing, rows: int) -> tuple[float, ...]:
    """Return the x at which each row begins, and the last ends: at most `rows` rows, as equally long as possible."""
    gaps = _gaps(drawing)
    bounds = [0.0]
    for row in range(1, rows):
        ideal = drawing.width * row / rows
        later = [x for x in gaps if x > bounds[-1]]
        if not later:
            break
        bounds.append(min(later, key=lambda x: abs(x - ideal)))
    return (*bounds, drawing.width)


def row_of(drawing: Drawing, start: float, stop: float) -> Drawing:
    """Return the row of the drawing from `start` to `stop`; columns and main edges are cut off there."""
    columns = []
    for (
        column
    ) in drawing.columns:  # all of them, since boxes refer to them by index; those outside the row get no width
        left, right = max(column.x, start), min(column.x + column.w, stop)
        columns.append(msgspec.structs.replace(column, x=left, w=max(0.0, right - left)))
    return Drawing(
        columns=tuple(columns),
        frames=tuple(frame for frame in drawing.frames if start <= frame.x < stop),
        node_boxes=tuple(box for box in drawing.node_boxes if start <= box.x < stop),
        captions=tuple(text for text in drawing.captions if start <= text.x < stop),
        branch_edges=tuple(edge for edge in drawing.branch_edges if start <= edge.points[0][0] < stop),
        main_edges=tuple(_cut(edge, start, stop) for edge in drawing.main_edges if edge.stop > start and edge.x < stop),
        width=drawing.width,
        top=drawing.top,
        bottom=drawing.bottom,
    )


def _cut(edge: MainEdge, start: float, stop: float) -> MainEdge:
    """Cut an edge off at the row's ends; where it is broken, the next row has its arrow and its shape."""
    if edge.stop > stop:
        return MainEdge(edge.x, stop, False)
    if edge.x < start:
        return msgspec.structs.replace(edge, x=start, shape_x=max(edge.shape_x, start + SHAPE_TEXT_HALF + 2.0))
    return edge


def _gaps(drawing: Drawing) -> list[float]:
    """Return the middles of the gaps that only the main path crosses, without the ends of the drawing."""
    spans: list[Span] = [(box.x, box.x + box.w) for box in drawing.node_boxes]
    spans += [(text.x, text.x + text.w) for text in drawing.captions]
    spans += [(frame.x, frame.x + frame.w) for frame in drawing.frames]
    spans += [(edge.points[0][0], edge.points[-1][0]) for edge in drawing.branch_edges]
    return [(end + start) / 2 for (_, end), (start, _) in pairwise(_merged(spans))]


def _merged(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
