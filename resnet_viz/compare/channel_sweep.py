"""Both blocks over a range of channels, and where the figures of the one pass those of the other."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from resnet_viz.compare.width_matching import amount, counts, solved_width
from resnet_viz.errors import SpecError
from resnet_viz.metrics.conventions import CONVENTIONS
from resnet_viz.records.block_pair import BlockCounts, ChannelPoint, Crossing, Sweep, operations
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.network import EXPANSION

FIGURES = ("params", *CONVENTIONS, "kept", "latency")
ALIKE = 0.05
"""Figures that differ by no more than this part, or twice what the match leaves, are alike: whole channels alone would
make them cross back and forth."""


def sweep(setting: BlockSetting, channels: Sequence[int]) -> Sweep:
    """The counts of both blocks at each of these channels, by closed forms; those that no width matches left out.

    Channels that not both blocks can have are taken down to the next that they can.
    """
    step = max(EXPANSION.values()) * setting.groups
    possible = sorted({count // step * step for count in channels if count >= step})
    points = tuple(point for count in possible for point in _points(setting.but(channels=count)))
    return Sweep(setting, points, tuple(crossings(setting, points)))


def evenly(low: int, high: int, count: int) -> tuple[int, ...]:
    """About `count` whole numbers from `low` to `high`, each about as many times the one before."""
    if low == high or count < 2:
        return (low,)
    ratio = high / low
    return tuple(sorted({round(low * ratio ** (place / (count - 1))) for place in range(count)}))


def crossings(setting: BlockSetting, points: Sequence[ChannelPoint]) -> Iterator[Crossing]:
    """Where one block's figure passes the other's, on the straight line between two points; times where measured.

    The quantity that the match makes equal crosses nowhere.
    """
    equal = {"macs": ("macs", "twice")}.get(setting.match, (setting.match,))
    for figure in FIGURES:
        if figure not in equal:
            yield from _crossed(figure, points)


def figures_at(point: ChannelPoint, figure: str) -> tuple[float, float] | None:
    """A figure of both blocks at one point, a convention of counting standing for its operations; None where `latency`
    has not been measured.
    """
    if figure == "latency":
        return None if point.basic_us is None or point.bottleneck_us is None else (point.basic_us, point.bottleneck_us)
    return _counted(point.basic, figure), _counted(point.bottleneck, figure)


def _counted(found: BlockCounts, figure: str) -> int:
    for convention in CONVENTIONS:
        if figure == convention:
            return operations(found, convention)
    return int(getattr(found, figure))


def _points(setting: BlockSetting) -> Iterator[ChannelPoint]:
    try:
        widths = {setting.held: setting.held_width, setting.solve: solved_width(setting)}
    except SpecError:
        return
    found = {kind: counts(kind, width, setting) for kind, width in widths.items()}
    target, reached = (amount(kind, width, setting) for kind, width in widths.items())
    yield ChannelPoint(setting.channels, found["basic"], found["bottleneck"], abs(reached - target) / target)


def _crossed(figure: str, points: Sequence[ChannelPoint]) -> Iterator[Crossing]:
    told = [
        (point.channels, pair[0] - pair[1])
        for point in points
        if (pair := figures_at(point, figure)) and abs(pair[0] - pair[1]) > max(ALIKE, 2 * point.slack) * max(pair)
    ]
    for (before, gap), (after, next_gap) in pairwise(told):
        if (gap > 0) != (next_gap > 0):
            at = before + (after - before) * gap / (gap - next_gap)
            yield Crossing(figure, at, "bottleneck" if next_gap > 0 else "basic")
