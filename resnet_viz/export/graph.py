"""The analysis as JSON, and its graph as GraphML for other programs."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from resnet_viz.records.analysis import Analysis, GroupRecord, LayerRecord
from resnet_viz.spec.presets import title_of
from resnet_viz.storage.json_text import json_text

if TYPE_CHECKING:
    import networkx

Scalar = str | int | float | bool
NO_LATENCIES: Mapping[str, float] = {}


def as_json(analysis: Analysis, groups: tuple[GroupRecord, ...] = ()) -> str:
    """Return spec, totals, layers, edges, remarks and, if given, groups as JSON, which decodes to an Analysis."""
    content = msgspec.to_builtins(analysis)
    if groups:
        content["groups"] = msgspec.to_builtins(groups)
    return json_text(content)


def as_graphml(analysis: Analysis, latencies_us: Mapping[str, float] = NO_LATENCIES) -> str:
    """Return GraphML with each field of a layer as a scalar attribute, its measured time, if any, as `latency_us`, and
    the kind of each edge.

    Shapes are written `1x64x56x56` and separated by `;`. Values that are unknown or do not apply are left out.
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
        attributes = {"kind": edge.kind} if edge.fork is None else {"kind": edge.kind, "fork": edge.fork}
        graph.add_edge(edge.source, edge.target, **attributes)
    return graph


def scalar_fields(layer: LayerRecord) -> dict[str, Scalar]:
    """Return the fields of a record, those of its window included, with shapes as text and without None."""
    fields = msgspec.structs.asdict(layer)
    geometry = fields.pop("geometry")
    fields["inputs"] = ";".join(shape_text(shape) for shape in layer.inputs)
    fields["output"] = shape_text(layer.output)
    fields |= msgspec.structs.asdict(geometry) if geometry else {}
    return {name: value for name, value in fields.items() if value is not None}


def shape_text(shape: tuple[int, ...], times: str = "x") -> str:
    """Return a shape as text, such as `1x64x56x56`."""
    return times.join(str(size) for size in shape)
