"""Layers, blocks and stages as tables: aligned text, CSV, Markdown and LaTeX."""

import unicodedata
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from pathlib import Path

import msgspec

from resnet_viz.errors import FileProblem
from resnet_viz.export.graph import shape_text
from resnet_viz.metrics.rollup import groups
from resnet_viz.records.analysis import Analysis, GroupRecord, LayerRecord, Level, Shape
from resnet_viz.records.quantities import NUMBER_FIELDS, TOTAL_FIELDS
from resnet_viz.records.table import Cell, Table, TableColumn, Tables, table
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import title_of
from resnet_viz.storage.atomic import check_writable, write_text_atomic
from resnet_viz.storage.csv_text import csv_text
from resnet_viz.texts import tr, visible


def check_table_path(path: Path) -> None:
    """Raise FileProblem if the suffix names no format of tables or the file cannot be written."""
    if path.suffix.lower() not in TABLE_FORMATS:
        sentence = tr("{path} cannot be written: give a name that ends in {suffixes}.")
        raise FileProblem(sentence.format(path=path, suffixes=", ".join(TABLE_FORMATS)))
    check_writable(path)


def save_tables(tables: Tables, path: Path) -> None:
    """Write the tables in the format that the suffix names: `plain` as CSV, `pages` otherwise; raises FileProblem."""
    check_table_path(path)
    formatted = TABLE_FORMATS[path.suffix.lower()]
    tables_to_write = (tables.plain,) if formatted is csv_table else tables.pages
    write_text_atomic(path, "\n".join(map(formatted, tables_to_write)))


TERMINAL_COLUMNS = 80
ZERO_WIDTH_CATEGORIES = ("Mn", "Me", "Cf")
DOUBLE_WIDTHS = ("W", "F")
"""Unicode's general categories of characters without a column, and its East Asian widths of those with two."""
NO_VALUE = "—"
_PAGE_FIELDS = ("id", "type", "stage", "inputs", "output", *NUMBER_FIELDS)
_GROUP_FIELDS = ("id", "title", "layers", "input", "output", *NUMBER_FIELDS)
_BACKBONE_FIELDS = ("feature_level", "caffe_name")
_ALL_FIELDS = ("id", "kind", "type", "stage", "block", "role", "inputs", "output", *NUMBER_FIELDS, "jump")
PAGE_ROWS = 45  # rows on a printed page


def table_of(analysis: Analysis, level: Level = "layer", *, full: bool = False) -> Table:
    """Return a table with a row for each layer in execution order, or for each block or stage, stem and head included.

    The layers of a backbone have feature levels and Caffe names; `full` gives layers all columns, for programs.
    """
    if level != "layer":
        return _table(analysis, _GROUP_FIELDS, groups(analysis, level))
    backbone = full or any(layer.feature_level is not None for layer in analysis.layers)
    names = (*(_ALL_FIELDS if full else _PAGE_FIELDS), *(_BACKBONE_FIELDS if backbone else ()))
    return _table(analysis, names, analysis.layers)


def heading(spec: ResNetSpec) -> str:
    """Return the heading of a page about a network, such as `ResNet-50 · 1×3×224×224`."""
    return f"{title_of(spec)} · {shape_text(spec.input, '×')}"


def text_table(table: Table) -> str:
    """Return the table for a terminal: a heading, a rule and rows, aligned with spaces, without sums."""
    head, *rows = aligned([_headings(table), *_cells(table)], _kinds(table)).split("\n")
    return "\n".join([head, "─" * max(map(display_width, [head, *rows])), *rows])


