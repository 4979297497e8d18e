"""Analyses with gates, made by hand."""

from itertools import pairwise

from msgspec.structs import replace

from resnet_viz.records.analysis import Analysis, EdgeRecord, Geometry, LayerRecord, Shape
from resnet_viz.spec.network import Attention


def with_gates(analysis: Analysis, attention: Attention = "se", reduction: int = 16) -> Analysis:
    """Return the analysis of a network whose every block has a gate before its `+`."""
    edges = {edge.target: edge for edge in analysis.edges if edge.kind == "main"}
    sources = {edge.target: edge.source for edge in analysis.edges if edge.kind == "main"}
    layers: list[LayerRecord] = []
    added: list[EdgeRecord] = []
    for layer in analysis.layers:
        if layer.kind == "add":
            fork = analysis.layer_by_id[sources[layer.id]]
            position = [other.id for other in layers].index(fork.id) + 1
            gate = _gate(fork, layer.id.removesuffix("add"), attention, reduction)
            layers[position:position] = gate
            path = (fork, *gate[:-1])
            added += [EdgeRecord(a.id, b.id) for a, b in pairwise(path)]
            added += [EdgeRecord(fork.id, gate[-1].id), EdgeRecord(gate[-2].id, gate[-1].id, "gate", fork.id)]
            edges[layer.id] = EdgeRecord(gate[-1].id, layer.id)
        layers.append(layer)
    rest = [edges.get(edge.target, edge) if edge.kind == "main" else edge for edge in analysis.edges]
    order = {layer.id: index for index, layer in enumerate(layers)}
    ordered = tuple(sorted([*rest, *added], key=lambda edge: order[edge.target]))
    spec = analysis.spec.but(attention=attention, attention_reduction=reduction)
    return replace(analysis, spec=spec, layers=tuple(layers), edges=ordered)


def _gate(fork: LayerRecord, block: str, attention: str, reduction: int) -> list[LayerRecord]:
    channels = fork.output[1]
    hidden = max(8, channels // reduction)

    def made(name: str, kind: str, type_: str, before: int, after: int, **more: object) -> LayerRecord:
        inputs: tuple[Shape, ...] = ((1, before, 1, 1),) if name != "pool" else (fork.output,)
        return replace(fork, id=f"{block}se.{name}", kind=kind, type=type_, role="gate", inputs=inputs,
                       output=(1, after, 1, 1), params=0, macs=0, flops=0, geometry=None, **more)  # fmt: skip

    window = Geometry(1, 1, 0, bias=True)
    inner = [
        replace(made("fc1", "conv", "Conv2d", channels, hidden), geometry=window),
        made("relu", "act", "ReLU", hidden, hidden),
        replace(made("fc2", "conv", "Conv2d", hidden, channels), geometry=window),
    ]  # fmt: skip
    if attention == "eca":
        inner = [replace(made("conv", "conv", "ChannelConv1d", channels, channels, variant="channels"), params=5)]
    multiply = replace(fork, id=f"{block}se.multiply", kind="multiply", type="Multiply", role="main", params=0, macs=0,
                       inputs=(fork.output, (1, channels, 1, 1)), geometry=None)  # fmt: skip
    pool = made("pool", "pool", "AdaptiveAvgPool2d", channels, channels, variant="average")
    return [pool, *inner, made("sigmoid", "sigmoid", "Sigmoid", channels, channels), multiply]
