"""Finds the nodes of a network by id, the boxes that stand for them in a drawing, and describes them in hover cards."""

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from resnet_viz.records.analysis import Analysis, EdgeRecord, LayerRecord, Shape
from resnet_viz.records.kinds import EDGE_KINDS
from resnet_viz.texts import tr, trn
from resnet_viz.viewmodels.canvas import labels as canvas_labels
from resnet_viz.viewmodels.canvas.drawing import BRANCH_BOXES, JOINED_BY, Drawing, NodeBox
from resnet_viz.viewmodels.canvas.structure import Block, NetworkStructure, Repeat, Section
from resnet_viz.viewmodels.text import layers as labels
from resnet_viz.viewmodels.text.conventions import count_label
from resnet_viz.viewmodels.text.numbers import percent, shape_of_one, share, short

Direction = Literal["next", "previous", "up", "down"]


class HoverCard(msgspec.Struct, frozen=True):
    """The text of the card beside the pointer: a title, a subtitle, and rows of a name and its value."""

    title: str
    subtitle: str
    rows: tuple[tuple[str, str], ...]

    @property
    def accessible_text(self) -> str:
        """The whole text in one line, for a screen reader."""
        return ", ".join([self.title, self.subtitle, *(f"{word} {value}" for word, value in self.rows)])

    def with_rows(self, rows: tuple[tuple[str, str], ...]) -> "HoverCard":
        """Return the card with more rows below its own."""
        return HoverCard(self.title, self.subtitle, (*self.rows, *rows))


