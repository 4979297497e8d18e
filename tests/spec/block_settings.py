"""Random settings of two blocks, small enough to run for real."""

import random
from collections.abc import Iterator
from functools import cache

from resnet_viz.errors import SpecError
from resnet_viz.pipeline import compare_blocks
from resnet_viz.records.block_pair import BlockComparison
from resnet_viz.spec.block_pair import BlockSetting


def random_settings(count: int, seed: int) -> Iterator[BlockSetting]:
    """Yield `count` settings that together vary every field; the same ones for the same seed."""
    chance = random.Random(seed)
    made = 0
    while made < count:
        try:
            setting = _draw(chance)
        except SpecError:
            continue
        made += 1
        yield setting


@cache
def compared_blocks(count: int = 100, seed: int = 12) -> tuple[BlockComparison, ...]:
    """Return comparisons in `count` random settings, without those that no width can match."""
    found = []
    for setting in random_settings(count, seed):
        try:
            found.append(compare_blocks(setting))
        except SpecError:
            continue
    return tuple(found)


def _draw(chance: random.Random) -> BlockSetting:
    return BlockSetting(
        channels=chance.choice((8, 16, 20, 24, 32, 48, 64, 96)),
        size=chance.randint(4, 20),
        stride=chance.choice((1, 1, 2, 2, 3)),
        batch=chance.randint(1, 3),
        groups=chance.choice((1, 1, 1, 2, 4)),
        order=chance.choice(("post", "pre")),
        stride_in=chance.choice(("3x3", "1x1")),
        shortcut=chance.choice(("A", "B", "C", "D", "none")),
        match=chance.choice(("channels", "params", "macs")),
        solve=chance.choice(("basic", "bottleneck")),
    )
