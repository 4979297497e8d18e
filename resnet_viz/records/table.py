"""A table as plain values: columns, rows and the text of each cell."""

from collections.abc import Iterable
from itertools import zip_longest
from typing import NamedTuple

from resnet_viz.records.analysis import Shape

Cell = str | int | Shape | tuple[Shape, ...] | None


class TableColumn(NamedTuple):
    """A field of a record, the heading it has for readers, and whether it is a number."""

    field: str
    heading: str
    numeric: bool = False


class Table(NamedTuple):
    """What every form of a table shows: columns, a row of raw values for each record, and the sums."""

    title: str
    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    sums: dict[str, int]


class Tables(NamedTuple):
    """A comparison for readers, page by page, and plain for a program."""

    pages: tuple[Table, ...]
    plain: Table


def table(headings: Iterable[str], rows: Iterable[Iterable[Cell]], kinds: str = "", title: str = "") -> Table:
    """A table whose columns have one name for readers and programs; `kinds` has an `r` for each column of numbers, as
    LaTeX has.
    """
    columns = tuple(TableColumn(name, name, kind == "r") for name, kind in zip_longest(headings, kinds, fillvalue=""))
    return Table(title, columns, tuple(tuple(row) for row in rows), {})
