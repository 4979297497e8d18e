"""Draws an expanded block: its layers along the main path, the shortcut above, the gate below, and a frame."""

from collections.abc import Iterator
from typing import NamedTuple

from resnet_viz.records.analysis import LayerRecord, Shape
from resnet_viz.records.kinds import facts_of
from resnet_viz.viewmodels.canvas.drawing import (
    SHAPE_TEXT_HALF,
    SHAPE_TEXT_TOP,
    BoxKind,
    BranchEdge,
    Caption,
    Frame,
    MainEdge,
    NodeBox,
    TextMeasure,
)
from resnet_viz.viewmodels.canvas.gate import gate_branch
from resnet_viz.viewmodels.canvas.items import (
    ADD_SIZE,
    CAPTION_GAP,
    CAPTION_LINE,
    FRAME_PADDING,
    MINOR_LAYER_WIDTH,
    SHORTCUT_LANE_GAP,
    SHORTCUT_NODE_HEIGHT,
    TEXT_PADDING,
    Item,
    box_width,
    caption,
    elided,
    layer_box_height,
)
from resnet_viz.viewmodels.canvas.labels import block_type
from resnet_viz.viewmodels.canvas.structure import Block, NetworkStructure
from resnet_viz.viewmodels.text import layers as labels
from resnet_viz.viewmodels.text.numbers import shape_of_one

LAYER_GAP = 16.0  # before the first layer of each group, such as a convolution with its BN and ReLU
FUSED_GAP = 4.0  # between the layers of such a group
BRANCH_GAP = 22.0  # where a shortcut leaves the main path inside the block
FRAME_TITLE_HEIGHT = 26.0
SHORTCUT_NODE_GAP = 10.0
FRAME_BOTTOM = 8.0


class Branches(NamedTuple):
    """Boxes beside the main path, and the lines that they lie on."""

    boxes: tuple[NodeBox, ...] = ()
    edges: tuple[BranchEdge, ...] = ()


class _MainPath:
    """Node boxes placed one after the other along the main path."""

    def __init__(self, x: float, measure: TextMeasure) -> None:
        self.x = x
        self.node_boxes: list[NodeBox] = []
        self.captions: list[Caption] = []
        self.main_edges: list[MainEdge] = []
        self.output: Shape = ()
        self.measure = measure

    def leave_gap(self, gap: float, *, shape: bool = True) -> None:
        """Leave a gap before the next box, with an arrow where it is wide enough, and without its `shape` if asked."""
        if self.node_boxes:
            text = shape_of_one(self.output) if shape else ""
            self.main_edges.append(MainEdge(self.x, self.x + gap, gap > FUSED_GAP, text, self.x + gap / 2))
        self.x += gap

    @property
    def end(self) -> float:
        """The right end of everything so far, captions included."""
        return max([self.x, *(text.x + text.w for text in self.captions)])

    def add_layer(self, layer: LayerRecord, under: str) -> NodeBox:
        """Add the layer's box, with a caption under it."""
        box = _layer_box(layer, self.x, self.measure)
        if under:
            middle, top = box.x + box.w / 2, box.y + box.h + CAPTION_GAP
            self.captions.append(caption(under, "caption", middle, top, self.measure))
        self.node_boxes.append(box)
        self.output = layer.output
        self.x += box.w
        return box

    def labeled_edges(self) -> tuple[MainEdge, ...]:
        """Return the edges between the boxes; the shape is left out where it would run into a caption."""
        return tuple(
            edge if self._has_room_for_shape(edge) else MainEdge(edge.x, edge.stop, edge.arrow)
            for edge in self.main_edges
        )

    def _has_room_for_shape(self, edge: MainEdge) -> bool:
        bottom = SHAPE_TEXT_TOP + self.measure(edge.shape, "note")
        captions = (
            text
            for text in self.captions
            if text.x < edge.shape_x + SHAPE_TEXT_HALF and text.x + text.w > edge.shape_x - SHAPE_TEXT_HALF
        )
        return all(text.y >= bottom for text in captions)


def _layer_box(layer: LayerRecord, x: float, measure: TextMeasure) -> NodeBox:
    if layer.kind in ("add", "multiply"):
        kind: BoxKind = "add" if layer.kind == "add" else "multiply"
        return NodeBox(kind, x, -ADD_SIZE / 2, ADD_SIZE, ADD_SIZE, facts_of(layer).label)
    height = layer_box_height(layer.output)
    if facts_of(layer).minor:
        text = elided(labels.layer_label(layer), height - 2 * TEXT_PADDING, "note", measure)
        return NodeBox("minor", x, -height / 2, MINOR_LAYER_WIDTH, height, text, rotated=True)
    label, note = labels.layer_label(layer), labels.layer_note(layer)
    width = max(34.0, box_width(layer.output))
    height = max(height, measure(label, "label") + 2 * TEXT_PADDING, measure(note, "note") + 2 * TEXT_PADDING)
    return NodeBox("layer", x, -height / 2, width, height, label, note, rotated=True)


