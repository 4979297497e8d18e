"""From a network's outline and what is opened in it to the drawing: pure, linear in what is shown."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache

from msgspec.structs import replace

from resnet_viz.records.analysis import Shape
from resnet_viz.records.kinds import facts_of
from resnet_viz.viewmodels.canvas import labels as canvas_labels
from resnet_viz.viewmodels.canvas.drawing import Band, Caption, Card, Frame, Layout, Link, Measure, Route
from resnet_viz.viewmodels.canvas.items import (
    JOIN,
    MOST_SLICES,
    Plan,
    block_plan,
    folded_plan,
    layer_plan,
    shortcut_groups,
)
from resnet_viz.viewmodels.canvas.opened_block import opened_plan
from resnet_viz.viewmodels.canvas.outline import Block, Outline, Section
from resnet_viz.viewmodels.canvas.rotate import turned_plan
from resnet_viz.viewmodels.text import layers as labels
from resnet_viz.viewmodels.text.numbers import shape_of_one

ENTRY = 22.0  # of the trunk before a part that is drawn alone
GAP = 26.0  # between items of the trunk: room for one shortcut to join and the next to leave
GLUED = 4.0  # between a stem's convolution and its BN and ReLU
BAND_PAD = 26.0
BAND_GAP = 8.0
MARGIN = 12.0
TITLE_PAD = 14.0
HEADER = 54.0
FOOTER = 20.0
TITLE_LINES = 66.0  # along a trunk that runs down: a title, what is under it, and the feature level


@dataclass(slots=True)
class _Item:
    """A plan, the ids of its cards in order, the shortcuts of its routes in order, and how it is opened or closed."""

    plan: Plan
    ids: tuple[str, ...]
    shortcuts: tuple[tuple[str, ...], ...]
    opens: str
    output: Shape
    input: Shape = ()
    gap: float = GAP


class _Drafter:
    """Makes the plan of every item; equal items share one."""

    def __init__(self, network: Outline, opened: AbstractSet[str], measure: Measure, *, down: bool) -> None:
        self.network = network
        self._ready = turned_plan if down else _as_it_is
        self.opened = opened
        self.measure: Measure = cache(lambda text, role: measure(text, role) if text else 0.0)
        self._plans: dict[tuple[object, ...], Plan] = {}

    def items(self, section: Section) -> Iterator[_Item]:
        """What stands on the trunk in this section."""
        if not section.blocks:
            yield from self._layers(section)
        elif section.id in self.opened:
            yield from self._blocks(section)
        else:
            yield self._folded(section.blocks, "stage", section.id, section.id)

    def _layers(self, section: Section) -> Iterator[_Item]:
        everything = section.id in self.opened
        shown = [layer for layer in section.layers if everything or not facts_of(layer).minor] or section.layers
        for layer in shown:
            under = labels.size_caption(layer.output) if layer.kind in ("conv", "pool") else ""
            if layer.kind == "linear":
                under = labels.cost_caption(self.network.costs.by_id[layer.id])
            item = _Item(self._ready(layer_plan(layer, under, self.measure)), (layer.id,), (), section.id, layer.output)
            if everything and facts_of(layer).minor and section.id == "stem":
                item.gap = GLUED + max(0.0, item.plan.entry)
            yield item

    def _blocks(self, section: Section) -> Iterator[_Item]:
        runs = {run.start: run for run in section.runs if run.id not in self.opened}
        index = 0
        while index < len(section.blocks):
            run = runs.get(index)
            if run is None:
                yield self._block(section.blocks[index])
                index += 1
            else:
                yield self._folded(section.blocks[run.start : run.stop], "run", section.blocks[index].id, run.id)
                index = run.stop

    def _block(self, block: Block) -> _Item:
        shortcuts = ((block.shortcut_edge.target,),) if block.shortcut_edge else ()
        opened = block.id in self.opened
        make, layers = (opened_plan, block.layers) if opened else (block_plan, ())
        key = (block.pattern, opened and len(block.id))
        if key not in self._plans:
            self._plans[key] = self._ready(make(block, self.network, self.measure))
        ids = tuple(layer.id for layer in layers) or (block.id,)
        return _Item(self._plans[key], ids, shortcuts, block.id, block.output)

    def _folded(self, blocks: tuple[Block, ...], kind: str, card: str, opens: str) -> _Item:
        plan = self._ready(folded_plan(blocks, "stage" if kind == "stage" else "run", self.network, self.measure))
        groups = shortcut_groups(blocks, MOST_SLICES[kind])
        shortcuts = tuple(tuple(shortcut.target for shortcut in group) for group in groups)
        return _Item(plan, (card,), shortcuts, opens, blocks[-1].output)


class _Sheet:
    """The drawing so far."""

    def __init__(self) -> None:
        self.bands: list[Band] = []
        self.frames: list[Frame] = []
        self.cards: list[Card] = []
        self.captions: list[Caption] = []
        self.routes: list[Route] = []
        self.links: list[Link] = []
        self.x = self.end = MARGIN
        self.exit: float | None = None
        self.output: Shape = ()
        self.said: Shape = ()

    def place(self, item: _Item) -> None:
        """Draw the item at the pen, join it to the trunk, and move the pen behind it."""
        plan, x, band = item.plan, self.x, len(self.bands)
        if self.exit is None and item.input:
            self.links.append(Link(x - ENTRY, x + plan.entry, True, shape_of_one(item.input), x - GAP / 2, True))
        if self.exit is not None:
            gap = x + plan.entry - self.exit
            wide = gap > GLUED + 1.0
            at = x - min(GAP / 2, (x - self.end) / 2)
            news = wide and self.output != self.said
            self.links.append(Link(self.exit, x + plan.entry, wide, shape_of_one(self.output), at, news))
            self.said = self.output if wide else self.said
        for card, name in zip(plan.cards, item.ids, strict=True):
            self.cards.append(replace(card, id=name, band=band, x=x + card.x, opens=item.opens))
        self.captions += [replace(text, x=x + text.x) for text in plan.captions]
        for route, shortcuts in zip(plan.routes, item.shortcuts, strict=True):
            stroke = tuple([(x + across, y) for across, y in route.stroke])
            self.routes.append(replace(route, stroke=stroke, shortcuts=shortcuts, owner=item.opens))
        self.links += [replace(link, x=x + link.x, stop=x + link.stop, at=x + link.at) for link in plan.links]
        if plan.frame:
            name = item.ids[0].rpartition(".")[0]
            self.frames.append(replace(plan.frame, id=name, title=name, band=band, x=x))
        self.exit = x + plan.exit
        self.output = item.output
        self.x = self.end = x + plan.width


def layout(network: Outline, opened: AbstractSet[str], measure: Measure, *, down: bool = False) -> Layout:
    """The drawing with the stages, runs and blocks of `opened` opened (see `viewmodels.canvas`).

    `measure` says how wide a text of a role is, in scene units. The trunk runs to the right, or `down`.
    """
    sheet, drafter = _Sheet(), _Drafter(network, opened, measure, down=down)
    for section in network.sections:
        _lay_band(sheet, section, list(drafter.items(section)), drafter, down=down)
    if network.sections[-1].blocks and sheet.exit is not None:  # no head: the last shortcut must join something
        end = sheet.end + GAP / 2 + JOIN
        news = sheet.output != sheet.said
        sheet.links.append(Link(sheet.exit, end, True, shape_of_one(sheet.output), sheet.end + GAP / 2, news))
    return _finished(sheet, down=down)


def _as_it_is(plan: Plan) -> Plan:
    return plan


def _lay_band(sheet: _Sheet, section: Section, items: list[_Item], drafter: _Drafter, *, down: bool) -> None:
    titles = canvas_labels.section_titles(section)
    subtitles = canvas_labels.section_subtitles(section, drafter.network)
    tag = drafter.measure(section.feature_level, "note") + 2 * TITLE_PAD if section.feature_level else 0.0
    written = max(drafter.measure(titles[0], "title") + tag, drafter.measure(subtitles[0], "subtitle")) + 2 * TITLE_PAD
    drawn = sum(item.plan.width for item in items) + sum(item.gap for item in items[1:]) + 2 * BAND_PAD
    start, width = sheet.x, max(TITLE_LINES if down else written, drawn)
    sheet.x += (width - drawn) / 2 + BAND_PAD
    if section.blocks:
        items[0].input = section.blocks[0].main[0].inputs[0]
    for index, item in enumerate(items):
        sheet.x += item.gap if index else 0.0
        sheet.place(item)
    color = section.id if section.stage in (0, None) else f"stage{section.stage}"
    sheet.bands.append(Band(section.id, color, start, width, titles, subtitles, section.feature_level))
    sheet.x = start + width + BAND_GAP


def _finished(sheet: _Sheet, *, down: bool) -> Layout:
    tops = [card.y for card in sheet.cards] + [frame.y for frame in sheet.frames]
    tops += [route.stroke[1][1] for route in sheet.routes] + [text.y for text in sheet.captions]
    bottoms = [card.y + card.h for card in sheet.cards] + [frame.y + frame.h for frame in sheet.frames]
    bottoms += [text.y + text.h for text in sheet.captions]
    return Layout(
        tuple(sheet.bands),
        tuple(sheet.frames),
        tuple(sorted(sheet.cards, key=lambda card: card.x)),
        tuple(sorted(sheet.captions, key=lambda text: text.x)),
        tuple(sheet.routes),
        tuple(sorted(sheet.links, key=lambda link: link.x)),
        sheet.x - BAND_GAP + MARGIN,
        min(tops) - HEADER,
        max(bottoms) + FOOTER,
        down,
    )
