"""Two networks compared, against the modules that torch itself shows."""

import random
from operator import attrgetter
from typing import Any

import pytest
import torch
from torch import nn

from resnet_viz.errors import SpecError
from resnet_viz.metrics.conventions import costs
from resnet_viz.metrics.saved_for_backward import saved_bytes
from resnet_viz.model.resnet import build
from resnet_viz.pipeline import analyse, compare_specs
from resnet_viz.records.network_pair import NetworkComparison
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import preset
from tests.spec.random_specs import random_specs

CHANGES: dict[str, Any] = {
    "block": "basic", "width": 24, "stem": "cifar", "shortcut": "C", "order": "pre", "stride_in": "1x1", "groups": 2,
    "width_per_group": 128, "bias": True, "head": False, "classes": 7, "input": (2, 3, 40, 32), "stem_pool_stride": 1,
}  # fmt: skip


FIRST, SECOND = attrgetter("first"), attrgetter("second")
FIELDS = ResNetSpec.__struct_fields__


def leaves(spec: ResNetSpec) -> dict[str, str]:
    """Return each operation of the network by name: its module as torch prints it, and the shapes in and out."""
    network = build(spec).eval()
    names = {module: name for name, module in network.named_modules()}
    seen: dict[str, str] = {}

    def note(module: nn.Module, inputs: tuple[torch.Tensor, ...], output: torch.Tensor) -> None:
        seen[names[module]] = f"{module} {[tuple(tensor.shape) for tensor in inputs]} {tuple(output.shape)}"

    for module in names:
        if not list(module.children()):
            module.register_forward_hook(note)
    network(torch.empty(spec.input, device="meta"))
    return seen


def ends_its_block(name: str, names: list[str]) -> bool:
    """Return True if the next operation belongs to another block."""
    after = [*names, ""][names.index(name) + 1]
    return after.rpartition(".")[0] != name.rpartition(".")[0]


def check(compared: NetworkComparison) -> None:
    """Compare the changes with those between the two real networks."""
    first, second = leaves(compared.first), leaves(compared.second)
    sides = [[one for layer in compared.layers if (one := record(layer)) is not None] for record in (FIRST, SECOND)]
    assert [layer.id for layer in sides[0]] == [*first]
    assert sorted(layer.id for layer in sides[1]) == sorted(second)
    for layer in compared.layers:
        if layer.first is None or layer.second is None:
            assert layer.change == ("added" if layer.first is None else "removed")
        else:
            one, other = first[layer.first.id], second[layer.second.id]
            assert (layer.change == "changed") == (one != other), (layer.id, one, other)
            assert layer.first.id == layer.second.id or ends_its_block(layer.first.id, list(first))


def test_equal_specs_have_no_difference() -> None:
    for spec in random_specs(15, seed=31):
        compared = compare_specs(spec, spec.but())
        assert compared.fields == ()
        assert {layer.change for layer in compared.layers} == {"same"}
        assert all(pair.first == pair.second for pair in compared.totals)


@pytest.mark.parametrize("field", CHANGES)
def test_one_changed_field_changes_exactly_its_layers(field: str) -> None:
    base = ResNetSpec(blocks=(1, 2, 1), width=16, input=(1, 3, 40, 40))
    compared = compare_specs(base, base.but(**{field: CHANGES[field]}))
    assert [change.field for change in compared.fields] == [field]
    check(compared)
    assert compared.count("same") < len(compared.layers)


def test_a_random_change_of_a_field_changes_exactly_its_layers() -> None:
    chance = random.Random(8)
    done = 0
    for spec, other in zip(random_specs(36, seed=41), random_specs(36, seed=42), strict=True):
        field = chance.choice([name for name in FIELDS if getattr(spec, name) != getattr(other, name)])
        try:
            changed = spec.but(**{field: getattr(other, field)})
        except SpecError:
            continue
        check(compare_specs(spec, changed))
        done += 1
    assert done > 15


def test_known_pairs_of_networks_differ_where_the_papers_say() -> None:
    deeper = compare_specs(preset("resnet50"), preset("resnet101"))
    assert {layer.stage for layer in deeper.layers if layer.change == "added"} == {3}
    assert (deeper.count("added"), deeper.count("changed"), deeper.count("removed")) == (170, 0, 0)
    strides = compare_specs(preset("resnet50_v1"), preset("resnet50"))
    assert [layer.id for layer in strides.layers if layer.change == "changed"] == [
        f"layer{stage}.0.{name}" for stage in (2, 3, 4) for name in ("conv1", "bn1", "relu1", "conv2")
    ]
    assert [(pair.name, pair.ratio) for pair in strides.totals if pair.name == "params"] == [("params", 1.0)]
    plain = compare_specs(preset("resnet18"), preset("resnet18").but(shortcut="none"))
    assert {layer.id.split(".")[2] for layer in plain.layers if layer.change != "same"} == {"add", "downsample"}


