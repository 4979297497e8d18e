"""A comparison's rows as a table, for every form that a table has."""

from collections.abc import Iterable
from pathlib import Path

from resnet_viz.errors import FileProblem
from resnet_viz.export.tables import Column, Table, csv_table, latex_table, markdown_table
from resnet_viz.export.writing import check_place, write_whole
from resnet_viz.texts import tr

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


def save_table(page: Table, plain: Table, path: Path) -> None:
    """Write the table in the form that the suffix names, plain as CSV, else as a page; raises FileProblem."""
    check_form(path)
    form = FORMS[path.suffix.lower()]
    write_whole(path, form(plain if form is csv_table else page))


def _cell(value: object) -> str | int | None:
    return value if value is None or isinstance(value, int | str) else f"{value:.10g}"
