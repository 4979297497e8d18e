"""Do two runs of ResNet-50 on the CPU agree, and does the self-check pass, on this machine as it is now?

`python tests/benchmarks/repeatability.py [RUNS [SELFCHECKS [DEVICE]]]` profiles with the default settings (2 runs),
then runs the self-check (3 times). Each result names the share of the processor that other programs took, since a busy
machine explains what differs. The exit status is 1 where runs differ by more than the bar or a self-check fails
although others took no more than a tenth of the processor.
"""

import os
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path

import psutil

from resnet_viz.device.cpu_load import CpuLoad, CpuTimes, cpu_times
from resnet_viz.storage.runs import read_run
from resnet_viz.viewmodels.text.measuring import measuring_texts

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


def main(runs: int, selfchecks: int, device: str) -> bool:
    """Print everything; return whether the bars are met, or others were too busy to tell."""
    wholes, others_took, passed = [], [], True
    with tempfile.TemporaryDirectory() as folder:
        for number in range(1, runs + 1):
            path = Path(folder) / f"{number}.json"
            code, _, share = command("profile", "resnet50", "--device", device, "-o", str(path))
            assert code == 0, "the profile failed"
            run, _ = read_run(path)
            assert run.whole is not None
            wholes.append(run.whole.spread.median_us)
            others_took.append(run.others_share if run.others_share is not None else share)
            print(f"run {number}: whole {wholes[-1] / 1000:.2f} ms, Σ {(run.sum_us or 0.0) / 1000:.2f} ms")
            for name, text in measuring_texts(run):
                print(f"  {name}: {text}")
            for message in run.messages:
                print(f"  {message}")
    if len(wholes) > 1:
        apart = max(max(pair) / min(pair) - 1 for pair in pairwise(wholes))
        passed = apart <= BAR or max(others_took) > BUSY
        print(
            f"runs {100 * apart:.1f} % apart (bar {100 * BAR:.0f} %); others took up to {100 * max(others_took):.1f} %"
        )
    for number in range(1, selfchecks + 1):
        code, output, share = command("selfcheck", "--device", device)
        print(f"self-check {number}: {'passed' if code == 0 else 'FAILED'}; others took {100 * share:.1f} %")
        print("  " + output.strip().replace("\n", "\n  "))
        passed = passed and (code == 0 or share > BUSY)
    return passed


if __name__ == "__main__":
    runs, selfchecks, device = (*sys.argv[1:4], *("2", "3", "cpu")[len(sys.argv) - 1 :])
    sys.exit(0 if main(int(runs), int(selfchecks), device) else 1)
