"""The counters as texts."""

from resnet_viz.counters.rules import counter_report
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import CrossCheckResult
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.counters import counter_lines, explanation, headings

NOTHING = "a publication, no program to run"
RESNET50 = analyse(preset("resnet50"))


def test_a_line_for_each_counter() -> None:
    agreed = CrossCheckResult("torchinfo", "1.8.0", 1, 2, 2, True, "")
    differs = CrossCheckResult("fvcore", "0.1.5", 1, 5_000, 2, False, "")
    lines = {
        (line.row.tool, line.row.quantity): line for line in counter_lines(counter_report(RESNET50, (agreed, differs)))
    }
    info = lines["torchinfo", "total_mult_adds"]
    assert (info.total, info.exact, info.difference, info.crosscheck_color) == (
        "4.089 G",
        "4,089,238,376",
        "+54,120",
        "ok",
    )
    assert info.parts == (("norm", "+53,120"), ("linear", "+1,000"))
    assert lines["fvcore", "total"].crosscheck_sentence == "✗ version 0.1.5 has 5,000"
    paper = lines["paper", "FLOPs"]
    assert (paper.difference, paper.published, paper.crosscheck_sentence) == ("−231,211,008", "3.8 G, 3.858 G", NOTHING)
    assert "table 1" in paper.sources[0]
    assert paper.sources[0].endswith("3.8 G is cut off, not rounded: to the nearest it would be 3.9 G")
    assert info.sources == ("published: 4.0892 G (torchinfo 1.8.0, total_mult_adds)",)
    asked = next(line for line in counter_lines(counter_report(RESNET50), ("fvcore",)) if line.row.tool == "fvcore")
    assert (asked.crosscheck, asked.crosscheck_sentence) == ("…", "running …")
    assert (info.crosscheck, lines["fvcore", "total"].crosscheck, paper.crosscheck) == ("✓ same", "✗ 5,000", "—")
    assert lines["DeepSpeed", "flops"].crosscheck_sentence == "not run here"
    silent = CrossCheckResult("fvcore", "0.1.5", None, None, 2, None, "fvcore: not run: needs about 90 GB")
    told = next(line for line in counter_lines(counter_report(RESNET50, (silent,))) if line.row.tool == "fvcore")
    assert (told.crosscheck, told.crosscheck_sentence) == ("not run", "fvcore: not run: needs about 90 GB")
    assert explanation(info).splitlines()[:3] == [
        "torchinfo · total_mult_adds · 4.089 G · ✓ version 1.8.0 has the same total",
        info.row.sentence,
        "norm +53,120 · linear +1,000",
    ]
    assert len(headings()) == len(set(headings().values())) == 6
