"""Runs phases on a device: `python -m tests.gpu A B --device cuda --out gpu_out`."""

import argparse
import json
import signal
import sys
import traceback
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from tests.gpu.bars import bars_of
from tests.gpu.day import Day
from tests.gpu.phases import PHASES

VERDICTS = {True: "pass", False: "FAIL", None: "—"}


def main(arguments: list[str] | None = None) -> int:
    """Run the phases one after the other; return 1 where a step of them failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.gpu", description=__doc__)
    parser.add_argument("phases", nargs="+", choices=sorted(PHASES))
    parser.add_argument("--out", type=Path, default=Path("gpu_out"))
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--budget", type=float, default=555.0, help="seconds for each phase")
    parser.add_argument("--quick", action="store_true", help="few and small steps, to try the phases themselves")
    options = parser.parse_args(arguments)
    device = "cuda:0" if options.device == "cuda" else options.device
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(124))  # the steps of a phase are ended with it
    failed = [phase for phase in options.phases if not _run(phase, device, options)]
    return 1 if failed else 0


def _run(phase: str, device: str, options: argparse.Namespace) -> bool:
    """Run a phase, print the bars so far, and return whether all of its steps succeeded."""
    if phase == "D":
        with suppress(ImportError):
            import_module("timm")  # seconds, which every step would spend
    day = Day(phase, device=device, out=options.out, budget=options.budget, quick=options.quick)
    ended = True
    try:
        PHASES[phase](day)
    except Exception:
        traceback.print_exc()
        ended = False
    finally:
        day.end()
    judged = bars_of(options.out)
    (options.out / "bars.json").write_text(json.dumps([bar._asdict() for bar in judged], indent=1, ensure_ascii=False))
    for bar in judged:
        sys.stdout.write(f"{VERDICTS[bar.passed]:<5} {bar.asked}: {bar.found}\n")
    failures = {name: step for name, step in day.summary["steps"].items() if step["status"] not in (0, 3, None)}
    for name, step in failures.items():
        sys.stdout.write(f"step {name} failed: status {step['status']}\n{step['tail']}\n")
    return ended and not failures


if __name__ == "__main__":
    sys.exit(main())
