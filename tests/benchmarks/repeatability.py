"""Do two runs of ResNet-50 on the CPU agree, and does the self-check pass, on this machine as it is now?

`python -m tests.benchmarks.repeatability [RUNS [SELFCHECKS [MORE]]]` profiles with the default settings until
2 runs can be compared, at most 6 times more, then runs the self-check (3 times).

A machine is quiet where a plain loop over the network's forward pass, in a process of its own, takes the same time
again. On a virtual machine it may not, although no other program runs: its cores are moved between caches, and
neighbors on the host take memory bandwidth. So the loop runs before and after every profile. Runs are compared where
all loops around them agree within the bar; a run is left out where its own two loops do not, or where other programs
took a tenth of the processor. The exit status is 1 where there were not so many runs to compare, where they differ by
more than the bar, or where a self-check fails although others took no more than a tenth of the processor.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import psutil

from resnet_viz.device.cpu_load import CpuLoad, CpuTimes, cpu_times
from resnet_viz.storage.runs import read_run
from resnet_viz.viewmodels.text.measuring import measuring_texts
from tests.benchmarks.core_latency import core_latency_ns, text

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


PLAIN_LOOP = """
import statistics, time, torch
from resnet_viz.model.resnet import build
from resnet_viz.spec.presets import preset
spec = preset("resnet50")
network, image = build(spec, "cpu").eval(), torch.randn(spec.input)
times = []
with torch.inference_mode():
    end = time.perf_counter() + 8
    while time.perf_counter() < end:
        start = time.perf_counter()
        network(image)
        times.append(time.perf_counter() - start)
print(1e6 * statistics.median(times[10:]))
"""


def plain_loop_us() -> float:
    """Return the median time of a forward pass in a loop that knows nothing of the profiler, in microseconds."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", PLAIN_LOOP], capture_output=True, text=True, env=environment, check=True
    )
    return float(done.stdout)


class Profiled(NamedTuple):
    """The whole network's median, those of the loops before and after it, and why the run is left out, if it is."""

    whole_us: float
    loops_us: tuple[float, float]
    refusal: str


def profiled(number: int, path: Path) -> Profiled:
    """Profile once with the default settings, and print what a reader must know about it."""
    latency, before = core_latency_ns(), plain_loop_us()
    code, _, share = command("profile", "resnet50", "--device", "cpu", "-o", str(path))
    after = plain_loop_us()
    assert code == 0, "the profile failed"
    run, _ = read_run(path)
    assert run.whole is not None
    others = run.others_share if run.others_share is not None else share
    refusal = ""
    if others >= BUSY:
        refusal = f"others took {100 * others:.1f} % of the processor"
    elif apart((before, after)) > BAR:
        refusal = f"plain loops before and after it are {100 * apart((before, after)):.1f} % apart"
    print(f"run {number}: whole {run.whole.spread.median_us / 1000:.2f} ms, Σ {(run.sum_us or 0.0) / 1000:.2f} ms")
    print(f"  plain loop: {before / 1000:.2f} ms before, {after / 1000:.2f} ms after; others took {100 * others:.1f} %")
    print(f"  latency between cores: {text(latency)} before, {text(core_latency_ns())} after")
    for name, fact in measuring_texts(run):
        print(f"  {name}: {fact}")
    for message in run.messages:
        print(f"  {message}")
    print(f"  left out: {refusal}" if refusal else "  counts", flush=True)
    return Profiled(run.whole.spread.median_us, (before, after), refusal)


def apart(times: Sequence[float]) -> float:
    """Return by how much the longest time is longer than the shortest, as a fraction."""
    return max(times) / min(times) - 1


def comparable(profiles: Sequence[Profiled], runs: int) -> tuple[Profiled, ...]:
    """Return the first so many runs that count and whose loops all agree; nothing where there are not so many."""
    counted = [run for run in profiles if not run.refusal]
    groups = combinations(counted, runs)
    return next((group for group in groups if apart([loop for run in group for loop in run.loops_us]) <= BAR), ())


def runs_agree(runs: int, more: int) -> bool:
    """Profile until so many runs can be compared, or there were `more` in vain; return whether they agree."""
    profiles: list[Profiled] = []
    with tempfile.TemporaryDirectory() as folder:
        while not comparable(profiles, runs) and len(profiles) < runs + more:
            profiles.append(profiled(len(profiles) + 1, Path(folder) / "run.json"))
    compared = comparable(profiles, runs)
    print(f"{len(profiles)} runs, of which {len(compared)} can be compared")
    if not compared:
        print(f"FAILED: no {runs} runs with the machine in the same state")
        return False
    times = [run.whole_us for run in compared]
    passed = apart(times) <= BAR
    print(f"{'passed' if passed else 'FAILED'}: {100 * apart(times):.1f} % apart (bar {100 * BAR:.0f} %)", flush=True)
    return passed


def main(runs: int, selfchecks: int, more: int) -> bool:
    """Print everything; return whether the bars are met."""
    passed = runs < 1 or runs_agree(runs, more)
    for number in range(1, selfchecks + 1):
        before = core_latency_ns()
        code, output, share = command("selfcheck", "--device", "cpu")
        after = core_latency_ns()
        print(f"self-check {number}: {'passed' if code == 0 else 'FAILED'}; others took {100 * share:.1f} %")
        print(f"  between cores: {text(before)} before, {text(after)} after")
        print("  " + output.strip().replace("\n", "\n  "), flush=True)
        passed = passed and (code == 0 or share > BUSY)
    return passed


if __name__ == "__main__":
    runs, selfchecks, more = (*sys.argv[1:4], *("2", "3", "6")[len(sys.argv) - 1 :])
    sys.exit(0 if main(int(runs), int(selfchecks), int(more)) else 1)
