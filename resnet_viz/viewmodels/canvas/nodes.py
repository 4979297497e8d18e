"""What the canvas shows and answers: what is opened, which card stands for a node, the neighbors, hover texts."""

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from resnet_viz.records.analysis import Analysis, EdgeKind, LayerRecord, Level, Shape
from resnet_viz.records.kinds import EDGE_KINDS
from resnet_viz.texts import tr, trn
from resnet_viz.viewmodels.canvas import labels as canvas_labels
from resnet_viz.viewmodels.canvas.drawing import Card, Layout
from resnet_viz.viewmodels.canvas.outline import Block, Outline, Run, Section
from resnet_viz.viewmodels.text import layers as labels
from resnet_viz.viewmodels.text.conventions import label
from resnet_viz.viewmodels.text.numbers import percent, shape_of_one, share, short

Direction = Literal["next", "previous", "up", "down"]


class Hover(msgspec.Struct, frozen=True):
    """The card beside the pointer: a title, and rows of a word and its value."""

    title: str
    subtitle: str
    rows: tuple[tuple[str, str], ...]

    @property
    def words(self) -> str:
        """All of it in one line, for a screen reader."""
        return ", ".join([self.title, self.subtitle, *(f"{word} {value}" for word, value in self.rows)])

    def with_rows(self, rows: tuple[tuple[str, str], ...]) -> "Hover":
        """The same with more rows below its own."""
        return Hover(self.title, self.subtitle, (*self.rows, *rows))


class LegendEntry(msgspec.Struct, frozen=True):
    """A line sample and its name."""

    kind: EdgeKind
    name: str


def opened_at(network: Outline, level: Level) -> frozenset[str]:
    """The ids that are open when the whole network is shown at this level."""
    if level == "stage":
        return frozenset()
    stages = [section for section in network.sections if section.blocks]
    opened = {section.id for section in stages}
    if level == "layer":
        opened |= {"stem", "head"}
        opened |= {block.id for section in stages for block in section.blocks}
        opened |= {run.id for section in stages for run in section.runs}
    return frozenset(opened)


def toggled(opened: frozenset[str], name: str) -> frozenset[str]:
    """The same with `name` opened, or closed where it was open."""
    return opened - {name} if name in opened else opened | {name}


def kept(opened: frozenset[str], network: Outline) -> frozenset[str]:
    """Those of the opened ids that another network has too."""
    return opened & opened_at(network, "layer")


def legend(network: Outline) -> tuple[LegendEntry, ...]:
    """The kinds of shortcut that the network has."""
    return tuple(LegendEntry(kind, EDGE_KINDS[kind].name) for kind in network.shortcut_kinds)


def cost_sentence(network: Outline) -> str:
    """What the numbers under the cards are."""
    return tr("under cards: {things}").format(things=label(network.costs.convention).heading)


