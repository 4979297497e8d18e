"""How wide the columns of a table are in the room that there is."""

from collections.abc import Sequence


def fit_column_widths(natural: Sequence[int], room: int, yielding: int, needed: int | None = None) -> list[int]:
    """The widths in pixels, changed so that the columns fit into the room, or fill it.

    Where the first `needed` columns (all without it) are too wide, the first `yielding` of them become narrower, to no
    less than half. Where there is room to spare, every column becomes wider in proportion.
    """
    over, first = sum(natural[:needed]) - room, sum(natural[:yielding])
    part = max(0.5, 1 - over / first) if over > 0 and first else 1.0
    widths = [*(int(width * part) for width in natural[:yielding]), *natural[yielding:]]
    whole = sum(widths)
    if 0 < whole < room:
        widths = [width * room // whole for width in widths]
        widths[-1] += room - sum(widths)
    return widths
