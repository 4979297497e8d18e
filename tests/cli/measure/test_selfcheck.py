"""The command selfcheck: a line for each check, the figures in a file, and the exit status."""

from pathlib import Path

import msgspec
import pytest
import torch

from resnet_viz.__main__ import main
from resnet_viz.selfcheck import checks
from resnet_viz.selfcheck.check_setup import CheckSetup
from resnet_viz.selfcheck.outcome import Outcome, SelfcheckReport
from tests.cli.asking import Capture, refused


@pytest.fixture
def outcomes(monkeypatch: pytest.MonkeyPatch) -> list[Outcome]:
    """The outcomes of the checks, none of which is really made."""
    made = [Outcome(1, "first", "fine", True), Outcome(2, "second", "nothing to check", None)]

    def checks_of(_: CheckSetup) -> list[Outcome]:
        return made

    monkeypatch.setattr(checks, "checks", checks_of)
    return made


def test_each_check_is_a_line_and_the_figures_are_written(
    outcomes: list[Outcome], capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "others_share", lambda _: 0.126)
    target = tmp_path / "selfcheck.json"
    assert main(["selfcheck", "-o", str(target)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        *(outcome.line for outcome in outcomes),
        "Other programs took 13 % of the processor.",
    ]
    report = msgspec.json.decode(target.read_bytes(), type=SelfcheckReport)
    assert report.checks == tuple(outcomes)
    assert report.others == 0.126
    assert report.place.torch == torch.__version__
    assert main(["selfcheck", "--format", "json"]) == 0
    assert msgspec.json.decode(capsys.readouterr().out, type=SelfcheckReport).checks == tuple(outcomes)


def test_the_help_says_on_which_device_and_how_long(capsys: Capture) -> None:
    assert main(["selfcheck", "--help"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "the device (default: cpu)" in text
    assert "It takes a few minutes." in text


def test_a_failed_check_is_an_error_with_its_number(outcomes: list[Outcome], capsys: Capture) -> None:
    outcomes.append(Outcome(3, "third", "far apart", False))
    assert main(["selfcheck"]) == 2
    assert capsys.readouterr().err == "These checks failed: 3.\n"


def test_a_file_that_cannot_be_written_is_refused_before_anything_is_checked(
    outcomes: list[Outcome], capsys: Capture
) -> None:
    assert "cannot be written" in refused(capsys, "selfcheck", "-o", "/nowhere/selfcheck.json")
