"""The heights and widths that feature maps have along a network, which not every pool can take."""

from collections.abc import Sequence
from typing import NamedTuple

from resnet_viz.spec.limits import MAX_SIZE

FARTHEST = 8_192
"""The largest distance at which a size that works is looked for."""


class Pool(NamedTuple):
    """A convolution or pool that divides a map's height and width by its stride, and rounds up unless `rounds_down`.

    It takes maps of at least `least` pixels, and with `must_divide` only those that it divides without a remainder.
    """

    stride: int
    rounds_down: bool = False
    least: int = 1
    must_divide: bool = False


def fits(pools: Sequence[Pool], size: int) -> bool:
    """Return True if an input of this height or width can pass all pools in order."""
    for pool in pools:
        if size < pool.least or (pool.must_divide and size % pool.stride):
            return False
        size = size // pool.stride if pool.rounds_down else -(-size // pool.stride)
    return True


def nearest_size(pools: Sequence[Pool], size: int, step: int) -> int:
    """Return the nearest size that fits, from `size` on upwards (`step` 1) or downwards (-1); 0 if there is none."""
    sizes = range(size, size + step * FARTHEST, step)
    return next((near for near in sizes if 1 <= near <= MAX_SIZE and fits(pools, near)), 0)
