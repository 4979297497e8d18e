"""A network's numbers as charts: bars with their running sum, shares of the whole, and the way of its shapes."""

import csv
import io
from itertools import accumulate
from typing import Literal

import msgspec

from resnet_viz.metrics.rollup import groups
from resnet_viz.records.analysis import Analysis, Convention
from resnet_viz.records.costs import Costs
from resnet_viz.records.run import ProfileRun
from resnet_viz.spec.presets import title_of
from resnet_viz.texts import tr
from resnet_viz.viewmodels.charts.bars import (
    Bar,
    BarChart,
    Level,
    Part,
    color_key,
    ends_of,
    look,
    part_colors,
    sections,
)
from resnet_viz.viewmodels.charts.treemap import Tile, treemap
from resnet_viz.viewmodels.text.conventions import label
from resnet_viz.viewmodels.text.numbers import byte_size, milliseconds, percent, pixels, shape, share, short

Quantity = Literal["params", "macs", "bytes", "field", "latency"]
Sorting = Literal["order", "largest"]
SUMMED: tuple[Quantity, ...] = ("params", "macs", "bytes", "latency")
"""What can be added up; a receptive field cannot."""
_DECIMAL = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
_BINARY = ((1024.0**3, "GiB"), (1024.0**2, "MiB"), (1024.0, "KiB"))


class Share(msgspec.Struct, frozen=True):
    """One tile of the shares: a node, its colour, its part of the whole from 0 to 1, and what to say of it."""

    tile: Tile
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


def quantity_names(convention: Convention = "macs") -> dict[Quantity, str]:
    """What the bars can show, in the reader's language and by the convention of counting."""
    return {
        "params": tr("Parameters"),
        "macs": label(convention).heading,
        "bytes": tr("Activation bytes"),
        "field": tr("Receptive field"),
        "latency": tr("Latency"),
    }


def quantity_chart(
    analysis: Analysis | None, costs: Costs | None, quantity: Quantity, *, level: Level = "layer",
    sorting: Sorting = "order", run: ProfileRun | None = None,
) -> BarChart:  # fmt: skip
    """Bars of one quantity, in execution order with their running sum where it has a meaning, or the largest first."""
    name = quantity_names(costs.convention if costs else "macs")[quantity]
    if analysis is None or costs is None:
        return BarChart((), "", name, empty=tr("No network yet."))
    if quantity == "latency" and (run is None or not run.layers):
        return BarChart((), name, name, empty=tr("This network has not been measured yet: press Measure latency (F6)."))
    parts = parts_of(analysis, level)
    values = values_of(parts, quantity, costs=costs, run=run)
    in_order, colors = sorting == "order", part_colors(parts)
    bars = _bars(parts, colors, values, quantity)
    if not in_order:
        bars.sort(key=lambda bar: -(bar.value or 0.0))
    line = tuple(accumulate(bar.value or 0.0 for bar in bars)) if quantity in SUMMED else ()
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
        key=() if in_order else color_key(colors),
        ends=ends_of(analysis),
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
    parts = parts_of(analysis, "block")
    found = []
    for part, color in zip(parts, part_colors(parts), strict=True):
        if len(part.output) == 4:  # behind the pooling there is no map any more
            channels, side = part.output[1], max(part.output[2:])
            found.append(ShapePoint(part.id, color, channels, side, f"{part.id}\n{shape(part.output)}"))
    return tuple(found)


def charts_csv(analysis: Analysis, costs: Costs, run: ProfileRun | None = None) -> str:
    """Every quantity of every layer, block and stage; what was not measured is empty."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    quantities: tuple[Quantity, ...] = ("params", "macs", "bytes", "field", "latency")
    heads = ("params", costs.convention, "output_bytes", "receptive_field_px", "latency_us")
    writer.writerow(("id", "level", "output", *heads))
    levels: tuple[Level, ...] = ("layer", "block", "stage")
    for level in levels:
        parts = parts_of(analysis, level)
        columns = [values_of(parts, quantity, costs=costs, run=run) for quantity in quantities]
        for place, part in enumerate(parts):
            cells = ("" if column[place] is None else column[place] for column in columns)
            writer.writerow((part.id, level, shape(part.output), *cells))
    return sheet.getvalue()


def parts_of(analysis: Analysis, level: Level) -> tuple[Part, ...]:
    """The layers, blocks or stages in execution order."""
    return analysis.layers if level == "layer" else groups(analysis, level)


def values_of(
    parts: tuple[Part, ...], quantity: Quantity, *, costs: Costs, run: ProfileRun | None
) -> list[float | None]:  # fmt: skip
    """The quantity of each part, a latency in µs; None for what is not known."""
    if quantity == "macs":
        return [costs.by_id[part.id] for part in parts]
    if quantity == "latency":
        return [_time_us(run, part.id) for part in parts]
    if quantity == "params":
        return [part.params for part in parts]
    return [part.output_bytes if quantity == "bytes" else part.receptive_field for part in parts]


def value_text(quantity: Quantity, value: float) -> str:
    """A value with its unit: `25.56 M`, `9.2 MiB`, `427 px`, `0.061 ms`."""
    if quantity == "bytes":
        return byte_size(round(value))
    if quantity == "latency":
        return milliseconds(value)
    return pixels(round(value)) if quantity == "field" else short(round(value))


def _bars(
    parts: tuple[Part, ...], colors: tuple[str, ...], values: list[float | None], quantity: Quantity
) -> list[Bar]:
    whole = sum(value or 0.0 for value in values)
    bars = []
    for part, color, value in zip(parts, colors, values, strict=True):
        said = tr("not measured") if value is None else value_text(quantity, value)
        if value is not None and quantity in SUMMED and whole:
            said += "  " + percent(share(round(value * 1000), round(whole * 1000)))
        bars.append(Bar(*look(part, color), value, f"{part.id}\n{said}\n{shape(part.output)}"))
    return bars


def _time_us(run: ProfileRun | None, node_id: str) -> float | None:
    found = None if run is None else run.layer_by_id.get(node_id) or run.group_by_id.get(node_id)
    return None if found is None else found.spread.median_us


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
    sentence = tr("{name}: {whole} in all") if quantity in SUMMED else tr("{name}: {whole} at most")
    spec = analysis.spec
    return " · ".join([sentence.format(name=name, whole=whole), title_of(spec), shape(spec.input)])