def expanded_block_item(block: Block, network: NetworkStructure, measure: TextMeasure) -> Item:
    """Draw a block with its layers, in time linear in them; the boxes come in the order of `Block.layers`."""
    fork = block.shortcut_edge.fork if block.shortcut_edge else None
    inside = any(layer.id == fork for layer in block.main)
    main_path = _MainPath(FRAME_PADDING + (LAYER_GAP if block.shortcut_edge and not inside else 0.0), measure)
    entry = main_path.x
    fork_x = FRAME_PADDING - 2.0
    shortcut_width = _shortcut_widths(block, measure)[1] + 2 * LAYER_GAP if block.shortcut else 0.0
    join_x, gate = 0.0, Branches()
    for index, layer in enumerate(block.main):
        previous = block.main[index - 1] if index else None
        if block.gate_edge and layer.id == block.gate_edge.target:
            gate = _gate(block, main_path)
        else:
            gap = _gap(layer, previous, network, fork)
            main_path.leave_gap(max(gap, fork_x + shortcut_width - main_path.x) if layer.kind == "add" else gap)
        under = labels.cost_caption(network.costs.by_id[layer.id]) if layer.kind in ("conv", "pool") else ""
        box = main_path.add_layer(layer, under)
        if inside and layer.id == fork:
            fork_x = main_path.x + BRANCH_GAP / 2
        if layer.kind == "add":
            join_x = box.x + box.w / 2
    shortcut = _shortcut(block, main_path, (fork_x, join_x))
    branches = Branches(shortcut.boxes + gate.boxes, shortcut.edges + gate.edges)
    return _framed(block, block_type(block, network), main_path, entry, branches)


def _gate(block: Block, main_path: _MainPath) -> Branches:
    """Leave a gap for the gate's branch, beside the captions; return its boxes and its line."""
    fork_x = max(main_path.x + BRANCH_GAP / 2, main_path.end + CAPTION_GAP)
    boxes, edge = gate_branch(block.gate, fork_x, main_path.measure)
    main_path.leave_gap(edge.points[-1][0] - ADD_SIZE / 2 - main_path.x, shape=False)  # the boxes lie where it would
    return Branches(boxes, (edge,))


def _gap(layer: LayerRecord, previous: LayerRecord | None, network: NetworkStructure, fork: str | None) -> float:
    if previous is None:
        return 0.0
    if previous.id == fork:
        return BRANCH_GAP
    if layer.kind in ("add", "pool") or previous.kind in ("add", "multiply", "pool"):
        return LAYER_GAP
    starts = layer.kind != "conv" and previous.kind == "conv" if network.pre_activated else layer.kind == "conv"
    return LAYER_GAP if starts else FUSED_GAP


def _shortcut_widths(block: Block, measure: TextMeasure) -> tuple[list[tuple[str, float]], float]:
    """Return the texts of the shortcut's layers with the widths of their boxes, and the width of all with the gaps."""
    texts = [labels.shortcut_label(layer) for layer in block.shortcut]
    shortcut_boxes = [(text, measure(text, "note") + 2 * TEXT_PADDING + 4.0) for text in texts]
    return shortcut_boxes, sum(width for _, width in shortcut_boxes) + SHORTCUT_NODE_GAP * (len(shortcut_boxes) - 1)


def _shortcut(block: Block, main_path: _MainPath, span: tuple[float, float]) -> Branches:
    """Return the boxes of the shortcut and its line above the main path, from its fork into the middle of the `+`."""
    if block.shortcut_edge is None:
        return Branches()
    lane = min(box.y for box in main_path.node_boxes) - SHORTCUT_LANE_GAP
    lane -= SHORTCUT_NODE_HEIGHT / 2 if block.shortcut else 0.0
    points = ((span[0], 0.0), (span[0], lane), (span[1], lane), (span[1], -ADD_SIZE / 2))
    edge = BranchEdge(block.shortcut_edge.kind, points, True)
    return Branches(tuple(_shortcut_boxes(block, span, lane, main_path.measure)), (edge,))


def _framed(block: Block, note: str, main_path: _MainPath, entry: float, branches: Branches) -> Item:
    boxes = (*main_path.node_boxes, *branches.boxes)
    above = min([box.y for box in boxes] + [edge.points[1][1] for edge in branches.edges]) - FRAME_TITLE_HEIGHT
    bottoms = [box.y + box.h + (0.0 if box.kind == "gate" else CAPTION_GAP + CAPTION_LINE) for box in boxes]
    below = max(bottoms) + FRAME_BOTTOM
    title_width = main_path.measure(block.id, "label") + 8.0 + main_path.measure(note, "note") + 2 * FRAME_PADDING + 8.0
    width = max(main_path.end + FRAME_PADDING, title_width)
    frame = Frame(block.id, note, above, width, below - above)
    captions, edges = tuple(main_path.captions), main_path.labeled_edges()
    return Item(width, entry, main_path.x, boxes, captions, branches.edges, edges, frame)


def _shortcut_boxes(block: Block, span: tuple[float, float], lane: float, measure: TextMeasure) -> Iterator[NodeBox]:
    """Yield the boxes of the shortcut's layers, side by side in the middle of its line."""
    shortcut_boxes, taken = _shortcut_widths(block, measure)
    x = (span[0] + span[1] - taken) / 2
    for text, width in shortcut_boxes:
        yield NodeBox("shortcut", x, lane - SHORTCUT_NODE_HEIGHT / 2, width, SHORTCUT_NODE_HEIGHT, text)
        x += width + SHORTCUT_NODE_GAP
