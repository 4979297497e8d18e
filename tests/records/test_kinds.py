"""The properties of the kinds of layers and edges."""

from collections import Counter
from typing import get_args

from resnet_viz.model.operations import VARIANTS
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import EdgeKind, Kind
from resnet_viz.records.kinds import EDGE_KINDS, KINDS, facts_of
from resnet_viz.spec.presets import preset


def test_every_kind_of_layer_and_edge_has_an_entry() -> None:
    kinds = {*get_args(Kind)} - {"pool"}
    assert kinds | {*VARIANTS.values(), "windowed average"} == set(KINDS)
    assert set(EDGE_KINDS) == set(get_args(EdgeKind))


def test_a_pool_has_the_properties_of_its_variant_and_other_layers_those_of_their_kind() -> None:
    layers = analyse(preset("resnet34_v1")).layer_by_id
    onnx = {
        name: facts_of(layers[name]).onnx for name in ("conv1", "bn1", "relu", "maxpool", "avgpool", "fc", "flatten")
    }
    assert onnx == {
        "conv1": "Conv", "bn1": "BatchNormalization", "relu": "Relu", "maxpool": "MaxPool",
        "avgpool": "GlobalAveragePool", "fc": "Gemm", "flatten": "Flatten",
    }  # fmt: skip
    assert facts_of(layers["layer2.0.downsample"]).onnx == "Pad"
    assert facts_of(layers["layer2.0.add"]).onnx == "Add"
    assert {name for name, facts in KINDS.items() if facts.minor} == {
        "norm", "group", "evonorm", "frn", "act", "sigmoid", "flatten",
    }  # fmt: skip
    assert {name: facts.flops_per_output for name, facts in KINDS.items() if facts.flops_per_output} == {
        "norm": 2, "group": 5, "evonorm": 9, "frn": 6, "act": 1, "add": 1, "multiply": 1, "sigmoid": 1,
    }  # fmt: skip


def test_the_colors_of_the_legend_by_kind_are_different_but_for_pools_and_the_one_norm_of_a_network() -> None:
    other_norms = ("group", "evonorm", "frn")
    assert {KINDS[norm].color for norm in ("norm", *other_norms)} == {"stage2"}
    colors = {facts.name: facts.color for kind, facts in KINDS.items() if facts.color and kind not in other_norms}
    assert len(colors) == 6
    assert max(Counter(colors.values()).values()) == 1
    assert all(color.startswith("stage") for color in colors.values())
    assert all(bool(facts.name) == bool(facts.color) for facts in KINDS.values())
