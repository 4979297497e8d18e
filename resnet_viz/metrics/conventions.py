"""What an operation costs by each convention of counting, and what the count is then called."""

from collections.abc import Iterable
from typing import get_args

import msgspec

from resnet_viz.graph.calls import Level, group_id
from resnet_viz.records.analysis import Analysis, Convention, LayerRecord

CONVENTIONS: tuple[Convention, ...] = get_args(Convention)


def recounted(analysis: Analysis, convention: Convention) -> Analysis:
    """The analysis with every `macs`, the total among them, counted by a convention; from a plain one."""
    if convention == analysis.counted_as:
        return analysis
    found = counts(analysis, convention)
    layers = tuple(msgspec.structs.replace(layer, macs=found[layer.id]) for layer in analysis.layers)
    totals = msgspec.structs.replace(analysis.totals, macs=sum(found.values()))
    return msgspec.structs.replace(analysis, layers=layers, totals=totals, counted_as=convention)


def counts(analysis: Analysis, convention: Convention) -> dict[str, int]:
    """The operations of every layer by id, for the batch of the spec."""
    folded = foldable(analysis) if convention == "folded" else frozenset()
    return {layer.id: 0 if layer.id in folded else _operations(layer, convention) for layer in analysis.layers}


def group_counts(analysis: Analysis, convention: Convention, level: Level) -> dict[str, int]:
    """The same summed up by block or stage, stem and head included; ids as in `rollup.groups`."""
    found = counts(analysis, convention)
    sums: dict[str, int] = {}
    for layer in analysis.layers:
        group = group_id(layer.stage, layer.block, level)
        sums[group] = sums.get(group, 0) + found[layer.id]
    return sums


def total(analysis: Analysis, convention: Convention) -> int:
    """The operations of the whole network."""
    return sum(counts(analysis, convention).values())


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