def terminal_table(kinds: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return texts under headings for a terminal; `kinds` has a letter for each column as in LaTeX, `l` or `r`."""
    return text_table(table(headings, rows, kinds))


def aligned(rows: Sequence[Sequence[str]], kinds: str = "") -> str:
    """Return lines with the cells of each column aligned in a terminal, to the left unless the column's kind is `r`."""
    rows = [[visible(cell) for cell in row] for row in rows]
    widths = [max(map(display_width, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = ((cell, " " * (width - display_width(cell))) for cell, width in zip(row, widths, strict=True))
        sides = zip_longest(cells, kinds)
        lines.append("  ".join(gap + cell if kind == "r" else cell + gap for (cell, gap), kind in sides).rstrip())
    return "\n".join(lines)


def display_width(text: str) -> int:
    """Return a text's number of terminal columns: two for a wide East Asian character, none for a combining one."""
    spacing = (char for char in text if unicodedata.category(char) not in ZERO_WIDTH_CATEGORIES)
    return sum(2 if unicodedata.east_asian_width(char) in DOUBLE_WIDTHS else 1 for char in spacing)


def csv_table(table: Table) -> str:
    """Return CSV: field names, then raw values; unknown and inapplicable values are empty."""
    return csv_text([[column.field for column in table.columns], *(map(_raw, row) for row in table.rows)])


def markdown_table(table: Table) -> str:
    """Return a pipe table under its title, with a last row of sums if the table has any."""
    sums = [_sum_row(table)] if table.sums else []
    headings, *rows = [
        [cell.replace("\\", "\\\\").replace("|", "\\|") for cell in row]
        for row in [_headings(table), *_cells(table), *sums]
    ]
    rule = ["---:" if column.numeric else ":---" for column in table.columns]
    lines = [f"| {' | '.join(row)} |" for row in [headings, rule, *rows]]
    return "\n".join([f"**{table.title}**", "", *lines, ""])


def latex_table(table: Table) -> str:
    """Return a booktabs tabular, or a longtable if longer than a page, with a last row of sums if there are any."""
    head, *rows = map(_latex_row, [_headings(table), *_cells(table)])
    sums = ["\\midrule", _latex_row(_sum_row(table))] if table.sums else []
    if len(rows) > PAGE_ROWS:
        ends = ["\\midrule", "\\endhead", "\\bottomrule", "\\endfoot"]
        name, packages, lines = "longtable", "booktabs,longtable", [head, *ends, *rows, *sums]
    else:
        name, packages, lines = "tabular", "booktabs", [head, "\\midrule", *rows, *sums, "\\bottomrule"]
    needs = tr("{title}; needs {package}").format(title=table.title, package=f"\\usepackage{{{packages}}}")
    begin = [f"% {needs}", f"\\begin{{{name}}}{{{_kinds(table)}}}", "\\toprule"]
    return "\n".join([*begin, *lines, f"\\end{{{name}}}", ""])


def _columns_by_field() -> dict[str, TableColumn]:
    columns = [
        TableColumn("id", tr("name")),
        TableColumn("kind", tr("kind")),
        TableColumn("type", tr("type")),
        TableColumn("title", tr("contents")),
        TableColumn("stage", tr("stage"), numeric=True),
        TableColumn("block", tr("block"), numeric=True),
        TableColumn("role", tr("role")),
        TableColumn("layers", tr("layers"), numeric=True),
        TableColumn("inputs", tr("input")),
        TableColumn("input", tr("input")),
        TableColumn("output", tr("output")),
        TableColumn("params", tr("parameters"), numeric=True),
        TableColumn("macs", tr("MACs"), numeric=True),
        TableColumn("flops", tr("FLOPs"), numeric=True),
        TableColumn("output_bytes", tr("output bytes"), numeric=True),
        TableColumn("receptive_field", tr("receptive field"), numeric=True),
        TableColumn("jump", tr("jump"), numeric=True),
        TableColumn("feature_level", tr("level")),
        TableColumn("caffe_name", tr("Caffe name")),
    ]
    return {column.field: column for column in columns}


def _table(analysis: Analysis, names: Sequence[str], records: Sequence[LayerRecord | GroupRecord]) -> Table:
    by_field = _columns_by_field()
    columns = tuple(by_field[name] for name in names)
    rows = tuple(tuple(getattr(record, name) for name in names) for record in records)
    totals = msgspec.structs.asdict(analysis.totals)
    return Table(heading(analysis.spec), columns, rows, {name: totals[name] for name in TOTAL_FIELDS})


def _headings(table: Table) -> list[str]:
    return [column.heading for column in table.columns]


def _kinds(table: Table) -> str:
    return "".join("r" if column.numeric else "l" for column in table.columns)


def _cells(table: Table) -> list[list[str]]:
    return [[_formatted(cell) for cell in row] for row in table.rows]


def _sum_row(table: Table) -> list[str]:
    cells = [_formatted(table.sums[column.field]) if column.field in table.sums else "" for column in table.columns]
    return [tr("total"), *cells[1:]]


def _formatted(cell: Cell) -> str:
    if cell is None or cell in ("", ()):
        return NO_VALUE
    return f"{cell:,}" if isinstance(cell, int) else _shapes_text(cell, "×", " + ")


def _raw(cell: Cell) -> str:
    if cell is None:
        return ""
    return str(cell) if isinstance(cell, int) else _shapes_text(cell, "x", ";")


def _shapes_text(cell: str | Shape | tuple[Shape, ...], times: str, between: str) -> str:
    if isinstance(cell, str):
        return cell
    shapes = [item for item in cell if isinstance(item, tuple)]
    if shapes:
        return between.join(shape_text(shape, times) for shape in shapes)
    return shape_text(tuple(size for size in cell if isinstance(size, int)), times)


_LATEX_CHARACTERS: dict[str, str] = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "×": r"$\times$", NO_VALUE: "---", "·": r"$\cdot$",
    "→": r"$\rightarrow$", "–": "--", "−": "$-$", "÷": r"$\div$",
}  # fmt: skip


def _latex_row(cells: list[str]) -> str:
    escaped = ["".join(_LATEX_CHARACTERS.get(char, char) for char in cell) for cell in cells]
    return " & ".join(escaped) + r" \\"


TABLE_FORMATS = {".csv": csv_table, ".md": markdown_table, ".tex": latex_table}
