"""The analysis as a graph that other programs read: JSON and GraphML."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from resnet_viz.records.analysis import Analysis, GroupRecord, LayerRecord
from resnet_viz.spec.presets import title_of
from resnet_viz.storage.json_text import json_text

if TYPE_CHECKING:
    import networkx

Scalar = str | int | float | bool
NOT_MEASURED: Mapping[str, float] = {}


def as_json(analysis: Analysis, groups: tuple[GroupRecord, ...] = ()) -> str:
    """Spec, totals, layers, edges and remarks; `groups` too where there are any. It decodes back to an Analysis."""
    content = msgspec.to_builtins(analysis)
    if groups:
        content["groups"] = msgspec.to_builtins(groups)
    return json_text(content)


def as_graphml(analysis: Analysis, latencies_us: Mapping[str, float] = NOT_MEASURED) -> str:
    """GraphML with every field of a layer as a scalar attribute, its measured time as `latency_us` where there is one,
    and the kind of every edge.

    Shapes are written `1x64x56x56`, several of them divided by `;`. What is unknown or does not apply is left out.
    """
    import networkx  # only graphs need it

    return "\n".join(networkx.generate_graphml(_scalar_graph(analysis, latencies_us), named_key_ids=True)) + "\n"


def _scalar_graph(analysis: Analysis, latencies_us: Mapping[str, float]) -> "networkx.DiGraph":
    import networkx  # only graphs need it

    graph = networkx.DiGraph(name=title_of(analysis.spec), spec=msgspec.json.encode(analysis.spec).decode())
    for layer in analysis.layers:
        times = {"latency_us": latencies_us[layer.id]} if layer.id in latencies_us else {}
        graph.add_node(layer.id, **scalar_fields(layer), **times)
    for edge in analysis.edges:
        kept = {"kind": edge.kind} if edge.fork is None else {"kind": edge.kind, "fork": edge.fork}
        graph.add_edge(edge.source, edge.target, **kept)
    return graph


def scalar_fields(layer: LayerRecord) -> dict[str, Scalar]:
    """The record flat: shapes as text, the window's numbers beside the rest, None left out."""
    fields = msgspec.structs.asdict(layer)
    geometry = fields.pop("geometry")
    fields["inputs"] = ";".join(shape_text(shape) for shape in layer.inputs)
    fields["output"] = shape_text(layer.output)
    fields |= msgspec.structs.asdict(geometry) if geometry else {}
    return {name: value for name, value in fields.items() if value is not None}


def shape_text(shape: tuple[int, ...], times: str = "x") -> str:
    """A shape as text, `1x64x56x56`."""
    return times.join(str(size) for size in shape)
