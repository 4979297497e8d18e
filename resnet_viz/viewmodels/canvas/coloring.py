"""The colors of the node boxes: by a quantity, from zero to the largest value shown, or by the kind of layer."""

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
from resnet_viz.viewmodels.canvas.drawing import NodeBox
from resnet_viz.viewmodels.text.quantities import quantity_names, value_text

_REPEAT_ID = re.compile(r"(.+)\.(\d+)-(\d+)$")


class ColorScale(msgspec.Struct, frozen=True):
    """A quantity of each node by its id, with the function that formats a value.

    `hint` says how to obtain the values while there are none. The box of a repeat has the sum of its blocks' values, or
    with `largest` the largest of them.
    """

    title: str
    values: Mapping[str, float]
    text: Callable[[float], str]
    hint: str = ""
    largest: bool = False


class KindColors(msgspec.Struct, frozen=True):
    """The name of each layer's color by its id; `other` is that of a box with several layers.

    `names` are the colors with their names for the legend, in its order.
    """

    colors: Mapping[str, str]
    names: tuple[tuple[str, str], ...]
    other: str = "stem"


NodeColors = ColorScale | KindColors


class NodeShades(msgspec.Struct, frozen=True):
    """The values of the node boxes from 0 to 1 in their order, None where unknown, and the legend's texts."""

    parts: tuple[float | None, ...]
    title: str
    low: str
    high: str


def color_names() -> dict[Coloring, str]:
    """Return what the canvas can be colored by, with its name for people."""
    names: dict[Coloring, str] = {"stage": tr("Stage"), "kind": tr("Kind")}
    return names | dict(quantity_names().items())


def node_colors(color_by: Coloring, analysis: Analysis, costs: Costs, run: ProfileRun | None) -> NodeColors | None:
    """Return the colors by a quantity or by the kind of layer; None where each stage has its own color."""
    if color_by == "stage":
        return None
    if color_by == "kind":
        return kinds(analysis)
    parts: list[LayerRecord | GroupRecord] = [*analysis.layers, *groups(analysis, "stage"), *groups(analysis, "block")]
    values = values_by_id(color_by, parts, costs, run)
    hint = "" if values else tr("latency: not measured yet, press F6")
    return ColorScale(
        quantity_names(costs.convention)[color_by],
        values,
        partial(value_text, color_by),
        hint,
        color_by not in ADDITIVE_QUANTITIES,
    )


def kinds(analysis: Analysis) -> KindColors:
    """Return the color of every layer by its kind."""
    colors = {layer.id: facts_of(layer).color for layer in analysis.layers if facts_of(layer).color}
    present = {facts_of(layer) for layer in analysis.layers}
    named = ((facts.color, facts.name) for facts in KINDS.values() if facts.color and facts in present)
    return KindColors(colors, tuple(dict.fromkeys(named)))


def shades(scale: ColorScale, node_boxes: Sequence[NodeBox]) -> NodeShades:
    """Return the shades of these boxes; 1 is the largest value among them, so that the whole scale is used."""
    values = [_value(scale, box) for box in node_boxes]
    largest = max((value for value in values if value is not None), default=0.0)
    parts = tuple(None if value is None else value / largest if largest else 0.0 for value in values)
    if not scale.values:
        return NodeShades(parts, scale.hint, "", "")
    return NodeShades(parts, scale.title, "0", scale.text(largest))


def hover_rows(scale: ColorScale, box: NodeBox) -> tuple[tuple[str, str], ...]:
    """Return the row that the hover card adds: the box's own value, or that it is not measured yet."""
    value = _value(scale, box)
    return ((scale.title.lower(), tr("not measured yet") if value is None else scale.text(value)),)


def _value(scale: ColorScale, box: NodeBox) -> float | None:
    """Return a box's value, for a repeat that of its blocks; None where it is unknown, or that of one of its blocks."""
    match = _REPEAT_ID.match(box.toggles) if box.kind == "repeat" else None
    if match is None:
        return scale.values.get(box.id)
    stage, first, last = match[1], int(match[2]), int(match[3])
    blocks = [scale.values.get(f"{stage}.{index}") for index in range(first, last + 1)]
    known = [block for block in blocks if block is not None]
    if len(known) < len(blocks):
        return None
    return max(known) if scale.largest else sum(known)
