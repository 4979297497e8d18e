"""What colours the cards of the canvas: a quantity of each, from nothing to the most that is in sight."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, get_args

import msgspec

from resnet_viz.metrics.rollup import groups
from resnet_viz.records.analysis import Analysis, GroupRecord, Kind, LayerRecord
from resnet_viz.records.costs import Costs
from resnet_viz.records.run import ProfileRun
from resnet_viz.texts import tr
from resnet_viz.viewmodels.canvas.drawing import Card
from resnet_viz.viewmodels.text.conventions import label
from resnet_viz.viewmodels.text.numbers import byte_size, milliseconds, pixels, short

ColourBy = Literal["stage", "kind", "params", "macs", "bytes", "field", "latency"]
COLOURS: tuple[ColourBy, ...] = get_args(ColourBy)
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
    """A colour's name by layer id; `other` colours what holds several layers. `names` are the legend's."""

    colors: Mapping[str, str]
    names: tuple[tuple[str, str], ...]
    other: str = "stem"


class Shades(msgspec.Struct, frozen=True):
    """The cards' values from 0 to 1 in their order, None where there is none, and what the legend says."""

    parts: tuple[float | None, ...]
    title: str
    low: str
    high: str


def colour_names() -> dict[ColourBy, str]:
    """What the canvas can be coloured by, in the reader's language."""
    return {
        "stage": tr("Stage"),
        "kind": tr("Kind"),
        "params": tr("Parameters"),
        "macs": tr("MACs"),
        "bytes": tr("Activation bytes"),
        "field": tr("Receptive field"),
        "latency": tr("Latency"),
    }


def tint_of(what: ColourBy, analysis: Analysis, costs: Costs, run: ProfileRun | None) -> Tint | Palette | None:
    """The quantity of every layer, block and stage of the network, or every layer's kind; None for stages' colours."""
    if what == "stage":
        return None
    if what == "kind":
        return kinds(analysis)
    if what == "latency":
        return latency_tint(run)
    title = label(costs.convention).heading if what == "macs" else colour_names()[what]
    if what == "params":
        return Tint(title, _by_id(analysis, lambda part: part.params), _count)
    if what == "macs":
        return Tint(title, costs.by_id, _count)
    if what == "bytes":
        return Tint(title, _by_id(analysis, lambda part: part.output_bytes), lambda value: byte_size(round(value)))
    values = _by_id(analysis, lambda part: part.receptive_field)
    return Tint(title, values, lambda value: pixels(round(value)), largest=True)


def kinds(analysis: Analysis) -> Palette:
    """The colour of every layer by what it does."""
    words: dict[Kind, tuple[str, str]] = {
        "conv": ("stage1", tr("convolution")),
        "norm": ("stage2", tr("batch norm")),
        "act": ("stage3", tr("ReLU")),
        "pool": ("stage4", tr("pooling")),
        "linear": ("stage6", tr("linear")),
        "pad": ("stage5", tr("zero padding")),
    }
    colors = {layer.id: words[layer.kind][0] for layer in analysis.layers if layer.kind in words}
    there = {layer.kind for layer in analysis.layers}
    return Palette(colors, tuple(words[kind] for kind in words if kind in there))


def latency_tint(run: ProfileRun | None) -> Tint:
    """The measured times of a run's layers, blocks and stages in microseconds; empty without a run."""
    if run is None or not run.layers:
        return Tint(tr("Latency"), {}, milliseconds, tr("latency: not measured yet, press F6"))
    times = {group.id: group.spread.median_us for group in run.groups}
    return Tint(tr("Latency"), times | {layer.id: layer.spread.median_us for layer in run.layers}, milliseconds)


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


def _by_id(analysis: Analysis, quantity: Callable[[LayerRecord | GroupRecord], float]) -> dict[str, float]:
    parts: tuple[LayerRecord | GroupRecord, ...] = (
        *groups(analysis, "stage"), *groups(analysis, "block"), *analysis.layers,
    )  # fmt: skip
    return {part.id: quantity(part) for part in parts}


def _count(value: float) -> str:
    return short(round(value))


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
