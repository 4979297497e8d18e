"""The layout of drawings, for many networks and at every level."""

from itertools import pairwise

import pytest

from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import Level
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.canvas.drawing import TextRole
from resnet_viz.viewmodels.canvas.expanded_block import FUSED_GAP
from resnet_viz.viewmodels.canvas.expansion import expanded_at, toggled
from resnet_viz.viewmodels.canvas.layout import layout
from resnet_viz.viewmodels.canvas.structure import structure_of
from tests.drawings import LEVELS, RECORDED, analysis_of, drawn, faults, listing, measure, with_gates
from tests.golden.draw_pictures import LIST
from tests.spec.random_specs import random_specs

NAMES = (
    "resnet18",
    "resnet50",
    "resnet152",
    "resnet34_v1",
    "plain34",
    "maskrcnn_resnet50",
    "resnext50_32x4d",
    "preact_resnet164_cifar",
    "resnet34_cifar_wide",
    "ecaresnet26t",
    "seresnetaa50d",
    "resnetrs50",
    "resnetblur50",
    "resnetv2_50d_evos",
    "resnetv2_50x1_bit",
    "senet154",
    "test_resnet",
    "ecaresnet101d_pruned",
)


@pytest.mark.parametrize("vertical", [False, True])
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", NAMES)
def test_published_networks_are_drawn_without_fault(name: str, level: Level, vertical: bool) -> None:
    analysis = analyse(preset(name))
    assert list(faults(analysis, drawn(analysis, level, vertical=vertical))) == []


def test_random_networks_are_drawn_without_fault() -> None:
    for spec in random_specs(70, seed=4):
        analysis = analyse(spec)
        for level in LEVELS:
            for vertical in (False, True):
                assert list(faults(analysis, drawn(analysis, level, vertical=vertical))) == [], (spec, level, vertical)


def test_one_expanded_block_among_collapsed_ones_is_drawn_without_fault() -> None:
    analysis = analyse(preset("resnet101"))
    network = structure_of(analysis, costs(analysis))
    for name in ("layer1.0", "layer2.3", "layer3.0", "layer4.2"):
        drawing = layout(network, toggled(expanded_at(network, "block"), name), measure)
        assert list(faults(analysis, drawing)) == []


@pytest.mark.parametrize("name", RECORDED)
def test_a_drawing_is_as_it_was_recorded(name: str) -> None:
    """A change that is meant is recorded by `python -m tests.golden.draw_pictures --list-only`."""
    recorded = dict(part.split("\n", 1) for part in LIST.read_text("utf8").split("# ")[1:])
    assert listing(RECORDED[name]()).splitlines() == recorded[name].strip().splitlines()


def test_expanding_a_block_moves_others_only_along_the_main_path() -> None:
    network = structure_of(analyse(preset("resnet50")), costs(analyse(preset("resnet50"))))
    before = expanded_at(network, "block")
    collapsed = {box.id: box for box in layout(network, before, measure).node_boxes}
    expanded = {box.id: box for box in layout(network, toggled(before, "layer2.1"), measure).node_boxes}
    for name, box in collapsed.items():
        if name != "layer2.1":
            assert (expanded[name].y, expanded[name].w, expanded[name].h) == (box.y, box.w, box.h)
    assert all(expanded[name].x == collapsed[name].x for name in ("conv1", "layer1.2", "layer2.0"))
    assert expanded["layer3.0"].x > collapsed["layer3.0"].x


def test_the_drawing_grows_linearly_with_the_network_and_texts_are_measured_once() -> None:
    asked: list[tuple[str, TextRole]] = []

    def counted(text: str, role: TextRole) -> float:
        asked.append((text, role))
        return measure(text, role)

    sizes = []
    for blocks in (50, 100, 200):
        analysis = analysis_of(block="basic", blocks=(blocks,), input=(1, 3, 32, 32))
        network = structure_of(analysis, costs(analysis))
        asked.clear()
        drawing = layout(network, expanded_at(network, "layer"), counted)
        assert len(asked) == len(set(asked)) < 40
        sizes.append(
            len(drawing.node_boxes) + len(drawing.captions) + len(drawing.branch_edges) + len(drawing.main_edges)
        )
    assert sizes[2] - sizes[1] == 2 * (sizes[1] - sizes[0])


