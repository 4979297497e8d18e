"""The rule that finds the number of blocks in each stage for any depth.

Four stages: the published networks are the anchors (8 blocks: 2,2,2,2; 16: 3,4,6,3; 33: 3,4,23,3; 50: 3,8,36,3;
66: 3,24,36,3), and 4 blocks are 1,1,1,1. Between two anchors the blocks of each stage are interpolated linearly; above
the last one they grow in proportion to it. Fractions are rounded by largest remainder, earlier stages first. Where a
stage reaches its limit of 2,000 blocks, the other stages take the excess. Three stages after the CIFAR stem are equal,
as published; for other numbers of stages the blocks are distributed evenly, later stages first.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise

from resnet_viz.errors import SpecError
from resnet_viz.spec.limits import MAX_BLOCKS
from resnet_viz.spec.network import CONVS_PER_BLOCK, BlockKind, ResNetSpec
from resnet_viz.texts import tr

ANCHORS: tuple[tuple[int, ...], ...] = (
    (1, 1, 1, 1), (2, 2, 2, 2), (3, 4, 6, 3), (3, 4, 23, 3), (3, 8, 36, 3), (3, 24, 36, 3),
)  # fmt: skip


def with_depth(spec: ResNetSpec, depth: int) -> ResNetSpec:
    """Return the network with exactly `depth` layers, its blocks distributed over the stages by the rule.

    Raises SpecError for `depth`, with the nearest depths that are possible with the spec's block and stages.
    """
    if not isinstance(depth, int):
        raise SpecError("depth", depth, tr("give a whole number"))
    if not can_have_depth(spec, depth):
        raise SpecError("depth", depth, nearest_depths(depth, (spec,)))
    blocks = distribute_blocks((depth - 2) // CONVS_PER_BLOCK[spec.block], len(spec.blocks))
    return spec.but(blocks=blocks, stage_blocks=None, block_widths=None)


def can_have_depth(spec: ResNetSpec, depth: int) -> bool:
    """Return True if exactly this depth is possible with the spec's block and number of stages."""
    return depth in _depths(spec)


def block_for_depth(depth: int, bases: Mapping[BlockKind, ResNetSpec], first: BlockKind) -> BlockKind | None:
    """Return the block with which this depth is possible, `first` preferred; None if neither block can have it."""
    order: tuple[BlockKind, ...] = (first, "basic" if first == "bottleneck" else "bottleneck")
    return next((block for block in order if can_have_depth(bases[block], depth)), None)


def next_depth(spec: ResNetSpec, direction: int) -> int:
    """Return the next possible depth above (`direction` > 0) or below; at either end, the last possible one."""
    depths = _depths(spec)
    index = bisect_right(depths, spec.depth) if direction > 0 else bisect_left(depths, spec.depth) - 1
    return depths[max(0, min(index, len(depths) - 1))]


def nearest_depths(depth: int, specs: Sequence[ResNetSpec]) -> str:
    """Return the end of an error sentence that names the nearest depths below and above that the specs can have."""
    possible = sorted({near for spec in specs for near in _depths(spec)})
    index = bisect_left(possible, depth)
    near = possible[max(0, index - 1) : index + 1]
    if len(near) == 1:
        return tr("the nearest possible depth is {depth}").format(depth=near[0])
    return tr("the nearest possible depths are {below} and {above}").format(below=near[0], above=near[1])


def distribute_blocks(total: int, stages: int) -> tuple[int, ...]:
    """Distribute `total` blocks over the stages by the rule of this module."""
    if stages != len(ANCHORS[0]):
        return tuple((total + stage) // stages for stage in range(stages))
    return _rounded(_within_limit(_between_anchors(total)), total)


def _depths(spec: ResNetSpec) -> range:
    """All depths that are possible with the spec's block and number of stages, in ascending order."""
    stages, convs = len(spec.blocks), CONVS_PER_BLOCK[spec.block]
    step = convs * stages if spec.stem == "cifar" and stages == 3 else convs
    return range(2 + convs * stages, 3 + convs * stages * MAX_BLOCKS, step)


def _between_anchors(total: int) -> list[Fraction]:
    for low, high in pairwise(ANCHORS):
        if total <= sum(high):
            position = Fraction(total - sum(low), sum(high) - sum(low))
            return [first + (last - first) * position for first, last in zip(low, high, strict=True)]
    return [Fraction(total * count, sum(ANCHORS[-1])) for count in ANCHORS[-1]]


def _within_limit(shares: list[Fraction]) -> list[Fraction]:
    """Move the blocks above a stage's limit to the other stages, in proportion to their shares; keep the total."""
    excess = sum(share - MAX_BLOCKS for share in shares if share > MAX_BLOCKS)
    if not excess:
        return shares
    below_limit = sum(share for share in shares if share < MAX_BLOCKS)
    scale = (below_limit + excess) / below_limit
    return _within_limit([share * scale if share < MAX_BLOCKS else Fraction(MAX_BLOCKS) for share in shares])


def _rounded(shares: Sequence[Fraction], total: int) -> tuple[int, ...]:
    """Round by largest remainder, so that the counts sum to `total`."""
    counts = [int(share) for share in shares]
    order = sorted(range(len(shares)), key=lambda stage: (counts[stage] - shares[stage], stage))
    for stage in order[: total - sum(counts)]:
        counts[stage] += 1
    return tuple(counts)
