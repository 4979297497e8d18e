"""What colors the cards of the canvas: a quantity of each, from nothing to the most that is in sight."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import msgspec

from resnet_viz.metrics.rollup import groups
from resnet_viz.records.analysis import Analysis, GroupRecord, LayerRecord
from resnet_viz.records.costs import Costs
from resnet_viz.records.kinds import KINDS, facts_of
from resnet_viz.records.quantities import ADDITIVE_QUANTITIES, Coloring, values_by_id
from resnet_viz.records.run import ProfileRun
from resnet_viz.texts import tr
from resnet_viz.viewmodels.canvas.drawing import Card
from resnet_viz.viewmodels.text.quantities import quantity_names, value_text

_RUN = re.compile(r"(.+)\.(\d+)-(\d+)$")


class Tint(msgspec.Struct, frozen=True):
    """A quantity by node id, and how to write it; `hint` says how to get it while `values` is empty.

    A folded run has the sum of its blocks, or with `largest` the largest of them.
    """

    title: str
    values: Mapping[str, float]
    text: Callable[[float], str]
    hint: str = ""
    largest: bool = False


class Palette(msgspec.Struct, frozen=True):
    """A color's name by layer id; `other` colors what holds several layers. `names` are the legend's."""

    colors: Mapping[str, str]
    names: tuple[tuple[str, str], ...]
    other: str = "stem"


class Shades(msgspec.Struct, frozen=True):
    """The cards' values from 0 to 1 in their order, None where there is none, and what the legend says."""

    parts: tuple[float | None, ...]
    title: str
    low: str
    high: str


def color_names() -> dict[Coloring, str]:
    """What the canvas can be colored by, in the reader's language."""
    names: dict[Coloring, str] = {"stage": tr("Stage"), "kind": tr("Kind")}
    return names | dict(quantity_names().items())


def tint_of(what: Coloring, analysis: Analysis, costs: Costs, run: ProfileRun | None) -> Tint | Palette | None:
    """The quantity of every layer, block and stage of the network, or every layer's kind; None for stages' colors."""
    if what == "stage":
        return None
    if what == "kind":
        return kinds(analysis)
    parts: list[LayerRecord | GroupRecord] = [*analysis.layers, *groups(analysis, "stage"), *groups(analysis, "block")]
    values = values_by_id(what, parts, costs, run)
    hint = "" if values else tr("latency: not measured yet, press F6")
    return Tint(
        quantity_names(costs.convention)[what], values, partial(value_text, what), hint, what not in ADDITIVE_QUANTITIES
    )


def kinds(analysis: Analysis) -> Palette:
    """The color of every layer by what it does."""
    colors = {layer.id: facts_of(layer).color for layer in analysis.layers if facts_of(layer).color}
    there = {facts_of(layer) for layer in analysis.layers}
    named = ((facts.color, facts.name) for facts in KINDS.values() if facts.color and facts in there)
    return Palette(colors, tuple(dict.fromkeys(named)))


def shades(tint: Tint, cards: Sequence[Card]) -> Shades:
    """The cards' shades: 1 is the largest value among them, so that what is in sight tells apart."""
    values = [_value(tint, card) for card in cards]
    most = max((value for value in values if value is not None), default=0.0)
    parts = tuple(None if value is None else value / most if most else 0.0 for value in values)
    if not tint.values:
        return Shades(parts, tint.hint, "", "")
    return Shades(parts, tint.title, "0", tint.text(most))


def hover_rows(tint: Tint, card: Card) -> tuple[tuple[str, str], ...]:
    """What the hover card adds: the card's own value, or how to get one."""
    value = _value(tint, card)
    return ((tint.title.lower(), tr("not measured yet") if value is None else tint.text(value)),)


def _value(tint: Tint, card: Card) -> float | None:
    """A card's own value; that of its blocks for a folded run, unknown where one of them is."""
    run = _RUN.match(card.opens) if card.kind == "run" else None
    if run is None:
        return tint.values.get(card.id)
    stage, first, last = run[1], int(run[2]), int(run[3])
    blocks = [tint.values.get(f"{stage}.{place}") for place in range(first, last + 1)]
    known = [block for block in blocks if block is not None]
    if len(known) < len(blocks):
        return None
    return max(known) if tint.largest else sum(known)
