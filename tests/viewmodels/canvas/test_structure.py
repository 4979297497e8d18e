"""The structure that the canvas draws: sections, blocks, repeats, and parts of a network."""

from itertools import combinations

import pytest

from resnet_viz.errors import SpecError
from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import SHORTCUT_KINDS
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.canvas.structure import NetworkStructure, part_of, structure_of
from tests.drawings import analysis_of
from tests.spec.random_specs import random_specs


def structure(name: str) -> NetworkStructure:
    """Return the structure of a published network."""
    return structure_of(analyse(preset(name)), costs(analyse(preset(name))))


def test_every_layer_is_in_one_section_and_every_shortcut_in_one_block() -> None:
    for spec in random_specs(15, seed=21):
        analysis = analyse(spec)
        network = structure_of(analysis, costs(analysis))
        blocks = [block for section in network.sections for block in section.blocks]
        layers = [layer for section in network.sections for layer in section.layers]
        layers += [layer for block in blocks for layer in block.layers]
        assert sorted(layer.id for layer in layers) == sorted(analysis.layer_by_id)
        assert network.blocks == len(blocks) == sum(spec.blocks)
        shortcuts = [edge for edge in analysis.edges if edge.kind in SHORTCUT_KINDS]
        assert [block.shortcut_edge for block in blocks if block.shortcut_edge] == shortcuts
        assert set(network.branch_kinds) == {edge.kind for edge in shortcuts}
        assert network.pre_activated == (spec.order == "pre")
        for block in blocks:
            assert {layer.role == "shortcut" for layer in block.shortcut} <= {True}
            assert all(layer.role != "shortcut" for layer in block.main)
            assert block.output == block.main[-1].output


def test_the_sections_have_the_costs_of_the_whole() -> None:
    network = structure("resnet152")
    assert network.blocks == 50
    assert sum(network.costs.by_id[section.id] for section in network.sections) == network.costs.total
    assert [section.id for section in network.sections] == ["stem", "layer1", "layer2", "layer3", "layer4", "head"]
    assert [section.stage for section in network.sections] == [0, 1, 2, 3, 4, None]
    assert [section.stage_blocks for section in network.sections] == [0, 3, 8, 36, 3, 0]
    assert [section.output[1] for section in network.sections] == [64, 256, 512, 1024, 2048, 1000]


def test_blocks_with_the_same_pattern_are_equal_but_for_their_index() -> None:
    """Shapes, geometry, parameters and the shortcut's beginning tell blocks apart; nothing else does."""
    for spec in random_specs(15, seed=22):
        analysis = analyse(spec)
        blocks = [b for section in structure_of(analysis, costs(analysis)).sections for b in section.blocks]
        for one, two in combinations(blocks, 2):
            same = [(a.id.removeprefix(one.id), a.inputs, a.output, a.geometry, a.params) for a in one.layers] == [
                (a.id.removeprefix(two.id), a.inputs, a.output, a.geometry, a.params) for a in two.layers
            ]
            kinds = [block.shortcut_edge.kind if block.shortcut_edge else None for block in (one, two)]
            inside = [
                (block.shortcut_edge.fork or "").removeprefix(block.id)
                if block.shortcut_edge and (block.shortcut_edge.fork or "").startswith(f"{block.id}.")
                else ""
                for block in (one, two)
            ]
            assert (one.pattern == two.pattern) == (same and kinds[0] == kinds[1] and inside[0] == inside[1])


@pytest.mark.parametrize(
    ("blocks", "repeats"),
    [
        ((12, 1), []),
        ((13, 1), ["layer1.1-11"]),
        ((1, 13), ["layer2.1-11"]),
        ((14, 15), ["layer1.1-12", "layer2.1-13"]),
    ],
)
def test_a_stage_of_more_than_twelve_blocks_has_a_repeat_without_its_ends(
    blocks: tuple[int, ...], repeats: list[str]
) -> None:
    analysis = analysis_of(block="basic", blocks=blocks, input=(1, 3, 32, 32))
    network = structure_of(analysis, costs(analysis))
    found = [repeat for section in network.sections for repeat in section.repeats]
    assert [repeat.id for repeat in found] == repeats
    for repeat in found:
        first, last = (int(index) for index in repeat.id.partition(".")[2].split("-"))
        assert (repeat.start, repeat.stop) == (first, last + 1)


