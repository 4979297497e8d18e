"""The command counters: every counter's total with its reasons."""

import pytest

from resnet_viz.__main__ import main
from tests.cli.asking import Capture, answered, printed


def test_the_counters_are_run_on_the_spot(capsys: Capture) -> None:
    """Each finds what our records say that it finds."""
    content = answered(capsys, "counters", "resnet20_cifar", "--input", "2x3x20x24", "--bias")
    ran = {row["tool"]: row["opinion"] for row in content["rows"] if row["opinion"]}
    assert {"torchinfo", "fvcore", "flop_counter"} <= set(ran)
    for row in content["rows"]:
        if row["tool"] in ran:
            assert ran[row["tool"]]["agrees"] is True
            assert ran[row["tool"]]["count"] == row["count"]
        assert row["count"] == row["base"] + sum(part["count"] for part in row["parts"])


def test_the_page_has_every_row_and_reason(capsys: Capture) -> None:
    """ResNet-50's costs as published, each with its sentence."""
    page = printed(capsys, "counters", "resnet50", "--no-opinions")
    for text in ("4,089,184,256", "4,089,238,376", "4,111,512,576", "4,132,436,968", "8,178,368,512", "3.8 G",
                 "norm +22,227,968", "not run", "MiB", "torchsummary"):  # fmt: skip
        assert text in page
    assert "✓" not in page
    assert page.count("multiply-add") >= 3


@pytest.mark.parametrize("asked", [["resnet50", "--no-opinions"], ["resnet20_cifar"], ["resnet152", "--no-opinions"]])
def test_the_page_fits_a_terminal(capsys: Capture, asked: list[str]) -> None:
    """No line is longer than 80 columns, with the counters run and without."""
    page = printed(capsys, "counters", *asked)
    assert max(len(line) for line in page.splitlines()) <= 80
    assert ("✓ same" in page) == ("--no-opinions" not in asked)
    assert "ptflops pytorch, count_functional=False · MACs" in page


@pytest.mark.parametrize("form", ["table", "json"])
def test_the_command_has_its_old_name_too(capsys: Capture, form: str) -> None:
    """`ledger` prints the same bytes."""
    said = []
    for name in ("counters", "ledger"):
        assert main([name, "resnet20_cifar", "--no-opinions", "--format", form]) == 0
        said.append(capsys.readouterr().out)
    assert said[0] == said[1]
    assert "torchvision" in said[0]


def test_a_difference_is_shown(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    """A counter that finds something else is not hidden."""
    from resnet_viz.counters import crosscheck as opinions
    from resnet_viz.records.analysis import Analysis, CrossCheckResult

    def stubborn(_analysis: Analysis, tool: str) -> CrossCheckResult:
        return CrossCheckResult(tool, "9", 1, 12_345, 2, False, "differs")

    monkeypatch.setattr(opinions, "crosscheck", stubborn)
    assert "✗ 9 finds 12,345" in printed(capsys, "counters", "resnet20_cifar")


def test_what_the_user_can_mend(capsys: Capture) -> None:
    """One sentence, status 2."""
    assert main(["counters", "resnet50", "--format", "csv"]) == 2
    assert capsys.readouterr().err == "--format: csv is not accepted; give one of table, json.\n"
