"""The figures of a run: the verdicts, the score with its confidence interval, and the mutants named as equivalent."""

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import sqrt
from pathlib import Path

from tests.mutation.mutants import Mutant
from tests.mutation.runner import Verdict

HEADER = "folder                    mutants  killed  timed out  survived  equivalent    score  95 % interval"


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """The 95 % Wilson interval of a proportion."""
    if trials == 0:
        return 0.0, 1.0
    z, part = 1.959964, successes / trials
    middle = (part + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z / (1 + z * z / trials) * sqrt(part * (1 - part) / trials + z * z / (4 * trials * trials))
    return middle - half, middle + half


def row(name: str, verdicts: Counter[Verdict], equivalent: int) -> str:
    """A line of the table; a mutant that makes a test time out is detected, as one that makes it fail."""
    trials = verdicts.total()
    found = verdicts["killed"] + verdicts["timed out"]
    low, high = wilson(found, trials)
    score = f"{found / trials:.1%}" if trials else "-"
    counts = f"{trials:>9}{verdicts['killed']:>8}{verdicts['timed out']:>11}{verdicts['survived']:>10}{equivalent:>12}"
    return f"{name:<24}{counts}{score:>9}  {low:.1%} to {high:.1%}"


def table(verdicts: Mapping[str, Counter[Verdict]], equivalents: Mapping[str, int]) -> str:
    """The figures of each folder and of all of them."""
    rows = [row(folder, counted, equivalents[folder]) for folder, counted in verdicts.items()]
    total = sum(verdicts.values(), Counter[Verdict]())
    return "\n".join([HEADER, *rows, row("total", total, sum(equivalents.values()))])


class Equivalents:
    """The mutants that change nothing observable, each named with a reason in a TOML file.

    An entry of the array `mutant` has a `reason`, and an `id` or else the `file`, `old` and `new` of a printed mutant.
    """

    def __init__(self, file: Path) -> None:
        self.entries: list[dict[str, str]] = tomllib.loads(file.read_text("utf8")).get("mutant", [])
        self.keys = {_key(entry): entry for entry in self.entries}
        for entry in self.entries:
            if not entry.get("reason"):
                raise ValueError(f"{file.name}: {entry} has no reason")

    def __contains__(self, mutant: Mutant) -> bool:
        return bool(self.keys.keys() & _keys(mutant))

    def stale(self, mutants: Iterable[Mutant]) -> Sequence[dict[str, str]]:
        """The entries that match none of the mutants."""
        matched = {key for mutant in mutants for key in _keys(mutant)}
        return [entry for key, entry in self.keys.items() if key not in matched]


def _key(entry: dict[str, str]) -> tuple[str, ...]:
    return (entry["id"],) if "id" in entry else (entry["file"], entry["old"], entry["new"])


def _keys(mutant: Mutant) -> set[tuple[str, ...]]:
    return {(mutant.id,), (mutant.file, mutant.old, mutant.new)}
