"""The drawing of an opened block: its layers along the trunk, the shortcut's lane above, the `+`, a frame."""

from collections.abc import Iterator

from resnet_viz.records.analysis import LayerRecord, Shape
from resnet_viz.records.kinds import facts_of
from resnet_viz.viewmodels.canvas.drawing import (
    SHAPE_HALF,
    SHAPE_TOP,
    TEXT_SIZES,
    Caption,
    Card,
    Frame,
    Link,
    Measure,
    Point,
    Route,
)
from resnet_viz.viewmodels.canvas.items import (
    ADD,
    FRAME_PAD,
    INK,
    LANE,
    PART,
    PILL,
    TEXT_LEAD,
    Plan,
    caption,
    card_width,
    fitted,
    frame_title,
    layer_height,
)
from resnet_viz.viewmodels.canvas.outline import Block, Outline
from resnet_viz.viewmodels.text import layers as labels
from resnet_viz.viewmodels.text.numbers import shape_of_one

APART = 16.0  # before a layer that starts something new
GLUED = 4.0  # between a convolution and its BN and ReLU
BRANCH = 22.0  # where a shortcut leaves the trunk
TITLE = 26.0
PILL_GAP = 10.0


class _Trunk:
    """Cards placed one after the other along the trunk."""

    def __init__(self, x: float, measure: Measure) -> None:
        self.x = x
        self.cards: list[Card] = []
        self.captions: list[Caption] = []
        self.links: list[Link] = []
        self.output: Shape = ()
        self.measure = measure

    def step(self, gap: float) -> None:
        """Leave a gap before the next card, with an arrow where it is wide enough."""
        if self.cards:
            self.links.append(Link(self.x, self.x + gap, gap > GLUED, shape_of_one(self.output), self.x + gap / 2))
        self.x += gap

    def put(self, layer: LayerRecord, under: str) -> Card:
        """Place the layer's card."""
        card = _layer_card(layer, self.x, self.measure)
        if under:
            middle, top = card.x + card.w / 2, card.y + card.h + TEXT_LEAD
            self.captions.append(caption(under, "caption", middle, top, self.measure))
        self.cards.append(card)
        self.output = layer.output
        self.x += card.w
        return card

    def written(self) -> tuple[Link, ...]:
        """The trunk's pieces; the shape is left out where it would run into a caption."""
        return tuple(link if self._is_free(link) else Link(link.x, link.stop, link.arrow) for link in self.links)

    def _is_free(self, link: Link) -> bool:
        bottom = SHAPE_TOP + self.measure(link.text, "note")
        beside = (
            text for text in self.captions if text.x < link.at + SHAPE_HALF and text.x + text.w > link.at - SHAPE_HALF
        )
        return all(text.y >= bottom for text in beside)


def _layer_card(layer: LayerRecord, x: float, measure: Measure) -> Card:
    if layer.kind == "add":
        return Card("", "add", 0, x, -ADD / 2, ADD, ADD, "+", "", False, "")
    height = layer_height(layer.output)
    if facts_of(layer).minor:
        text = fitted(labels.layer_label(layer), height - 2 * INK, "note", measure)
        return Card("", "part", 0, x, -height / 2, PART, height, text, "", True, "")
    label, note = labels.layer_label(layer), labels.layer_note(layer)
    width = max(34.0, card_width(layer.output))
    height = max(height, measure(label, "label") + 2 * INK, measure(note, "note") + 2 * INK)
    return Card("", "layer", 0, x, -height / 2, width, height, label, note, True, "")


