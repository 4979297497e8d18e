"""A table as plain values: columns, rows and sums, before it is written in a format."""

from collections.abc import Iterable
from itertools import zip_longest
from typing import NamedTuple

from resnet_viz.records.analysis import Shape

Cell = str | int | Shape | tuple[Shape, ...] | None


class TableColumn(NamedTuple):
    """A column: the name of the record's field, the heading for readers, and True for numbers."""

    field: str
    heading: str
    numeric: bool = False


class Table(NamedTuple):
    """A table in no particular format: columns, a row of raw values for each record, and sums by field."""

    title: str
    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    sums: dict[str, int]


class Tables(NamedTuple):
    """A comparison as tables: `pages` for readers, and one `plain` table for programs."""

    pages: tuple[Table, ...]
    plain: Table


def table(headings: Iterable[str], rows: Iterable[Iterable[Cell]], kinds: str = "", title: str = "") -> Table:
    """Return a table whose headings are also its field names; `kinds` has a letter for each column as in LaTeX, `r` for
    numbers, and may be shorter than the headings.
    """
    columns = tuple(TableColumn(name, name, kind == "r") for name, kind in zip_longest(headings, kinds, fillvalue=""))
    return Table(title, columns, tuple(tuple(row) for row in rows), {})
