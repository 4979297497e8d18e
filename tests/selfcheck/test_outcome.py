"""Outcomes of checks as lines and as a report."""

import pytest

from resnet_viz.records.run import Environment
from resnet_viz.selfcheck.outcome import Outcome, report


@pytest.mark.parametrize(("passed", "verdict"), [(True, "pass"), (False, "FAIL"), (None, "n/a ")])
def test_an_outcome_is_a_line(passed: bool | None, verdict: str) -> None:
    assert Outcome(7, "a title", "0.97", passed).line == f" 7  {verdict}  a title: 0.97"


def test_a_report_has_the_environment_the_outcomes_and_the_time() -> None:
    environment, outcome = Environment(device="cpu", name="A processor"), Outcome(1, "title", "figure", True)
    made = report(environment, [outcome])
    assert (made.place, made.checks) == (environment, (outcome,))
    assert made.made.endswith("+00:00")
