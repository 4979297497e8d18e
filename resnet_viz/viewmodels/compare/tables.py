"""Build the tables of comparisons for the command line and the window: formatted for readers, plain for programs."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from resnet_viz.records.analysis import Convention
from resnet_viz.records.block_pair import BlockComparison, PairTimes, Sweep
from resnet_viz.records.network_pair import NetworkComparison, NetworkPairs
from resnet_viz.records.table import Table, Tables, table
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.texts import tr
from resnet_viz.viewmodels.compare.figures import FigureRow, block_rows, block_titles
from resnet_viz.viewmodels.compare.layer_changes import change_rows
from resnet_viz.viewmodels.compare.networks import network_names, total_rows
from resnet_viz.viewmodels.compare.series import pair_cells, pair_headings, sweep_cells, sweep_headings

SIDES = ("basic", "bottleneck")


def block_heading(setting: BlockSetting) -> str:
    """Return the heading of a comparison of two blocks, with their setting."""
    sentence = tr("Basic against Bottleneck · {channels} channels, {size}×{size}, stride {stride}, batch {batch}")
    return sentence.format(**msgspec.structs.asdict(setting))


def block_tables(compared: BlockComparison, convention: Convention = "macs", unmeasured: str = "") -> Tables:
    """Return the tables of two blocks; `unmeasured` is the text in place of a time that has not been measured."""
    rows = block_rows(compared, convention)
    page = _figures(block_heading(compared.setting), block_titles(compared), rows, unmeasured)
    numbers = [(row.name, row.first, row.second, row.ratio) for row in rows if row.name != "quartiles_us"]
    plain = (*_setting_rows(compared), *numbers, *_times_rows(compared.times))
    return Tables((page,), _plain(("figure", "basic", "bottleneck", "ratio"), plain))


def network_tables(compared: NetworkComparison, convention: Convention = "macs", unmeasured: str = "") -> Tables:
    """Return the tables of two networks: the fields of the spec that differ, the totals, and the layers that differ.

    `unmeasured` is the text in place of a time that has not been measured.
    """
    names = network_names(compared)
    fields = [(change.field.replace("_", " "), change.first, change.second) for change in compared.fields]
    changes = [(row.where, row.change, row.first, row.second) for row in change_rows(compared)]
    pages = (
        table((tr("field"), *names), fields, title=tr("What differs")),
        _figures(" · ".join(names), names, total_rows(compared, convention), unmeasured),
        table((tr("layer"), tr("change"), *names), changes, title=tr("Layers that differ")),
    )
    return Tables(pages, _plain(("part", "name", "change", "first", "second", "ratio"), _network_rows(compared)))


def sweep_tables(sweep: Sweep) -> Tables:
    """Return the tables of a sweep, a row for each number of channels."""
    headings, title = sweep_headings(), tr("Basic and Bottleneck over their channels")
    page = table(headings, map(sweep_cells, sweep.points), "r" * len(headings), title)
    names = ("channels", "params", "macs", "kept")
    columns = [f"{name}_{side}" for name in (*names, "us") for side in SIDES]
    rows = []
    for point in sweep.points:
        counted = (getattr(side, name) for name in names for side in (point.basic, point.bottleneck))
        times = (None if time is None else f"{time:.4f}" for time in (point.basic_us, point.bottleneck_us))
        rows.append((*counted, *times))
    return Tables((page,), table(columns, rows))


def pairs_tables(pairs: NetworkPairs) -> Tables:
    """Return the tables of paired networks, a row for each pair."""
    headings, title = pair_headings(), tr("Networks of Basic blocks and of Bottlenecks")
    page = table(headings, map(pair_cells, pairs.pairs), "r" * len(headings), title)
    names = ("depth", "params", "macs", "kept_bytes")
    columns = ["match", *(f"{name}_{side}" for name in names for side in SIDES), *(f"{name}_ratio" for name in names)]
    rows = []
    for pair in pairs.pairs:
        sides = pair.basic, pair.bottleneck
        ratios = (getattr(sides[0], name) / getattr(sides[1], name) for name in names)
        rows.append((pair.match, *(getattr(side, name) for name in names for side in sides), *ratios))
    return Tables((page,), _plain(columns, rows))


def _setting_rows(compared: BlockComparison) -> Iterator[tuple[str, int | str, int | str, None]]:
    """Yield rows for programs: channels and width of each block, and the setting that they share."""
    for name in ("channels", "width"):
        yield name, getattr(compared.basic, name), getattr(compared.bottleneck, name), None
    for name in ("size", "stride", "batch", "groups", "order", "stride_in", "shortcut", "match"):
        value = getattr(compared.setting, name)
        yield name, value, value, None


def _figures(title: str, names: tuple[str, str], rows: Sequence[FigureRow], unmeasured: str) -> Table:
    """Return a table of figures: label, both figures as texts, and their ratio."""
    cells = (row.cells(unmeasured or tr("not measured")) for row in rows)
    return table((tr("metric"), *names, tr("ratio")), cells, "lrrr", title)


def _plain(headings: Sequence[str], rows: Iterable[Iterable[object]]) -> Table:
    """Return a table of plain values for programs; an unknown value is empty."""
    return table(headings, (map(_cell, row) for row in rows))


def _times_rows(times: PairTimes | None) -> Iterator[tuple[str, object, object, float | None]]:
    """Yield rows of the measurement: device, dtype, rounds, quartiles, and the ends of the ratio's interval."""
    if times is None:
        return
    summaries = times.first.spread, times.second.spread
    yield "device", times.place.name, times.place.name, None
    yield "dtype", times.dtype, times.dtype, None
    yield "rounds", summaries[0].n, summaries[1].n, None
    yield "event_pair_us", times.event_pair_us, times.event_pair_us, None
    yield "latency_q1_us", summaries[0].q1_us, summaries[1].q1_us, None
    yield "latency_q3_us", summaries[0].q3_us, summaries[1].q3_us, None
    yield "latency_ratio_low", None, None, times.low
    yield "latency_ratio_high", None, None, times.high


def _network_rows(compared: NetworkComparison) -> Iterator[tuple[object, ...]]:
    """Yield rows of the fields that differ, of the totals, and of parameters and MACs of every layer."""
    for change in compared.fields:
        yield "field", change.field, "changed", change.first, change.second, None
    for pair in compared.totals:
        yield "total", pair.name, None, pair.first, pair.second, pair.ratio
    if compared.times is not None:
        medians = (measured.spread.median_us for measured in (compared.times.first, compared.times.second))
        yield "total", "latency_us", None, *medians, compared.times.ratio
    for name, *figures in _times_rows(compared.times):
        yield "total", name, None, *figures
    for layer in compared.layers:
        for figure in ("params", "macs"):
            values = (getattr(record, figure, None) for record in (layer.first, layer.second))
            yield f"layer {figure}", layer.id, layer.change, *values, None


def _cell(value: object) -> str | int | None:
    return value if value is None or isinstance(value, int | str) else f"{value:.10g}"
