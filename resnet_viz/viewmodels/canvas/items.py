"""Draws one item of the main path (a layer, block, repeat or stage) at x = 0; `layout` moves it into place."""

from collections.abc import Sequence
from itertools import groupby
from math import log2

import msgspec

from resnet_viz.records.analysis import EdgeRecord, LayerRecord, Shape
from resnet_viz.records.kinds import facts_of
from resnet_viz.viewmodels.canvas import labels as canvas_labels
from resnet_viz.viewmodels.canvas.drawing import (
    GATE_MARK_RADIUS,
    STACK_OFFSET,
    TEXT_SIZES,
    BoxKind,
    BranchEdge,
    Caption,
    Frame,
    MainEdge,
    NodeBox,
    TextMeasure,
    TextRole,
)
from resnet_viz.viewmodels.canvas.structure import Block, NetworkStructure
from resnet_viz.viewmodels.text import layers as labels

TEXT_PADDING = 6.0  # around a text inside its box
SHORTCUT_LANE_GAP = 16.0  # from the top of the highest box up to the line of its shortcut
SHORTCUT_NODE_HEIGHT = 24.0
ADD_SIZE = 22.0
MINOR_LAYER_WIDTH = 20.0
ARCH_HEIGHT = 15.0
CAPTION_GAP = 4.0
CAPTION_LINE = TEXT_SIZES["caption"] * 1.3
FRAME_PADDING = 14.0
FORK_DISTANCE = 10.0  # a shortcut leaves the main path this far before the block's box
JOIN_DISTANCE = 8.0  # and joins it this far behind it
MAX_SLICES = {"stage": 6, "repeat": 4}


class Item(msgspec.Struct, frozen=True):
    """An item of the main path, `width` long from x = 0; the main path enters it at `entry` and leaves it at `exit`."""

    width: float
    entry: float
    exit: float
    node_boxes: tuple[NodeBox, ...]
    captions: tuple[Caption, ...] = ()
    branch_edges: tuple[BranchEdge, ...] = ()
    main_edges: tuple[MainEdge, ...] = ()
    frame: Frame | None = None


def box_height(shape: Shape) -> float:
    """Return the height of a box with this output shape; it grows with the logarithm of the feature map's side."""
    return 52.0 + 44.0 * log2(1.0 + labels.side(shape) / 6.0)


def box_width(shape: Shape) -> float:
    """Return the width of a box with this output shape; it grows with the logarithm of the channels."""
    return 24.0 + 3.6 * max(0.0, log2(labels.channels(shape)) - 4.0)


def layer_box_height(shape: Shape) -> float:
    """Return the height of a layer's box in an expanded block, which leaves room for the shortcut above."""
    return 46.0 + 0.45 * box_height(shape)


def elided(text: str, room: float, role: TextRole, measure: TextMeasure) -> str:
    """Return the text, shortened with … to fit into `room` scene units; empty where not even two letters fit."""
    if not text or measure(text, role) <= room:
        return text
    for length in range(len(text) - 1, 1, -1):
        shortened = text[:length].rstrip(" ,·×") + "…"
        if measure(shortened, role) <= room:
            return shortened
    return ""


def caption(text: str, role: TextRole, middle: float, top: float, measure: TextMeasure) -> Caption:
    """Return a caption centered at `middle` with its top at `top`."""
    width = measure(text, role)
    return Caption(text, role, middle - width / 2, top, width, TEXT_SIZES[role] * 1.3)


def layer_item(layer: LayerRecord, under: str, measure: TextMeasure) -> Item:
    """Draw a layer of the stem or the head with the caption `under` it."""
    kind: BoxKind = "minor" if facts_of(layer).minor else "layer"
    width = MINOR_LAYER_WIDTH if kind == "minor" else max(32.0, box_width(layer.output))
    label = labels.stem_label(layer)
    room = measure(label, "label") + 2 * TEXT_PADDING + 10.0  # so that it stays clear of the colored strip at the top
    height = max(box_height(layer.output), room) if kind == "layer" else max(box_height(layer.output), 56.0)
    slot = max(width, measure(under, "caption"))
    box = _node_box(kind, ((slot - width) / 2, width, height), (label, labels.layer_note(layer)), measure)
    captions = (caption(under, "caption", slot / 2, height / 2 + CAPTION_GAP, measure),) if under else ()
    return Item(slot, box.x, box.x + width, (box,), captions)


def _node_box(
    kind: BoxKind,
    extent: tuple[float, float, float],
    texts: tuple[str, str],
    measure: TextMeasure,
    slices: int = 1,
    *,
    gated: bool = False,
) -> NodeBox:
    x, width, height = extent
    rotated = kind in ("block", "layer", "minor")
    label, note = texts
    room = (height if rotated else width) - 2 * TEXT_PADDING
    role: TextRole = "note" if kind == "minor" else "label"
    text = elided(label, room, role, measure)
    return NodeBox(kind, x, -height / 2, width, height, text, note, rotated, slices, gated=gated)


