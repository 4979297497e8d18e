"""The memory of the whole program, window and engines, beside that of an earlier commit in the same run.

Run: python tests/benchmarks/memory.py [COMMIT]   (bar: 0.75 of commit dc0fb9c at every moment)

Memory is the proportional set size, in which a page that several processes share counts once in total.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
EARLIER = "dc0fb9c"
REST_SECONDS = 20
"""Longer than an engine may be idle."""
PROGRAM = """
import sys, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from resnet_viz.gui import app
from resnet_viz.spec.presets import preset

def run(application):
    window = next(widget for widget in application.topLevelWidgets() if widget.windowTitle())
    session = window.session

    def until(condition, rest=0):
        since = None
        while since is None or time.monotonic() - since < rest:
            application.processEvents()
            time.sleep(0.02)
            since = (since or time.monotonic()) if condition() else None

    def report(moment):
        print(moment, flush=True)
        sys.stdin.readline()

    def checked():
        return session.analysis is not None and session.analysis.spec == session.question and not session.shown.waiting

    until(checked, REST)
    report("at start, cross-checked")
    session.replace(preset("resnet34"))
    until(checked, REST)
    report("after another cross-check")
    session.measuring.prepare()
    session.comparing.pairs(session.question)
    until(lambda: session.measuring.state.devices and session.comparing.state.pairs, REST)
    report("measuring and comparing used")
    return 0

QApplication.exec = run
app.run("resnet50")
"""


def memory(process: psutil.Process) -> tuple[float, int]:
    """Return the memory of a process and its children in MiB, and the number of these children."""
    children = process.children(recursive=True)
    return sum(each.memory_full_info().pss for each in (process, *children)) / 2**20, len(children)


def measured(checkout: Path) -> dict[str, tuple[float, int]]:
    """Return the memory and the number of engines at each moment of a window that is opened and used."""
    with tempfile.TemporaryDirectory() as home:
        environment = {
            **os.environ, "HOME": home, "XDG_CONFIG_HOME": home, "PYTHONPATH": str(checkout),
            "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen"),
        }  # fmt: skip
        command = [sys.executable, "-P", "-c", PROGRAM.replace("REST", str(REST_SECONDS))]
        found: dict[str, tuple[float, int]] = {}
        with subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as window:
            assert window.stdin is not None
            assert window.stdout is not None
            for line in window.stdout:
                found[line.strip()] = memory(psutil.Process(window.pid))
                window.stdin.write("\n")
                window.stdin.flush()
    return found


def main(commit: str) -> None:
    """Print both programs' memory at each moment, and the ratio."""
    with tempfile.TemporaryDirectory() as folder:
        earlier = Path(folder) / "earlier"
        subprocess.run(["git", "worktree", "add", "-q", "--detach", str(earlier), commit], cwd=ROOT, check=True)
        try:
            before, now = measured(earlier), measured(ROOT)
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", str(earlier)], cwd=ROOT, check=True)
    for moment, (mebibytes, engines) in now.items():
        old, old_engines = before[moment]
        print(
            f"{moment:30} {mebibytes:5.0f} MiB ({engines} engines), {commit} {old:5.0f} MiB ({old_engines} engines):"
            f" {mebibytes / old:4.2f} (bar 0.75)"
        )
    print(json.dumps({"now": now, commit: before}))


if __name__ == "__main__":
    main(*(sys.argv[1:] or [EARLIER]))
