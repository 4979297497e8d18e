"""Divides a rectangle into tiles as large as their shares and as square as possible.

The algorithm is that of Bruls, Huizing and van Wijk, "Squarified Treemaps", 2000.
"""

from collections.abc import Iterable, Sequence
from itertools import islice

import msgspec

MIN_LENGTH = 1e-12  # of the remaining rectangle: rounding may leave nothing for the last tile
MIN_RATIO = 1e-12  # to the largest value: smaller tiles would be far smaller than a pixel


class TreemapTile(msgspec.Struct, frozen=True):
    """The rectangle of one value, by its upper left corner and its size."""

    id: str
    x: float
    y: float
    width: float
    height: float


def treemap(values: Sequence[tuple[str, float]], *, width: float, height: float) -> tuple[TreemapTile, ...]:
    """Fill a rectangle with a tile for each positive value, the largest first; none for values close to nothing."""
    largest = max((value for _, value in values), default=0.0)
    ratios = [(name, value / largest) for name, value in values if value > 0]
    waiting = sorted(((name, ratio) for name, ratio in ratios if ratio > MIN_RATIO), key=lambda item: -item[1])
    left = sum(value for _, value in waiting)
    tiles: list[TreemapTile] = []
    x = y = 0.0
    while len(tiles) < len(waiting):
        start = len(tiles)
        side = max(MIN_LENGTH, min(width, height))
        scale = side * max(MIN_LENGTH, width, height) / max(MIN_LENGTH, left)
        row = _row((scale * value for _, value in islice(waiting, start, None)), side)
        left -= sum(value for _, value in waiting[start : start + len(row)])
        depth = sum(row) / side
        stands_left = height <= width  # the row takes the left edge, its tiles below each other
        offset = 0.0
        for index, area in enumerate(row, start):
            length = area / depth
            box = (x, y + offset, depth, length) if stands_left else (x + offset, y, length, depth)
            tiles.append(TreemapTile(waiting[index][0], *box))
            offset += length
        if stands_left:
            x, width = x + depth, width - depth
        else:
            y, height = y + depth, height - depth
    return tuple(tiles)


def _row(areas: Iterable[float], side: float) -> list[float]:
    """Take areas, the largest first, into a row along a side until one more would make its longest tile longer."""
    row: list[float] = []
    worst_ratio = float("inf")
    total = 0.0
    for area in areas:
        more = total + area
        largest = row[0] if row else area
        ratio = max(side * side * largest / (more * more), more * more / (side * side * area))
        if row and ratio > worst_ratio:
            break
        row.append(area)
        total, worst_ratio = more, ratio
    return row
