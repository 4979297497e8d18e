"""A comparison's rows as tables, for every form that a table has."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from resnet_viz.comparisons import PairTimes
from resnet_viz.errors import FileProblem
from resnet_viz.export.tables import Column, Table, csv_table, latex_table, markdown_table
from resnet_viz.export.writing import check_place, write_whole
from resnet_viz.network_comparisons import NetworkComparison
from resnet_viz.texts import tr


class Tables(NamedTuple):
    """A comparison for readers, page by page, and plain for a program."""

    pages: tuple[Table, ...]
    plain: Table


FORMS = {".csv": csv_table, ".md": markdown_table, ".tex": latex_table}


def page_table(title: str, names: tuple[str, str], rows: Iterable[tuple[str, str, str, str]]) -> Table:
    """Label, both figures as text, and their ratio."""
    columns = (
        Column("figure", tr("figure")), Column("first", names[0], True), Column("second", names[1], True),
        Column("ratio", tr("ratio"), True),
    )  # fmt: skip
    return Table(title, columns, tuple(rows), {})


def plain_table(names: tuple[str, str], rows: Iterable[tuple[str, object, object, float | None]]) -> Table:
    """The same with names and plain numbers, for a program; what is unknown is empty."""
    columns = (
        Column("figure", "figure"),
        *(Column(name, name, True) for name in names),
        Column("ratio", "ratio", True),
    )
    cells = tuple(tuple(_cell(value) for value in row) for row in rows)
    return Table("", columns, cells, {})


def check_form(path: Path) -> None:
    """Raise FileProblem where the suffix names no form or no file can be written there."""
    if path.suffix.lower() not in FORMS:
        sentence = tr("{path} cannot be written: give a name that ends in {suffixes}.")
        raise FileProblem(sentence.format(path=path, suffixes=", ".join(FORMS)))
    check_place(path)


def save_tables(tables: Tables, path: Path) -> None:
    """Write them in the form that the suffix names, plain as CSV, else the pages; raises FileProblem."""
    check_form(path)
    form = FORMS[path.suffix.lower()]
    write_whole(path, form(tables.plain) if form is csv_table else "\n".join(form(page) for page in tables.pages))


def listing(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """Words in columns: what differs, or which layers do."""
    return Table(title, tuple(Column(name, name) for name in headings), tuple(tuple(row) for row in rows), {})


def network_numbers(compared: NetworkComparison) -> Table:
    """Fields that differ, totals, and parameters and MACs of every layer, for a program; what is unknown is empty."""
    headings = ("part", "name", "change", "first", "second", "ratio")
    rows = ((*map(_cell, row),) for row in (*_fields(compared), *_totals(compared), *_layers(compared)))
    return Table("", tuple(Column(name, name) for name in headings), tuple(rows), {})


def times_rows(times: PairTimes | None) -> Iterator[tuple[str, object, object, float | None]]:
    """How two things were measured: device, dtype, rounds, quartiles, and the ends of the ratio's interval."""
    if times is None:
        return
    sides = times.first.spread, times.second.spread
    yield "device", times.place.name, times.place.name, None
    yield "dtype", times.dtype, times.dtype, None
    yield "rounds", sides[0].n, sides[1].n, None
    yield "latency_q1_us", sides[0].q1_us, sides[1].q1_us, None
    yield "latency_q3_us", sides[0].q3_us, sides[1].q3_us, None
    yield "latency_ratio_low", None, None, times.low
    yield "latency_ratio_high", None, None, times.high


def _fields(compared: NetworkComparison) -> Iterator[tuple[object, ...]]:
    for change in compared.fields:
        yield "field", change.field, "changed", change.first, change.second, None


def _totals(compared: NetworkComparison) -> Iterator[tuple[object, ...]]:
    for pair in compared.totals:
        yield "total", pair.name, None, pair.first, pair.second, pair.ratio
    if compared.times is not None:
        medians = (timed.spread.median_us for timed in (compared.times.first, compared.times.second))
        yield "total", "latency_us", None, *medians, compared.times.ratio
    for name, first, second, ratio in times_rows(compared.times):
        yield "total", name, None, first, second, ratio


def _layers(compared: NetworkComparison) -> Iterator[tuple[object, ...]]:
    for layer in compared.layers:
        for figure in ("params", "macs"):
            values = [None if record is None else getattr(record, figure) for record in (layer.first, layer.second)]
            yield f"layer {figure}", layer.id, layer.change, *values, None


def _cell(value: object) -> str | int | None:
    return value if value is None or isinstance(value, int | str) else f"{value:.10g}"
