"""A network's numbers as charts: bars with their running sum, shares of the whole, and the way of its shapes."""

from collections.abc import Mapping
from itertools import accumulate
from typing import Literal, get_args

import msgspec

from resnet_viz.metrics.rollup import groups
from resnet_viz.records.analysis import Analysis, Level
from resnet_viz.records.costs import Costs
from resnet_viz.records.quantities import ADDITIVE_QUANTITIES, Quantity, values_by_id
from resnet_viz.records.run import ProfileRun
from resnet_viz.spec.presets import title_of
from resnet_viz.storage.csv_text import csv_text
from resnet_viz.texts import tr
from resnet_viz.viewmodels.charts.bars import (
    Bar,
    BarChart,
    NetworkPart,
    bar_identity,
    color_key,
    part_colors,
    sections,
    stem_and_head,
)
from resnet_viz.viewmodels.charts.treemap import TreemapTile, treemap
from resnet_viz.viewmodels.text.numbers import percent, shape, share
from resnet_viz.viewmodels.text.quantities import quantity_names, value_text

BarOrder = Literal["order", "largest"]
_DECIMAL = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
_BINARY = ((1024.0**3, "GiB"), (1024.0**2, "MiB"), (1024.0, "KiB"))


class Share(msgspec.Struct, frozen=True):
    """One tile of the shares: a node, its color, its part of the whole from 0 to 1, and what to say of it."""

    tile: TreemapTile
    label: str
    color: str
    part: float
    tip: str


class ShapePoint(msgspec.Struct, frozen=True):
    """The feature map that a block or the stem puts out: channels, and the pixels of the longer side."""

    id: str
    color: str
    channels: int
    side: int
    tip: str


def quantity_chart(
    analysis: Analysis | None, costs: Costs | None, quantity: Quantity, *, level: Level = "layer",
    sorting: BarOrder = "order", run: ProfileRun | None = None,
) -> BarChart:  # fmt: skip
    """Bars of one quantity, in execution order with their running sum where it has a meaning, or the largest first."""
    name = quantity_names(costs.convention if costs else "macs")[quantity]
    if analysis is None or costs is None:
        return BarChart((), "", name, empty=tr("No network yet."))
    if quantity == "latency" and (run is None or not run.layers):
        return BarChart((), name, name, empty=tr("This network has not been measured yet: press Measure latency (F6)."))
    parts = network_parts(analysis, level)
    values = values_by_id(quantity, parts, costs, run)
    in_order, colors = sorting == "order", part_colors(parts)
    bars = _bars(parts, colors, values, quantity)
    if not in_order:
        bars.sort(key=lambda bar: -(bar.value or 0.0))
    line = tuple(accumulate(bar.value or 0.0 for bar in bars)) if quantity in ADDITIVE_QUANTITIES else ()
    most = max((bar.value or 0.0 for bar in bars), default=0.0)
    divisor, unit = _unit(quantity, most)
    line_divisor, line_unit = _unit(quantity, line[-1] if line else 0.0)
    return BarChart(
        bars=tuple(bars),
        title=_title(analysis, name, line[-1] if line else most, quantity),
        axis=_axis(name, unit),
        divisor=divisor,
        line=line,
        line_axis=_axis(tr("running sum"), line_unit),
        line_divisor=line_divisor,
        unit=unit,
        line_unit=f"Σ, {line_unit}" if line_unit else "Σ",
        sections=sections(colors) if in_order else (),
        color_key=() if in_order else color_key(colors),
        stem_and_head=stem_and_head(analysis),
    )


def shares(chart: BarChart, *, aspect: float = 2.0) -> tuple[Share, ...]:
    """A chart's parts of the whole as tiles of a rectangle 1 high and `aspect` wide; none where there is no sum."""
    if not chart.line or not chart.line[-1]:
        return ()
    bars = {bar.id: bar for bar in chart.bars}
    found = []
    for tile in treemap([(bar.id, bar.value or 0.0) for bar in chart.bars], width=aspect, height=1.0):
        bar = bars[tile.id]
        found.append(Share(tile, bar.label, bar.color, (bar.value or 0.0) / chart.line[-1], bar.tip))
    return tuple(found)


def shape_path(analysis: Analysis) -> tuple[ShapePoint, ...]:
    """Feature-map size against channels through the network, block by block."""
    parts = network_parts(analysis, "block")
    found = []
    for part, color in zip(parts, part_colors(parts), strict=True):
        if len(part.output) == 4:  # behind the pooling there is no map any more
            channels, side = part.output[1], max(part.output[2:])
            found.append(ShapePoint(part.id, color, channels, side, f"{part.id}\n{shape(part.output)}"))
    return tuple(found)


def charts_csv(analysis: Analysis, costs: Costs, run: ProfileRun | None = None) -> str:
    """Every quantity of every layer, block and stage; what was not measured is empty."""
    heads = ("params", costs.convention, "output_bytes", "receptive_field_px", "latency_us")
    rows: list[tuple[object, ...]] = [("id", "level", "output", *heads)]
    for level in get_args(Level):
        parts = network_parts(analysis, level)
        columns = [values_by_id(quantity, parts, costs, run) for quantity in get_args(Quantity)]
        rows += [(part.id, level, shape(part.output), *(column.get(part.id) for column in columns)) for part in parts]
    return csv_text(rows)


def network_parts(analysis: Analysis, level: Level) -> tuple[NetworkPart, ...]:
    """The layers, blocks or stages in execution order."""
    return analysis.layers if level == "layer" else groups(analysis, level)


def _bars(
    parts: tuple[NetworkPart, ...], colors: tuple[str, ...], values: Mapping[str, float], quantity: Quantity
) -> list[Bar]:
    whole = sum(values.values())
    bars = []
    for part, color in zip(parts, colors, strict=True):
        value = values.get(part.id)
        said = tr("not measured") if value is None else value_text(quantity, value)
        if value is not None and quantity in ADDITIVE_QUANTITIES and whole:
            said += "  " + percent(share(round(value * 1000), round(whole * 1000)))
        bars.append(Bar(*bar_identity(part, color), value, f"{part.id}\n{said}\n{shape(part.output)}"))
    return bars


def _unit(quantity: Quantity, most: float) -> tuple[float, str]:
    """What to divide by so that the axis has short numbers, and the unit that this makes."""
    if quantity == "latency":
        return 1000.0, "ms"
    if quantity == "field":
        return 1.0, "px"
    steps, smallest = (_BINARY, "B") if quantity == "bytes" else (_DECIMAL, "")
    return next(((size, unit) for size, unit in steps if most >= size), (1.0, smallest))


def _axis(name: str, unit: str) -> str:
    return f"{name}, {unit}" if unit else name


def _title(analysis: Analysis, name: str, most: float, quantity: Quantity) -> str:
    whole = value_text(quantity, most)
    sentence = tr("{name}: {whole} in all") if quantity in ADDITIVE_QUANTITIES else tr("{name}: {whole} at most")
    spec = analysis.spec
    return " · ".join([sentence.format(name=name, whole=whole), title_of(spec), shape(spec.input)])
