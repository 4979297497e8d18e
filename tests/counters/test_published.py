"""Published figures: they belong to exactly the network and input that they were published for."""

import json
from pathlib import Path

import pytest

from resnet_viz.counters.published import published_figures, rounds_to
from resnet_viz.counters.rules import counter_report
from resnet_viz.pipeline import analyse
from resnet_viz.records.counters import CounterReport
from resnet_viz.spec.presets import PRESETS, preset

TABLES = Path(__file__).parents[1] / "golden" / "torchsummary_tables.json"
FIRST_VERSIONS = ("resnet18_v1", "resnet34_v1", "resnet50_v1", "resnet101_v1", "resnet152_v1")
NOT_ROUNDED = {("resnet50", "3.8 G"), ("resnet50_v1", "3.8 G"), ("resnet34", "3.645 G"), ("resnet34_v1", "3.645 G")}


def report_of(name: str, batch: int = 1) -> CounterReport:
    """The counter report of a preset, for `batch` images."""
    spec = preset(name)
    return counter_report(analyse(spec.but(input=(batch, *spec.input[1:]))))


def decimal(count: int, figure: str) -> str:
    """Write the count as the figure is written, rounded with whole numbers only."""
    number, _, unit = figure.partition(" ")
    if not unit:
        return f"{count:,}"
    scale = {"G": 10**9, "MB": 2**20}[unit]
    digits = len(number.partition(".")[2])
    units = (2 * count * 10**digits + scale) // (2 * scale)
    return f"{units // 10**digits}.{units % 10**digits:0{digits}d} {unit}"


def test_every_published_figure_is_our_count_rounded_or_says_why_not() -> None:
    apart, seen = set(), 0
    for name in PRESETS:
        for row in report_of(name).rows:
            for found in row.printed:
                seen += 1
                same = decimal(row.count, found.figure) == found.figure
                assert same == (found.why == "") == rounds_to(row.count, found.figure)
                if not same:
                    apart.add((name, found.figure))
                    assert decimal(row.count, found.figure) in found.why
    assert apart == NOT_ROUNDED
    assert seen >= 40


@pytest.mark.parametrize("name", FIRST_VERSIONS)
def test_the_papers_table_applies_to_both_versions(name: str) -> None:
    later = {found.figure for found in report_of(name.removesuffix("_v1")).rows[0].printed}
    assert {found.figure for found in report_of(name).rows[0].printed} == later
    assert len(later) == 2


def test_torchsummarys_tables_apply_to_batch_64_only() -> None:
    tables = json.loads(TABLES.read_text())
    for name, table in (("resnet18", tables["resnet18"]), ("resnet50_v1", tables["resnet50"])):
        sizes = [row for row in report_of(name, 64).rows if row.tool == "torchsummary"]
        assert [row.published for row in sizes] == [
            f"{table['forward_backward_mb']} MB",
            f"{table['estimated_total_mb']} MB",
        ]
        assert all(rounds_to(row.count, row.published) for row in sizes)
    assert not any(row.published for row in report_of("resnet50_v1").rows if row.unit == "bytes")


@pytest.mark.parametrize(
    "changes", [{"classes": 10}, {"input": (2, 3, 224, 224)}, {"input": (1, 3, 256, 256)}, {"bias": True}]
)
def test_another_network_has_no_published_figures(changes: dict[str, object]) -> None:
    found = counter_report(analyse(preset("resnet50").but(**changes)))
    assert not any(row.printed for row in found.rows)


def test_text_that_is_no_figure_is_refused() -> None:
    with pytest.raises(ValueError, match="4,1 T is not a figure"):
        rounds_to(1, "4,1 T")
    assert published_figures(preset("resnet50"), "nobody", "FLOPs", 1) == ()
