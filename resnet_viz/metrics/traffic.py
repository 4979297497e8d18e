"""The bytes that one layer reads and writes at least."""

from math import prod

from resnet_viz.records.analysis import LayerRecord, Shape


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
