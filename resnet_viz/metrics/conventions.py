"""The cost of a network by each convention of counting operations."""

from collections import Counter
from collections.abc import Iterable
from typing import get_args

from resnet_viz.graph.calls import id_of_group
from resnet_viz.records.analysis import Analysis, Convention, LayerRecord
from resnet_viz.records.costs import Costs

CONVENTIONS: tuple[Convention, ...] = get_args(Convention)


def costs(analysis: Analysis, convention: Convention = "macs") -> Costs:
    """Count the operations of every layer, block and stage, for the batch of the spec."""
    folded = foldable_norms(analysis) if convention == "folded" else frozenset()
    layers = {layer.id: 0 if layer.id in folded else _operations(layer, convention) for layer in analysis.layers}
    blocks, stages = Counter[str](), Counter[str]()
    for layer in analysis.layers:
        blocks[id_of_group(layer.stage, layer.block, "block")] += layers[layer.id]
        stages[id_of_group(layer.stage, layer.block, "stage")] += layers[layer.id]
    return Costs(convention, {**stages, **blocks, **layers}, sum(layers.values()))


def foldable_norms(analysis: Analysis) -> frozenset[str]:
    """Return the ids of the batch norms that can be folded into the convolution before them.

    The norm must be the only reader of that convolution; a pre-activation norm behind an addition cannot be folded, nor
    can a norm that computes its statistics at inference. A standardized convolution takes a norm like any other: its
    filters are constant at inference.
    """
    readers = Counter(edge.source for edge in analysis.edges)
    kinds = {layer.id: layer.kind for layer in analysis.layers}
    batch_norms = {layer.id for layer in analysis.layers if layer.kind == "norm" and not layer.variant}
    return frozenset(
        edge.target
        for edge in analysis.edges
        if edge.target in batch_norms and kinds[edge.source] == "conv" and readers[edge.source] == 1
    )


def elementwise_operations(layers: Iterable[LayerRecord], without: frozenset[str] = frozenset()) -> int:
    """Sum the floating-point operations beyond 2 × MACs of layers, leaving out those with an id in `without`."""
    return sum(layer.flops - 2 * layer.macs for layer in layers if layer.id not in without)


def _operations(layer: LayerRecord, convention: Convention) -> int:
    if convention == "macs":
        return layer.macs
    return 2 * layer.macs if convention == "twice" else layer.flops
