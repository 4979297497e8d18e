"""Random places for two blocks, small enough to run for real."""

import random
from collections.abc import Iterator

from resnet_viz.errors import SpecError
from resnet_viz.spec.block_pair import BlockSetting


def random_settings(count: int, seed: int) -> Iterator[BlockSetting]:
    """`count` settings that cover every field; the same for the same seed."""
    chance = random.Random(seed)
    made = 0
    while made < count:
        try:
            setting = _draw(chance)
        except SpecError:
            continue
        made += 1
        yield setting


def _draw(chance: random.Random) -> BlockSetting:
    return BlockSetting(
        channels=chance.choice((8, 16, 20, 24, 32, 48, 64, 96)),
        size=chance.randint(4, 20),
        stride=chance.choice((1, 1, 2, 2, 3)),
        batch=chance.randint(1, 3),
        groups=chance.choice((1, 1, 1, 2, 4)),
        order=chance.choice(("post", "pre")),
        stride_in=chance.choice(("3x3", "1x1")),
        shortcut=chance.choice(("A", "B", "C", "none")),
        match=chance.choice(("channels", "params", "macs")),
        solve=chance.choice(("basic", "bottleneck")),
    )
