"""Tables in every format: the same values, and no unknown value shown as 0."""

import csv
import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz.errors import FileProblem
from resnet_viz.export.tables import (
    aligned,
    csv_table,
    display_width,
    latex_table,
    markdown_table,
    save_tables,
    table_of,
    terminal_table,
    text_table,
)
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import Analysis, Level
from resnet_viz.records.table import Cell, Table, Tables, table
from resnet_viz.spec.presets import preset


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    """ResNet-50 as published."""
    return analyse(preset("resnet50"))


@pytest.fixture(scope="module")
def backbone() -> Analysis:
    """A network with Caffe names and feature levels."""
    return analyse(preset("maskrcnn_resnet50"))


SIGNS = "az09.:_&%$#{}~^\\×·→−÷|/"
NAMES = st.text(SIGNS, min_size=1, max_size=6)
SHAPES = st.lists(st.integers(1, 2_000), min_size=1, max_size=4).map(tuple)
CELLS = st.none() | st.integers(0, 10**7) | NAMES | SHAPES | st.lists(SHAPES, min_size=1, max_size=2).map(tuple)
LATEX = {
    r"\textbackslash{}": "\\", r"\textasciitilde{}": "~", r"\textasciicircum{}": "^", r"$\times$": "×", r"$\cdot$": "·",
    r"$\rightarrow$": "→", "---": "—", "$-$": "−", r"$\div$": "÷",
    **{f"\\{sign}": sign for sign in "&%$#_{}"},
}  # fmt: skip


def tables_of(columns: int) -> st.SearchStrategy[Table]:
    """Return tables with this many columns under random headings."""
    headings = st.lists(NAMES, min_size=columns, max_size=columns)
    rows = st.lists(st.lists(CELLS, min_size=columns, max_size=columns), min_size=1, max_size=6)
    return st.builds(table, headings, rows, st.just("lrl"[:columns]), st.just("a title"))


def texts(found: Table, times: str, between: str, none: str, thousands: str) -> list[list[str]]:
    """Return the texts that a format must have in its cells."""

    def text(cell: Cell) -> str:
        if cell is None:
            return none
        if isinstance(cell, int):
            return f"{cell:{thousands}}"
        if isinstance(cell, str):
            return cell
        shapes = cell if isinstance(cell[0], tuple) else (cell,)
        return between.join(times.join(map(str, shape)) for shape in shapes)

    return [[column.heading for column in found.columns], *([text(cell) for cell in row] for row in found.rows)]


@given(st.integers(1, 3).flatmap(tables_of))
def test_every_format_has_the_values_of_the_cells(found: Table) -> None:
    raw, readable = texts(found, "x", ";", "", ""), texts(found, "×", " + ", "—", ",")
    assert list(csv.reader(io.StringIO(csv_table(found)))) == raw
    title, _, *lines = markdown_table(found).splitlines()
    cells = [line.removeprefix("| ").removesuffix(" |").split(" | ") for line in lines]
    assert title == "**a title**"
    assert [[re.sub(r"\\(.)", r"\1", cell) for cell in row] for row in (cells[0], *cells[2:])] == readable
    sign = re.compile("|".join(map(re.escape, sorted(LATEX, key=len, reverse=True))))
    rows = [line.removesuffix(r" \\") for line in latex_table(found).splitlines() if line.endswith(r" \\")]
    assert [[sign.sub(lambda hit: LATEX[hit[0]], cell) for cell in row.split(" & ")] for row in rows] == readable
    assert_aligned(text_table(found), readable)


def assert_aligned(text: str, cells: list[list[str]]) -> None:
    """Assert that a terminal shows these cells in columns, the second one to the right, with a rule under the first."""
    head, rule, *lines = text.splitlines()
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for line, row in zip([head, *lines], cells, strict=True):
        sides = zip(row, widths, "<><", strict=False)
        assert line == "  ".join(f"{cell:{side}{width}}" for cell, width, side in sides).rstrip()
    assert rule == "─" * max(map(len, [head, *lines]))


def test_the_columns_of_layers_blocks_and_backbones(analysis: Analysis, backbone: Analysis) -> None:
    numbers = ["params", "macs", "flops", "output_bytes", "receptive_field"]
    page = ["id", "type", "stage", "inputs", "output", *numbers]
    full = ["id", "kind", "type", "stage", "block", "role", "inputs", "output", *numbers, "jump"]
    names = ["feature_level", "caffe_name"]
    assert fields(table_of(analysis)) == page
    assert fields(table_of(backbone)) == [*page, *names]
    assert fields(table_of(analysis, full=True)) == [*full, *names]
    assert fields(table_of(analysis, "block")) == ["id", "title", "layers", "input", "output", *numbers]


