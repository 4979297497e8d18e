"""The conventions of counting: their totals, and parts that sum to them."""

from math import prod
from typing import get_args

import msgspec
import pytest
import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from resnet_viz.export.graph import as_json
from resnet_viz.metrics.conventions import CONVENTIONS, costs, elementwise_operations, foldable_norms
from resnet_viz.metrics.rollup import groups
from resnet_viz.model.operations import StandardizedConv2d
from resnet_viz.model.resnet import build
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import Analysis, Convention, GroupLevel, GroupRecord, LayerRecord
from resnet_viz.spec.presets import preset
from tests.spec.family_specs import FAMILIES
from tests.spec.random_specs import random_specs


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_layers_blocks_and_stages_sum_to_the_total(convention: Convention) -> None:
    for spec in random_specs(20, seed=4):
        analysis = analyse(spec)
        found = costs(analysis, convention)
        assert found.convention == convention
        levels = [[layer.id for layer in analysis.layers]]
        levels += [[group.id for group in groups(analysis, level)] for level in get_args(GroupLevel)]
        assert set(found.by_id) == {name for level in levels for name in level}
        for level in levels:
            assert sum(found.by_id[name] for name in level) == found.total


def test_the_totals_of_resnet50() -> None:
    analysis = analyse(preset("resnet50"))
    assert costs(analysis, "macs").total == 4_089_184_256
    assert costs(analysis, "twice").total == 8_178_368_512
    assert costs(analysis, "elementwise").total == analysis.totals.flops
    norms = sum(prod(layer.output) for layer in analysis.layers if layer.kind == "norm")
    assert costs(analysis, "folded").total == analysis.totals.flops - 2 * norms


def test_elementwise_operations_are_those_beyond_two_per_mac() -> None:
    for name in ("resnet18", "preact_resnet110_cifar"):
        analysis = analyse(preset(name))
        total = {convention: costs(analysis, convention).total for convention in CONVENTIONS}
        assert elementwise_operations(analysis.layers) == total["elementwise"] - total["twice"]
        assert elementwise_operations(analysis.layers, foldable_norms(analysis)) == total["folded"] - total["twice"]


def test_a_pre_activation_norm_behind_an_addition_is_not_folded() -> None:
    analysis = analyse(preset("preact_resnet110_cifar"))
    folded = foldable_norms(analysis)
    assert "layer1.1.bn2" in folded
    assert not {"layer1.1.bn1", "norm"} & folded
    assert costs(analysis, "twice").total < costs(analysis, "folded").total < costs(analysis, "elementwise").total


def test_folding_the_foldable_norms_keeps_the_output() -> None:
    """With each of these norms folded into its convolution's weights, the network computes the same."""
    for spec in (*random_specs(12, seed=21), *FAMILIES.values()):
        network = build(spec, "cpu").double().eval()
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                nn.init.uniform_(module.weight, 0.5, 1.5)
                nn.init.uniform_(module.bias)
                assert module.running_mean is not None
                assert module.running_var is not None
                nn.init.uniform_(module.running_mean)
                nn.init.uniform_(module.running_var, 0.5, 1.5)
        x = torch.rand(spec.input, dtype=torch.float64)
        analysis = analyse(spec)
        sources = {edge.target: edge.source for edge in analysis.edges}
        with torch.no_grad():
            before = network(x)
            for norm in foldable_norms(analysis):
                conv, batch_norm = network.get_submodule(sources[norm]), network.get_submodule(norm)
                assert isinstance(conv, nn.Conv2d)
                assert isinstance(batch_norm, nn.BatchNorm2d)
                if isinstance(conv, StandardizedConv2d):
                    conv = plain(conv)
                network.set_submodule(sources[norm], fuse_conv_bn_eval(conv, batch_norm))
                network.set_submodule(norm, nn.Identity())
            torch.testing.assert_close(network(x), before)


def plain(convolution: StandardizedConv2d) -> nn.Conv2d:
    """The convolution with filters that are standardized once and for all."""
    deviation, mean = torch.std_mean(convolution.weight, dim=(1, 2, 3), correction=0, keepdim=True)
    same = nn.Conv2d(1, 1, 1).eval()
    same.stride, same.padding, same.bias = convolution.stride, convolution.padding, convolution.bias
    same.weight.data = (convolution.weight - mean) / (deviation.square() + 1e-8).sqrt()
    same.bias = convolution.bias
    return same


def test_only_batch_norms_behind_their_convolutions_are_folded() -> None:
    folded = {name: foldable_norms(analyse(spec)) for name, spec in FAMILIES.items()}
    assert not any(folded[name] for name in ("group norm", "EvoNorm", "filter response norm", "no norm"))
    assert "layer1.0.bn3" in folded["squeeze and excitation"]
    assert {"bn1", "layer2.1.bn2"} <= folded["standardized convolutions"]


def test_plain_costs_are_the_multiply_adds_of_the_records() -> None:
    for name in ("resnet50", "resnet34_v1", "preact_resnet164_cifar"):
        analysis = analyse(preset(name))
        found = costs(analysis)
        assert found.total == analysis.totals.macs
        parts: tuple[LayerRecord | GroupRecord, ...] = (*analysis.layers, *groups(analysis, "block"))
        assert [found.by_id[part.id] for part in parts] == [part.macs for part in parts]


def test_an_analysis_saved_with_a_convention_still_opens() -> None:
    saved = as_json(analyse(preset("resnet18")))
    assert "counted_as" not in saved
    before = saved.replace('"remarks"', '"counted_as": "macs", "remarks"', 1)
    assert msgspec.json.decode(before, type=Analysis) == analyse(preset("resnet18"))
