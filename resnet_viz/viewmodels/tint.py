"""What colours the cards of the canvas: a measured value for each, from nothing to the most that is in sight."""

import re
from collections.abc import Mapping, Sequence

import msgspec

from resnet_viz.runs import ProfileRun
from resnet_viz.texts import tr
from resnet_viz.viewmodels.measure import milliseconds
from resnet_viz.viewmodels.picture import Card

_RUN = re.compile(r"(.+)\.(\d+)-(\d+)$")


class Tint(msgspec.Struct, frozen=True):
    """A quantity by node id, in microseconds; `hint` says how to get it while `values` is empty."""

    title: str
    values: Mapping[str, float]
    hint: str = ""


class Shades(msgspec.Struct, frozen=True):
    """The cards' values from 0 to 1 in their order, None where there is none, and what the legend says."""

    parts: tuple[float | None, ...]
    title: str
    low: str
    high: str


def latency_tint(run: ProfileRun | None) -> Tint:
    """The measured times of a run's layers, blocks and stages; empty without a run."""
    if run is None or not run.layers:
        return Tint(tr("latency"), {}, tr("latency: not measured yet, press F6"))
    groups = {group.id: group.spread.median_us for group in run.groups}
    layers = {layer.id: layer.spread.median_us for layer in run.layers}
    return Tint(tr("latency"), groups | layers)


def shades(tint: Tint, cards: Sequence[Card]) -> Shades:
    """The cards' shades: 1 is the largest value among them, so that what is in sight tells apart."""
    values = [_value(tint, card) for card in cards]
    most = max((value for value in values if value is not None), default=0.0)
    parts = tuple(None if value is None else value / most if most else 0.0 for value in values)
    if not tint.values:
        return Shades(parts, tint.hint, "", "")
    return Shades(parts, tint.title, "0", milliseconds(most))


def hover_rows(tint: Tint, card: Card) -> tuple[tuple[str, str], ...]:
    """What the hover card adds: the card's own value, or how to get one."""
    value = _value(tint, card)
    if value is None:
        return ((tint.title, tr("not measured yet")),)
    return ((tint.title, milliseconds(value)),)


def _value(tint: Tint, card: Card) -> float | None:
    """A card's own value; the sum of its blocks for a folded run, unknown where one of them is."""
    run = _RUN.match(card.opens) if card.kind == "run" else None
    if run is None:
        return tint.values.get(card.id)
    stage, first, last = run[1], int(run[2]), int(run[3])
    blocks = [tint.values.get(f"{stage}.{place}") for place in range(first, last + 1)]
    known = [block for block in blocks if block is not None]
    return sum(known) if len(known) == len(blocks) else None
