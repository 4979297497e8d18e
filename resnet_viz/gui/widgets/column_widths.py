"""How wide the columns of a table are in the room that there is."""

from collections.abc import Sequence


def squeezed(natural: Sequence[int], room: int, yielding: int) -> list[int]:
    """The widths with the first few made narrower, to no less than half, so that all fit into the room."""
    over, first = sum(natural) - room, sum(natural[:yielding])
    if over <= 0 or not first:
        return list(natural)
    part = max(0.5, 1 - over / first)
    return [*(int(width * part) for width in natural[:yielding]), *natural[yielding:]]


def spread(natural: Sequence[int], room: int) -> list[int]:
    """The widths made wider in proportion where there is room to spare."""
    whole = sum(natural)
    if not whole or whole >= room:
        return list(natural)
    wider = [width * room // whole for width in natural]
    wider[-1] += room - sum(wider)
    return wider