@pytest.mark.parametrize(("caption_width", "has_arrow"), [(34.0, False), (35.0, True)])
def test_an_edge_hardly_longer_than_between_fused_layers_has_no_arrow(caption_width: float, has_arrow: bool) -> None:
    """The caption is wider than the box of conv1, which is 32 wide, and lengthens the edge by half of the rest."""
    network = structure_of(analyse(preset("resnet18")), costs(analyse(preset("resnet18"))))
    drawing = layout(network, {"stem"}, lambda _, role: caption_width if role == "caption" else 0.0)
    first = drawing.main_edges[0]
    assert first.stop - first.x == FUSED_GAP + (caption_width - 32.0) / 2
    assert first.arrow == has_arrow


def test_an_edge_into_a_box_above_a_wide_caption_has_an_arrow() -> None:
    network = structure_of(analyse(preset("resnet18")), costs(analyse(preset("resnet18"))))
    drawing = layout(network, {"stem"}, lambda _, role: 200.0 if role == "caption" else 0.0)
    pool = next(box for box in drawing.node_boxes if box.id == "maxpool")
    assert [edge.arrow for edge in drawing.main_edges if edge.stop == pool.x] == [True]


def test_every_layer_has_a_box_when_all_is_expanded() -> None:
    for name in NAMES:
        analysis = analyse(preset(name))
        assert sorted(box.id for box in drawn(analysis, "layer").node_boxes) == sorted(analysis.layer_by_id)


def test_later_stages_have_lower_and_wider_boxes() -> None:
    node_boxes = {box.id: box for box in drawn(analyse(preset("resnet50")), "block").node_boxes}
    firsts = [node_boxes[f"layer{stage}.0"] for stage in (1, 2, 3, 4)]
    assert all(a.h > b.h and a.w < b.w for a, b in pairwise(firsts))


def test_long_stages_show_equal_blocks_as_a_repeat() -> None:
    drawing = drawn(analyse(preset("resnet152")), "block")
    repeat = next(box for box in drawing.node_boxes if box.kind == "repeat")
    assert (repeat.id, repeat.toggles, repeat.label) == ("layer3.1", "layer3.1-34", "× 34")
    stage = [box.id for box in drawing.node_boxes if box.id.startswith("layer3")]
    assert stage == ["layer3.0", "layer3.1", "layer3.35"]


def test_shortcuts_have_the_kinds_of_the_network() -> None:
    kinds = {name: {edge.kind for edge in drawn(analyse(preset(name)), "stage").branch_edges} for name in NAMES}
    assert kinds["resnet50"] == {"identity", "projection"}
    assert kinds["resnet34_v1"] == {"identity", "padding"}
    assert kinds["plain34"] == set()


def test_the_columns_of_a_backbone_have_feature_levels() -> None:
    columns = drawn(analyse(preset("maskrcnn_resnet50")), "block").columns
    assert [column.level for column in columns][:5] == ["C1", "C2", "C3", "C4", "C5"]


GATED = {
    "post-activation": with_gates(analyse(preset("resnet50"))),
    "channel convolution": with_gates(analyse(preset("resnet18")), "eca"),
    "pre-activation and a repeat": with_gates(
        analysis_of(order="pre", block="basic", blocks=(2, 14, 1, 1), input=(1, 3, 64, 64))
    ),
    "plain": with_gates(analyse(preset("plain18"))),
}


@pytest.mark.parametrize("vertical", [False, True])
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", GATED)
def test_networks_with_gates_are_drawn_without_fault(name: str, level: Level, vertical: bool) -> None:
    assert list(faults(GATED[name], drawn(GATED[name], level, vertical=vertical))) == []


