"""Random valid specs, small enough to run for real, and random fields, right and wrong."""

import math
import random
from collections.abc import Callable, Iterator
from typing import Any

import numpy

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


EDGES = (0, 1, 2, 7, 63, 64, 65, 2_000, 2_001, 8_192, 65_536, 65_537, 10_000_000, 2**31, 2**63, 10**30, 10**5_000, -1)
"""Numbers at and beyond the limits of the fields and of machine integers."""
STRANGE = (
    None, True, False, "", "3", "basic", "1" * 100_000, "\udc80", "\0\n\x1b[2J", 1.0, 1.5, math.nan, math.inf, 3 + 0j,
    [3, 4], [1] * 1_000_000, (), (1,), (1, "2"), ((1,),), {3}, {"a": 1}, range(3), b"x", object(), len,
    numpy.int64(3), numpy.bool_(True), numpy.array([1, 2]),
)  # fmt: skip
"""Values of types that no field has, or that belong to another field."""


def random_fields(chance: random.Random) -> dict[str, Any]:
    """Fields of a spec, of which most are right, some at or beyond a limit, and some of a wrong type."""
    stages = chance.randint(1, 6)

    def number() -> int:
        return chance.choice(EDGES) if chance.random() < 0.15 else chance.choice((1, 2, 4, 8, 32, 64, 128))

    draws: dict[str, Callable[[], object]] = {
        "block": lambda: chance.choice(("basic", "bottleneck")),
        "blocks": lambda: tuple(chance.randint(1, 3) if chance.random() < 0.97 else number() for _ in range(stages)),
        "stage_widths": lambda: tuple(number() for _ in range(stages)),
        "strides": lambda: tuple(chance.choice((1, 2, 3, 8)) for _ in range(stages)),
        "stem": lambda: chance.choice(("imagenet", "cifar")),
        "shortcut": lambda: chance.choice(("A", "B", "C", "none")),
        "order": lambda: chance.choice(("post", "pre")),
        "stride_in": lambda: chance.choice(("3x3", "1x1")),
        "dilate": lambda: tuple(chance.random() < 0.5 for _ in range(stages - 1)),
        "input": lambda: tuple(number() for _ in range(4)),
        **dict.fromkeys(("width", "width_per_group", "groups", "stem_pool_stride", "classes"), number),
        **dict.fromkeys(("bias", "head"), lambda: chance.random() < 0.5),
    }
    chosen = chance.sample(sorted(draws), chance.randint(1, 7))
    fields = {field: chance.choice(STRANGE) if chance.random() < 0.05 else draws[field]() for field in chosen}
    return {"blocks": (1,) * stages, **fields}
