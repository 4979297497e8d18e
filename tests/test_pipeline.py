"""Analyses compared with networks that run; `tests/campaigns/test_specs.py` does so for many more networks."""

from math import prod

import pytest
import torch

from resnet_viz.model.resnet import build
from resnet_viz.pipeline import analyse
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import preset
from tests.spec.random_specs import random_specs


def test_every_layers_shape_is_the_one_its_module_gives() -> None:
    for spec in random_specs(25, seed=21):
        analysis = analyse(spec)
        network = build(spec, "cpu").eval()
        seen = _shapes_seen(network, torch.randn(spec.input))
        for layer in analysis.layers:
            assert seen[layer.id] == layer.output


def _shapes_seen(network: torch.nn.Module, x: torch.Tensor) -> dict[str, tuple[int, ...]]:
    """Return the output shape of every module by name, from a forward pass."""
    names = {module: name for name, module in network.named_modules()}
    seen: dict[str, tuple[int, ...]] = {}

    def note(module: torch.nn.Module, _inputs: object, output: torch.Tensor) -> None:
        seen[names[module]] = tuple(output.shape)

    for module in names:
        module.register_forward_hook(note)
    with torch.no_grad():
        network(x)
    return seen


def test_the_graph_is_the_records_and_frozen() -> None:
    analysis = analyse(preset("resnet18"))
    assert list(analysis.graph) == [layer.id for layer in analysis.layers]
    node = analysis.graph.nodes["layer1.0.conv1"]
    assert (node["kind"], node["stage"], node["block"], node["role"]) == ("conv", 1, 0, "main")
    assert analysis.graph["maxpool"]["layer1.0.add"]["kind"] == "identity"
    with pytest.raises(Exception, match="rozen"):
        analysis.graph.add_node("new")


def test_flops_follow_the_stated_convention() -> None:
    analysis = analyse(preset("resnet18"))
    by_id = analysis.layer_by_id
    assert by_id["conv1"].flops == 2 * by_id["conv1"].macs
    assert by_id["bn1"].flops == 2 * prod(by_id["bn1"].output)
    assert by_id["relu"].flops == prod(by_id["relu"].output)
    assert by_id["maxpool"].flops == 9 * prod(by_id["maxpool"].output)
    assert by_id["layer1.0.add"].flops == 64 * 56 * 56
    assert by_id["avgpool"].flops == 512 * 7 * 7
    assert by_id["flatten"].flops == 0
    assert by_id["fc"].flops == 2 * 512 * 1000


def test_a_feature_map_of_one_pixel_gives_a_remark() -> None:
    small = analyse(ResNetSpec(input=(1, 3, 16, 16)))
    assert small.remarks == ("From layer4.0.conv2 on the feature map is a single pixel: later strides change nothing.",)
    assert analyse(preset("resnet50")).remarks == ()


def test_an_analysis_is_deterministic() -> None:
    assert analyse(preset("resnet34")) == analyse(preset("resnet34"))
