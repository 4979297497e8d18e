"""The overlays, read as Netron and Model Explorer read them, with the names that torch's exporters give."""

import io
import json
import re
import sys
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args

import msgspec
import networkx
import pytest
import torch

from resnet_viz.__main__ import main
from resnet_viz.errors import UserError
from resnet_viz.export.graph import as_graphml
from resnet_viz.export.overlays import explorer_node_data, fx_names, latencies, netron_attachment, onnx_name
from resnet_viz.model.resnet import build
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import Analysis
from resnet_viz.records.quantities import Metric
from resnet_viz.records.run import Environment, LayerTime, ProfileRun, TimeSummary
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.storage.runs import save_run
from tests.spec.family_specs import FAMILIES

Capture = pytest.CaptureFixture[str]
PADDED = ResNetSpec(block="basic", blocks=(2, 2), width=8, shortcut="A", classes=3, input=(1, 3, 32, 32))
GROUPED = PADDED.but(width=32, stage_widths=(32, 64), order="pre")
NETWORKS = {
    "padded": PADDED,
    "bottleneck": PADDED.but(block="bottleneck", shortcut="B", order="pre"),
    "gated": PADDED.but(attention="se", antialias="average", stem_pool="average", weight_standardization=True),
    "grouped": GROUPED.but(
        attention="eca", shortcut="D", dilate=(True,), norm="group", stem_pool_padding="zero", first_activation="block"
    ),
    "evonorm": GROUPED.but(norm="evonorm", attention="se", weight_standardization=True, stem_widths=(32, 32)),
    "frn": GROUPED.but(norm="frn", attention="se", block="bottleneck", stem_pool="conv"),
}

SEVERAL_OPERATORS = {
    "EvoNorm": FAMILIES["EvoNorm"].but(attention="se"),
    "filter response norm": FAMILIES["filter response norm"].but(attention="eca", antialias="blur"),
    "Big Transfer": FAMILIES["Big Transfer"].but(norm="batch", shortcut="A"),
    "blur in place of strides": FAMILIES["blur in place of strides"].but(shortcut="A"),
}
"""Networks with layers of several operators."""


def measured(analysis: Analysis) -> ProfileRun:
    """Return a run in which layer i takes i + 0.5 µs and the last layer was not measured."""
    layers = [
        LayerTime(layer.id, TimeSummary(place + 0.5, place, place + 1, place, 9), (), 0, 0)
        for place, layer in enumerate(analysis.layers[:-1])
    ]
    spec = analysis.spec.but(input=(4, *analysis.spec.input[1:]))
    return ProfileRun(
        made="2026-11-22T04:05:06+00:00", complete=True, spec=spec, settings=ProfileSettings(),
        place=Environment(device="cpu", name="A processor"), layers=tuple(layers),
    )  # fmt: skip


def shown_by_netron(text: str, kind: str = "node") -> dict[str, dict[str, Any]]:
    """Return the items that Netron 9.3.3 shows beside each node, or beside the model, by target.

    Its `metadata.Attachment` in `view.js` collects and looks them up in this way, but keeps `metadata` and `metrics`
    apart.
    """
    content = json.loads(text)
    assert content["signature"] == "netron:attachment"
    entries: dict[str, dict[str, Any]] = {}
    for container in ("metadata", "metrics"):
        assert isinstance(content[container], list)
        for item in content[container]:
            if item["kind"] and "target" in item:
                entries.setdefault(f"{item['kind']}::{item['target']}", {})[item["name"]] = item["value"]
    start = f"{kind}::"
    found = {key.removeprefix(start): values for key, values in entries.items() if key.startswith(start)}
    assert all(target.partition("\n")[0] == target for target in found)
    return found


