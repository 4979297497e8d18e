"""What a network costs by each convention of counting."""

from collections import Counter
from collections.abc import Iterable
from typing import get_args

from resnet_viz.graph.calls import id_of_group
from resnet_viz.records.analysis import Analysis, Convention, LayerRecord
from resnet_viz.records.costs import Costs

CONVENTIONS: tuple[Convention, ...] = get_args(Convention)


def costs(analysis: Analysis, convention: Convention = "macs") -> Costs:
    """The operations of every layer and of all that layers lie in, for the batch of the spec."""
    folded = foldable(analysis) if convention == "folded" else frozenset()
    layers = {layer.id: 0 if layer.id in folded else _operations(layer, convention) for layer in analysis.layers}
    blocks, stages = Counter[str](), Counter[str]()
    for layer in analysis.layers:
        blocks[id_of_group(layer.stage, layer.block, "block")] += layers[layer.id]
        stages[id_of_group(layer.stage, layer.block, "stage")] += layers[layer.id]
    return Costs(convention, {**stages, **blocks, **layers}, sum(layers.values()))


def foldable(analysis: Analysis) -> frozenset[str]:
    """The batch norms that read a convolution which nobody else reads: a pre-activation behind a `+` is none."""
    readers: dict[str, int] = {}
    for edge in analysis.edges:
        readers[edge.source] = readers.get(edge.source, 0) + 1
    kinds = {layer.id: layer.kind for layer in analysis.layers}
    return frozenset(
        edge.target
        for edge in analysis.edges
        if kinds[edge.target] == "norm" and kinds[edge.source] == "conv" and readers[edge.source] == 1
    )


def elementwise(layers: Iterable[LayerRecord], without: frozenset[str] = frozenset()) -> int:
    """The operations of layers beside 2 × MACs, some of them left out by id."""
    return sum(layer.flops - 2 * layer.macs for layer in layers if layer.id not in without)


def _operations(layer: LayerRecord, convention: Convention) -> int:
    if convention == "macs":
        return layer.macs
    return 2 * layer.macs if convention == "twice" else layer.flops
