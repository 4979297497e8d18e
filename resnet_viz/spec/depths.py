"""The rule that turns any depth into blocks a stage.

Four stages: the published networks are fixed points (8 blocks: 2,2,2,2; 16: 3,4,6,3; 33: 3,4,23,3; 50: 3,8,36,3;
66: 3,24,36,3), and 4 blocks are 1,1,1,1. A number of blocks between two of them takes each stage's count on the
straight line between theirs, above the last in proportion to it; the fractions are rounded by largest remainder,
earlier stages first. A stage at its limit of 2,000 blocks leaves the excess to the others. Three stages behind the
CIFAR stem are equal, as published; other numbers of stages are shared out evenly, later stages first.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from fractions import Fraction

from resnet_viz.errors import SpecError
from resnet_viz.spec.network import CONVS_PER_BLOCK, MAX_BLOCKS, BlockKind, ResNetSpec
from resnet_viz.texts import tr

ANCHORS: tuple[tuple[int, ...], ...] = (
    (1, 1, 1, 1), (2, 2, 2, 2), (3, 4, 6, 3), (3, 4, 23, 3), (3, 8, 36, 3), (3, 24, 36, 3),
)  # fmt: skip


def with_depth(spec: ResNetSpec, depth: int) -> ResNetSpec:
    """The same network with exactly `depth` layers, its blocks shared out by the rule.

    Raises SpecError for `depth`, with the nearest depths that the spec's block and stages can make.
    """
    if not can_have_depth(spec, depth):
        raise SpecError("depth", depth, nearest_depths(depth, (spec,)))
    return spec.but(blocks=distribute_blocks((depth - 2) // CONVS_PER_BLOCK[spec.block], len(spec.blocks)))


def can_have_depth(spec: ResNetSpec, depth: int) -> bool:
    """Whether the spec's block and stages can make exactly this depth."""
    return depth in _depths(spec)


def block_for_depth(depth: int, bases: Mapping[BlockKind, ResNetSpec], first: BlockKind) -> BlockKind | None:
    """The block whose network can have this depth, `first` preferred; None where neither can."""
    order: tuple[BlockKind, ...] = (first, "basic" if first == "bottleneck" else "bottleneck")
    return next((block for block in order if can_have_depth(bases[block], depth)), None)


def next_depth(spec: ResNetSpec, direction: int) -> int:
    """The next depth above (`direction` > 0) or below that the spec's block and stages can make."""
    depths = _depths(spec)
    place = bisect_right(depths, spec.depth) if direction > 0 else bisect_left(depths, spec.depth) - 1
    return depths[max(0, min(place, len(depths) - 1))]


def nearest_depths(depth: int, specs: Sequence[ResNetSpec]) -> str:
    """What would be accepted instead of `depth`, as half a sentence."""
    made = [*map(_depths, specs)]
    below = max((near for depths in made for near in depths[: bisect_right(depths, depth)][-1:]), default=None)
    above = min((near for depths in made for near in depths[bisect_left(depths, depth) :][:1]), default=None)
    if below is None or above is None:
        return tr("the nearest depth that can be made is {depth}").format(depth=below or above)
    return tr("the nearest depths that can be made are {below} and {above}").format(below=below, above=above)


def distribute_blocks(total: int, stages: int) -> tuple[int, ...]:
    """`total` blocks over this many stages by the rule."""
    if stages != len(ANCHORS[0]):
        return tuple((total + stage) // stages for stage in range(stages))
    return _rounded(_within_limit(_between_anchors(total)), total)


def _depths(spec: ResNetSpec) -> range:
    """Every depth that a spec's block and number of stages can make."""
    stages, convs = len(spec.blocks), CONVS_PER_BLOCK[spec.block]
    step = convs * stages if spec.stem == "cifar" and stages == 3 else convs
    return range(2 + convs * stages, 3 + convs * stages * MAX_BLOCKS, step)


def _between_anchors(total: int) -> list[Fraction]:
    above = next((index for index, counts in enumerate(ANCHORS) if sum(counts) >= total), None)
    if above is None:
        return [Fraction(total * part, sum(ANCHORS[-1])) for part in ANCHORS[-1]]
    if above == 0:
        return [Fraction(part) for part in ANCHORS[0]]
    low, high = ANCHORS[above - 1], ANCHORS[above]
    way = Fraction(total - sum(low), sum(high) - sum(low))
    return [first + (last - first) * way for first, last in zip(low, high, strict=True)]


def _within_limit(parts: list[Fraction]) -> list[Fraction]:
    """The same total with no stage over its limit: the others take the excess in proportion."""
    excess = sum(part - MAX_BLOCKS for part in parts if part > MAX_BLOCKS)
    if not excess:
        return parts
    room = sum(part for part in parts if part < MAX_BLOCKS)
    scale = (room + excess) / room
    return _within_limit([part * scale if part < MAX_BLOCKS else Fraction(MAX_BLOCKS) for part in parts])


def _rounded(parts: Sequence[Fraction], total: int) -> tuple[int, ...]:
    counts = [int(part) for part in parts]
    order = sorted(range(len(parts)), key=lambda stage: (counts[stage] - parts[stage], stage))
    for stage in order[: total - sum(counts)]:
        counts[stage] += 1
    return tuple(counts)
