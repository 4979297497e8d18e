"""The command `counters`: every counter's total and its explanation."""

import pytest
import torch

from resnet_viz.__main__ import main
from tests.cli.asking import Capture, answered, printed


def test_the_installed_counters_are_run_and_agree(capsys: Capture) -> None:
    content = answered(capsys, "counters", "resnet20_cifar", "--input", "2x3x20x24", "--bias")
    ran = {row["tool"]: row["opinion"] for row in content["rows"] if row["opinion"]}
    assert {"torchinfo", "fvcore", "flop_counter"} <= set(ran)
    for row in content["rows"]:
        if row["tool"] in ran:
            assert ran[row["tool"]]["agrees"] is True
            assert ran[row["tool"]]["count"] == row["count"]
        assert row["count"] == row["base"] + sum(part["count"] for part in row["parts"])


def test_the_page_has_every_total_and_explanation(capsys: Capture) -> None:
    page = printed(capsys, "counters", "resnet50", "--no-crosschecks")
    for text in ("4,089,184,256", "4,089,238,376", "4,111,512,576", "4,132,436,968", "8,178,368,512", "3.8 G",
                 "norm +22,227,968", "not run", "MiB", "torchsummary"):  # fmt: skip
        assert text in page
    assert "✓" not in page
    assert page.count("multiply-add") >= 3


def test_the_page_has_a_table_of_totals_and_one_of_sizes(capsys: Capture) -> None:
    page = printed(capsys, "counters", "resnet50", "--no-crosschecks")
    lines = [" ".join(line.split()) for line in page.splitlines()]
    for line in (
        "4,089,184,256 MACs: the multiply-adds of convolutions and linear layers, bias",
        "counter total difference published run here",
        "torchvision 4,089,184,256 0 4.089 G —",
        "fvcore 4,111,512,576 +22,328,320 4.11 G not run",
        "ptflops hooks only 4,121,925,096 +32,740,840 4.12 G not run",
        "143.29 MiB: the outputs of all layers, in fp32",
        "torchsummary total difference published run here",
        "Forward/backward pass size 286.56 MiB +143.27 MiB — not run",
    ):
        assert line in lines


def test_a_difference_of_one_has_its_sign(capsys: Capture) -> None:
    assert "  linear +1\n" in printed(capsys, "counters", "resnet18", "--classes", "1", "--no-crosschecks")


def test_the_result_of_a_run_follows_the_explanation(capsys: Capture) -> None:
    page = printed(capsys, "counters", "resnet20_cifar")
    assert f"  run here, version {torch.__version__}: flop_counter agrees: its 81,102,080" in page


@pytest.mark.parametrize(
    "asked", [["resnet50", "--no-crosschecks"], ["resnet20_cifar"], ["resnet152", "--no-opinions"]]
)
def test_the_page_fits_a_terminal(capsys: Capture, asked: list[str]) -> None:
    """No line is longer than 80 columns, with the counters run and without."""
    page = printed(capsys, "counters", *asked)
    assert max(len(line) for line in page.splitlines()) <= 80
    assert ("✓ same" in page) == (len(asked) == 1)
    assert "ptflops pytorch, count_functional=False · MACs" in page


@pytest.mark.parametrize("form", ["table", "json"])
def test_the_former_name_of_the_command_still_works(capsys: Capture, form: str) -> None:
    """`ledger` prints exactly the same."""
    outputs = []
    for name in ("counters", "ledger"):
        assert main([name, "resnet20_cifar", "--no-opinions", "--format", form]) == 0
        outputs.append(capsys.readouterr().out)
    assert outputs[0] == outputs[1]
    assert "torchvision" in outputs[0]


def test_a_difference_is_shown(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    """A counter with another total is marked, with that total."""
    from resnet_viz.counters import crosscheck
    from resnet_viz.records.analysis import Analysis, CrossCheckResult

    def differing(_analysis: Analysis, tool: str) -> CrossCheckResult:
        return CrossCheckResult(tool, "9", 1, 12_345, 2, False, "differs")

    monkeypatch.setattr(crosscheck, "crosscheck", differing)
    assert "✗ version 9 has 12,345" in printed(capsys, "counters", "resnet20_cifar")


def test_a_wrong_option_is_one_sentence_and_status_2(capsys: Capture) -> None:
    assert main(["counters", "resnet50", "--format", "csv"]) == 2
    assert capsys.readouterr().err == "--format: csv is not accepted; give one of table, json.\n"
