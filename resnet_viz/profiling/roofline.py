"""The least time that a layer can take on this device, what sets it, and whether a measured time can be true."""

from math import prod

import msgspec

from resnet_viz.records import LayerRecord, Shape
from resnet_viz.runs import Bound, Ceilings, Spread
from resnet_viz.texts import tr

TOLERANCE = 0.9
"""A time is impossible when it is below this part of its floor: the ceilings are themselves measured."""


class Floor(msgspec.Struct, frozen=True):
    """The three least times of a layer in microseconds: its arithmetic, its bytes, and the launch of an operation."""

    compute_us: float
    memory_us: float
    launch_us: float

    @property
    def bound(self) -> Bound:
        """Which of the three is the largest."""
        pairs: tuple[tuple[float, Bound], ...] = (
            (self.compute_us, "compute"), (self.memory_us, "memory"), (self.launch_us, "launch"),
        )  # fmt: skip
        return max(pairs, key=lambda pair: pair[0])[1]

    @property
    def least_us(self) -> float:
        """The largest of the three."""
        return max(self.compute_us, self.memory_us, self.launch_us)


def moved_bytes(layer: LayerRecord, element_bytes: int) -> int:
    """What a layer must read and write at least once: inputs, weights and output; flattening makes a view.

    A window that is smaller than its stride leaves pixels out, and so does zero padding with a stride.
    """
    if layer.kind == "flatten":
        return 0
    weights = layer.params * (2 if layer.kind == "norm" else 1)  # a norm reads its running statistics too
    return element_bytes * (sum(_read(layer, shape) for shape in layer.inputs) + weights + prod(layer.output))


def _read(layer: LayerRecord, shape: Shape) -> int:
    """The elements of an input that are looked at."""
    window = layer.geometry
    seen = 1 if layer.kind == "pad" else window.kernel if window is not None and window.stride > 1 else None
    if seen is None or len(shape) != 4:
        return prod(shape)
    sides = (min(size, out * seen) for size, out in zip(shape[2:], layer.output[2:], strict=True))
    return shape[0] * shape[1] * prod(sides)


def floor(flops: int, moved_bytes: int, ceilings: Ceilings) -> Floor:
    """The roofline of Williams et al. 2009 as times, with the launch beside it."""
    return Floor(
        1e6 * flops / ceilings.flops_per_second, 1e6 * moved_bytes / ceilings.bytes_per_second, ceilings.launch_us
    )


def doubt(spread: Spread, *, flops: int, moved_bytes: int, ceilings: Ceilings) -> str:
    """Why a time cannot be what the layer's full work took, or nothing."""
    least = floor(flops, moved_bytes, ceilings)
    time = spread.median_us
    if flops and time < TOLERANCE * least.compute_us:
        return tr(
            "{time} µs is faster than its arithmetic at the measured peak ({floor} µs): the library did less "
            "arithmetic than a direct convolution, or the timing is wrong"
        ).format(time=f"{time:.1f}", floor=f"{least.compute_us:.1f}")
    beyond = 1e6 * max(0, moved_bytes - ceilings.cache_bytes) / ceilings.bytes_per_second
    if time < TOLERANCE * beyond:
        return tr("{time} µs is faster than its bytes, those that fit the cache aside, at the measured bandwidth "
                  "({floor} µs)").format(time=f"{time:.1f}", floor=f"{beyond:.1f}")  # fmt: skip
    return ""
