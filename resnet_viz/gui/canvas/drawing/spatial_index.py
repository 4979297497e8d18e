"""Finds by bisection what of a drawing is in view, or at a point."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import chain, pairwise

import msgspec
from PySide6.QtCore import QPointF, QRectF

from resnet_viz.viewmodels.canvas.coloring import ColorScale, KindColors, NodeColors, shades
from resnet_viz.viewmodels.canvas.drawing import Drawing, NodeBox, Polyline
from resnet_viz.viewmodels.canvas.layout import ITEM_GAP
from resnet_viz.viewmodels.canvas.page_rows import row_of


class SpanIndex:
    """Intervals ordered by their start, of which those that overlap a range are found by bisection."""

    def __init__(self, spans: Iterable[tuple[float, float]]) -> None:
        """Take the start and the width of each interval."""
        ordered = list(spans)
        self._starts = [start for start, _ in ordered]
        self._widest = max((width for _, width in ordered), default=0.0)

    def __call__(self, left: float, right: float) -> range:
        """Return the indices of the intervals between two x; a few that end just before may be among them."""
        return range(bisect_left(self._starts, left - self._widest), bisect_right(self._starts, right))


class IndexedDrawing:
    """A drawing with its colors and an index of what lies where, ready to be painted many times."""

    def __init__(self, drawing: Drawing, colors: NodeColors | None = None) -> None:
        self.drawing = drawing
        self.shades = shades(colors, drawing.node_boxes) if isinstance(colors, ColorScale) else None
        self.kind_colors = colors if isinstance(colors, KindColors) else None
        self.rects = [QRectF(box.x, box.y, box.w, box.h) for box in drawing.node_boxes]
        self.columns = drawing.columns
        if self.kind_colors is not None:
            self.columns = tuple(
                msgspec.structs.replace(column, color=self.kind_colors.other) for column in drawing.columns
            )
        self.column_colors = [column.color for column in self.columns]
        self.node_boxes = SpanIndex((box.x, box.w) for box in drawing.node_boxes)
        self.captions = SpanIndex((text.x, text.w) for text in drawing.captions)
        self.main_edges = SpanIndex((edge.x, edge.stop - edge.x) for edge in drawing.main_edges)
        self.frames = SpanIndex((frame.x, frame.w) for frame in drawing.frames)
        self.branch_edges = SpanIndex(
            (edge.points[0][0], edge.points[-1][0] - edge.points[0][0]) for edge in drawing.branch_edges
        )

    def row(self, start: float, stop: float) -> "IndexedDrawing":
        """Return the row of the drawing between two bounds that cut nothing, in the same colors."""
        row = IndexedDrawing(row_of(self.drawing, start, stop), self.kind_colors)
        if self.shades is not None:
            inside = [start <= box.x < stop for box in self.drawing.node_boxes]
            parts = zip(self.shades.parts, inside, strict=True)
            row.shades = msgspec.structs.replace(
                self.shades, parts=tuple(shade for shade, is_inside in parts if is_inside)
            )
        return row

    def color(self, box: NodeBox) -> str:
        """Return the name of a node box's color: its column's, or that of its kind of layer."""
        if self.kind_colors is None:
            return self.column_colors[box.column]
        return self.kind_colors.colors.get(box.id, self.kind_colors.other)

    def box_at(self, x: float, y: float) -> NodeBox | None:
        """Return the node box at a scene point."""
        point = QPointF(x, y)
        found = (index for index in self.node_boxes(x, x) if self.rects[index].contains(point))
        return next((self.drawing.node_boxes[index] for index in found), None)

    def nearest_box(self, x: float) -> NodeBox | None:
        """Return the node box nearest to a scene x, at most the gap between two items away."""
        boxes = (self.drawing.node_boxes[index] for index in self.node_boxes(x - ITEM_GAP, x + ITEM_GAP))
        found = min(boxes, key=lambda box: max(box.x - x, x - box.x - box.w), default=None)
        return found if found is not None and max(found.x - x, x - found.x - found.w) <= ITEM_GAP else None

    def branch_at(self, x: float, y: float, reach: float) -> str | None:
        """Return the `+` of a shortcut or the `×` of a gate within `reach`, or what is collapsed where the line stands
        for several shortcuts.
        """
        branch_edges = (self.drawing.branch_edges[index] for index in self.branch_edges(x - reach, x + reach))
        edge = next((edge for edge in branch_edges if _distance(edge.points, x, y) <= reach), None)
        if edge is None:
            return None
        return edge.join_ids[0] if len(edge.join_ids) == 1 else edge.toggles

    def id_at(self, x: float, y: float, reach: float) -> str | None:
        """Return the id of what lies at a scene point: a node box, a branch within `reach`, a frame or a column."""
        box = self.box_at(x, y)
        branch = None if box else self.branch_at(x, y, reach)
        if box or branch:
            return box.id if box else branch
        frames = (self.drawing.frames[index] for index in self.frames(x, x))
        inside = (
            frame.id for frame in frames if frame.x <= x <= frame.x + frame.w and frame.y <= y <= frame.y + frame.h
        )
        return next(chain(inside, (column.id for column in self.columns if column.x <= x <= column.x + column.w)), None)


def _distance(points: Polyline, x: float, y: float) -> float:
    """Return the distance of a point from a line of vertical and horizontal pieces, by the larger coordinate."""
    distances = []
    for (ax, ay), (bx, by) in pairwise(points):
        dx = max(min(ax, bx) - x, x - max(ax, bx), 0.0)
        distances.append(max(dx, min(ay, by) - y, y - max(ay, by)))
    return min(distances)
