"""The numbers of a network as overlays on its graph in other programs: Netron and Model Explorer.

Netron (9.3.3, `view.js`): a JSON file dropped on an open model is an attachment if its `signature` is
`netron:attachment`; its lists `metadata` and `metrics` hold items of `kind` (`node`, `model`, …), `target` (the node's
name up to its first line end; empty for the model), `name` and `value`. Each layer is written under its id and under
the name that torch's ONNX exporter gives it, `/layer1/layer1.0/conv1/Conv`. If Netron was started with a file, its page
ignores dropped files: the model has to be opened in the page.

Model Explorer (0.1.34, `node_data_builder.py`): `ModelNodeData` is an object by graph id of `GraphNodeData`, whose
`results` map a node's id to its `value`: one number per node, hence one file per metric. Its adapter for a `.pt2` of
torch.export calls the graph `graph` and the nodes as torch.fx names them, `conv2d_1`.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from resnet_viz.errors import UserError
from resnet_viz.export.graph import shape_text
from resnet_viz.metrics.saved_for_backward import READ_PADDED_COPY
from resnet_viz.records.analysis import Analysis, LayerRecord
from resnet_viz.records.kinds import facts_of
from resnet_viz.records.quantities import NUMBER_FIELDS, Metric
from resnet_viz.records.run import ProfileRun
from resnet_viz.storage.json_text import json_text
from resnet_viz.texts import tr

Item = dict[str, str | int | float]
EXPLORER_GRAPH = "graph"
GRADIENT = ({"stop": 0, "bgColor": "white"}, {"stop": 1, "bgColor": "tomato"})
EXPLORER_NAMES: dict[Metric, str] = {
    "params": "parameters", "macs": "MACs", "flops": "FLOPs", "output_bytes": "output, bytes",
    "receptive_field": "receptive field, pixels", "latency": "latency, µs",
}  # fmt: skip


def netron_attachment(analysis: Analysis, run: ProfileRun | None = None) -> str:
    """Return the attachment for Netron with the numbers of every layer, and the median times of a run in µs.

    Raises UserError for a run of another network.
    """
    times = latencies(analysis, run)
    totals = msgspec.structs.asdict(analysis.totals)
    metrics: list[Item] = [{"kind": "model", "target": "", "name": n, "value": value} for n, value in totals.items()]
    metadata: list[Item] = []
    for layer in analysis.layers:
        for target in (layer.id, onnx_name(layer)):
            metadata += _items(target, {"layer": layer.id, "output": shape_text(layer.output)})
            metrics += _items(target, _numbers(layer, times))
    return json_text({"signature": "netron:attachment", "metadata": metadata, "metrics": metrics})


def explorer_node_data(analysis: Analysis, metric: Metric = "macs", run: ProfileRun | None = None) -> str:
    """Return the node data for Model Explorer: a number for each layer, latencies in µs, by its node name in a `.pt2`.

    Raises UserError for a latency without a run, or a run of another network.
    """
    if metric == "latency" and run is None:
        raise UserError(tr("--metric latency needs --run with a run of the same network; profile makes one."))
    times = latencies(analysis, run)
    results = {}
    for layer, name in zip(analysis.layers, fx_names(analysis), strict=True):
        value = times.get(layer.id) if metric == "latency" else getattr(layer, metric)
        if value is not None:
            results[name] = {"value": value}
    return json_text({EXPLORER_GRAPH: {"results": results, "name": EXPLORER_NAMES[metric], "gradient": GRADIENT}})


def latencies(analysis: Analysis, run: ProfileRun | None) -> dict[str, float]:
    """Return the median time in µs of each measured layer by id, empty without a run.

    Raises UserError for a run of another network.
    """
    if run is None:
        return {}
    if run.spec.but(input=analysis.spec.input) != analysis.spec:
        raise UserError(tr("The run is of another network; give one of this network."))
    return {layer.id: layer.spread.median_us for layer in run.layers}


def onnx_name(layer: LayerRecord) -> str:
    """Return the name of the layer's node in ONNX, such as `/layer1/layer1.0/conv1/Conv`.

    The scope of a child of a Sequential is the name of the Sequential and the child's number.
    """
    scope: list[str] = []
    for name in layer.id.split("."):
        scope.append(f"{scope[-1]}.{name}" if name.isdecimal() else name)
    return "/" + "/".join([*scope, facts_of(layer).onnx])


def fx_names(analysis: Analysis) -> Iterator[str]:
    """Yield the name of each layer's node in torch.export: the operation, and a number from its second use on."""
    last_number: dict[str, int] = {}
    for layer in analysis.layers:
        facts = facts_of(layer)
        name = facts.fx
        padding = ("pad",) if layer.type in READ_PADDED_COPY else ()
        for operator in (*padding, *facts.fx_before, name):
            number = last_number[operator] = last_number.get(operator, -1) + 1
        yield f"{name}_{number}" if number else name


def _numbers(layer: LayerRecord, times: dict[str, float]) -> dict[str, int | float]:
    numbers: dict[str, int | float] = {name: getattr(layer, name) for name in NUMBER_FIELDS}
    return {**numbers, "latency_us": times[layer.id]} if layer.id in times else numbers


def _items(target: str, values: dict[str, Any]) -> Iterator[Item]:
    return ({"kind": "node", "target": target, "name": name, "value": value} for name, value in values.items())