@pytest.mark.parametrize("size", [0.6, 1.5, 3.0])
def test_a_gate_keeps_clear_of_captions_in_a_font_of_any_width(size: float) -> None:
    """A caption under the last convolution may reach beyond its norm, where the branch leaves the main path."""
    analysis = GATED["post-activation"]
    network = structure_of(analysis, costs(analysis))
    expanded = expanded_at(network, "layer")
    drawing = layout(network, expanded, lambda text, role: size * measure(text, role))
    crossed = [fault for fault in faults(analysis, drawing) if "caption" in fault and "layer" in fault]
    assert crossed == []


def test_the_operations_of_a_gate_stand_side_by_side_on_its_branch() -> None:
    drawing = drawn(GATED["post-activation"], "layer")
    boxes = [box for box in drawing.node_boxes if box.id.startswith("layer2.0.se.")]
    assert [box.label for box in boxes] == ["pool", "1×1, 32", "ReLU", "1×1, 512", "sigmoid", "×"]
    assert [box.kind for box in boxes] == ["gate"] * 5 + ["multiply"]
    first = [box.label for box in drawn(GATED["channel convolution"], "layer").node_boxes if ".se." in box.id][:4]
    assert first == ["pool", "1D conv 3", "sigmoid", "×"]


def test_blocks_with_a_gate_have_its_mark_at_every_level_and_others_have_none() -> None:
    for level in LEVELS[:2]:
        gated = {box.id: box.gated for box in drawn(GATED["pre-activation and a repeat"], level).node_boxes}
        assert {name for name, mark in gated.items() if mark} == {name for name in gated if name.startswith("layer")}
        assert not any(box.gated for box in drawn(analyse(preset("resnet18")), level).node_boxes)
    captions = [text.text for text in drawn(GATED["pre-activation and a repeat"], "stage").captions]
    assert [text for text in captions if "gate" in text] == ["2 SE gates", "14 SE gates", "1 SE gate", "1 SE gate"]


def test_every_block_of_a_pruned_network_has_its_inner_widths_under_it() -> None:
    drawing = drawn(analyse(preset("ecaresnet50d_pruned")), "block")
    lines = {text.text for text in drawing.captions}
    assert {"47·18", "52·22", "64·35"} <= lines  # timm's _pruned/ecaresnet50d_pruned.txt
    assert not any("·" in text.text for text in drawn(analyse(preset("ecaresnet50d")), "block").captions)


def test_the_pool_of_a_shortcut_and_that_behind_a_strided_convolution_are_drawn_where_they_are() -> None:
    boxes = {box.id: box for box in drawn(analyse(preset("seresnetaa50d")), "layer").node_boxes}
    pool, smooth = boxes["layer2.0.downsample.0"], boxes["layer2.0.aa"]
    assert (pool.kind, pool.label) == ("shortcut", "average pool 2×2 /2")
    assert boxes["layer2.0.relu2"].x < smooth.x < boxes["layer2.0.conv3"].x
    assert (smooth.kind, smooth.label, smooth.note) == ("layer", "average pool 2×2", "stride 2")
    assert smooth.x - boxes["layer2.0.relu2"].x - boxes["layer2.0.relu2"].w > FUSED_GAP


@pytest.mark.parametrize(
    ("norm", "labels"), [("group", ["GN", "ReLU"]), ("evonorm", ["EvoNorm S0"]), ("none", ["ReLU"])]
)
def test_a_pre_activated_group_begins_behind_the_convolution_before_it(norm: str, labels: list[str]) -> None:
    """Its norm, its activation or both stand close before their convolution."""
    analysis = analysis_of(order="pre", norm=norm, width=64, blocks=(1, 1), input=(1, 3, 64, 64))
    boxes = [box for box in drawn(analysis, "layer").node_boxes if box.toggles == "layer2.0" and box.kind != "shortcut"]
    first = next(index for index, box in enumerate(boxes) if box.id == "layer2.0.conv1")
    group = boxes[first + 1 : first + 2 + len(labels)]
    gaps = [box.x - before.x - before.w for before, box in pairwise([boxes[first], *group])]
    assert [box.label for box in group[:-1]] == labels
    assert gaps[0] > FUSED_GAP
    assert gaps[1:] == pytest.approx([FUSED_GAP] * len(labels))
