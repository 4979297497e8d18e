"""The least memory traffic of one layer."""

from math import prod

from resnet_viz.records.analysis import LayerRecord, Shape


def moved_bytes(layer: LayerRecord, element_bytes: int) -> int:
    """Return the bytes that a layer must read and write at least once: inputs, weights and output.

    Pixels that no window covers, because the stride is larger, are not read; zero padding with a stride leaves out
    pixels too. Flattening makes a view and moves nothing.
    """
    if layer.kind == "flatten":
        return 0
    batch_norm = layer.kind == "norm" and not layer.variant
    weights = layer.params * (2 if batch_norm else 1)  # a batch norm reads its running statistics too
    return element_bytes * (sum(_elements_read(layer, shape) for shape in layer.inputs) + weights + prod(layer.output))


def _elements_read(layer: LayerRecord, shape: Shape) -> int:
    """Count the elements of one input that some window of the layer covers."""
    window = layer.geometry
    covered = 1 if layer.kind == "pad" else window.kernel if window is not None else None
    if covered is None or len(shape) != 4:
        return prod(shape)
    sides = (min(size, out * covered) for size, out in zip(shape[2:], layer.output[2:], strict=True))
    return shape[0] * shape[1] * prod(sides)
