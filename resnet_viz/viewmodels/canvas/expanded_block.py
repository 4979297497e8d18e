"""Draws an expanded block: its layers along the main path, the shortcut above, the `+` and a frame."""

from collections.abc import Iterator

from resnet_viz.records.analysis import LayerRecord, Shape
from resnet_viz.records.kinds import facts_of
from resnet_viz.viewmodels.canvas.drawing import (
    SHAPE_TEXT_HALF,
    SHAPE_TEXT_TOP,
    TEXT_SIZES,
    Caption,
    Frame,
    MainEdge,
    NodeBox,
    Point,
    ShortcutEdge,
    TextMeasure,
)
from resnet_viz.viewmodels.canvas.items import (
    ADD_SIZE,
    CAPTION_GAP,
    FRAME_PADDING,
    MINOR_LAYER_WIDTH,
    SHORTCUT_LANE_GAP,
    SHORTCUT_NODE_HEIGHT,
    TEXT_PADDING,
    Item,
    box_width,
    caption,
    elided,
    frame_title,
    layer_box_height,
)
from resnet_viz.viewmodels.canvas.structure import Block, NetworkStructure
from resnet_viz.viewmodels.text import layers as labels
from resnet_viz.viewmodels.text.numbers import shape_of_one

LAYER_GAP = 16.0  # before the first layer of each group, such as a convolution with its BN and ReLU
FUSED_GAP = 4.0  # between the layers of such a group
BRANCH_GAP = 22.0  # where a shortcut leaves the main path inside the block
FRAME_TITLE_HEIGHT = 26.0
SHORTCUT_NODE_GAP = 10.0


class _MainPath:
    """Node boxes placed one after the other along the main path."""

    def __init__(self, x: float, measure: TextMeasure) -> None:
        self.x = x
        self.node_boxes: list[NodeBox] = []
        self.captions: list[Caption] = []
        self.main_edges: list[MainEdge] = []
        self.output: Shape = ()
        self.measure = measure

    def leave_gap(self, gap: float) -> None:
        """Leave a gap before the next box, with an arrow where it is wide enough."""
        if self.node_boxes:
            self.main_edges.append(
                MainEdge(self.x, self.x + gap, gap > FUSED_GAP, shape_of_one(self.output), self.x + gap / 2)
            )
        self.x += gap

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
    if layer.kind == "add":
        return NodeBox("add", x, -ADD_SIZE / 2, ADD_SIZE, ADD_SIZE, "+")
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
    add: NodeBox | None = None
    for index, layer in enumerate(block.main):
        previous = block.main[index - 1] if index else None
        gap = _gap(layer, previous, network, fork)
        under = labels.cost_caption(network.costs.by_id[layer.id]) if layer.kind == "conv" else ""
        if layer.kind == "add":
            gap = max(gap, fork_x + shortcut_width - main_path.x)
        main_path.leave_gap(gap)
        box = main_path.add_layer(layer, under)
        if inside and layer.id == fork:
            fork_x = main_path.x + BRANCH_GAP / 2
        if layer.kind == "add":
            add = box
    return _framed(block, network, main_path, (entry, fork_x, add))


def _gap(layer: LayerRecord, previous: LayerRecord | None, network: NetworkStructure, fork: str | None) -> float:
    if previous is None:
        return 0.0
    if previous.id == fork:
        return BRANCH_GAP
    if layer.kind == "add" or previous.kind == "add":
        return LAYER_GAP
    starts = "norm" if network.pre_activated else "conv"
    return LAYER_GAP if layer.kind == starts else FUSED_GAP


def _shortcut_widths(block: Block, measure: TextMeasure) -> tuple[list[tuple[str, float]], float]:
    """Return the texts of the shortcut's layers with the widths of their boxes, and the width of all with the gaps."""
    texts = [labels.shortcut_label(layer) for layer in block.shortcut]
    shortcut_boxes = [(text, measure(text, "note") + 2 * TEXT_PADDING + 4.0) for text in texts]
    return shortcut_boxes, sum(width for _, width in shortcut_boxes) + SHORTCUT_NODE_GAP * (len(shortcut_boxes) - 1)


def _framed(
    block: Block, network: NetworkStructure, main_path: _MainPath, positions: tuple[float, float, NodeBox | None]
) -> Item:
    entry, fork_x, add = positions
    top = min(box.y for box in main_path.node_boxes)
    shortcut_boxes: list[NodeBox] = []
    shortcut_edges: tuple[ShortcutEdge, ...] = ()
    lane = top
    if block.shortcut_edge and add:
        lane = top - SHORTCUT_LANE_GAP - (SHORTCUT_NODE_HEIGHT / 2 if block.shortcut else 0.0)
        join = add.x + add.w / 2
        shortcut_boxes = list(_shortcut_boxes(block, (fork_x, join), lane, main_path.measure))
        points: tuple[Point, ...] = ((fork_x, 0.0), (fork_x, lane), (join, lane), (join, add.y))
        shortcut_edges = (ShortcutEdge(block.shortcut_edge.kind, points, True),)
    above = lane - (SHORTCUT_NODE_HEIGHT / 2 if shortcut_boxes else 0.0) - FRAME_TITLE_HEIGHT
    below = max(box.y + box.h for box in main_path.node_boxes) + CAPTION_GAP + TEXT_SIZES["caption"] * 1.3 + 8.0
    name, note = frame_title(block, network)
    title_width = main_path.measure(name, "label") + 8.0 + main_path.measure(note, "note") + 2 * FRAME_PADDING + 8.0
    end = max([main_path.x, *(text.x + text.w for text in main_path.captions)])
    width = max(end + FRAME_PADDING, title_width)
    frame = Frame(name, note, above, width, below - above)
    return Item(
        width,
        entry,
        main_path.x,
        (*main_path.node_boxes, *shortcut_boxes),
        tuple(main_path.captions),
        shortcut_edges,
        main_path.labeled_edges(),
        frame,
    )


def _shortcut_boxes(block: Block, span: tuple[float, float], lane: float, measure: TextMeasure) -> Iterator[NodeBox]:
    """Yield the boxes of the shortcut's layers, side by side in the middle of its line."""
    shortcut_boxes, taken = _shortcut_widths(block, measure)
    x = (span[0] + span[1] - taken) / 2
    for text, width in shortcut_boxes:
        yield NodeBox("shortcut", x, lane - SHORTCUT_NODE_HEIGHT / 2, width, SHORTCUT_NODE_HEIGHT, text)
        x += width + SHORTCUT_NODE_GAP
