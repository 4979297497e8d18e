"""Do two runs of ResNet-50 on the CPU agree, and does the self-check pass, on this machine as it is now?

`python -m tests.benchmarks.repeatability [RUNS [SELFCHECKS [DEVICE [MORE]]]]` profiles with the default settings until
2 runs can be compared, at most 6 times more, then runs the self-check (3 times). A run is left out where its times
changed level, where the latency between two cores changed meanwhile, or where other programs took a tenth of the
processor; runs are compared that were made at the same latency: a hypervisor or the scheduler moves threads to cores
that share no cache, which makes ResNet-50 a third slower. The exit status is 1 where there were not so many runs to
compare, where they differ by more than the bar, or where a self-check fails although others took no more than a tenth
of the processor.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import psutil

from resnet_viz.device.cpu_load import CpuLoad, CpuTimes, cpu_times
from resnet_viz.records.run import ProfileRun
from resnet_viz.storage.runs import read_run
from resnet_viz.viewmodels.text.measuring import measuring_texts
from tests.benchmarks.core_latency import core_latency_ns, same, text

BAR = 0.05
BUSY = 0.10
ROOT = Path(__file__).parents[2]


def times_with_children() -> CpuTimes:
    """The processor's time so far, of which that of this process's finished children is its own."""
    own = psutil.Process().cpu_times()
    return cpu_times()._replace(own=own.user + own.system + own.children_user + own.children_system)


def command(*arguments: str) -> tuple[int, str, float]:
    """Run a command of the program; return its exit status, its output, and the share of others meanwhile."""
    load = CpuLoad(times_with_children)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "resnet_viz", *arguments], capture_output=True, text=True, env=environment, check=False
    )
    shares = load.shares()
    return done.returncode, done.stdout, shares.others if shares else 0.0


class Profiled(NamedTuple):
    """The whole network's median, the latency between cores, and why the run is left out, empty where it counts."""

    whole_us: float
    latency_ns: float | None
    refusal: str


def profiled(number: int, device: str, path: Path) -> Profiled:
    """Profile once with the default settings, and print what a reader must know about it."""
    before = core_latency_ns()
    code, _, share = command("profile", "resnet50", "--device", device, "-o", str(path))
    after = core_latency_ns()
    assert code == 0, "the profile failed"
    run, _ = read_run(path)
    assert run.whole is not None
    others = run.others_share if run.others_share is not None else share
    refusal = refusal_of(run, before, after, others)
    print(f"run {number}: whole {run.whole.spread.median_us / 1000:.2f} ms, Σ {(run.sum_us or 0.0) / 1000:.2f} ms")
    print(f"  between cores: {text(before)} before, {text(after)} after; others took {100 * others:.1f} %")
    for name, fact in measuring_texts(run):
        print(f"  {name}: {fact}")
    for message in run.messages:
        print(f"  {message}")
    print(f"  left out: {refusal}" if refusal else "  counts", flush=True)
    return Profiled(run.whole.spread.median_us, after, refusal)


def refusal_of(run: ProfileRun, before: float | None, after: float | None, others: float) -> str:
    """Return why a run is not compared with others; empty where it is."""
    if others >= BUSY:
        return f"others took {100 * others:.1f} % of the processor"
    if any(message.kind.startswith("level changed") for message in run.messages):
        return "its times changed level"
    return "" if same(before, after) else f"the latency between cores changed from {text(before)} to {text(after)}"


def comparable(profiles: Sequence[Profiled]) -> list[Profiled]:
    """Return the most runs that count and were made at the same latency between cores."""
    counted = [run for run in profiles if not run.refusal]
    groups = ([run for run in counted if same(run.latency_ns, first.latency_ns)] for first in counted)
    return max(groups, key=len, default=[])


def runs_agree(runs: int, more: int, device: str) -> bool:
    """Profile until so many runs can be compared, or there were `more` in vain; return whether they agree."""
    profiles: list[Profiled] = []
    with tempfile.TemporaryDirectory() as folder:
        while len(comparable(profiles)) < runs and len(profiles) < runs + more:
            profiles.append(profiled(len(profiles) + 1, device, Path(folder) / "run.json"))
    compared = comparable(profiles)
    print(f"{len(profiles)} runs, {len(compared)} of them comparable; left out:")
    for number, run in enumerate(profiles, 1):
        if run not in compared:
            print(f"  run {number}: {run.refusal or 'made at another latency between cores, ' + text(run.latency_ns)}")
    if len(compared) < runs:
        print(f"FAILED: fewer than {runs} runs could be compared")
        return False
    wholes = [run.whole_us for run in compared]
    apart = max(wholes) / min(wholes) - 1
    print(f"{'passed' if apart <= BAR else 'FAILED'}: {100 * apart:.1f} % apart (bar {100 * BAR:.0f} %)", flush=True)
    return apart <= BAR


def main(runs: int, selfchecks: int, device: str, more: int) -> bool:
    """Print everything; return whether the bars are met."""
    passed = runs < 1 or runs_agree(runs, more, device)
    for number in range(1, selfchecks + 1):
        before = core_latency_ns()
        code, output, share = command("selfcheck", "--device", device)
        after = core_latency_ns()
        print(f"self-check {number}: {'passed' if code == 0 else 'FAILED'}; others took {100 * share:.1f} %")
        print(f"  between cores: {text(before)} before, {text(after)} after")
        print("  " + output.strip().replace("\n", "\n  "), flush=True)
        passed = passed and (code == 0 or share > BUSY)
    return passed


if __name__ == "__main__":
    runs, selfchecks, device, more = (*sys.argv[1:5], *("2", "3", "cpu", "6")[len(sys.argv) - 1 :])
    sys.exit(0 if main(int(runs), int(selfchecks), device, int(more)) else 1)