def block_item(block: Block, network: NetworkStructure, measure: TextMeasure) -> Item:
    """Draw a collapsed block: a box, its operations below, and its shortcut above it from its input to its output.

    In a pruned network, where every block has its own, the inner widths stand below the operations.
    """
    width, height = box_width(block.output), box_height(block.output)
    under = [labels.cost_caption(network.costs.by_id[block.id])]
    under += canvas_labels.pruned_widths(block, network)
    slot = max([width, *(measure(line, "caption") - 10.0 for line in under)])
    gated = block.gate_edge is not None
    box = _node_box("block", ((slot - width) / 2, width, height), (block.name, ""), measure, gated=gated)
    branch_edges: tuple[BranchEdge, ...] = ()
    if block.shortcut_edge:
        lane = -height / 2 - SHORTCUT_LANE_GAP
        left, right = -FORK_DISTANCE, slot + JOIN_DISTANCE
        points = ((left, 0.0), (left, lane), (right, lane), (right, 0.0))
        branch_edges = (BranchEdge(block.shortcut_edge.kind, points, True),)
    return Item(slot, box.x, box.x + width, (box,), _captions_under(box, under, slot / 2, measure), branch_edges)


def _captions_under(box: NodeBox, lines: Sequence[str], middle: float, measure: TextMeasure) -> tuple[Caption, ...]:
    """Return lines under a box of blocks, clear of the mark of a gate and of the boxes behind it."""
    below = max(GATE_MARK_RADIUS if box.gated else 0.0, STACK_OFFSET if box.kind != "block" else 0.0)
    return _captions(lines, middle, box.y + box.h + CAPTION_GAP + below, measure)


def _captions(lines: Sequence[str], middle: float, top: float, measure: TextMeasure) -> tuple[Caption, ...]:
    return tuple(
        caption(line, "caption", middle, top + CAPTION_LINE * index, measure) for index, line in enumerate(lines)
    )


def collapsed_item(blocks: tuple[Block, ...], kind: BoxKind, network: NetworkStructure, measure: TextMeasure) -> Item:
    """Draw several blocks as one box: their number, operations, and an arch for each shortcut or each few."""
    output = blocks[-1].output
    groups = shortcut_groups(blocks, MAX_SLICES[kind])
    slices = len(groups) or min(len(blocks), MAX_SLICES[kind])
    texts = (f"× {len(blocks)}", blocks[0].name)
    needed = max(measure(texts[0], "label"), measure(texts[1], "note")) + 2 * TEXT_PADDING + 4.0
    width, height = max(box_width(output) + 11.0 * slices, needed), max(box_height(output), needed)
    top = -height / 2
    lines = canvas_labels.shortcut_summary(blocks)
    under = [labels.cost_caption(sum(network.costs.by_id[block.id] for block in blocks))]
    under += canvas_labels.gate_summary(blocks, network)
    slot = max([width, *(measure(line, "caption") for line in (*under, *lines))])
    gated = any(block.gate_edge for block in blocks)
    box = _node_box(kind, ((slot - width) / 2, width, height), texts, measure, slices, gated=gated)
    branch_edges = tuple(_arch(group[0], box, index, slices) for index, group in enumerate(groups))
    first = top - ARCH_HEIGHT - 6.0 - CAPTION_LINE * len(lines)
    captions = _captions(lines, slot / 2, first, measure) + _captions_under(box, under, slot / 2, measure)
    return Item(slot, box.x, box.x + width, (box,), captions, branch_edges)


def _arch(shortcut: EdgeRecord, box: NodeBox, index: int, slices: int) -> BranchEdge:
    step = box.w / slices
    left, right = box.x + step * index + 2.0, box.x + step * (index + 1) - 2.0
    lane = box.y - ARCH_HEIGHT
    return BranchEdge(shortcut.kind, ((left, box.y), (left, lane), (right, lane), (right, box.y)), False)


def shortcut_groups(blocks: Sequence[Block], most: int) -> list[list[EdgeRecord]]:
    """Return the blocks' shortcuts in at most `most` groups of one kind each; more only where the kinds alternate."""
    shortcuts = [block.shortcut_edge for block in blocks if block.shortcut_edge]
    by_kind = [list(members) for _, members in groupby(shortcuts, key=lambda shortcut: shortcut.kind)]
    spare = max(0, most - len(by_kind))
    groups = []
    for members in by_kind:
        alone = min(spare, len(members) - 1)
        spare -= alone
        groups += [[shortcut] for shortcut in members[:alone]]
        groups.append(members[alone:])
    return groups