@pytest.mark.parametrize("name", NETWORKS)
def test_netron_shows_each_layers_numbers(name: str) -> None:
    analysis = analyse(NETWORKS[name])
    shown = shown_by_netron(netron_attachment(analysis, measured(analysis)))
    for place, layer in enumerate(analysis.layers):
        for target in (layer.id, onnx_name(layer)):
            numbers = shown[target]
            time = {"latency_us": place + 0.5} if place < len(analysis.layers) - 1 else {}
            fields = ("params", "macs", "flops", "output_bytes", "receptive_field")
            assert numbers == {
                "layer": layer.id, "output": "x".join(map(str, layer.output)),
                **{field: getattr(layer, field) for field in fields}, **time,
            }  # fmt: skip
    assert shown_by_netron(netron_attachment(analysis), "model") == {"": msgspec.structs.asdict(analysis.totals)}


@pytest.mark.parametrize("name", NETWORKS)
def test_the_onnx_names_are_the_exporters(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """torch's exporter writes a node of that name for each layer; the package onnx, which it needs, is a stub."""
    empty = SimpleNamespace(graph=SimpleNamespace(node=()))
    monkeypatch.setitem(sys.modules, "onnx", SimpleNamespace(load_model_from_string=lambda _: empty))
    spec, path = NETWORKS[name], tmp_path / "network.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            build(spec, "cpu").eval(), (torch.zeros(spec.input),), path, dynamo=False,
            training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False,
        )  # fmt: skip
    nodes = {found.decode() for found in re.findall(rb"/[a-z][a-z0-9./_]*/[A-Z][A-Za-z]+(?:_\d+)?", path.read_bytes())}
    assert {onnx_name(layer) for layer in analyse(spec).layers} <= nodes


@pytest.mark.parametrize("name", NETWORKS | SEVERAL_OPERATORS)
def test_the_node_data_is_on_the_nodes_of_torch_export(name: str) -> None:
    """Each number on the node whose module it belongs to, the last one of those with its operation."""
    spec = (NETWORKS | SEVERAL_OPERATORS)[name]
    analysis = analyse(spec)
    program = torch.export.export(build(spec, "cpu").eval(), (torch.zeros(spec.input),))
    nodes = {node.name: node for node in program.graph.nodes if node.op == "call_function"}
    last = {(list(node.meta["nn_module_stack"].values())[-1][0], node.target): name for name, node in nodes.items()}
    for layer, node in zip(analysis.layers, fx_names(analysis), strict=True):
        assert last[layer.id, nodes[node].target] == node
    content = json.loads(explorer_node_data(analysis, "params"))
    results = content["graph"]["results"]
    assert sum(result["value"] for result in results.values()) == analysis.totals.params
    assert set(results) <= set(nodes)


EXPLORER = json.loads((Path(__file__).parents[1] / "golden" / "model_explorer.json").read_text())


def taken_by_model_explorer(value: Any, kind: Any) -> bool:
    """Return True if a value has the type of a class of `node_data_builder.py`, recorded in `model_explorer.json`."""
    if isinstance(kind, list):
        return isinstance(value, list) and all(taken_by_model_explorer(item, kind[0]) for item in value)
    if isinstance(kind, dict):
        return isinstance(value, dict) and all(taken_by_model_explorer(item, kind["of"]) for item in value.values())
    fields = EXPLORER["fields"].get(kind)
    if fields is None:
        types: dict[str, tuple[type, ...]] = {"string": (str,), "number": (int, float), "boolean": (bool,)}
        return isinstance(value, types[kind]) and (kind == "boolean" or not isinstance(value, bool))
    required = all(name in value for name in EXPLORER["required"][kind])
    return required and all(name in fields and taken_by_model_explorer(value[name], fields[name]) for name in value)


TITLES: dict[Metric, str] = {
    "params": "parameters", "macs": "MACs", "flops": "FLOPs", "output_bytes": "output, bytes",
    "receptive_field": "receptive field, pixels", "latency": "latency, µs",
}  # fmt: skip


