"""The drawing of one item of the trunk (a layer, block, run or stage), placed at 0 for `layout` to move."""

from collections.abc import Sequence
from itertools import groupby
from math import log2

import msgspec

from resnet_viz.records.analysis import EdgeRecord, LayerRecord, Shape
from resnet_viz.records.kinds import facts_of
from resnet_viz.texts import tr
from resnet_viz.viewmodels.canvas import labels as canvas_labels
from resnet_viz.viewmodels.canvas.drawing import (
    STACK,
    TEXT_SIZES,
    Caption,
    Card,
    CardKind,
    Frame,
    Link,
    Measure,
    Route,
    TextRole,
)
from resnet_viz.viewmodels.canvas.outline import Block, Outline
from resnet_viz.viewmodels.text import layers as labels

INK = 6.0  # free room around a text inside its card
LANE = 16.0  # from the top of the highest card to the lane of its shortcut
PILL = 24.0
ADD = 22.0
PART = 20.0
ARCH = 15.0
TEXT_LEAD = 4.0
FRAME_PAD = 14.0
FORK = 10.0  # a shortcut leaves the trunk this far before its card
JOIN = 8.0  # and is back this far after it
MOST_SLICES = {"stage": 6, "run": 4}


class Plan(msgspec.Struct, frozen=True):
    """An item of the trunk: it starts at 0, takes `width`, and the trunk enters at `entry` and leaves at `exit`."""

    width: float
    entry: float
    exit: float
    cards: tuple[Card, ...]
    captions: tuple[Caption, ...] = ()
    routes: tuple[Route, ...] = ()
    links: tuple[Link, ...] = ()
    frame: Frame | None = None


def card_height(shape: Shape) -> float:
    """The height of a card whose output has this shape: it grows with the logarithm of the map's side."""
    return 52.0 + 44.0 * log2(1.0 + labels.side(shape) / 6.0)


def card_width(shape: Shape) -> float:
    """The width of a card whose output has this shape: it grows with the logarithm of the channels."""
    return 24.0 + 3.6 * max(0.0, log2(labels.channels(shape)) - 4.0)


def layer_height(shape: Shape) -> float:
    """The height of a layer's card in an opened block, lower than the block's own so that lanes have room."""
    return 46.0 + 0.45 * card_height(shape)


def fitted(text: str, room: float, role: TextRole, measure: Measure) -> str:
    """The text, shortened with … to the room it has; nothing where not even two letters fit."""
    if not text or measure(text, role) <= room:
        return text
    for length in range(len(text) - 1, 1, -1):
        shortened = text[:length].rstrip(" ,·×") + "…"
        if measure(shortened, role) <= room:
            return shortened
    return ""


def caption(text: str, role: TextRole, middle: float, top: float, measure: Measure) -> Caption:
    """A caption centered at `middle`, its top at `top`."""
    width = measure(text, role)
    return Caption(text, role, middle - width / 2, top, width, TEXT_SIZES[role] * 1.3)


def layer_plan(layer: LayerRecord, under: str, measure: Measure) -> Plan:
    """A layer of the stem or the head, with a caption under it."""
    kind: CardKind = "part" if facts_of(layer).minor else "layer"
    width = PART if kind == "part" else max(32.0, card_width(layer.output))
    label = labels.stem_label(layer)
    room = measure(label, "label") + 2 * INK + 10.0  # clear of the colored strip at the top
    height = max(card_height(layer.output), room) if kind == "layer" else max(card_height(layer.output), 56.0)
    words = measure(under, "caption") if under else 0.0
    slot = max(width, words)
    card = _card(kind, ((slot - width) / 2, width, height), (label, labels.layer_note(layer)), measure)
    captions = (caption(under, "caption", slot / 2, height / 2 + TEXT_LEAD, measure),) if under else ()
    return Plan(slot, card.x, card.x + width, (card,), captions)


