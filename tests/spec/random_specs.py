"""Random valid specs, small enough to run for real."""

import random
from collections.abc import Iterator

from resnet_viz.errors import SpecError
from resnet_viz.spec.network import ResNetSpec


def random_specs(count: int, seed: int) -> Iterator[ResNetSpec]:
    """`count` specs that cover every field; the same for the same seed."""
    chance = random.Random(seed)
    made = 0
    while made < count:
        try:
            spec = _draw(chance)
        except SpecError:
            continue
        made += 1
        yield spec


def _draw(chance: random.Random) -> ResNetSpec:
    stages = chance.randint(1, 6)
    width = chance.choice((4, 8, 12))
    return ResNetSpec(
        block=chance.choice(("basic", "bottleneck")),
        blocks=tuple(chance.randint(1, 3) for _ in range(stages)),
        width=width,
        stage_widths=chance.choice((None, tuple(chance.choice((4, 8, 16, 24)) for _ in range(stages)))),
        strides=chance.choice((None, tuple(chance.randint(1, 3) for _ in range(stages)))),
        stem=chance.choice(("imagenet", "cifar")),
        stem_pool_stride=chance.randint(1, 2),
        shortcut=chance.choice(("A", "B", "C", "none")),
        order=chance.choice(("post", "pre")),
        stride_in=chance.choice(("3x3", "1x1")),
        groups=chance.choice((1, 1, 2, 4)),
        width_per_group=chance.choice((None, None, 32, 64, 128)),
        dilate=chance.choice((None, tuple(chance.random() < 0.5 for _ in range(stages - 1)))),
        bias=chance.random() < 0.3,
        head=chance.random() < 0.7,
        classes=chance.randint(1, 20),
        input=(chance.randint(1, 2), chance.randint(1, 4), chance.randint(1, 40), chance.randint(1, 40)),
    )
