"""The interval of a score, and the mutants that are named as equivalent."""

from collections import Counter
from pathlib import Path

import pytest

from tests.mutation.mutants import mutants
from tests.mutation.report import Equivalents, row, wilson

NAMED = """
[[mutant]]
id = "{id}"
reason = "Neither value is reached."

[[mutant]]
file = "file.py"
old = "y = 1"
new = "y = 2"
reason = "Nobody reads it."

[[mutant]]
file = "file.py"
old = "z = 1"
new = "z = 2"
reason = "It was deleted."
"""


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"), [(8, 10, 0.4902, 0.9433), (0, 10, 0.0, 0.2775), (500, 600, 0.8015, 0.8610)]
)
def test_the_interval_is_wilsons(successes: int, trials: int, low: float, high: float) -> None:
    assert wilson(successes, trials) == pytest.approx((low, high), abs=1e-4)


def test_a_mutant_that_times_out_counts_as_detected() -> None:
    assert "80.0%" in row("spec", Counter({"killed": 7, "timed out": 1, "survived": 2}), 0)


def test_equivalent_mutants_are_matched_and_stale_entries_found(tmp_path: Path) -> None:
    first, second, third = mutants(b"x = 1\ny = 1\nw = 1\n", "file.py")
    file = tmp_path / "equivalent.toml"
    file.write_text(NAMED.format(id=first.id), "utf8")
    equivalents = Equivalents(file)
    assert [mutant in equivalents for mutant in (first, second, third)] == [True, True, False]
    assert [entry["old"] for entry in equivalents.stale([first, second, third])] == ["z = 1"]


def test_an_equivalent_mutant_needs_a_reason(tmp_path: Path) -> None:
    file = tmp_path / "equivalent.toml"
    file.write_text('[[mutant]]\nid = "1"\n', "utf8")
    with pytest.raises(ValueError, match="no reason"):
        Equivalents(file)