class NodeLookup:
    """Finds stages, blocks and layers by id, and the boxes that stand for them."""

    def __init__(self, analysis: Analysis, network: NetworkStructure) -> None:
        self.analysis, self._network, self._costs = analysis, network, network.costs
        self._sections = {section.id: section for section in network.sections}
        self._blocks = {block.id: block for section in network.sections for block in section.blocks}

    def has_node(self, name: str) -> bool:
        """Return whether the network has a node of this id."""
        return name in self._sections or name in self._blocks or name in self.analysis.layer_by_id

    def containers(self, name: str) -> tuple[str, ...]:
        """Return the ids of a node and of what it lies in, from the inside out: layer, block, stage."""
        layer = self.analysis.layer_by_id.get(name)
        if layer is None:
            stage = name.partition(".")[0]
            return (name,) if stage == name else (name, stage)
        if layer.block is None:
            return name, "stem" if layer.role == "stem" else "head"
        return name, f"layer{layer.stage}.{layer.block}", f"layer{layer.stage}"

    def box_for(self, name: str, drawing: Drawing) -> NodeBox | None:
        """Return the box that stands for a node, its own or that of its block, repeat or stage; None without one."""
        return self.box_among(name, {box.id: box for box in drawing.node_boxes})

    def box_among(self, name: str, node_boxes: Mapping[str, NodeBox]) -> NodeBox | None:
        """Return the box that stands for a node (see `box_for`), among a drawing's boxes by id."""
        containers = self.containers(name)
        found = next((node_boxes[container] for container in containers if container in node_boxes), None)
        return found or self._repeat_box(containers, node_boxes)

    def _repeat_box(self, containers: tuple[str, ...], boxes: Mapping[str, NodeBox]) -> NodeBox | None:
        block = next((container for container in containers if container in self._blocks), None)
        repeat = self._repeat_around(block) if block else None
        return boxes.get(self._sections[containers[-1]].blocks[repeat.start].id) if repeat else None

    def expanded_around(self, name: str, expanded: frozenset[str]) -> str | None:
        """Return the innermost expanded block, repeat or stage that a node is or lies in; None without one."""
        for container in self.containers(name):
            if container in expanded:
                return container
            if container in self._blocks:
                repeat = self._repeat_around(container)
                if repeat and repeat.id in expanded:
                    return repeat.id
        return None

    def _repeat_around(self, block_id: str) -> Repeat | None:
        stage, _, index = block_id.rpartition(".")
        repeats = self._sections[stage].repeats
        return next((repeat for repeat in repeats if repeat.start <= int(index) < repeat.stop), None)

    def joins_within(self, block_id: str) -> dict[Direction, str]:
        """Return the ids of a block's `+` (up) and `×` (down), where it has a shortcut and a gate."""
        block = self._blocks[block_id]
        found: dict[Direction, EdgeRecord | None] = {"up": block.shortcut_edge, "down": block.gate_edge}
        return {direction: edge.target for direction, edge in found.items() if edge is not None}

    def repeat_of(self, box: NodeBox) -> Repeat | None:
        """Return the repeat that a box stands for; None for other boxes."""
        section = self._sections.get(box.id.partition(".")[0])
        return next((repeat for repeat in section.repeats if repeat.id == box.toggles), None) if section else None

    def neighbor_box(self, box: NodeBox, direction: Direction, drawing: Drawing) -> NodeBox | None:
        """Return the box beside this one; None where there is none.

        Next and previous go along the main path, or along a branch's layers to where it joins the main path. Up goes
        from a layer of an expanded block to its shortcut (or to its `+`, where the shortcut has no layers), down to its
        gate; the opposite direction leads back to the main path.
        """
        if direction in ("up", "down"):
            siblings = [other for other in drawing.node_boxes if other.toggles == box.toggles]
            return _across(siblings, box, direction)
        if box.kind in BRANCH_BOXES:
            kinds = (box.kind, JOINED_BY[box.kind])
            siblings = [other for other in drawing.node_boxes if other.toggles == box.toggles and other.kind in kinds]
            return _next_in(siblings, box, direction)
        return _next_in([other for other in drawing.node_boxes if other.kind not in BRANCH_BOXES], box, direction)

    def describe(self, name: str) -> HoverCard | None:
        """Return the hover card of a layer, block or stage; None where the network has no such node."""
        return self._card_of(name) if self.has_node(name) else None

    def hover_card(self, box: NodeBox) -> HoverCard:
        """Return the hover card of what a box stands for."""
        repeat = self.repeat_of(box)
        if repeat is None:
            return self._card_of(box.id)
        return self._blocks_card(self._sections[box.id.partition(".")[0]].blocks[repeat.start : repeat.stop], box.id)

    def _card_of(self, name: str) -> HoverCard:
        if name in self.analysis.layer_by_id:
            return self._layer_card(self.analysis.layer_by_id[name])
        if name in self._blocks:
            return self._blocks_card((self._blocks[name],), name)
        return self._section_card(self._sections[name])

    def _layer_card(self, layer: LayerRecord) -> HoverCard:
        texts = [layer.type, labels.layer_label(layer) if layer.kind == "conv" else "", labels.layer_note(layer)]
        return self._card(layer.id, " · ".join(filter(None, texts)), (layer,), self._costs.by_id[layer.id])

    def _blocks_card(self, blocks: tuple[Block, ...], name: str) -> HoverCard:
        subtitle = blocks[0].name
        title = name
        if len(blocks) > 1:
            title = tr("{first} to {last}").format(first=name, last=blocks[-1].id)
            subtitle = f"{len(blocks)} × {subtitle}"
        shortcut = blocks[0].shortcut_edge
        subtitle += f" · {EDGE_KINDS[shortcut.kind].name}" if shortcut else ""
        subtitle += f" · {canvas_labels.gate_name(self._network)}" if blocks[0].gate_edge else ""
        cost = sum(self._costs.by_id[block.id] for block in blocks)
        return self._card(title, subtitle, _layers(blocks), cost, blocks[-1].output)

    def _section_card(self, section: Section) -> HoverCard:
        blocks, layers = section.blocks, _layers(section.blocks) or section.layers
        subtitle = trn("{n} layer", "{n} layers", len(layers)).format(n=len(layers))
        if blocks:
            count = trn("{n} block", "{n} blocks", len(blocks)).format(n=len(blocks))
            subtitle = " · ".join((count, section.block_name, *canvas_labels.gate_summary(blocks, self._network)))
        title, cost = canvas_labels.section_titles(section)[0], self._costs.by_id[section.id]
        return self._card(title, subtitle, layers, cost, section.output)

    def _card(
        self, title: str, subtitle: str, layers: Sequence[LayerRecord], cost: int, output: Shape | None = None
    ) -> HoverCard:
        """Return the card of some layers with their operations; `output` defaults to the last layer's."""
        before, after = shape_of_one(layers[0].inputs[0]), shape_of_one(output or layers[-1].output)
        part = percent(share(cost, self._costs.total))
        rows = (
            (tr("shape"), f"{before} → {after}"),
            (tr("parameters"), short(sum(layer.params for layer in layers))),
            (count_label(self._costs.convention).heading, f"{short(cost)} · {part}" if cost else "0"),
        )
        return HoverCard(title, subtitle, rows)


def _layers(blocks: tuple[Block, ...]) -> tuple[LayerRecord, ...]:
    return tuple(layer for block in blocks for layer in block.layers)


def _across(siblings: list[NodeBox], box: NodeBox, direction: Direction) -> NodeBox | None:
    """Return the box above or below this one among the boxes of its block; None where there is none."""
    if direction == "up" and box.kind == "gate":
        before = [other for other in siblings if other.kind not in BRANCH_BOXES and other.x < box.x]
        return max(before, key=lambda other: other.x, default=None)
    above = ("shortcut", "add")
    if direction == "up":
        found = [other for other in siblings if other.kind in above and box.kind not in above]
    elif box.kind in above:
        found = [other for other in siblings if other.kind not in (*above, "gate")]
    else:
        found = [other for other in siblings if other.kind == "gate" != box.kind]
    return min(found, key=lambda other: (other.kind == "add", other.x), default=None)


def _next_in(node_boxes: list[NodeBox], box: NodeBox, direction: Direction) -> NodeBox | None:
    """Return the box before or after this one in a list; None for a box that is not in it, and at the ends."""
    index = next((index for index, other in enumerate(node_boxes) if other.id == box.id), None)
    if index is None:
        return None
    index += 1 if direction == "next" else -1
    return node_boxes[index] if 0 <= index < len(node_boxes) else None
