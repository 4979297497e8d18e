"""The explaining command: every counter's total with its reasons."""

import json
from typing import Any

import pytest

from resnet_viz.__main__ import main

Capture = pytest.CaptureFixture[str]


def explained(capsys: Capture, *arguments: str) -> dict[str, Any]:
    """What a command says as JSON."""
    assert main([*arguments, "--format", "json"]) == 0
    content: dict[str, Any] = json.loads(capsys.readouterr().out)
    return content


def test_the_counters_are_run_on_the_spot(capsys: Capture) -> None:
    """Each finds what our records say that it finds."""
    content = explained(capsys, "counters", "resnet20_cifar", "--input", "2x3x20x24", "--bias")
    ran = {row["tool"]: row["opinion"] for row in content["rows"] if row["opinion"]}
    assert {"torchinfo", "fvcore", "flop_counter"} <= set(ran)
    for row in content["rows"]:
        if row["tool"] in ran:
            assert ran[row["tool"]]["agrees"] is True
            assert ran[row["tool"]]["count"] == row["count"]
        assert row["count"] == row["base"] + sum(part["count"] for part in row["parts"])


def test_the_page_has_every_row_and_reason(capsys: Capture) -> None:
    """ResNet-50's costs as published, each with its sentence."""
    assert main(["counters", "resnet50", "--no-opinions"]) == 0
    printed = capsys.readouterr().out
    for text in ("4,089,184,256", "4,089,238,376", "4,111,512,576", "4,132,436,968", "8,178,368,512", "3.8 G",
                 "norm +22,227,968", "not run", "MiB", "torchsummary"):  # fmt: skip
        assert text in printed
    assert "✓" not in printed
    assert printed.count("multiply-add") >= 3


@pytest.mark.parametrize("asked", [["resnet50", "--no-opinions"], ["resnet20_cifar"], ["resnet152", "--no-opinions"]])
def test_the_page_fits_a_terminal(capsys: Capture, asked: list[str]) -> None:
    """No line is longer than 80 columns, with the counters run and without."""
    assert main(["counters", *asked]) == 0
    page = capsys.readouterr().out
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
    from resnet_viz.records.analysis import Analysis, Opinion

    def stubborn(_analysis: Analysis, tool: str) -> Opinion:
        return Opinion(tool, "9", 1, 12_345, 2, False, "differs")

    monkeypatch.setattr(opinions, "opinion", stubborn)
    assert main(["counters", "resnet20_cifar"]) == 0
    assert "✗ 9 finds 12,345" in capsys.readouterr().out


def test_memory_says_where_the_peak_is(capsys: Capture) -> None:
    """ResNet-50's first projection holds three tensors of 256×56×56."""
    assert main(["memory", "resnet50"]) == 0
    printed = capsys.readouterr().out
    for text in ("9.19 MiB at layer1.0.downsample.1", "82.13 MiB", "97.49 MiB", "layer1.0.bn3"):
        assert text in printed
    assert "GiB" not in printed


def last_screen(page: str) -> str:
    """What is to be read in a terminal of 80 columns and 24 lines when the page has run through."""
    lines = [line[start : start + 80] for line in page.splitlines() for start in range(0, max(1, len(line)), 80)]
    return "\n".join(lines[-23:])


def test_the_sums_of_a_deep_network_are_what_is_seen_last(capsys: Capture) -> None:
    """In a terminal of 80×24 the sums are all on the screen, whether all layers come before them or not."""
    assert main(["memory", "resnet152", "--fits-gib", "0.01"]) == 0
    page = capsys.readouterr().out
    assert all(name in last_screen(page) for name in ("parameters ", "peak of live tensors", "fits into"))
    assert "around the peak; --layers has all 515" in page
    assert "not even one image: inference needs 239.38 MiB" in page
    assert main(["memory", "resnet152", "--layers"]) == 0
    whole = capsys.readouterr().out
    assert whole.count("layer3.35") > 3
    assert "parameters " in last_screen(whole)
    assert whole.index("\nlayer3.35.conv1") < whole.index("\nparameters")
    assert "--layers" not in whole
    assert main(["memory", "resnet8_cifar"]) == 0
    assert "around the peak" in capsys.readouterr().out


def test_memory_as_json(capsys: Capture) -> None:
    """Dtype, batch and the largest batches that fit."""
    content = explained(capsys, "memory", "resnet50", "--batch", "8", "--dtype", "bf16", "--fits-gib", "16")
    assert (content["batch"], content["dtype"], content["spec"]["input"][0]) == (8, "bf16", 8)
    assert content["peak_bytes"] == 8 * 3 * 256 * 56 * 56 * 2
    assert content["inference_bytes"] == content["params_bytes"] + content["buffers_bytes"] + content["peak_bytes"]
    assert content["fits"]["inference_batch"] > content["fits"]["training_batch"] > 100
    assert content["layers"][0]["alive"] == ["", "conv1"]


def test_what_the_user_can_mend(capsys: Capture) -> None:
    """One sentence, status 2."""
    assert main(["counters", "resnet50", "--format", "csv"]) == 2
    assert capsys.readouterr().err == "--format: csv is not accepted; give one of table, json.\n"
    for wrong, sentence in (
        (["--fits-gib", "0"], "--fits-gib: 0 is not accepted; give a size in GiB, such as 16.\n"),
        (["--dtype", "fp8"], "--dtype: fp8 is not accepted; give one of fp32, tf32, fp16, bf16.\n"),
        (["--batch", "0"], "--batch: 0 is not accepted; give a whole number from 1 to 1,000,000.\n"),
    ):
        assert main(["memory", "resnet50", *wrong]) == 2
        assert capsys.readouterr().err == sentence
