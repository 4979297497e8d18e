"""The rule that turns any depth into blocks a stage.

Four stages: the published networks are fixed points (8 blocks: 2,2,2,2; 16: 3,4,6,3; 33: 3,4,23,3; 50: 3,8,36,3;
66: 3,24,36,3), and 4 blocks are 1,1,1,1. A number of blocks between two of them takes each stage's count on the
straight line between theirs, above the last in proportion to it; the fractions are rounded by largest remainder,
earlier stages first. A stage at its limit of 2,000 blocks leaves the excess to the others. Three stages behind the
CIFAR stem are equal, as published; other numbers of stages are shared out evenly, later stages first.
"""

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
    if not is_possible(spec, depth):
        raise SpecError("depth", depth, nearest_depths(depth, (spec,)))
    return spec.but(blocks=share_out((depth - 2) // CONVS_PER_BLOCK[spec.block], len(spec.blocks)))


def is_possible(spec: ResNetSpec, depth: int) -> bool:
    """Whether the spec's block and stages can make exactly this depth."""
    step, least, most = _depth_range(spec)
    return least <= depth <= most and (depth - least) % step == 0


def possible_block(depth: int, bases: Mapping[BlockKind, ResNetSpec], first: BlockKind) -> BlockKind | None:
    """The block whose network can have this depth, `first` preferred; None where neither can."""
    order: tuple[BlockKind, ...] = (first, "basic" if first == "bottleneck" else "bottleneck")
    return next((block for block in order if is_possible(bases[block], depth)), None)


def next_depth(spec: ResNetSpec, direction: int) -> int:
    """The next depth above (`direction` > 0) or below that the spec's block and stages can make."""
    step, least, most = _depth_range(spec)
    whole, rest = divmod(spec.depth - least, step)
    steps = whole + 1 if direction > 0 else whole - (0 if rest else 1)
    return max(least, min(most, least + steps * step))


def nearest_depths(depth: int, specs: Sequence[ResNetSpec]) -> str:
    """What would be accepted instead of `depth`, as half a sentence."""
    below = max((near for spec in specs if (near := _at_most(spec, depth)) is not None), default=None)
    above = min((near for spec in specs if (near := _at_least(spec, depth)) is not None), default=None)
    found = [near for near in (below, above) if near is not None]
    if len(found) == 1:
        return tr("the nearest depth that can be made is {depth}").format(depth=found[0])
    return tr("the nearest depths that can be made are {below} and {above}").format(below=below, above=above)


def share_out(total: int, stages: int) -> tuple[int, ...]:
    """`total` blocks over this many stages by the rule."""
    if stages != len(ANCHORS[0]):
        return tuple((total + stage) // stages for stage in range(stages))
    return _rounded(_within_limit(_between_anchors(total)), total)


def _depth_range(spec: ResNetSpec) -> tuple[int, int, int]:
    """Step, least and greatest depth of a spec's block and number of stages."""
    stages, convs = len(spec.blocks), CONVS_PER_BLOCK[spec.block]
    step = convs * stages if spec.stem == "cifar" and stages == 3 else convs
    return step, 2 + convs * stages, 2 + convs * stages * MAX_BLOCKS


def _at_most(spec: ResNetSpec, depth: int) -> int | None:
    step, least, most = _depth_range(spec)
    return None if depth < least else least + (min(depth, most) - least) // step * step


def _at_least(spec: ResNetSpec, depth: int) -> int | None:
    step, least, most = _depth_range(spec)
    near = least + max(0, -(-(depth - least) // step)) * step
    return near if near <= most else None


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
    full = [part >= MAX_BLOCKS for part in parts]
    excess = sum(part - MAX_BLOCKS for part, at_limit in zip(parts, full, strict=True) if at_limit)
    if not excess:
        return parts
    room = sum(part for part, at_limit in zip(parts, full, strict=True) if not at_limit)
    return _within_limit(
        [
            Fraction(MAX_BLOCKS) if at_limit else part * (room + excess) / room
            for part, at_limit in zip(parts, full, strict=True)
        ]
    )


def _rounded(parts: Sequence[Fraction], total: int) -> tuple[int, ...]:
    counts = [int(part) for part in parts]
    order = sorted(range(len(parts)), key=lambda stage: (counts[stage] - parts[stage], stage))
    for stage in order[: total - sum(counts)]:
        counts[stage] += 1
    return tuple(counts)
