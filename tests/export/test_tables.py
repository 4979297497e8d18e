"""The tables in every form: the same numbers, and nothing unknown shown as 0."""

import csv
import io

import pytest

from resnet_viz.export.tables import (
    aligned,
    csv_table,
    display_width,
    latex_table,
    markdown_table,
    table_of,
    terminal_table,
    text_table,
)
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import Analysis, Level
from resnet_viz.spec.presets import preset


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    """ResNet-50 as published."""
    return analyse(preset("resnet50"))


@pytest.fixture(scope="module")
def backbone() -> Analysis:
    """A network with Caffe names and feature levels."""
    return analyse(preset("maskrcnn_resnet50"))


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
    table = table_of(analysis, level)
    place = [column.field for column in table.columns].index("params")
    assert sum(int(str(row[place])) for row in table.rows) == analysis.totals.params == table.sums["params"]
    assert len(table.rows) == (18 if level == "block" else 6)


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
    assert long.index(r"\endhead") < long.index(r"\endfoot") < long.index("conv1")
    assert long.rstrip().endswith(r"\end{longtable}")
    assert short.splitlines()[1].startswith(r"\begin{tabular}{")
    assert short.count(r"\midrule") == 2


def test_latex(backbone: Analysis) -> None:
    """booktabs rules; special signs escaped; each row with all its columns."""
    table = table_of(backbone)
    text = latex_table(table)
    rows = [line for line in text.splitlines() if line.endswith(r"\\")]
    assert [text.count(rule) for rule in (r"\toprule", r"\midrule", r"\bottomrule")] == [1, 2, 1]
    assert {row.replace(r"\&", "").count(" & ") for row in rows} == {len(table.columns) - 1}
    assert r"res2a\_branch2a" in text
    assert r"1$\times$64$\times$256$\times$256" in text
    assert not any("_" in row.replace(r"\_", "") for row in rows)
