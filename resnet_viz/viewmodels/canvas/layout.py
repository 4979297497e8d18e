"""Lays out the drawing of a network, given which of its nodes are expanded; linear in what is shown."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache

from msgspec.structs import replace

from resnet_viz.records.analysis import Shape
from resnet_viz.records.kinds import facts_of
from resnet_viz.viewmodels.canvas import labels as canvas_labels
from resnet_viz.viewmodels.canvas.drawing import (
    BranchEdge,
    Caption,
    Drawing,
    Frame,
    MainEdge,
    NodeBox,
    StageColumn,
    TextMeasure,
)
from resnet_viz.viewmodels.canvas.expanded_block import FUSED_GAP, expanded_block_item
from resnet_viz.viewmodels.canvas.items import (
    JOIN_DISTANCE,
    MAX_SLICES,
    Item,
    block_item,
    collapsed_item,
    layer_item,
    shortcut_groups,
)
from resnet_viz.viewmodels.canvas.rotate import rotated_item
from resnet_viz.viewmodels.canvas.structure import Block, NetworkStructure, Section
from resnet_viz.viewmodels.text import layers as labels
from resnet_viz.viewmodels.text.numbers import shape_of_one

LEADING_EDGE_LENGTH = 22.0  # the incoming edge, where only a part of the network is drawn
ITEM_GAP = 26.0  # between items of the main path, where one shortcut joins and the next leaves
COLUMN_PADDING = 26.0
COLUMN_GAP = 8.0
DRAWING_MARGIN = 12.0
TITLE_PADDING = 14.0
HEADER_HEIGHT = 54.0
FOOTER_HEIGHT = 20.0
VERTICAL_TITLE_LENGTH = 66.0  # in a vertical drawing: a title, its subtitle and the feature level


@dataclass(slots=True)
class _ItemInstance:
    """An item and the nodes of the network that it stands for; equal blocks share one item.

    `ids` are those of its boxes, `join_ids` those of the additions and multiplications that its branches join, in their
    order.
    `toggles` is the id that a double click expands or collapses, `gap` the distance from the item before it.
    """

    item: Item
    ids: tuple[str, ...]
    join_ids: tuple[tuple[str, ...], ...]
    toggles: str
    output: Shape
    input: Shape = ()
    gap: float = ITEM_GAP


class _ItemBuilder:
    """Makes the items of every section; equal blocks share one."""

    def __init__(
        self, network: NetworkStructure, expanded: AbstractSet[str], measure: TextMeasure, *, vertical: bool
    ) -> None:
        self.network = network
        self._adapt = rotated_item if vertical else _unchanged
        self.expanded = expanded
        self.measure: TextMeasure = cache(lambda text, role: measure(text, role) if text else 0.0)
        self._items: dict[tuple[object, ...], Item] = {}

    def items(self, section: Section) -> Iterator[_ItemInstance]:
        """Yield the items of a section in the order of execution."""
        if not section.blocks:
            yield from self._layers(section)
        elif section.id in self.expanded:
            yield from self._blocks(section)
        else:
            yield self._collapsed(section.blocks, "stage", section.id, section.id)

    def _layers(self, section: Section) -> Iterator[_ItemInstance]:
        expanded = section.id in self.expanded
        shown = [layer for layer in section.layers if expanded or not facts_of(layer).minor] or section.layers
        for layer in shown:
            under = labels.size_caption(layer.output) if layer.kind in ("conv", "pool") else ""
            if layer.kind == "linear":
                under = labels.cost_caption(self.network.costs.by_id[layer.id])
            item = self._adapt(layer_item(layer, under, self.measure))
            instance = _ItemInstance(item, (layer.id,), (), section.id, layer.output)
            if expanded and facts_of(layer).minor and section.id == "stem":
                instance.gap = FUSED_GAP + max(0.0, item.entry)
            yield instance

    def _blocks(self, section: Section) -> Iterator[_ItemInstance]:
        repeats = {repeat.start: repeat for repeat in section.repeats if repeat.id not in self.expanded}
        index = 0
        while index < len(section.blocks):
            repeat = repeats.get(index)
            if repeat is None:
                yield self._block(section.blocks[index])
                index += 1
            else:
                yield self._collapsed(
                    section.blocks[repeat.start : repeat.stop], "repeat", section.blocks[index].id, repeat.id
                )
                index = repeat.stop

    def _block(self, block: Block) -> _ItemInstance:
        expanded = block.id in self.expanded
        branches = block.branch_edges if expanded else [block.shortcut_edge] if block.shortcut_edge else []
        join_ids = tuple((edge.target,) for edge in branches)
        make, layers = (expanded_block_item, block.layers) if expanded else (block_item, ())
        key = (block.pattern, expanded and len(block.id))
        if key not in self._items:
            self._items[key] = self._adapt(make(block, self.network, self.measure))
        ids = tuple(layer.id for layer in layers) or (block.id,)
        return _ItemInstance(self._items[key], ids, join_ids, block.id, block.output)

    def _collapsed(self, blocks: tuple[Block, ...], kind: str, name: str, toggles: str) -> _ItemInstance:
        item = self._adapt(collapsed_item(blocks, "stage" if kind == "stage" else "repeat", self.network, self.measure))
        groups = shortcut_groups(blocks, MAX_SLICES[kind])
        join_ids = tuple(tuple(shortcut.target for shortcut in group) for group in groups)
        return _ItemInstance(item, (name,), join_ids, toggles, blocks[-1].output)


class _DrawingBuilder:
    """Collects the parts of the drawing, item by item; `x` is where the next item begins."""

    def __init__(self) -> None:
        self.columns: list[StageColumn] = []
        self.frames: list[Frame] = []
        self.node_boxes: list[NodeBox] = []
        self.captions: list[Caption] = []
        self.branch_edges: list[BranchEdge] = []
        self.main_edges: list[MainEdge] = []
        self.x = self.end = DRAWING_MARGIN
        self.exit: float | None = None
        self.output: Shape = ()
        self.last_shape: Shape = ()

    def add(self, instance: _ItemInstance) -> None:
        """Draw the item at `x`, connect it to the item before it, and move `x` to its end."""
        item, x, column = instance.item, self.x, len(self.columns)
        if self.exit is None and instance.input:
            shape = shape_of_one(instance.input)
            self.main_edges.append(
                MainEdge(x - LEADING_EDGE_LENGTH, x + item.entry, True, shape, x - ITEM_GAP / 2, True)
            )
        if self.exit is not None:
            wide = x + item.entry - self.exit > FUSED_GAP + 1.0
            shape_x = x - min(ITEM_GAP / 2, (x - self.end) / 2)
            changed = wide and self.output != self.last_shape
            self.main_edges.append(
                MainEdge(self.exit, x + item.entry, wide, shape_of_one(self.output), shape_x, changed)
            )
            self.last_shape = self.output if wide else self.last_shape
        for box, name in zip(item.node_boxes, instance.ids, strict=True):
            self.node_boxes.append(replace(box, id=name, column=column, x=x + box.x, toggles=instance.toggles))
        self.captions += [replace(text, x=x + text.x) for text in item.captions]
        for edge, join_ids in zip(item.branch_edges, instance.join_ids, strict=True):
            points = tuple([(x + left, y) for left, y in edge.points])
            self.branch_edges.append(replace(edge, points=points, join_ids=join_ids, toggles=instance.toggles))
        self.main_edges += [
            replace(edge, x=x + edge.x, stop=x + edge.stop, shape_x=x + edge.shape_x) for edge in item.main_edges
        ]
        if item.frame:
            name = instance.ids[0].rpartition(".")[0]
            self.frames.append(replace(item.frame, id=name, title=name, column=column, x=x))
        self.exit = x + item.exit
        self.output = instance.output
        self.x = self.end = x + item.width


def layout(
    network: NetworkStructure, expanded: AbstractSet[str], measure: TextMeasure, *, vertical: bool = False
) -> Drawing:
    """Lay out the network's drawing with the sections, repeats and blocks in `expanded` shown in detail.

    `measure` returns the width of a text in a role, in scene units. The main path runs to the right, or down in a
    `vertical` drawing.
    """
    builder, item_builder = _DrawingBuilder(), _ItemBuilder(network, expanded, measure, vertical=vertical)
    for section in network.sections:
        _add_column(builder, section, list(item_builder.items(section)), item_builder, vertical=vertical)
    if (
        network.sections[-1].blocks and builder.exit is not None
    ):  # no head: the last shortcut still needs a main path to join
        end = builder.end + ITEM_GAP / 2 + JOIN_DISTANCE
        changed = builder.output != builder.last_shape
        builder.main_edges.append(
            MainEdge(builder.exit, end, True, shape_of_one(builder.output), builder.end + ITEM_GAP / 2, changed)
        )
    return _finish(builder, vertical=vertical)


def _unchanged(item: Item) -> Item:
    return item


def _add_column(
    builder: _DrawingBuilder,
    section: Section,
    instances: list[_ItemInstance],
    item_builder: _ItemBuilder,
    *,
    vertical: bool,
) -> None:
    titles = canvas_labels.section_titles(section)
    subtitles = canvas_labels.section_subtitles(section)
    level_width = (
        item_builder.measure(section.feature_level, "note") + 2 * TITLE_PADDING if section.feature_level else 0.0
    )
    title_width = (
        max(item_builder.measure(titles[0], "title") + level_width, item_builder.measure(subtitles[0], "subtitle"))
        + 2 * TITLE_PADDING
    )
    content_width = (
        sum(instance.item.width for instance in instances)
        + sum(instance.gap for instance in instances[1:])
        + 2 * COLUMN_PADDING
    )
    start, width = builder.x, max(VERTICAL_TITLE_LENGTH if vertical else title_width, content_width)
    builder.x += (width - content_width) / 2 + COLUMN_PADDING
    if section.blocks:
        instances[0].input = section.blocks[0].main[0].inputs[0]
    for index, instance in enumerate(instances):
        builder.x += instance.gap if index else 0.0
        builder.add(instance)
    color = section.id if section.stage in (0, None) else f"stage{section.stage}"
    builder.columns.append(StageColumn(section.id, color, start, width, titles, subtitles, section.feature_level))
    builder.x = start + width + COLUMN_GAP


def _finish(builder: _DrawingBuilder, *, vertical: bool) -> Drawing:
    tops = [box.y for box in builder.node_boxes] + [frame.y for frame in builder.frames]
    tops += [edge.points[1][1] for edge in builder.branch_edges] + [text.y for text in builder.captions]
    bottoms = [box.y + box.h for box in builder.node_boxes] + [frame.y + frame.h for frame in builder.frames]
    bottoms += [text.y + text.h for text in builder.captions]
    return Drawing(
        tuple(builder.columns),
        tuple(builder.frames),
        tuple(sorted(builder.node_boxes, key=lambda box: box.x)),
        tuple(sorted(builder.captions, key=lambda text: text.x)),
        tuple(sorted(builder.branch_edges, key=lambda edge: edge.points[0][0])),
        tuple(sorted(builder.main_edges, key=lambda edge: edge.x)),
        builder.x - COLUMN_GAP + DRAWING_MARGIN,
        min(tops) - HEADER_HEIGHT,
        max(bottoms) + FOOTER_HEIGHT,
        vertical,
    )
