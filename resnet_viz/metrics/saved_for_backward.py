"""The tensors that a training pass saves for its backward pass."""

from collections.abc import Iterator, Sequence
from math import prod
from typing import Literal, NamedTuple

from resnet_viz.graph.calls import INPUT
from resnet_viz.records.analysis import BYTES_PER_ELEMENT, EdgeRecord, LayerRecord

VIEWS = ("flatten",)
INDEX_BYTES = 8
"""The size of the position of a maximum, a 64-bit integer whatever the dtype."""
STATISTIC_BYTES = 4
"""The size of a mean or an inverse deviation that batch norm saves: fp32 whatever the dtype."""
GROUPS = 32
"""The groups of channels of group norm and EvoNorm, each with its own statistics."""
READ_PADDED_COPY = ("ZeroPaddedMaxPool2d", "SamePaddedAvgPool2d", "BlurPool2d")
"""Types of pools that first copy their input with a border, which the backward pass needs too."""
Storage = Literal["dtype", "statistic", "index", "fp32 copy"]
"""How an own saved tensor is stored: in the dtype of the pass, in fp32, as 64-bit integers, or in fp32 only where the
pass is in half precision.
"""


class OwnTensor(NamedTuple):
    """A tensor that a layer makes within its operation and saves; `per_image` unless it is of one size at any batch."""

    elements: int
    storage: Storage
    per_image: bool = True

    def nbytes(self, dtype_bytes: int) -> int:
        """Return its bytes in a pass whose dtype has elements of this size."""
        copy = 0 if dtype_bytes == BYTES_PER_ELEMENT else BYTES_PER_ELEMENT
        sizes = {"dtype": dtype_bytes, "statistic": STATISTIC_BYTES, "index": INDEX_BYTES, "fp32 copy": copy}
        return self.elements * sizes[self.storage]


def saved_elements(layers: Sequence[LayerRecord], edges: Sequence[EdgeRecord]) -> int:
    """Count the elements that autograd saves for the backward pass of these layers in fp32, each tensor once.

    A convolution, linear layer, norm, multiplication or pool with a window saves its inputs, an activation or sigmoid
    its output; no layer works in place. `own_tensors` has what some layers save beside. Weights are left out, and a max
    pool's indices, which `saved_bytes` counts.
    """
    own = (tensor for layer in layers for tensor in own_tensors(layer))
    counted = sum(tensor.elements for tensor in own if tensor.storage in ("dtype", "statistic"))
    return sum(saved_tensors(layers, edges).values()) + counted


def saved_bytes(layers: Sequence[LayerRecord], edges: Sequence[EdgeRecord]) -> int:
    """Return the bytes that autograd saves in fp32 for the backward pass of these layers, max-pool indices included."""
    own = sum(tensor.nbytes(BYTES_PER_ELEMENT) for layer in layers for tensor in own_tensors(layer))
    return BYTES_PER_ELEMENT * sum(saved_tensors(layers, edges).values()) + own


def saved_tensors(layers: Sequence[LayerRecord], edges: Sequence[EdgeRecord]) -> dict[str, int]:
    """Return the elements of each saved tensor by the id of the layer that wrote it, not of a view of it."""
    return {tensor: elements for _, tensor, elements in savings(layers, edges)}


def savings(layers: Sequence[LayerRecord], edges: Sequence[EdgeRecord]) -> Iterator[tuple[str, str, int]]:
    """Yield each layer that saves a tensor, in execution order, with the tensor's writer and its elements.

    Several layers may save the same tensor, which takes memory only once.
    """
    sources: dict[str, list[str]] = {}
    for edge in edges:
        sources.setdefault(edge.target, []).append(edge.source)
    base: dict[str, str] = {}
    for layer in layers:
        reads = [base.get(source, source) for source in sources.get(layer.id, ())] or [INPUT]
        if layer.kind in VIEWS:
            base[layer.id] = reads[0]
        elif layer.kind in ("act", "sigmoid"):
            yield layer.id, layer.id, prod(layer.output)
        elif _saves_input(layer):
            yield from ((layer.id, read, prod(shape)) for read, shape in zip(reads, layer.inputs, strict=False))


def own_tensors(layer: LayerRecord) -> Iterator[OwnTensor]:
    """Yield the tensors that a layer saves beside the outputs of layers, as torch's autograd does.

    Batch norm saves the mean and the inverse deviation of each channel, group norm those of each group of an image. The
    two norms that activate consist of several of torch's operations and save what these pass on to one another, and so
    does a standardized convolution with its filters. A max pool saves the position of each maximum.
    """
    batch, channels = layer.output[:2]
    elements = prod(layer.output)
    if layer.kind == "norm" and not layer.variant:
        yield OwnTensor(2 * channels, "statistic", per_image=False)
    elif layer.variant == "group":
        yield OwnTensor(2 * batch * GROUPS, "dtype")
    elif layer.variant == "evonorm":  # the sigmoid, x · sigmoid, their quotient by the deviation; fp32 for the variance
        yield OwnTensor(3 * elements + batch * GROUPS, "dtype")
        yield OwnTensor(elements + batch * GROUPS, "fp32 copy")
    elif layer.variant == "frn":  # the scaled input, the output before the threshold, and each map's scale
        yield OwnTensor(2 * elements + batch * channels, "dtype")
        yield OwnTensor(batch * channels, "fp32 copy")
    elif layer.variant == "standardized":
        yield OwnTensor(filter_elements(layer), "dtype", per_image=False)
        yield OwnTensor(2 * channels, "statistic", per_image=False)
    elif layer.variant == "max":
        yield OwnTensor(elements, "index")
    if layer.type in READ_PADDED_COPY:
        yield OwnTensor(padded_elements(layer), "dtype")


def _saves_input(layer: LayerRecord) -> bool:
    if layer.kind != "pool":
        return layer.kind in ("conv", "linear", "norm", "multiply")
    return layer.geometry is not None and (layer.variant == "blur" or layer.type not in READ_PADDED_COPY)


def filter_elements(layer: LayerRecord) -> int:
    """Return the weights of a convolution's filters, without its biases."""
    biased = layer.geometry is not None and layer.geometry.bias
    return layer.params - (layer.output[1] if biased else 0)


def padded_elements(layer: LayerRecord) -> int:
    """Return the elements of a pool's input with its border."""
    assert layer.geometry is not None
    border = 2 * layer.geometry.padding + layer.geometry.end_padding
    batch, channels, height, width = layer.inputs[0]
    return batch * channels * (height + border) * (width + border)
