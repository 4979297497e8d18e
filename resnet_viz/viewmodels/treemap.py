"""Values as tiles of a rectangle, each as large as its share and as square as can be.

Squarified treemaps: Bruls, Huizing and van Wijk, 2000.
"""

from collections.abc import Sequence

import msgspec

SLIVER = 1e-12  # what rounding may leave of the last tile's room


class Tile(msgspec.Struct, frozen=True):
    """One value's rectangle, from its upper left corner."""

    id: str
    x: float
    y: float
    width: float
    height: float


def treemap(values: Sequence[tuple[str, float]], *, width: float, height: float) -> tuple[Tile, ...]:
    """Tiles that fill the rectangle, the largest first; a value of nothing has none."""
    waiting = sorted(((name, value) for name, value in values if value > 0), key=lambda item: -item[1])
    tiles: list[Tile] = []
    x = y = 0.0
    start = 0
    while start < len(waiting):
        side = max(SLIVER, min(width, height))
        scale = side * max(SLIVER, width, height) / sum(value for _, value in waiting[start:])
        row = _row([value * scale for _, value in waiting[start:]], side)
        names = [name for name, _ in waiting[start : start + len(row)]]
        depth = sum(row) / side
        upright = height <= width  # the row stands at the left, its tiles below each other
        at = 0.0
        for name, area in zip(names, row, strict=True):
            length = area / depth
            box = (x, y + at, depth, length) if upright else (x + at, y, length, depth)
            tiles.append(Tile(name, *box))
            at += length
        if upright:
            x, width = x + depth, width - depth
        else:
            y, height = y + depth, height - depth
        start += len(row)
    return tuple(tiles)


def _row(areas: Sequence[float], side: float) -> list[float]:
    """As many of the areas as stand well beside each other along a side: until one more makes the worst tile worse."""
    row: list[float] = []
    worst = float("inf")
    total = 0.0
    for area in areas:
        more = total + area
        smallest, largest = area, areas[0]  # they come sorted
        ratio = max(side * side * largest / (more * more), more * more / (side * side * smallest))
        if row and ratio > worst:
            break
        row.append(area)
        total, worst = more, ratio
    return row