@pytest.mark.parametrize("level", ["layer", "block"])
def test_columns_of_numbers_alone_are_numeric(backbone: Analysis, level: Level) -> None:
    found = table_of(backbone, level, full=True)
    for column, cells in zip(found.columns, zip(*found.rows, strict=True), strict=True):
        assert column.numeric == all(isinstance(cell, int | None) for cell in cells), column.field


def test_missing_and_empty_cells_are_dashes() -> None:
    shown = text_table(table(("none", "text", "shape"), [(None, "", ())]))
    assert shown.splitlines()[-1].split() == ["—", "—", "—"]


def fields(found: Table) -> list[str]:
    """Return the fields of a table's columns."""
    return [column.field for column in found.columns]


def test_the_stages_of_a_small_network_in_markdown_and_latex() -> None:
    stages = table_of(analyse(preset("resnet20_cifar").but(blocks=(1, 1), head=False)), "stage")
    assert (
        markdown_table(stages)
        == """**ResNet-6 · custom · 1×3×32×32**

| name | contents | layers | input | output | parameters | MACs | FLOPs | output bytes | receptive field |
| :--- | :--- | ---: | :--- | :--- | ---: | ---: | ---: | ---: | ---: |
| stem | stem | 3 | 1×3×32×32 | 1×16×32×32 | 464 | 442,368 | 933,888 | 196,608 | 3 |
| layer1 | stage 1 · conv2_x | 7 | 1×16×32×32 | 1×16×32×32 | 4,672 | 4,718,592 | 9,551,872 | 458,752 | 7 |
| layer2 | stage 2 · conv3_x | 8 | 1×16×32×32 | 1×32×16×16 | 13,952 | 3,538,944 | 7,135,232 | 262,144 | 13 |
| total |  |  |  |  | 19,088 | 8,699,904 | 17,620,992 |  |  |
"""
    )
    *_, midrule, total, bottom, end = latex_table(stages).splitlines()
    assert (midrule, bottom, end) == (r"\midrule", r"\bottomrule", r"\end{tabular}")
    assert total == r"total &  &  &  &  & 19,088 & 8,699,904 & 17,620,992 &  &  \\"
    begin = [r"% ResNet-6 $\cdot$ custom", r"\begin{tabular}{llrllrrrrr}", r"\toprule"]
    first = latex_table(stages).splitlines()[0]
    assert first == r"% ResNet-6 · custom · 1×3×32×32; needs \usepackage{booktabs}"
    assert latex_table(stages).splitlines()[1:3] == begin[1:]


def test_an_en_dash_is_two_hyphens_in_latex() -> None:
    assert "\n1--3 \\\\\n" in latex_table(table(["n"], [["1–3"]]))


@pytest.mark.parametrize(("rows", "name"), [(45, "tabular"), (46, "longtable")])
def test_a_table_of_more_than_45_rows_is_a_longtable(rows: int, name: str) -> None:
    text = latex_table(table(["n"], [[n] for n in range(rows)], "r", "numbers"))
    assert text.splitlines()[1] == f"\\begin{{{name}}}{{r}}"
    assert text.endswith(f"\\end{{{name}}}\n")
    assert "total" not in text


def test_tables_are_saved_in_the_format_of_the_suffix(tmp_path: Path) -> None:
    pages = tuple(table([name], [[1]], title=name) for name in ("first", "second"))
    tables = Tables(pages, table(["plain"], [[2]]))
    for suffix in (".csv", ".md", ".TEX"):
        save_tables(tables, tmp_path / f"t{suffix}")
    assert (tmp_path / "t.csv").read_text("utf8") == "plain\n2\n"
    assert (tmp_path / "t.md").read_text("utf8") == "\n".join(map(markdown_table, pages))
    assert (tmp_path / "t.TEX").read_text("utf8") == "\n".join(map(latex_table, pages))
    with pytest.raises(FileProblem, match=r"t\.txt cannot be written: give a name that ends in \.csv, \.md, \.tex\."):
        save_tables(tables, tmp_path / "t.txt")
    with pytest.raises(FileProblem, match="missing"):
        save_tables(tables, tmp_path / "missing" / "t.csv")


