"""Mutation testing: how many small mistakes in resnet_viz, drawn at random, the tests of their folder notice.

Run: python -m tests.mutation [--folder metrics --folder storage] [--sample 600] [--seed 1]
"""

import argparse
import hashlib
import secrets
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.mutation.mutants import Mutant, mutants_of
from tests.mutation.report import Equivalents, table
from tests.mutation.runner import Runner, Verdict

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("spec", "graph", "metrics", "compare", "counters", "profiling", "viewmodels", "export", "storage")


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser("python -m tests.mutation", description=__doc__.partition("\n")[0])
    parser.add_argument("--folder", action="append", help="a folder of resnet_viz, repeatable; without it, the nine")
    parser.add_argument("--sample", type=int, default=600, help="mutants in all")
    parser.add_argument("--least", type=int, default=60, help="mutants in each folder at least, if it has as many")
    parser.add_argument(
        "--seed", type=int, default=secrets.randbelow(10**6), help="the same seed draws the same mutants"
    )
    parser.add_argument("--jobs", type=int, default=2, help="test processes at once")
    parser.add_argument("--list-survivors", type=Path, metavar="FILE", help="write the survivors to a file too")
    parser.add_argument("--only", nargs="+", metavar="ID", help="run these mutants only, and show pytest's output")
    return parser.parse_args()


def shares(sizes: Mapping[str, int], sample: int, least: int) -> dict[str, int]:
    """How many mutants to draw in each folder: the least, and what remains in proportion to the folders' mutants."""
    rest = max(0, sample - sum(min(least, size) for size in sizes.values()))
    beyond = {folder: max(0, size - least) for folder, size in sizes.items()}
    total = sum(beyond.values()) or 1
    return {folder: min(size, least + -(-rest * beyond[folder] // total)) for folder, size in sizes.items()}


def drawn(mutants: Sequence[Mutant], seed: int) -> list[Mutant]:
    """The mutants in an order drawn by the seed, in which an edit of the sources moves none but those it changes."""
    return sorted(mutants, key=lambda mutant: hashlib.sha256(f"{seed} {mutant.id}".encode()).digest())


def choose(
    mutants: Sequence[Mutant], options: argparse.Namespace, count: int, equivalents: Equivalents
) -> tuple[list[Mutant], int]:
    """The mutants of a folder to run, and how many were passed over because they are named as equivalent."""
    if options.only:
        return [mutant for mutant in mutants if mutant.id in options.only], 0
    chosen: list[Mutant] = []
    ranked = drawn(mutants, options.seed)
    for place, mutant in enumerate(ranked):
        if len(chosen) == count:
            return chosen, place - count
        if mutant not in equivalents:
            chosen.append(mutant)
    return chosen, len(ranked) - len(chosen)


def run(runner: Runner, folder: str, chosen: Sequence[Mutant]) -> dict[Mutant, Verdict]:
    """The verdict on each mutant of a folder, with progress on stderr."""
    progress(f"{folder}: the unchanged tests")
    baseline = runner.baseline(folder)
    progress(f"{folder}: {len(baseline.seconds)} tests pass in {sum(baseline.seconds.values()):.0f} s")
    found: dict[Mutant, Verdict] = {}
    for mutant, verdict in runner.run(chosen, baseline):
        found[mutant] = verdict
        progress(f"{folder} {len(found)}/{len(chosen)}: {verdict}: {mutant}")
    return found


def main() -> int:
    """Draw mutants, run them and print what came out; 1 where an entry of equivalent.toml is out of date."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the tests that run are ended too
    options = arguments()
    equivalents = Equivalents(Path(__file__).with_name("equivalent.toml"))
    print(f"seed {options.seed}", flush=True)
    start = time.perf_counter()
    found: dict[str, dict[Mutant, Verdict]] = {}
    passed_over: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="mutation-") as scratch:
        runner = Runner(ROOT, Path(scratch), options.jobs)
        runner.quiet = not options.only
        package = sorted(file.parent.name for file in runner.first.glob("resnet_viz/*/__init__.py"))
        every = {folder: mutants_of(runner.first, folder) for folder in package}
        folders = options.folder or FOLDERS
        if options.only:
            folders = [name for name in package if any(mutant.id in options.only for mutant in every[name])]
        inside = {folder: mutants_of(runner.first, folder) for folder in folders}
        counts = shares({folder: len(mutants) for folder, mutants in inside.items()}, options.sample, options.least)
        for folder, mutants in inside.items():
            chosen, passed_over[folder] = choose(mutants, options, counts[folder], equivalents)
            found[folder] = run(runner, folder, chosen)
    print(table({folder: Counter(verdicts.values()) for folder, verdicts in found.items()}, passed_over))
    survivors = [str(m) for verdicts in found.values() for m in sorted(verdicts, key=str) if verdicts[m] == "survived"]
    print("\n".join(["survivors:", *survivors]))
    if options.list_survivors:
        options.list_survivors.write_text("".join(f"{line}\n" for line in survivors), "utf8")
    stale = equivalents.stale(mutant for mutants in every.values() for mutant in mutants)
    for entry in stale:
        print(f"equivalent.toml names a mutant that is no more: {entry}")
    print(f"{time.perf_counter() - start:.0f} s")
    return bool(stale)


def progress(text: str) -> None:
    """Say on stderr how far the run is."""
    print(text[:200], file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
