"""A trace that copies equal blocks equals the trace of the whole network by torch.fx."""

import pytest
import torch

from resnet_viz.graph.edges import edges
from resnet_viz.graph.trace import OperationTracer, trace
from resnet_viz.model.blocks import BasicBlock
from resnet_viz.model.resnet import BLOCKS, build
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import names, preset
from tests.spec.family_specs import FAMILIES
from tests.spec.random_specs import random_specs

SHALLOW = [name for name in names() if preset(name).depth < 200]


def _traced_by_fx(spec: ResNetSpec) -> list[tuple[str, list[str]]]:
    """Trace the whole network with torch.fx: every call and the calls that it reads."""
    calls = []
    for node in OperationTracer().trace(build(spec)).nodes:
        if node.op == "call_module":
            sources = ["" if source.op == "placeholder" else str(source.target) for source in node.all_input_nodes]
            calls.append((str(node.target), sources))
    return calls


@pytest.mark.parametrize("name", SHALLOW)
def test_presets_trace_as_the_whole_network_does(name: str) -> None:
    spec = preset(name)
    assert [(call.id, list(call.inputs)) for call in trace(spec)] == _traced_by_fx(spec)


def test_random_specs_trace_as_the_whole_network_does() -> None:
    for spec in (*random_specs(25, seed=11), *FAMILIES.values()):
        calls = trace(spec)
        assert [(call.id, list(call.inputs)) for call in calls] == _traced_by_fx(spec)
        modules = dict(build(spec).named_modules())
        for call in calls:
            assert call.operation.params == sum(parameter.numel() for parameter in modules[call.id].parameters())


def test_a_block_that_calls_a_function_outside_a_module_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Functional(BasicBlock):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.relu(x)

    monkeypatch.setitem(BLOCKS, ("post", "basic"), Functional)
    with pytest.raises(TypeError, match=r"Functional calls .*relu.* outside a module"):
        trace(ResNetSpec(block="basic"))


def test_each_call_has_its_role_stage_and_block() -> None:
    spec = ResNetSpec(block="basic", blocks=(1, 2), width=8, stem="cifar", input=(1, 3, 8, 8))
    positions = {call.id: (call.role, call.stage, call.block) for call in trace(spec)}
    for name in ("conv1", "bn1", "relu"):
        assert positions.pop(name) == ("stem", 0, None)
    for name in ("avgpool", "flatten", "fc"):
        assert positions.pop(name) == ("head", None, None)
    for name, position in positions.items():
        role = "shortcut" if "downsample" in name else "main"
        assert position == (role, int(name[5]), int(name[7]))
    assert {name for name, (role, *_) in positions.items() if role == "shortcut"} == {
        "layer2.0.downsample.0", "layer2.0.downsample.1",
    }  # fmt: skip


def test_shortcut_edges_of_a_post_activation_network() -> None:
    spec = ResNetSpec(block="basic", blocks=(2, 1), shortcut="A", width=8, stem="cifar", input=(1, 3, 8, 8))
    shortcuts = [edge for edge in edges(trace(spec)) if edge.kind != "main"]
    assert [(edge.source, edge.target, edge.kind, edge.fork) for edge in shortcuts] == [
        ("relu", "layer1.0.add", "identity", "relu"),
        ("layer1.0.relu2", "layer1.1.add", "identity", "layer1.0.relu2"),
        ("layer2.0.downsample", "layer2.0.add", "padding", "layer1.1.relu2"),
    ]


def test_shortcut_edges_of_a_preactivation_network() -> None:
    spec = ResNetSpec(blocks=(1, 2), order="pre", width=8, stem="cifar", input=(1, 3, 8, 8))
    shortcuts = [edge for edge in edges(trace(spec)) if edge.kind != "main"]
    assert [(edge.source, edge.target, edge.kind, edge.fork) for edge in shortcuts] == [
        ("layer1.0.downsample.0", "layer1.0.add", "projection", "relu"),
        ("layer2.0.downsample.0", "layer2.0.add", "projection", "layer2.0.relu1"),
        ("layer2.0.add", "layer2.1.add", "identity", "layer2.0.add"),
    ]


def test_blocks_that_differ_in_their_channels_are_traced_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this network all 33 differ: the first has no pool, those of later stages have, the others no projection."""
    traced: list[str] = []
    original = OperationTracer.trace

    def count(self: OperationTracer, root: torch.nn.Module) -> torch.fx.Graph:
        traced.append(type(root).__name__)
        return original(self, root)

    monkeypatch.setattr(OperationTracer, "trace", count)
    assert len(trace(preset("ecaresnet101d_pruned"))) == 486
    assert sorted(traced) == ["Bottleneck"] * 3 + ["Sequential"]
