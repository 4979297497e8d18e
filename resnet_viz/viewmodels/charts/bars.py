"""Bars over the layers, blocks or stages of a network, as plain values: what any such chart shows."""

from collections.abc import Iterator, Sequence

import msgspec

from resnet_viz.records.analysis import Analysis, GroupRecord, LayerRecord, Level
from resnet_viz.texts import tr

MAX_DEPTH_BELOW_ZERO = 0.25  # of the height above nothing: so deep a bar may reach below it
NetworkPart = LayerRecord | GroupRecord


class Bar(msgspec.Struct, frozen=True):
    """One bar: its node, a short name, its color by name, its exact value, and what to say of it, a line each.

    `id` is empty for what is no node of the network. `value` is None for what is not known, which leaves a gap.
    `quartiles` are those of the value; `other_value` is a second value, drawn pale beside it.
    """

    id: str
    label: str
    color: str
    value: float | None
    tip: str = ""
    quartiles: tuple[float, float] | None = None
    other_value: float | None = None

    @property
    def top(self) -> float:
        """The highest that is drawn of it."""
        if self.other_value is None and self.quartiles is None:
            return self.value or 0.0
        return max(self.value or 0.0, self.other_value or 0.0, self.quartiles[1] if self.quartiles else 0.0)


class BarChart(msgspec.Struct, frozen=True):
    """Bars from left to right with a line over them; each is divided by its divisor to give its axis's unit.

    `unit` and `line_unit` stand beside an axis that has no room for its whole name. `sections` are the middles of the
    stages, counted in bars, with the stages' names. `color_key` lists the colors with their meanings where the order of
    the bars does not show them. `stem_and_head` gives the role of each layer outside the stages. `empty` tells the user
    what to do while there are no bars.
    """

    bars: tuple[Bar, ...]
    title: str
    axis: str
    divisor: float = 1.0
    line: tuple[float, ...] = ()
    line_axis: str = ""
    line_divisor: float = 1.0
    unit: str = ""
    line_unit: str = ""
    sections: tuple[tuple[float, str], ...] = ()
    color_key: tuple[tuple[str, str], ...] = ()
    stem_and_head: dict[str, str] = {}
    empty: str = ""

    @property
    def axis_names(self) -> tuple[str, ...]:
        """The names of the left axis, from the whole one to the shortest."""
        return (self.axis, self.unit) if self.unit else (self.axis,)

    @property
    def line_axis_names(self) -> tuple[str, ...]:
        """Those of the axis on the right."""
        return (self.line_axis, self.line_unit) if self.line_unit else (self.line_axis,)

    @property
    def highest(self) -> float:
        """The largest value of a node in the axis's unit; what is no node may be cut off."""
        return max((bar.top for bar in self.bars if bar.id), default=0.0) / self.divisor

    @property
    def lowest(self) -> float:
        """The least value below nothing in the axis's unit, cut off where it is much deeper than the rest is high."""
        least = min((bar.value or 0.0 for bar in self.bars), default=0.0) / self.divisor
        return 0.0 if least >= 0 else max(least, -self.highest * MAX_DEPTH_BELOW_ZERO)

    @property
    def has_other_values(self) -> bool:
        """Whether a second value stands beside any."""
        return any(bar.other_value is not None for bar in self.bars)


def is_marked(chart: BarChart, bar: Bar, node_id: str | None) -> bool:
    """Whether a bar stands for a chosen node, lies in it, or contains it."""
    return overlaps(bar.id, bar.color, node_id) or (bool(node_id) and bar.id == chart.stem_and_head.get(node_id or ""))


def overlaps(part: str, color: str, node_id: str | None) -> bool:
    """Whether a part of the network is a chosen node, lies in it, or contains it; stem and head go by their color."""
    if not part or not node_id:
        return False
    return node_id in (part, color) or node_id.startswith(f"{part}.") or part.startswith(f"{node_id}.")


def level_names() -> dict[Level, str]:
    """What a bar can stand for, in the reader's language."""
    return {"layer": tr("layers"), "block": tr("blocks"), "stage": tr("stages")}


def bar_identity(part: NetworkPart, color: str) -> tuple[str, str, str]:
    """A part's id, its short name and its color."""
    return part.id, bar_label(part.id), color


def bar_label(node_id: str) -> str:
    """`2.0.conv1` for layer2.0.conv1, `stage 2` for layer2: short enough to stand below a bar."""
    stage, _, rest = node_id.partition(".")
    number = stage.removeprefix("layer")
    if number == stage:
        return node_id
    return f"{number}.{rest}" if rest else tr("stage {n}").format(n=number)


def stage_color(node_id: str, stem_ended: bool) -> str:
    """The color's name of the stage that an id belongs to; what is in none is stem before the stages, head after."""
    stage = node_id.partition(".")[0]
    if stage.startswith("layer") and stage.removeprefix("layer").isdecimal():
        return f"stage{min(6, max(1, int(stage.removeprefix('layer'))))}"
    return "head" if stem_ended else "stem"


def stage_colors(ids: Sequence[str]) -> Iterator[str]:
    """The colors of nodes in execution order."""
    ended = False
    for node_id in ids:
        color = stage_color(node_id, ended)
        ended = ended or color.startswith("stage")
        yield color


def part_colors(parts: tuple[NetworkPart, ...]) -> tuple[str, ...]:
    """The color of each part by its stage, in execution order."""
    return tuple(stage_colors([part.id for part in parts]))


def stem_and_head(analysis: Analysis) -> dict[str, str]:
    """Which layers are in the stem, and which in the head."""
    return {layer.id: layer.role for layer in analysis.layers if layer.role in ("stem", "head")}


def color_key(colors: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Each color once, in the order of the network, with what it stands for."""
    return tuple((color, _color_name(color)) for color in dict.fromkeys(colors))


def sections(colors: Sequence[str], before: Sequence[str] = ()) -> tuple[tuple[float, str], ...]:
    """The middle of each stage's bars, and its name; bars with another text `before` their name are a part apart."""
    found: list[tuple[float, str]] = []
    start = 0
    known = {color: _color_name(color) for color in dict.fromkeys(colors)}
    names = [known[color] for color in colors]
    names = [text + name for text, name in zip(before, names, strict=True)] if before else names
    for place, name in enumerate(names):
        if place + 1 == len(names) or names[place + 1] != name:
            found.append(((start + place) / 2, name))
            start = place + 1
    return tuple(found)


def _color_name(color: str) -> str:
    """`stage 2`, `stem`, `head`."""
    names = {"stem": tr("stem"), "head": tr("head")}
    return names.get(color) or tr("stage {n}").format(n=color.removeprefix("stage"))