@pytest.mark.parametrize(
    ("name", "megabytes"),
    [("resnet18", 22.22), ("resnet34", 32.28), ("resnet50", 86.12), ("resnet101", 127.27), ("resnet152", 178.04),
     ("resnext50_32x4d", 112.47), ("wide_resnet50_2", 112.47)],
)  # fmt: skip
def test_the_bytes_saved_for_backward_are_the_published_ones(name: str, megabytes: float) -> None:
    analysis = analyse(preset(name))
    assert saved_bytes(analysis.layers, analysis.edges) / 1e6 == pytest.approx(megabytes, abs=0.006)


def test_the_relu_that_ends_a_block_is_aligned_with_the_other_blocks() -> None:
    """Basic's second ReLU and a Bottleneck's third follow the `+`; a Bottleneck's second is an added one."""
    compared = compare_specs(preset("resnet34"), preset("resnet34").but(block="bottleneck"))
    block = [layer for layer in compared.layers if layer.id.startswith("layer2.1.")]
    names = [(layer.first.id if layer.first else "", layer.second.id if layer.second else "") for layer in block]
    assert ("layer2.1.relu2", "layer2.1.relu3") in names
    assert ("", "layer2.1.relu2") in names


def test_the_layers_of_a_longer_block_are_inserted_in_its_order() -> None:
    compared = compare_specs(preset("resnet34"), preset("resnet34").but(block="bottleneck"))
    block = [layer for layer in compared.layers if layer.id.startswith("layer2.1.")]
    names = [layer.second.id.removeprefix("layer2.1.") if layer.second else "" for layer in block]
    assert names == ["conv1", "bn1", "relu1", "conv2", "bn2", "relu2", "conv3", "bn3", "add", "relu3"]


@pytest.mark.parametrize("block", ["basic", "bottleneck"])
def test_a_block_without_a_relu_at_its_end_is_aligned_by_names_alone(block: str) -> None:
    """A pre-activation block ends in the `+`, which has its own counterpart."""
    spec = preset("resnet34").but(block=block)
    compared = compare_specs(spec.but(order="pre"), spec)
    pairs = [(layer.first.id, layer.second.id) for layer in compared.layers if layer.first and layer.second]
    assert all(first == second for first, second in pairs)
    assert ("layer1.1.add", "layer1.1.add") in pairs


def test_stem_stages_and_head_are_in_the_order_of_the_network() -> None:
    compared = compare_specs(preset("resnet18"), preset("resnet34"))
    assert [layer.id for layer in compared.layers] == [layer.id for layer in analyse(preset("resnet34")).layers]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"input": (2, 3, 64, 48)}, ("input", "1x3x224x224", "2x3x64x48")),
        ({"bias": True}, ("bias", "false", "true")),
        ({"blocks": (1, 2, 3, 4)}, ("blocks", "3,4,6,3", "1,2,3,4")),
        ({"strides": (1, 2, 2, 1)}, ("strides", "1,2,2,2", "1,2,2,1")),
        ({"dilate": (False, False, True)}, ("dilate", "0,0,0", "0,0,1")),
        ({"stage_widths": (64, 128, 256, 500)}, ("stage_widths", "64,128,256,512", "64,128,256,500")),
        ({"width_per_group": 128}, ("width_per_group", "", "128")),
        ({"classes": 10}, ("classes", "1000", "10")),
        ({"stem": "cifar"}, ("stem", "imagenet", "cifar")),
    ],
)
def test_a_field_is_spelled_as_on_the_command_line(changes: dict[str, Any], expected: tuple[str, str, str]) -> None:
    spec = preset("resnet50")
    (change,) = compare_specs(spec, spec.but(**changes)).fields
    assert (change.field, change.first, change.second) == expected


def test_every_total_is_that_of_its_network() -> None:
    first, second = preset("resnet18"), preset("resnet50")
    found = {pair.name: (pair.first, pair.second) for pair in compare_specs(first, second).totals}
    analyses = [analyse(spec) for spec in (first, second)]
    expected = {name: tuple(getattr(analysis.totals, name) for analysis in analyses)
                for name in ("params", "macs", "flops", "activations", "peak_activation_bytes", "receptive_field",
                             "layers")}  # fmt: skip
    assert found == expected | {
        "depth": (18, 50),
        "flops_norms_folded": tuple(costs(analysis, "folded").total for analysis in analyses),
        "kept_bytes": tuple(saved_bytes(analysis.layers, analysis.edges) for analysis in analyses),
    }