def opened_plan(block: Block, network: Outline, measure: Measure) -> Plan:
    """The block opened; linear in its layers. Cards come as the block's `main`, then its `shortcut`."""
    fork = block.shortcut_edge.fork if block.shortcut_edge else None
    inside = any(layer.id == fork for layer in block.main)
    trunk = _Trunk(FRAME_PAD + (APART if block.shortcut_edge and not inside else 0.0), measure)
    entry = trunk.x
    fork_x = FRAME_PAD - 2.0
    pills_width = _pills(block, measure)[1] + 2 * APART if block.shortcut else 0.0
    caption_end = 0.0
    add: Card | None = None
    for index, layer in enumerate(block.main):
        previous = block.main[index - 1] if index else None
        gap = _gap(layer, previous, network, fork)
        under = labels.cost_caption(network.costs.by_id[layer.id]) if layer.kind == "conv" else ""
        if under:
            middle = trunk.x + gap + max(34.0, card_width(layer.output)) / 2
            gap += max(0.0, caption_end + 8.0 - (middle - measure(under, "caption") / 2)) if caption_end else 0.0
        if layer.kind == "add":
            gap = max(gap, fork_x + pills_width - trunk.x)
        trunk.step(gap)
        card = trunk.put(layer, under)
        if under:
            caption_end = trunk.captions[-1].x + trunk.captions[-1].w
        if inside and layer.id == fork:
            fork_x = trunk.x + BRANCH / 2
        if layer.kind == "add":
            add = card
    return _framed(block, network, trunk, (entry, fork_x, add))


def _gap(layer: LayerRecord, previous: LayerRecord | None, network: Outline, fork: str | None) -> float:
    if previous is None:
        return 0.0
    if previous.id == fork:
        return BRANCH
    if layer.kind == "add" or previous.kind == "add":
        return APART
    starts = "norm" if network.pre_activated else "conv"
    return APART if layer.kind == starts or previous.kind == "pool" else GLUED


def _pills(block: Block, measure: Measure) -> tuple[list[tuple[str, float]], float]:
    """The texts of the shortcut's layers with the widths of their cards, and what they take with the gaps between."""
    texts = [labels.pill_label(layer) for layer in block.shortcut]
    pills = [(text, measure(text, "note") + 2 * INK + 4.0) for text in texts]
    return pills, sum(width for _, width in pills) + PILL_GAP * (len(pills) - 1)


def _framed(block: Block, network: Outline, trunk: _Trunk, marks: tuple[float, float, Card | None]) -> Plan:
    entry, fork_x, add = marks
    top = min(card.y for card in trunk.cards)
    pills: list[Card] = []
    routes: tuple[Route, ...] = ()
    lane = top
    if block.shortcut_edge and add:
        lane = top - LANE - (PILL / 2 if block.shortcut else 0.0)
        join = add.x + add.w / 2
        pills = list(_placed_pills(block, (fork_x, join), lane, trunk.measure))
        stroke: tuple[Point, ...] = ((fork_x, 0.0), (fork_x, lane), (join, lane), (join, add.y))
        routes = (Route(block.shortcut_edge.kind, stroke, (), "", True),)
    above = lane - (PILL / 2 if pills else 0.0) - TITLE
    below = max(card.y + card.h for card in trunk.cards) + TEXT_LEAD + TEXT_SIZES["caption"] * 1.3 + 8.0
    name, note = frame_title(block, network)
    written = trunk.measure(name, "label") + 8.0 + trunk.measure(note, "note") + 2 * FRAME_PAD + 8.0
    end = max([trunk.x, *(text.x + text.w for text in trunk.captions)])
    width = max(end + FRAME_PAD, written)
    frame = Frame("", name, note, 0, 0.0, above, width, below - above)
    return Plan(width, entry, trunk.x, (*trunk.cards, *pills), tuple(trunk.captions), routes, trunk.written(), frame)


def _placed_pills(block: Block, span: tuple[float, float], lane: float, measure: Measure) -> Iterator[Card]:
    """The shortcut's cards side by side in the middle of their lane."""
    pills, taken = _pills(block, measure)
    x = (span[0] + span[1] - taken) / 2
    for text, width in pills:
        yield Card("", "pill", 0, x, lane - PILL / 2, width, PILL, text, "", False, "")
        x += width + PILL_GAP