def test_csv_is_plain(analysis: Analysis) -> None:
    """Integers without separators that sum to the totals, empty where nothing applies."""
    rows = list(csv.DictReader(io.StringIO(csv_table(table_of(analysis, full=True)))))
    assert len(rows) == analysis.totals.layers
    assert sum(int(row["params"]) for row in rows) == analysis.totals.params
    assert sum(int(row["macs"]) for row in rows) == analysis.totals.macs
    assert rows[0]["inputs"] == "1x3x224x224"
    assert rows[0]["block"] == ""
    assert rows[-1]["stage"] == ""
    assert rows[0]["stage"] == "0"
    assert rows[14]["inputs"] == "1x256x56x56;1x256x56x56"


def test_text_is_aligned(analysis: Analysis) -> None:
    """Numbers end under their heading, with separators; None is a dash."""
    head, rule, *lines = text_table(table_of(analysis)).splitlines()
    end = head.index("MACs") + len("MACs")
    assert lines[0][:end].endswith(" 118,013,952")
    assert lines[1][:end].endswith("  0")
    assert set(rule) == {"─"}
    assert len(rule) == len(head)
    assert "—" in lines[-1]


def test_columns_stand_under_each_other_in_every_script() -> None:
    """A terminal gives a Chinese sign two columns, and none to an accent that follows its letter."""
    accented = "re\N{COMBINING ACUTE ACCENT}seau"
    rows = [("卷积层", "1"), (accented, "1,024"), ("conv1", "64")]
    head, rule, *lines = terminal_table("lr", ("名称", "参数"), rows).splitlines()
    assert (head, *lines) == ("名称     参数", "卷积层      1", f"{accented}  1,024", "conv1      64")
    assert {display_width(line) for line in (head, rule, *lines)} == {13}
    assert aligned([("残差", "a"), ("x", "b")]) == "残差  a\nx     b"


def test_feature_levels_and_caffe_names(analysis: Analysis, backbone: Analysis) -> None:
    """Columns of backbones alone."""
    assert "caffe_name" not in [column.field for column in table_of(analysis).columns]
    text = text_table(table_of(backbone))
    assert "res2a_branch2a" in text
    assert "Caffe name" in text
    levels = [line.split()[-2] for line in text.splitlines()[2:]]
    assert [level for level in levels if level != "—"] == ["C1", "C2", "C3", "C4", "C5"]


@pytest.mark.parametrize("level", ["block", "stage"])
def test_groups_sum_to_the_whole(analysis: Analysis, level: Level) -> None:
    """Blocks and stages, stem and head included."""
    groups = table_of(analysis, level)
    index = fields(groups).index("params")
    assert sum(int(str(row[index])) for row in groups.rows) == analysis.totals.params == groups.sums["params"]
    assert len(groups.rows) == (18 if level == "block" else 6)


def test_markdown(analysis: Analysis) -> None:
    """A pipe table with as many cells in each row, closed by the sums."""
    lines = [line for line in markdown_table(table_of(analysis, "stage")).splitlines() if line.startswith("|")]
    assert len({line.count("|") for line in lines}) == 1
    assert lines[-1].startswith("| total |")
    assert "25,557,032" in lines[-1]
    assert "4,089,184,256" in lines[-1]


def test_a_table_longer_than_a_page_breaks_over_pages(backbone: Analysis) -> None:
    long, short = latex_table(table_of(backbone)), latex_table(table_of(backbone, "stage"))
    assert long.splitlines()[1].startswith(r"\begin{longtable}{")
    assert "booktabs,longtable" in long.splitlines()[0]
    head = [r"\midrule", r"\endhead", r"\bottomrule", r"\endfoot"]
    assert long.splitlines()[2] == r"\toprule"
    assert long.splitlines()[4:8] == head
    assert long.splitlines()[-3] == r"\midrule"
    assert long.rstrip().endswith(r"\end{longtable}")
    assert short.splitlines()[1].startswith(r"\begin{tabular}{")
    assert short.count(r"\midrule") == 2


def test_latex(backbone: Analysis) -> None:
    """booktabs rules; special signs escaped; each row with all its columns."""
    found = table_of(backbone)
    text = latex_table(found)
    rows = [line for line in text.splitlines() if line.endswith(r"\\")]
    assert [text.count(rule) for rule in (r"\toprule", r"\midrule", r"\bottomrule")] == [1, 2, 1]
    assert {row.replace(r"\&", "").count(" & ") for row in rows} == {len(found.columns) - 1}
    assert r"res2a\_branch2a" in text
    assert r"1$\times$64$\times$256$\times$256" in text
    assert not any("_" in row.replace(r"\_", "") for row in rows)
