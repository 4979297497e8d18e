"""Values of a bar chart over the layers, blocks or stages of a network, and the colors and names of its bars."""

from collections.abc import Iterator, Sequence
from itertools import groupby

import msgspec

from resnet_viz.records.analysis import Analysis, GroupRecord, LayerRecord, Level
from resnet_viz.texts import tr

MIN_HEIGHT, MAX_HEIGHT = 1e-290, 1e290
"""The heights in an axis's unit between which a plot computes without overflow; others are cut off."""
MAX_DEPTH_BELOW_ZERO = 0.25  # as a share of the height above zero; a longer negative bar is cut off
NetworkPart = LayerRecord | GroupRecord


class Bar(msgspec.Struct, frozen=True):
    """One bar: the id of its node, a short label, its color's name, its exact value, and the lines of its tooltip.

    `id` is empty where the bar stands for no node of the network. A `value` of None, one that is unknown, leaves a gap.
    `quartiles` are the lower and upper one of the samples behind the value. `other_value` is drawn pale beside it.
    """

    id: str
    label: str
    color: str
    value: float | None
    tooltip: str = ""
    quartiles: tuple[float, float] | None = None
    other_value: float | None = None

    @property
    def top(self) -> float:
        """The highest of its values and quartiles, up to which the bar reaches."""
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
        """The possible names of the left axis, the longest first."""
        return (self.axis, self.unit) if self.unit else (self.axis,)

    @property
    def line_axis_names(self) -> tuple[str, ...]:
        """The possible names of the right axis, the longest first."""
        return (self.line_axis, self.line_unit) if self.line_unit else (self.line_axis,)

    @property
    def highest(self) -> float:
        """The largest value of a node in the axis's unit; a bar that stands for no node may be cut off."""
        highest = drawn_height(max((bar.top for bar in self.bars if bar.id), default=0.0), self.divisor)
        return highest if highest >= MIN_HEIGHT else 0.0

    @property
    def lowest(self) -> float:
        """The lowest value in the axis's unit, at most 0, and cut off where it would take too much height."""
        least = drawn_height(min((bar.value or 0.0 for bar in self.bars), default=0.0), self.divisor)
        return 0.0 if least >= 0 else max(least, -self.highest * MAX_DEPTH_BELOW_ZERO)

    @property
    def has_other_values(self) -> bool:
        """True if any bar has a second value beside it."""
        return any(bar.other_value is not None for bar in self.bars)


def drawn_height(value: float, divisor: float) -> float:
    """Return a value in its axis's unit, cut off where a plot could not compute with it."""
    return max(-MAX_HEIGHT, min(MAX_HEIGHT, value / divisor))


def is_marked(chart: BarChart, bar: Bar, node_id: str | None) -> bool:
    """Tell whether a bar stands for the chosen node, for a part of it, or for a group that contains it."""
    return overlaps(bar.id, bar.color, node_id) or (bool(node_id) and bar.id == chart.stem_and_head.get(node_id or ""))


def overlaps(part_id: str, color: str, node_id: str | None) -> bool:
    """Tell whether a part of the network is a node, lies in it, or contains it; the stem and the head go by color."""
    if not part_id or not node_id:
        return False
    return node_id in (part_id, color) or node_id.startswith(f"{part_id}.") or part_id.startswith(f"{node_id}.")


def level_names() -> dict[Level, str]:
    """Return the names of the levels of detail, one of which the bars stand for, in the reader's language."""
    return {"layer": tr("layers"), "block": tr("blocks"), "stage": tr("stages")}


def bar_identity(part: NetworkPart, color: str) -> tuple[str, str, str]:
    """Return the first three fields of a part's bar: its id, its label and its color."""
    return part.id, bar_label(part.id), color


def bar_label(node_id: str) -> str:
    """Shorten an id to fit below a bar: `2.0.conv1` for layer2.0.conv1, `stage 2` for layer2."""
    stage, _, rest = node_id.partition(".")
    number = stage.removeprefix("layer")
    if number == stage:
        return node_id
    return f"{number}.{rest}" if rest else tr("stage {n}").format(n=number)


def stage_color(node_id: str, stem_ended: bool) -> str:
    """Return the name of the color of a node's stage, or of the stem before the stages and of the head after them."""
    stage = node_id.partition(".")[0]
    if stage.startswith("layer") and stage.removeprefix("layer").isdecimal():
        return f"stage{min(6, max(1, int(stage.removeprefix('layer'))))}"
    return "head" if stem_ended else "stem"


def stage_colors(ids: Sequence[str]) -> Iterator[str]:
    """Yield the color of each node's stage; the ids are in execution order."""
    ended = False
    for node_id in ids:
        color = stage_color(node_id, ended)
        ended = ended or color.startswith("stage")
        yield color


def part_colors(parts: tuple[NetworkPart, ...]) -> tuple[str, ...]:
    """Return the color of each part's stage; the parts are in execution order."""
    return tuple(stage_colors([part.id for part in parts]))


def stem_and_head(analysis: Analysis) -> dict[str, str]:
    """Return the role, `stem` or `head`, of each layer outside the stages."""
    return {layer.id: layer.role for layer in analysis.layers if layer.role in ("stem", "head")}


def color_key(colors: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return each color once, in the order of the network, with the name of its stage."""
    return tuple((color, _color_name(color)) for color in dict.fromkeys(colors))


def sections(colors: Sequence[str], prefixes: Sequence[str] = ()) -> tuple[tuple[float, str], ...]:
    """Return the middle and the name of each run of bars of one stage.

    `prefixes`, one for each bar, are written before the names; bars with different prefixes belong to different runs.
    """
    stage_names = {color: _color_name(color) for color in dict.fromkeys(colors)}
    names = [prefix + stage_names[color] for prefix, color in zip(prefixes or [""] * len(colors), colors, strict=True)]
    middles = []
    for name, run in groupby(range(len(names)), key=lambda index: names[index]):
        indices = list(run)
        middles.append(((indices[0] + indices[-1]) / 2, name))
    return tuple(middles)


def _color_name(color: str) -> str:
    """Return `stage 2`, `stem` or `head`."""
    names = {"stem": tr("stem"), "head": tr("head")}
    return names.get(color) or tr("stage {n}").format(n=color.removeprefix("stage"))
