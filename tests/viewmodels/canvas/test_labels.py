"""The texts of the canvas: titles, subtitles, shortcuts of collapsed blocks, and the legend."""

import pytest

from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import Convention
from resnet_viz.spec.network import Attention
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.canvas.labels import (
    LegendEntry,
    block_type,
    cost_sentence,
    gate_summary,
    legend_entries,
    section_subtitles,
    section_titles,
    shortcut_summary,
)
from resnet_viz.viewmodels.canvas.structure import NetworkStructure, part_of, structure_of
from tests.drawings import drawn, with_gates


def structure(name: str, attention: Attention = "none") -> NetworkStructure:
    """Return the structure of a published network, with gates of a kind."""
    analysis = analyse(preset(name))
    analysis = analysis if attention == "none" else with_gates(analysis, attention)
    return structure_of(analysis, costs(analysis))


def test_titles_and_subtitles_go_from_the_longest_to_the_shortest() -> None:
    network = structure("resnet50")
    stem, first, head = network.sections[0], network.sections[1], network.sections[-1]
    assert section_titles(stem) == ("stem",)
    assert section_titles(first) == ("stage 1 · conv2_x", "stage 1", "1")
    assert section_titles(head) == ("head",)
    assert section_subtitles(stem) == ("64×56×56",)
    assert section_subtitles(first) == ("3 × Bottleneck · 256×56×56", "3 × Bottleneck", "× 3")
    assert section_subtitles(head) == ("1000 classes", "1000")


def test_a_stage_that_the_paper_does_not_name_has_its_number() -> None:
    assert section_titles(structure("preact_resnet164_cifar").sections[1]) == ("stage 1", "1")


def test_one_block_of_a_stage_says_of_how_many_it_is_one() -> None:
    part = part_of(structure("resnet50"), "layer3.0")
    assert section_subtitles(part.sections[0])[:2] == ("1 of 6 Bottleneck · 1024×14×14", "1 of 6 Bottleneck")


@pytest.mark.parametrize(
    ("name", "stage", "lines"),
    [
        ("resnet50", 1, ("1 projection", "2 identity")),
        ("resnet34_v1", 1, ("3 identity",)),
        ("resnet34_v1", 2, ("1 zero padding", "3 identity")),
        ("plain34", 2, ()),
    ],
)
def test_shortcuts_are_counted_by_kind(name: str, stage: int, lines: tuple[str, ...]) -> None:
    assert shortcut_summary(structure(name).sections[stage].blocks) == lines


def test_the_legend_names_the_kinds_of_shortcut_in_the_network() -> None:
    assert legend_entries(structure("resnet34_v1")) == (
        LegendEntry("identity", "identity shortcut", "identity"),
        LegendEntry("padding", "zero-padding shortcut", "zero padding"),
    )
    assert legend_entries(structure("plain34")) == ()


@pytest.mark.parametrize(
    ("name", "attention", "text"),
    [
        ("resnet18", "none", "Basic"),
        ("plain18", "none", "Basic, plain"),
        ("resnet18", "se", "Basic, SE gate"),
        ("resnet50", "eca", "Bottleneck, ECA gate"),
    ],
)
def test_the_type_of_a_block_says_that_it_is_plain_or_has_a_gate(name: str, attention: Attention, text: str) -> None:
    network = structure(name, attention)
    assert block_type(network.sections[1].blocks[0], network) == text


def test_gates_are_counted_and_named_in_the_legend() -> None:
    network = structure("resnet18", "se")
    blocks = network.sections[1].blocks
    assert gate_summary(blocks, network) == ("2 SE gates",)
    assert gate_summary(blocks[:1], network) == ("1 SE gate",)
    assert gate_summary(structure("resnet18").sections[1].blocks, network) == ()
    assert legend_entries(network)[-1] == LegendEntry("gate", "SE gate", "SE gate")


def test_the_numbers_under_boxes_have_the_name_of_their_convention() -> None:
    analysis = analyse(preset("resnet18"))
    sentences: dict[Convention, str] = {"macs": "under boxes: MACs", "folded": "under boxes: FLOPs, norms folded"}
    for convention, sentence in sentences.items():
        network = structure_of(analysis, costs(analysis, convention))
        assert cost_sentence(network, drawn(analysis, "block")) == sentence


def test_the_widths_of_a_pruned_network_are_named_beside_its_operations() -> None:
    """They stand under collapsed blocks alone."""
    network, analysis = structure("ecaresnet50d_pruned"), analyse(preset("ecaresnet50d_pruned"))
    assert cost_sentence(network, drawn(analysis, "block")) == "under boxes: MACs, inner widths"
    assert cost_sentence(network, drawn(analysis, "stage")) == "under boxes: MACs"
    assert cost_sentence(network, drawn(analysis, "layer")) == "under boxes: MACs"
