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


def main() -> int:
    """Draw mutants, run them and print what came out; 1 where an entry of equivalent.toml is out of date."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the tests that run are ended too
    options = arguments()
    equivalents = Equivalents(Path(__file__).with_name("equivalent.toml"))
    every = {
        file.name: mutants_of(ROOT, file.name) for file in sorted((ROOT / "resnet_viz").iterdir()) if file.is_dir()
    }
    folders = options.folder or FOLDERS
    if options.only:
        folders = [folder for folder, mutants in every.items() if any(m.id in options.only for m in mutants)]
    inside = {folder: mutants_of(ROOT, folder) for folder in folders}
    many = shares({folder: len(mutants) for folder, mutants in inside.items()}, options.sample, options.least)
    print(f"seed {options.seed}", flush=True)
    verdicts: dict[str, Counter[Verdict]] = {folder: Counter() for folder in folders}
    left_out: Counter[str] = Counter()
    survivors = []
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="mutation-") as scratch:
        runner = Runner(ROOT, Path(scratch), options.jobs)
        runner.quiet = not options.only
        for folder, mutants in inside.items():
            if options.only:
                chosen = [mutant for mutant in mutants if mutant.id in options.only]
            else:
                ranked = drawn(mutants, options.seed)
                chosen = [mutant for mutant in ranked if mutant not in equivalents][: many[folder]]
                last = ranked.index(chosen[-1]) if chosen else 0
                left_out[folder] = sum(mutant in equivalents for mutant in ranked[:last])
            progress(f"{folder}: the unchanged tests")
            baseline = runner.baseline(folder)
            progress(f"{folder}: {len(baseline.seconds)} tests pass in {sum(baseline.seconds.values()):.0f} s")
            for mutant, verdict in runner.run(chosen, baseline):
                verdicts[folder][verdict] += 1
                if verdict == "survived":
                    survivors.append(str(mutant))
                done = verdicts[folder].total()
                progress(f"{folder} {done}/{len(chosen)} {time.perf_counter() - start:.0f} s: {verdict}: {mutant}")
    print(table(verdicts, left_out))
    print("\n".join(["survivors:", *sorted(survivors)]))
    if options.list_survivors:
        options.list_survivors.write_text("".join(f"{line}\n" for line in sorted(survivors)), "utf8")
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
