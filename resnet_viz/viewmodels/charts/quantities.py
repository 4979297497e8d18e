"""Charts of a network's numbers: bars with their cumulative sum, a treemap of shares, and the path of its shapes."""

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
from resnet_viz.viewmodels.text.numbers import percent, shape
from resnet_viz.viewmodels.text.quantities import quantity_names, value_text

BarOrder = Literal["order", "largest"]
_DECIMAL = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
_BINARY = ((1024.0**3, "GiB"), (1024.0**2, "MiB"), (1024.0, "KiB"))


class Share(msgspec.Struct, frozen=True):
    """One tile of the treemap: a node's rectangle, label and color, its share from 0 to 1, and its tooltip."""

    tile: TreemapTile
    label: str
    color: str
    part: float
    tooltip: str


class ShapePoint(msgspec.Struct, frozen=True):
    """The output of the stem or of a block: its channels, and the pixels of its longer side."""

    id: str
    color: str
    channels: int
    side: int
    tooltip: str


def quantity_chart(
    analysis: Analysis | None, costs: Costs | None, quantity: Quantity, *, level: Level = "layer",
    sorting: BarOrder = "order", run: ProfileRun | None = None,
) -> BarChart:  # fmt: skip
    """Return bars of one quantity, in execution order or the largest first, with a cumulative sum if it is additive."""
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
        line_axis=_axis(tr("cumulative"), line_unit),
        line_divisor=line_divisor,
        unit=unit,
        line_unit=f"Σ, {line_unit}" if line_unit else "Σ",
        sections=sections(colors) if in_order else (),
        color_key=() if in_order else color_key(colors),
        stem_and_head=stem_and_head(analysis),
    )


def shares(chart: BarChart, *, aspect: float = 2.0) -> tuple[Share, ...]:
    """Return tiles of a chart's shares in a rectangle 1 high and `aspect` wide; none where the sum is 0 or unknown."""
    if not chart.line or not chart.line[-1]:
        return ()
    bars = {bar.id: bar for bar in chart.bars}
    tiles = []
    for tile in treemap([(bar.id, bar.value or 0.0) for bar in chart.bars], width=aspect, height=1.0):
        bar = bars[tile.id]
        tiles.append(Share(tile, bar.label, bar.color, (bar.value or 0.0) / chart.line[-1], bar.tooltip))
    return tuple(tiles)


def shape_path(analysis: Analysis) -> tuple[ShapePoint, ...]:
    """Return the shape of the feature map after the stem and after each block, in execution order."""
    parts = network_parts(analysis, "block")
    points = []
    for part, color in zip(parts, part_colors(parts), strict=True):
        if len(part.output) == 4:  # the head's output is not a feature map
            channels, side = part.output[1], max(part.output[2:])
            points.append(ShapePoint(part.id, color, channels, side, f"{part.id}\n{shape(part.output)}"))
    return tuple(points)


def charts_csv(analysis: Analysis, costs: Costs, run: ProfileRun | None = None) -> str:
    """Return every quantity of every layer, block and stage as CSV; the cell of an unknown value is empty."""
    heads = ("params", costs.convention, "output_bytes", "receptive_field_px", "latency_us")
    rows: list[tuple[object, ...]] = [("id", "level", "output", *heads)]
    for level in get_args(Level):
        parts = network_parts(analysis, level)
        columns = [values_by_id(quantity, parts, costs, run) for quantity in get_args(Quantity)]
        rows += [(part.id, level, shape(part.output), *(column.get(part.id) for column in columns)) for part in parts]
    return csv_text(rows)


def network_parts(analysis: Analysis, level: Level) -> tuple[NetworkPart, ...]:
    """Return the layers, blocks or stages in execution order."""
    return analysis.layers if level == "layer" else groups(analysis, level)


def _bars(
    parts: tuple[NetworkPart, ...], colors: tuple[str, ...], values: Mapping[str, float], quantity: Quantity
) -> list[Bar]:
    total = sum(values.values())
    bars = []
    for part, color in zip(parts, colors, strict=True):
        value = values.get(part.id)
        text = tr("not measured") if value is None else value_text(quantity, value)
        if value is not None and quantity in ADDITIVE_QUANTITIES and total:
            text += "  " + percent(value / total)
        bars.append(Bar(*bar_identity(part, color), value, f"{part.id}\n{text}\n{shape(part.output)}"))
    return bars


def _unit(quantity: Quantity, most: float) -> tuple[float, str]:
    """Return a divisor that makes the axis's numbers short, and the unit of the result."""
    if quantity == "latency":
        return 1000.0, "ms"
    if quantity == "field":
        return 1.0, "px"
    steps, smallest = (_BINARY, "B") if quantity == "bytes" else (_DECIMAL, "")
    return next(((size, unit) for size, unit in steps if most >= size), (1.0, smallest))


def _axis(name: str, unit: str) -> str:
    return f"{name}, {unit}" if unit else name


def _title(analysis: Analysis, name: str, most: float, quantity: Quantity) -> str:
    total = value_text(quantity, most)
    sentence = tr("{name}: {total} in total") if quantity in ADDITIVE_QUANTITIES else tr("{name}: {total} at most")
    spec = analysis.spec
    return " · ".join([sentence.format(name=name, total=total), title_of(spec), shape(spec.input)])
