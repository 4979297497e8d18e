"""What a training pass keeps in memory for its backward pass."""

from collections.abc import Iterator, Sequence
from math import prod

from resnet_viz.graph.calls import INPUT
from resnet_viz.records.analysis import BYTES_PER_ELEMENT, EdgeRecord, LayerRecord

STATISTICS = 2  # a norm keeps the mean and the deviation of each channel
INDEX_BYTES = 8  # a max pool keeps where each maximum was


def kept_elements(layers: Sequence[LayerRecord], edges: Sequence[EdgeRecord]) -> int:
    """The elements that the backward passes of these layers read, each tensor once, weights left out.

    A convolution, linear layer, norm or max pool keeps what it reads (a norm its statistics too), an activation what
    it writes; nothing works in place. This is what autograd saves; a max pool's indices are counted by `kept_bytes`.
    """
    source = {edge.target: edge.source for edge in edges if edge.kind == "main"}
    tensors = dict(kept for layer in layers for kept in _kept(layer, source.get(layer.id, INPUT)))
    return sum(tensors.values()) + sum(STATISTICS * layer.output[1] for layer in layers if layer.kind == "norm")


def kept_bytes(layers: Sequence[LayerRecord], edges: Sequence[EdgeRecord]) -> int:
    """The same in bytes of fp32, with the whole numbers that a max pool keeps."""
    indices = sum(prod(layer.output) for layer in layers if layer.variant == "max")
    return BYTES_PER_ELEMENT * kept_elements(layers, edges) + INDEX_BYTES * indices


def keeps(layer: LayerRecord, source: str) -> str | None:
    """The tensor that a layer keeps, by the id of the layer that made it: what it read from `source`, or its own."""
    if layer.kind == "act":
        return layer.id
    return source if layer.kind in ("conv", "linear", "norm") or layer.variant == "max" else None


def _kept(layer: LayerRecord, source: str) -> Iterator[tuple[str, int]]:
    """The same with the tensor's elements."""
    kept = keeps(layer, source)
    if kept is not None:
        yield kept, prod(layer.output) if kept == layer.id else prod(layer.inputs[0])
