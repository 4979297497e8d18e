"""Fits the columns of a table into the available width."""

from collections.abc import Collection, Sequence


def fit_column_widths(
    natural: Sequence[int], room: int, yielding: Collection[int], needed: int | None = None
) -> list[int]:
    """Return the widths in pixels, adjusted so that the columns fit into the room or fill it.

    If the first `needed` columns (all of them by default) are too wide, those with the indices in `yielding` shrink, to
    no less than half of their natural width. If there is room to spare, every column grows in proportion.
    """
    over, flexible = sum(natural[:needed]) - room, sum(natural[index] for index in yielding)
    part = max(0.5, 1 - over / flexible) if over > 0 and flexible else 1.0
    widths = [int(width * part) if index in yielding else width for index, width in enumerate(natural)]
    whole = sum(widths)
    if 0 < whole < room:
        widths = [width * room // whole for width in widths]
        widths[-1] += room - sum(widths)
    return widths