@pytest.mark.parametrize("metric", get_args(Metric))
def test_the_node_data_is_what_model_explorer_takes(metric: Metric) -> None:
    analysis = analyse(NETWORKS["bottleneck"])
    content = json.loads(explorer_node_data(analysis, metric, measured(analysis)))
    assert list(content) == ["graph"]
    assert content["graph"]["name"] == TITLES[metric]
    assert content["graph"]["gradient"] == [{"stop": 0, "bgColor": "white"}, {"stop": 1, "bgColor": "tomato"}]
    if metric != "latency":
        values = [result["value"] for result in content["graph"]["results"].values()]
        assert values == [getattr(layer, metric) for layer in analysis.layers]
    for data in content.values():
        assert taken_by_model_explorer(data, "GraphNodeData")
        assert [item["stop"] for item in data["gradient"]] == [0, 1]
        for broken in (
            {**data, "colour": "red"}, {"gradient": data["gradient"]}, {**data, "results": {"conv2d": {"value": "1"}}},
            {**data, "gradient": [{"bgColor": "white"}]},
        ):  # fmt: skip
            assert not taken_by_model_explorer(broken, "GraphNodeData")


def test_latencies_as_node_data() -> None:
    analysis = analyse(PADDED)
    results = json.loads(explorer_node_data(analysis, "latency", measured(analysis)))["graph"]["results"]
    assert results["conv2d_1"] == {"value": 4.5}
    assert len(results) == len(analysis.layers) - 1
    with pytest.raises(UserError, match="needs --run"):
        explorer_node_data(analysis, "latency")


def test_graphml_reads_back_the_same() -> None:
    """Every number and every time, by networkx."""
    analysis = analyse(PADDED)
    times = latencies(analysis, measured(analysis))
    graph = networkx.read_graphml(io.BytesIO(as_graphml(analysis, times).encode()))
    assert {node: data["latency_us"] for node, data in graph.nodes(data=True) if "latency_us" in data} == times
    assert {node: data["macs"] for node, data in graph.nodes(data=True)} == {la.id: la.macs for la in analysis.layers}
    again = networkx.read_graphml(io.BytesIO("\n".join(networkx.generate_graphml(graph, named_key_ids=True)).encode()))
    assert networkx.utils.graphs_equal(graph, again)
    assert list(graph.edges) == list(analysis.graph.edges)


def test_a_run_of_another_network_is_refused() -> None:
    analysis = analyse(PADDED)
    with pytest.raises(UserError, match="another network"):
        netron_attachment(analyse(preset("resnet20_cifar")), measured(analysis))


def test_the_command_writes_them(tmp_path: Path, capsys: Capture) -> None:
    """Endings of two parts, with a run and without."""
    analysis = analyse(preset("resnet20_cifar"))
    save_run(measured(analysis), tmp_path / "run.json")
    for ending, more in (
        (".netron.json", ["--run", str(tmp_path / "run.json")]),
        (".nodedata.json", ["--run", str(tmp_path / "run.json")]),
        (".NodeData.json", ["--metric", "output_bytes"]),
        (".graphml", ["--run", str(tmp_path / "run.json")]),
    ):
        assert main(["export", "resnet20_cifar", "-o", str(tmp_path / f"net{ending}"), *more]) == 0
    assert "latency_us" in shown_by_netron((tmp_path / "net.netron.json").read_text())["conv1"]
    assert json.loads((tmp_path / "net.nodedata.json").read_text())["graph"]["results"]["conv2d"] == {"value": 0.5}
    plain = json.loads((tmp_path / "net.NodeData.json").read_text())["graph"]["results"]["conv2d"]
    assert plain == {"value": analysis.layers[0].output_bytes}
    assert "latency_us" in (tmp_path / "net.graphml").read_text()
    capsys.readouterr()
    assert main(["export", "resnet20_cifar", "-o", str(tmp_path / "x.nodedata.json"), "--metric", "latency"]) == 2
    assert "--metric latency needs --run" in capsys.readouterr().err
    assert not (tmp_path / "x.nodedata.json").exists()
