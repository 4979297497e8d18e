"""Published figures: they belong to exactly the network and input that they were published for."""

import json
from collections import Counter
from pathlib import Path

import pytest

from resnet_viz.counters.published import figure_sentence, published_figures, rounds_to
from resnet_viz.counters.rules import counter_report
from resnet_viz.pipeline import analyse
from resnet_viz.records.counters import CounterReport, PublishedFigure
from resnet_viz.spec.presets import PRESETS, preset

TABLES = Path(__file__).parents[1] / "golden" / "torchsummary_tables.json"
PUBLISHED = [name for name, found in PRESETS.items() if "timm.models" not in found.source]
FIRST_VERSIONS = ("resnet18_v1", "resnet34_v1", "resnet50_v1", "resnet101_v1", "resnet152_v1")
CUT_OFF = "{} is cut off, not rounded: to the nearest it would be {}"
NOT_ROUNDED = {
    ("resnet50", "3.8 G"): CUT_OFF.format("3.8 G", "3.9 G"),
    ("resnet50_v1", "3.8 G"): CUT_OFF.format("3.8 G", "3.9 G"),
    ("resnet34", "3.645 G"): "3.645 G is not what our count rounds to, 3.644 G",
    ("resnet34_v1", "3.645 G"): "3.645 G is not what our count rounds to, 3.644 G",
}


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
    not_rounded = {}
    for name in PUBLISHED:
        for row in report_of(name).rows:
            for published in row.printed:
                is_rounded = decimal(row.count, published.figure) == published.figure
                assert is_rounded == (published.why == "") == rounds_to(row.count, published.figure)
                if not is_rounded:
                    not_rounded[name, published.figure] = published.why
    assert not_rounded == NOT_ROUNDED


def test_every_figure_belongs_to_a_row_and_names_its_source() -> None:
    figures, sources = Counter[str](), set()
    for name in PUBLISHED:
        for row in (*report_of(name).rows, *report_of(name, 64).rows):
            figures[row.tool] += len(row.printed)
            sources |= {published.source for published in row.printed}
            assert row.published == ", ".join(published.figure for published in row.printed)
    assert +figures == {
        "paper": 20, "torchvision": 10, "torchinfo": 3, "fvcore": 3, "ptflops aten": 2, "ptflops pytorch": 4,
        "ptflops pytorch, count_functional=False": 6, "flop_counter": 3, "DeepSpeed": 1, "torchsummary": 4,
    }  # fmt: skip
    assert sources == {
        "He et al. 2015, arXiv:1512.03385, table 1",
        "multiply-adds of the paper's own version, convolutions and classifier",
        "torchvision, models/resnet.py, _ops of the weights",
        "torchinfo 1.8.0, total_mult_adds",
        "fvcore 0.1.5, FlopCountAnalysis.total()",
        "ptflops 0.7.5, README",
        "ptflops before it patched functions, README",
        "torch.utils.flop_counter, get_total_flops()",
        "DeepSpeed, get_model_profile()",
        "torchsummary 1.5.1, table at batch 64",
    }


def test_a_sentence_names_figure_source_and_reason() -> None:
    assert figure_sentence(PublishedFigure("4.1 G", "a paper")) == "published: 4.1 G (a paper)"
    assert figure_sentence(PublishedFigure("4.1 G", "a paper", "cut off")) == "published: 4.1 G (a paper); cut off"


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
