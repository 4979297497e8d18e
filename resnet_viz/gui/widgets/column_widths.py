"""Fits the columns of a table into the available width."""

from collections.abc import Sequence


def fit_column_widths(natural: Sequence[int], room: int, yielding: int, needed: int | None = None) -> list[int]:
    """Return the widths in pixels, adjusted so that the columns fit into the room or fill it.

    If the first `needed` columns (all of them by default) are too wide, the first `yielding` columns shrink, to no less
    than half of their natural width. If there is room to spare, every column grows in proportion.
    """
    over, first = sum(natural[:needed]) - room, sum(natural[:yielding])
    part = max(0.5, 1 - over / first) if over > 0 and first else 1.0
    widths = [*(int(width * part) for width in natural[:yielding]), *natural[yielding:]]
    whole = sum(widths)
    if 0 < whole < room:
        widths = [width * room // whole for width in widths]
        widths[-1] += room - sum(widths)
    return widths