class Nodes:
    """Finds stages, blocks and layers by id, and the cards that stand for them."""

    def __init__(self, analysis: Analysis, network: Outline) -> None:
        self.analysis, self._costs = analysis, network.costs
        self._sections = {section.id: section for section in network.sections}
        self._blocks = {block.id: block for section in network.sections for block in section.blocks}
        self._block_name = network.block_name

    def known(self, name: str) -> bool:
        """Whether the network has a node of this id."""
        return name in self._sections or name in self._blocks or name in self.analysis.layer_by_id

    def hosts(self, name: str) -> tuple[str, ...]:
        """The ids of what may stand for a node, from itself outwards: layer, block, stage."""
        layer = self.analysis.layer_by_id.get(name)
        if layer is None:
            stage = name.partition(".")[0]
            return (name,) if stage == name else (name, stage)
        if layer.block is None:
            return name, "stem" if layer.role == "stem" else "head"
        return name, f"layer{layer.stage}.{layer.block}", f"layer{layer.stage}"

    def card_of(self, name: str, drawing: Layout) -> Card | None:
        """The card that stands for a node: its own, its block's or its run's, or its stage's."""
        return self.card_among(name, {card.id: card for card in drawing.cards})

    def card_among(self, name: str, cards: Mapping[str, Card]) -> Card | None:
        """The same, from a drawing's cards by id."""
        hosts = self.hosts(name)
        found = next((cards[host] for host in hosts if host in cards), None)
        return found or self._run_card(hosts, cards)

    def _run_card(self, hosts: tuple[str, ...], by_id: Mapping[str, Card]) -> Card | None:
        block = next((host for host in hosts if host in self._blocks), None)
        run = self._run_of(block) if block else None
        return by_id.get(self._sections[hosts[-1]].blocks[run.start].id) if run else None

    def opened_around(self, name: str, opened: frozenset[str]) -> str | None:
        """The innermost opened thing that a node lies in (or is): its block, its run, its stage; to be folded."""
        for host in self.hosts(name):
            if host in opened:
                return host
            if host in self._blocks:
                run = self._run_of(host)
                if run and run.id in opened:
                    return run.id
        return None

    def _run_of(self, block_id: str) -> Run | None:
        stage, _, place = block_id.rpartition(".")
        runs = self._sections[stage].runs
        return next((run for run in runs if run.start <= int(place) < run.stop), None)

    def run_opened_by(self, card: Card) -> Run | None:
        """The run that a card folds."""
        section = self._sections.get(card.id.partition(".")[0])
        return next((run for run in section.runs if run.id == card.opens), None) if section else None

    def step(self, card: Card, direction: Direction, drawing: Layout) -> Card | None:
        """The next card along the trunk; up goes from a shortcut's fork to its projection or its `+`, down back."""
        trunk = [other for other in drawing.cards if other.kind != "pill"]
        if direction in ("up", "down"):
            return self._across(card, direction, drawing)
        if card.kind == "pill":
            lane = [other for other in drawing.cards if other.opens == card.opens and other.kind in ("pill", "add")]
            return _beside(lane, card, direction)
        return _beside(trunk, card, direction)

    def _across(self, card: Card, direction: Direction, drawing: Layout) -> Card | None:
        alike = [other for other in drawing.cards if other.opens == card.opens]
        on_shortcut_lane = ("pill", "add")
        above = card.kind in on_shortcut_lane
        if (direction == "up") == above:
            return None
        wanted = [other for other in alike if (other.kind in on_shortcut_lane) != above]
        return min(wanted, key=lambda other: (other.kind == "add", other.x), default=None)

    def describe(self, name: str) -> Hover | None:
        """What to say of a layer, block or stage; None where the network has no such node."""
        return self._hover(name) if self.known(name) else None

    def hover(self, card: Card) -> Hover:
        """What to say of a card."""
        run = self.run_opened_by(card)
        if run is None:
            return self._hover(card.id)
        return self._hover_blocks(self._sections[card.id.partition(".")[0]].blocks[run.start : run.stop], card.id)

    def _hover(self, name: str) -> Hover:
        if name in self.analysis.layer_by_id:
            return self._hover_layer(self.analysis.layer_by_id[name])
        if name in self._blocks:
            return self._hover_blocks((self._blocks[name],), name)
        return self._hover_section(self._sections[name])

    def _hover_layer(self, layer: LayerRecord) -> Hover:
        words = [layer.type, labels.layer_label(layer) if layer.kind == "conv" else "", labels.layer_note(layer)]
        return self._hover_layers(layer.id, " · ".join(filter(None, words)), (layer,), self._costs.by_id[layer.id])

    def _hover_blocks(self, blocks: tuple[Block, ...], name: str) -> Hover:
        subtitle = self._block_name
        title = name
        if len(blocks) > 1:
            title = tr("{first} to {last}").format(first=name, last=blocks[-1].id)
            subtitle = f"{len(blocks)} × {subtitle}"
        shortcut = blocks[0].shortcut_edge
        subtitle += f" · {EDGE_KINDS[shortcut.kind].name}" if shortcut else ""
        cost = sum(self._costs.by_id[block.id] for block in blocks)
        return self._hover_layers(title, subtitle, _layers(blocks), cost, blocks[-1].output)

    def _hover_section(self, section: Section) -> Hover:
        blocks, layers = section.blocks, _layers(section.blocks) or section.layers
        subtitle = trn("{n} layer", "{n} layers", len(layers)).format(n=len(layers))
        if blocks:
            count = trn("{n} block", "{n} blocks", len(blocks)).format(n=len(blocks))
            subtitle = f"{count} · {self._block_name}"
        title, cost = canvas_labels.section_titles(section)[0], self._costs.by_id[section.id]
        return self._hover_layers(title, subtitle, layers, cost, section.output)

    def _hover_layers(
        self, title: str, subtitle: str, layers: Sequence[LayerRecord], cost: int, output: Shape | None = None
    ) -> Hover:
        """Of some layers that cost so much; they put out what the last one does, where nothing else is said."""
        before, after = shape_of_one(layers[0].inputs[0]), shape_of_one(output or layers[-1].output)
        part = percent(share(cost, self._costs.total))
        rows = (
            (tr("shape"), f"{before} → {after}"),
            (tr("parameters"), short(sum(layer.params for layer in layers))),
            (label(self._costs.convention).heading, f"{short(cost)} · {part}" if cost else "0"),
        )
        return Hover(title, subtitle, rows)


def _layers(blocks: tuple[Block, ...]) -> tuple[LayerRecord, ...]:
    return tuple(layer for block in blocks for layer in block.layers)


def _beside(cards: list[Card], card: Card, direction: Direction) -> Card | None:
    """The neighbor in a list; what the list lacks has none."""
    place = next((index for index, other in enumerate(cards) if other.id == card.id), None)
    if place is None:
        return None
    place += 1 if direction == "next" else -1
    return cards[place] if 0 <= place < len(cards) else None
