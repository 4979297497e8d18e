"""The counters as texts: totals, cross-checks and explanations."""

import pytest

from resnet_viz.counters.rules import counter_report
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import CrossCheckResult
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.counters import CounterLine, counter_lines, explanation, headings

RESNET50 = analyse(preset("resnet50"))


def line_of(tool: str, *results: CrossCheckResult, waiting: tuple[str, ...] = ()) -> CounterLine:
    """The first line of a counter on ResNet-50."""
    lines = counter_lines(counter_report(RESNET50, results), waiting)
    return next(line for line in lines if line.row.tool == tool)


def test_the_texts_of_a_count() -> None:
    line = line_of("torchinfo")
    assert (line.total, line.exact, line.difference) == ("4.089 G", "4,089,238,376", "+54,120")
    assert line.parts == (("norm", "+53,120"), ("linear", "+1,000"))
    assert line.published == "4.0892 G"
    assert line.sources == ("published: 4.0892 G (torchinfo 1.8.0, total_mult_adds)",)


def test_a_smaller_total_has_a_negative_difference() -> None:
    line = line_of("paper")
    assert (line.difference, line.published) == ("−231,211,008", "3.8 G, 3.858 G")
    assert line.sources[0] == (
        "published: 3.8 G (He et al. 2015, arXiv:1512.03385, table 1); "
        "3.8 G is cut off, not rounded: to the nearest it would be 3.9 G"
    )


def test_the_total_of_macs_has_no_difference_and_no_parts() -> None:
    line = line_of("torchvision")
    assert (line.difference, line.parts) == ("0", ())


def test_a_difference_of_one_has_its_sign() -> None:
    """One linear layer with a single class: its bias is the only addition that ptflops adds to the MACs."""
    analysis = analyse(preset("resnet18").but(classes=1))
    lines = counter_lines(counter_report(analysis))
    assert next(line.difference for line in lines if line.row.tool == "ptflops aten") == "+1"


def test_a_size_is_written_in_bytes() -> None:
    line = line_of("torchsummary")
    assert (line.total, line.exact, line.published) == ("286.6 MiB", "300,478,272", "—")


@pytest.mark.parametrize(
    ("result", "waiting", "texts"),
    [
        (None, (), ("not run", "not run here", "text_muted")),
        (None, ("fvcore",), ("…", "running …", "text_muted")),
        (CrossCheckResult("fvcore", "0.1.5", 1, 2, 2, True, ""), ("fvcore",),
         ("✓ same", "✓ version 0.1.5 has the same total", "ok")),
        (CrossCheckResult("fvcore", "0.1.5", 1, 5_000, 2, False, ""), (),
         ("✗ 5,000", "✗ version 0.1.5 has 5,000", "error")),
        (CrossCheckResult("fvcore", "0.1.5", None, None, 2, None, "fvcore: not run: needs about 90 GB"), (),
         ("not run", "fvcore: not run: needs about 90 GB", "text_muted")),
    ],
)  # fmt: skip
def test_the_cross_check_of_a_counter(
    result: CrossCheckResult | None, waiting: tuple[str, ...], texts: tuple[str, str, str]
) -> None:
    line = line_of("fvcore", *([result] if result else []), waiting=waiting)
    assert (line.crosscheck, line.crosscheck_sentence, line.crosscheck_color) == texts


@pytest.mark.parametrize("tool", ["paper", "torchvision"])
def test_a_publication_cannot_be_run(tool: str) -> None:
    line = line_of(tool)
    assert (line.crosscheck, line.crosscheck_sentence) == ("—", "a publication, no program to run")
    assert line.crosscheck_color == "text_muted"


def test_an_explanation_has_cross_check_rule_parts_and_sources() -> None:
    line = line_of("torchinfo", CrossCheckResult("torchinfo", "1.8.0", 1, 2, 2, True, ""))
    assert explanation(line).splitlines() == [
        "torchinfo · total_mult_adds · 4.089 G · ✓ version 1.8.0 has the same total",
        line.row.sentence,
        "norm +53,120 · linear +1,000",
        "published: 4.0892 G (torchinfo 1.8.0, total_mult_adds)",
    ]
    assert explanation(line_of("torchvision")).splitlines()[2].startswith("published: ")


def test_every_column_has_a_heading_and_a_description() -> None:
    assert list(headings()) == ["counter", "quantity", "total", "difference", "published", "run here"]
    assert len(set(headings().values())) == 6