@pytest.mark.parametrize(
    ("name", "block", "names"),
    [
        ("resnet50", "Bottleneck", ["", "conv2_x", "conv3_x", "conv4_x", "conv5_x", ""]),
        ("resnet34_v1", "Basic", ["", "conv2_x", "conv3_x", "conv4_x", "conv5_x", ""]),
        ("preact_resnet164_cifar", "Bottleneck", [""] * 5),
    ],
)
def test_stages_of_imagenet_networks_have_the_papers_names(name: str, block: str, names: list[str]) -> None:
    network = structure(name)
    assert {section.block_name for section in network.sections if section.blocks} == {block}
    assert [section.paper_name for section in network.sections] == names


def test_the_paper_has_no_name_for_a_fifth_stage() -> None:
    analysis = analysis_of(blocks=(1, 1, 1, 1, 1), input=(1, 3, 64, 64))
    sections = structure_of(analysis, costs(analysis)).sections
    assert {section.paper_name for section in sections} == {""}


def test_a_part_is_a_section_or_block_with_its_own_shortcuts() -> None:
    network = structure("resnet50")
    stage = part_of(network, "layer3")
    assert [section.id for section in stage.sections] == ["layer3"]
    assert stage.sections[0].stage_blocks == len(stage.sections[0].blocks) == 6
    assert stage.branch_kinds == ("identity", "projection")
    block = part_of(structure("resnet152"), "layer3.2")
    assert [(section.id, [b.id for b in section.blocks]) for section in block.sections] == [("layer3", ["layer3.2"])]
    assert block.sections[0].stage_blocks == 36
    assert block.sections[0].repeats == ()
    assert block.branch_kinds == ("identity",)
    assert part_of(network, "head").branch_kinds == ()


def test_an_unknown_part_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(SpecError, match="such as stem, layer1, layer2, layer3, layer4, head") as caught:
        part_of(structure("resnet50"), "layer9")
    assert caught.value.field == "part"


def test_each_stage_has_the_type_of_its_own_blocks() -> None:
    sections = structure("test_resnet").sections
    assert [section.block_name for section in sections] == ["", "Basic", "Basic", "Bottleneck", "Basic", ""]
    assert [block.name for section in sections for block in section.blocks] == ["Basic", "Basic", "Bottleneck", "Basic"]


def test_a_repeat_stands_for_at_least_two_equal_blocks() -> None:
    """Stage 3 of the pruned network has 23 blocks, of which hardly any two neighbors have the same widths."""
    network = structure("ecaresnet101d_pruned")
    assert network.pruned
    repeats = [repeat for section in network.sections for repeat in section.repeats]
    blocks = network.sections[3].blocks
    widths = [tuple(layer.output[1] for layer in block.main if layer.kind == "conv") for block in blocks]
    equal = {index for index in range(1, 22) if widths[index] in (widths[index - 1], widths[index + 1])}
    for repeat in repeats:
        assert repeat.stop - repeat.start >= 2
        assert len({widths[index] for index in range(repeat.start, repeat.stop)}) == 1
    assert {index for repeat in repeats for index in range(repeat.start, repeat.stop)} <= equal


def test_a_gate_lies_beside_the_main_path_of_its_block() -> None:
    network = structure("seresnet50")
    block = network.sections[2].blocks[0]
    assert (network.attention, network.branch_kinds) == ("SE", ("identity", "projection", "gate"))
    assert [layer.id.rpartition(".")[2] for layer in block.gate] == ["pool", "fc1", "relu", "fc2", "sigmoid"]
    assert block.gate_edge is not None
    assert (block.gate_edge.fork, block.gate_edge.target) == ("layer2.0.bn3", "layer2.0.se.multiply")
    assert [layer.kind for layer in block.main][-4:] == ["norm", "multiply", "add", "act"]
    assert part_of(network, "stem").branch_kinds == ()
