"""The tensors that a training pass saves for its backward pass."""

from collections.abc import Iterator, Sequence
from math import prod

from resnet_viz.graph.calls import INPUT
from resnet_viz.records.analysis import BYTES_PER_ELEMENT, EdgeRecord, LayerRecord

VIEWS = ("flatten",)
STATISTICS_PER_CHANNEL = 2  # a batch norm saves the mean and the inverse deviation of each channel
INDEX_BYTES = 8  # a max pool saves the position of each maximum as a 64-bit integer


def saved_elements(layers: Sequence[LayerRecord], edges: Sequence[EdgeRecord]) -> int:
    """Count the elements that autograd saves for the backward pass of these layers, each tensor once.

    A convolution, linear layer, norm or max pool saves its input (a norm also its statistics), an activation saves its
    output; no layer works in place. Weights are left out, and a max pool's indices, which `saved_bytes` counts.
    """
    statistics = sum(STATISTICS_PER_CHANNEL * layer.output[1] for layer in layers if layer.kind == "norm")
    return sum(saved_tensors(layers, edges).values()) + statistics


def saved_bytes(layers: Sequence[LayerRecord], edges: Sequence[EdgeRecord]) -> int:
    """Return the bytes that autograd saves in fp32 for the backward pass of these layers, max-pool indices included."""
    indices = sum(prod(layer.output) for layer in layers if layer.variant == "max")
    return BYTES_PER_ELEMENT * saved_elements(layers, edges) + INDEX_BYTES * indices


def saved_tensors(layers: Sequence[LayerRecord], edges: Sequence[EdgeRecord]) -> dict[str, int]:
    """Return the elements of each saved tensor by the id of the layer that wrote it, not of a view of it."""
    return {tensor: elements for _, tensor, elements in savings(layers, edges)}


def savings(layers: Sequence[LayerRecord], edges: Sequence[EdgeRecord]) -> Iterator[tuple[str, str, int]]:
    """Yield each layer that saves a tensor, in execution order, with the tensor's writer and its elements.

    Several layers may save the same tensor, which takes memory only once.
    """
    source = {edge.target: edge.source for edge in edges if edge.kind == "main"}
    base: dict[str, str] = {}
    for layer in layers:
        read = source.get(layer.id, INPUT)
        read = base.get(read, read)
        if layer.kind in VIEWS:
            base[layer.id] = read
        elif layer.kind == "act":
            yield layer.id, layer.id, prod(layer.output)
        elif layer.kind in ("conv", "linear", "norm") or layer.variant == "max":
            yield layer.id, read, prod(layer.inputs[0])
