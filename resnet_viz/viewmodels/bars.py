"""Bars over the layers, blocks or stages of a network, as plain values: what any such chart shows."""

import msgspec

from resnet_viz.records import Analysis, GroupRecord, LayerRecord
from resnet_viz.viewmodels.latency import bar_label, colored

Part = LayerRecord | GroupRecord


class Bar(msgspec.Struct, frozen=True):
    """One bar: its node, a short name, its colour by name, its exact value, and what to say of it, a line each.

    `value` is None for what is not known, which leaves a gap.
    """

    id: str
    label: str
    color: str
    value: float | None
    tip: str


class BarChart(msgspec.Struct, frozen=True):
    """Bars from left to right, and a line over them; both are drawn divided by their divisors, in their axes' units.

    `empty` says what to do while there are no bars. `sections` are the middles of the stages with their names; `key`
    has the colours and their names, where the order does not tell. `ends` says of layers outside the stages whether
    they are in the stem or the head.
    """

    bars: tuple[Bar, ...]
    title: str
    axis: str
    divisor: float = 1.0
    line: tuple[float, ...] = ()
    line_axis: str = ""
    line_divisor: float = 1.0
    sections: tuple[tuple[float, str], ...] = ()
    key: tuple[tuple[str, str], ...] = ()
    ends: dict[str, str] = {}
    empty: str = ""

    @property
    def highest(self) -> float:
        """The largest value in the axis's unit."""
        return max((bar.value or 0.0 for bar in self.bars), default=0.0) / self.divisor


def marked(chart: BarChart, bar: Bar, node_id: str | None) -> bool:
    """Whether a bar stands for a chosen node, lies in it, or contains it."""
    if not node_id:
        return False
    if node_id in (bar.id, bar.color) or bar.id == chart.ends.get(node_id):
        return True
    return node_id.startswith(f"{bar.id}.") or bar.id.startswith(f"{node_id}.")


def look(part: Part, color: str) -> tuple[str, str, str]:
    """A part's id, its short name and its colour."""
    return part.id, bar_label(part.id), color


def part_colors(parts: tuple[Part, ...]) -> tuple[str, ...]:
    """The colour of each part by its stage, in execution order."""
    return tuple(colored([part.id for part in parts]))


def ends_of(analysis: Analysis) -> dict[str, str]:
    """Which layers are in the stem, and which in the head."""
    return {layer.id: layer.role for layer in analysis.layers if layer.role in ("stem", "head")}
