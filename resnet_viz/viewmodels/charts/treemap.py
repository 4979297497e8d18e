"""Values as tiles of a rectangle, each as large as its share and as square as can be.

Squarified treemaps: Bruls, Huizing and van Wijk, 2000.
"""

from collections.abc import Iterable, Sequence
from itertools import islice

import msgspec

SLIVER = 1e-12  # what rounding may leave of the last tile's room


class TreemapTile(msgspec.Struct, frozen=True):
    """One value's rectangle, from its upper left corner."""

    id: str
    x: float
    y: float
    width: float
    height: float


def treemap(values: Sequence[tuple[str, float]], *, width: float, height: float) -> tuple[TreemapTile, ...]:
    """Tiles that fill the rectangle, the largest first; a value of nothing has none."""
    waiting = sorted(((name, value) for name, value in values if value > 0), key=lambda item: -item[1])
    left = sum(value for _, value in waiting)
    tiles: list[TreemapTile] = []
    x = y = 0.0
    while len(tiles) < len(waiting):
        start = len(tiles)
        side = max(SLIVER, min(width, height))
        scale = side * max(SLIVER, width, height) / max(SLIVER, left)
        row = _row((scale * value for _, value in islice(waiting, start, None)), side)
        left -= sum(value for _, value in waiting[start : start + len(row)])
        depth = sum(row) / side
        upright = height <= width  # the row stands at the left, its tiles below each other
        at = 0.0
        for place, area in enumerate(row, start):
            length = area / depth
            box = (x, y + at, depth, length) if upright else (x + at, y, length, depth)
            tiles.append(TreemapTile(waiting[place][0], *box))
            at += length
        if upright:
            x, width = x + depth, width - depth
        else:
            y, height = y + depth, height - depth
    return tuple(tiles)


def _row(areas: Iterable[float], side: float) -> list[float]:
    """As many of the areas as stand well beside each other along a side: until one more makes the worst tile worse."""
    row: list[float] = []
    worst = float("inf")
    total = 0.0
    for area in areas:
        more = total + area
        largest = row[0] if row else area  # they come sorted
        ratio = max(side * side * largest / (more * more), more * more / (side * side * area))
        if row and ratio > worst:
            break
        row.append(area)
        total, worst = more, ratio
    return row
