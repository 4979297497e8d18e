"""Count both blocks over a range of channels, and find where a figure of one block crosses the other's."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from resnet_viz.compare.width_matching import closed_form_cost, matched_value, solved_width
from resnet_viz.errors import SpecError
from resnet_viz.metrics.conventions import CONVENTIONS
from resnet_viz.records.block_pair import ChannelPoint, ClosedFormCost, Crossing, Sweep, operations
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.network import EXPANSION

SWEPT_FIGURES = ("params", *CONVENTIONS, "kept", "latency")
NEGLIGIBLE_GAP = 0.05
"""Two figures whose relative difference is no greater than this, or than twice the slack of the match, count as equal:
rounding to whole channels would otherwise make them cross back and forth."""


def sweep(setting: BlockSetting, channels: Sequence[int]) -> Sweep:
    """Count both blocks in closed form at each number of channels.

    A number of channels that the groups or the expansion of a block do not divide is rounded down to one that they do;
    a number at which no width of the other block matches is left out.
    """
    step = max(EXPANSION.values()) * setting.groups
    possible = sorted({count // step * step for count in channels if count >= step})
    points = tuple(point for count in possible for point in _points(setting.but(channels=count)))
    return Sweep(setting, points, tuple(crossings(setting, points)))


def geometric_range(low: int, high: int, count: int) -> tuple[int, ...]:
    """Return about `count` whole numbers from `low` to `high` in geometric progression, without duplicates."""
    if low == high or count < 2:
        return (low,)
    ratio = high / low
    return tuple(sorted({round(low * ratio ** (step / (count - 1))) for step in range(count)}))


def crossings(setting: BlockSetting, points: Sequence[ChannelPoint]) -> Iterator[Crossing]:
    """Find the channels at which a figure of one block crosses the other's, interpolated linearly between two points.

    Latency is included where it has been measured. The matched quantity is left out, since it is equal by construction.
    """
    equal = {"macs": ("macs", "twice")}.get(setting.match, (setting.match,))
    for figure in SWEPT_FIGURES:
        if figure not in equal:
            yield from _crossed(figure, points)


def figures_at(point: ChannelPoint, figure: str) -> tuple[float, float] | None:
    """Return a figure of the Basic block and of the Bottleneck at one point.

    The name of a counting convention stands for the operations by that convention. None for a `latency` that has not
    been measured.
    """
    if figure == "latency":
        return None if point.basic_us is None or point.bottleneck_us is None else (point.basic_us, point.bottleneck_us)
    return _counted(point.basic, figure), _counted(point.bottleneck, figure)


def _counted(cost: ClosedFormCost, figure: str) -> int:
    for convention in CONVENTIONS:
        if figure == convention:
            return operations(cost, convention)
    return int(getattr(cost, figure))


def _points(setting: BlockSetting) -> Iterator[ChannelPoint]:
    try:
        widths = {setting.fixed: setting.fixed_width, setting.solve: solved_width(setting)}
    except SpecError:
        return
    costs = {kind: closed_form_cost(kind, width, setting) for kind, width in widths.items()}
    target, reached = (matched_value(kind, width, setting) for kind, width in widths.items())
    yield ChannelPoint(setting.channels, costs["basic"], costs["bottleneck"], abs(reached - target) / target)


def _crossed(figure: str, points: Sequence[ChannelPoint]) -> Iterator[Crossing]:
    gaps = [
        (point.channels, pair[0] - pair[1])
        for point in points
        if (pair := figures_at(point, figure))
        and abs(pair[0] - pair[1]) > max(NEGLIGIBLE_GAP, 2 * point.slack) * max(pair)
    ]
    for (before, gap), (after, next_gap) in pairwise(gaps):
        if (gap > 0) != (next_gap > 0):
            at = before + (after - before) * gap / (gap - next_gap)
            yield Crossing(figure, at, "bottleneck" if next_gap > 0 else "basic")
