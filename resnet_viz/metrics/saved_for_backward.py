"""What a training pass keeps in memory for its backward pass."""

from collections.abc import Sequence
from math import prod

from resnet_viz.graph.calls import INPUT
from resnet_viz.records.analysis import BYTES_PER_ELEMENT, EdgeRecord, LayerRecord

VIEWS = ("flatten",)
STATISTICS = 2  # a norm keeps the mean and the deviation of each channel
INDEX_BYTES = 8  # a max pool keeps where each maximum was


def kept_elements(layers: Sequence[LayerRecord], edges: Sequence[EdgeRecord]) -> int:
    """The elements that the backward passes of these layers read, each tensor once, weights left out.

    A convolution, linear layer, norm or max pool keeps what it reads (a norm its statistics too), an activation what
    it writes; nothing works in place. This is what autograd saves; a max pool's indices are counted by `kept_bytes`.
    """
    statistics = sum(STATISTICS * layer.output[1] for layer in layers if layer.kind == "norm")
    return sum(kept_tensors(layers, edges).values()) + statistics


def kept_bytes(layers: Sequence[LayerRecord], edges: Sequence[EdgeRecord]) -> int:
    """The same in bytes of fp32, with the whole numbers that a max pool keeps."""
    indices = sum(prod(layer.output) for layer in layers if layer.variant == "max")
    return BYTES_PER_ELEMENT * kept_elements(layers, edges) + INDEX_BYTES * indices


def kept_tensors(layers: Sequence[LayerRecord], edges: Sequence[EdgeRecord]) -> dict[str, int]:
    """The elements of each tensor that is kept, by the id of the layer that made it; a view is what it looks at."""
    source = {edge.target: edge.source for edge in edges if edge.kind == "main"}
    base: dict[str, str] = {}
    kept: dict[str, int] = {}
    for layer in layers:
        read = source.get(layer.id, INPUT)
        read = base.get(read, read)
        if layer.kind in VIEWS:
            base[layer.id] = read
        elif layer.kind == "act":
            kept[layer.id] = prod(layer.output)
        elif layer.kind in ("conv", "linear", "norm") or layer.variant == "max":
            kept[read] = prod(layer.inputs[0])
    return kept
