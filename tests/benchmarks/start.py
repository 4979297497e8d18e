"""Cold start, measured from outside as processes, as ratios of `python -c "import torch"` in the same run.

Run: python tests/benchmarks/start.py   (bars: first painted window 0.7, ResNet-50's graph on screen 1.7)
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
REPEATS = 7


def import_torch() -> float:
    """Seconds of a process that imports torch and ends."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import torch"], check=True)
    return time.perf_counter() - start


def open_window() -> tuple[float, float]:
    """Seconds from the start of the process to the first painted window, and to the painted graph."""
    with tempfile.TemporaryDirectory() as home:
        environment = {
            **os.environ, "RESNET_VIZ_TIMING": "1", "HOME": home, "XDG_CONFIG_HOME": home,
            "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen"),
        }  # fmt: skip
        start = time.perf_counter()
        window = subprocess.Popen(
            [sys.executable, "main.py", "resnet50"], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
        )
        seen: dict[str, float] = {}
        assert window.stderr is not None
        for line in window.stderr:
            if line.startswith('{"event"'):
                seen[json.loads(line)["event"]] = time.perf_counter() - start
            if "graph" in seen:
                break
        window.kill()
        window.wait()
    return seen["painted"], seen["graph"]


def main() -> None:
    """Print the medians, interleaved so that a noisy machine is noisy for all."""
    import_torch()
    open_window()
    torch_seconds, painted, graph = [], [], []
    for _ in range(REPEATS):
        torch_seconds.append(import_torch())
        first, second = open_window()
        painted.append(first)
        graph.append(second)
    base = median(torch_seconds)
    print(f"import torch              {base:6.2f} s")
    print(f"first painted window      {median(painted):6.2f} s  {median(painted) / base:5.2f} of it (bar 0.7)")
    print(f"ResNet-50's graph drawn   {median(graph):6.2f} s  {median(graph) / base:5.2f} of it (bar 1.7)")


if __name__ == "__main__":
    main()