def _card(
    kind: CardKind, place: tuple[float, float, float], words: tuple[str, str], measure: Measure, slices: int = 1
) -> Card:
    x, width, height = place
    turned = kind in ("block", "layer", "part")
    label, note = words
    room = (height if turned else width) - 2 * INK
    role: TextRole = "note" if kind in ("part", "pill") else "label"
    two_lines = (width if turned else height) >= TEXT_SIZES["label"] + TEXT_SIZES["note"] + INK
    shown_note = note if two_lines and measure(note, "note") <= room else ""
    return Card(
        "", kind, 0, x, -height / 2, width, height, fitted(label, room, role, measure), shown_note, turned, "", slices
    )


def block_plan(block: Block, network: Outline, measure: Measure) -> Plan:
    """A closed block: a card, the block's operations under it, its shortcut over it from before to after."""
    width, height = card_width(block.output), card_height(block.output)
    under = labels.cost_caption(network.costs.by_id[block.id])
    slot = max(width, measure(under, "caption") - 10.0)
    card = _card("block", ((slot - width) / 2, width, height), (network.block_name, ""), measure)
    routes: tuple[Route, ...] = ()
    if block.shortcut_edge:
        lane = -height / 2 - LANE
        left, right = -FORK, slot + JOIN
        stroke = ((left, 0.0), (left, lane), (right, lane), (right, 0.0))
        routes = (Route(block.shortcut_edge.kind, stroke, (), "", True),)
    captions = (caption(under, "caption", slot / 2, height / 2 + TEXT_LEAD, measure),) if under else ()
    return Plan(slot, card.x, card.x + width, (card,), captions, routes)


def folded_plan(blocks: tuple[Block, ...], kind: CardKind, network: Outline, measure: Measure) -> Plan:
    """Several blocks as one card: how many, what they cost, and an arch over it for each shortcut or each few."""
    output = blocks[-1].output
    groups = shortcut_groups(blocks, MOST_SLICES[kind])
    slices = len(groups) or min(len(blocks), MOST_SLICES[kind])
    words = (f"× {len(blocks)}", network.block_name)
    needed = max(measure(words[0], "label"), measure(words[1], "note")) + 2 * INK + 4.0
    width, height = max(card_width(output) + 11.0 * slices, needed), max(card_height(output), needed)
    top = -height / 2
    lines = canvas_labels.shortcut_summary(blocks)
    under = labels.cost_caption(sum(network.costs.by_id[block.id] for block in blocks))
    slot = max([width, measure(under, "caption"), *(measure(line, "caption") for line in lines)])
    card = _card(kind, ((slot - width) / 2, width, height), words, measure, slices)
    routes = tuple(_arch(group[0], card, index, slices) for index, group in enumerate(groups))
    line_height = TEXT_SIZES["caption"] * 1.3
    first = top - ARCH - 6.0 - line_height * len(lines)
    captions = [
        caption(line, "caption", slot / 2, first + line_height * index, measure) for index, line in enumerate(lines)
    ]
    if under:
        captions.append(caption(under, "caption", slot / 2, height / 2 + TEXT_LEAD + STACK, measure))
    return Plan(slot, card.x, card.x + width, (card,), tuple(captions), routes)


def _arch(shortcut: EdgeRecord, card: Card, index: int, slices: int) -> Route:
    step = card.w / slices
    left, right = card.x + step * index + 2.0, card.x + step * (index + 1) - 2.0
    lane = card.y - ARCH
    return Route(shortcut.kind, ((left, card.y), (left, lane), (right, lane), (right, card.y)), (), "", False)


def shortcut_groups(blocks: Sequence[Block], most: int) -> list[list[EdgeRecord]]:
    """The shortcuts of some blocks as at most `most` groups of one kind each (more only where the kinds alternate)."""
    shortcuts = [block.shortcut_edge for block in blocks if block.shortcut_edge]
    alike = [list(members) for _, members in groupby(shortcuts, key=lambda shortcut: shortcut.kind)]
    spare = max(0, most - len(alike))
    groups = []
    for members in alike:
        single = min(spare, len(members) - 1)
        spare -= single
        groups += [[shortcut] for shortcut in members[:single]]
        groups.append(members[single:])
    return groups


def frame_title(block: Block, network: Outline) -> tuple[str, str]:
    """An opened block's name and what it is."""
    return block.id, network.block_name if block.shortcut_edge else tr("{block}, plain").format(
        block=network.block_name
    )
