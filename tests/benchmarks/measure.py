"""How long the window does not answer while a network is measured, beside the same window left alone.

`python tests/benchmarks/measure.py [NETWORK] [SECONDS]` opens a real window offscreen with real engines, measures, and
prints the longest gap of the event loop in three phases. A frame a user waits for is one of these gaps.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["RESNET_VIZ_STATE"] = str(Path(tempfile.mkdtemp()) / "window.json")
os.environ["RESNET_VIZ_RUNS"] = tempfile.mkdtemp()

from resnet_viz.gui import app as application
from resnet_viz.gui.session.engine_client import Engines
from resnet_viz.gui.window.opening import open_window

BAR_MS = 50


def main(network: str, seconds: float) -> None:
    """Open, rest, measure, rest."""
    app = application._make_application()
    window = open_window(app, network, Engines.of(application.ENGINE), started=time.monotonic())
    window.resize(1600, 980)

    def phase(until: Callable[[], bool], name: str) -> float:
        worst, last = 0.0, time.perf_counter()
        while not until():
            app.processEvents()
            now = time.perf_counter()
            worst, last = max(worst, now - last), now
        print(f"{name}: longest gap {1000 * worst:.1f} ms")
        return worst

    phase(lambda: window.session.analysis is not None, "opening")
    rested = time.perf_counter() + 5
    alone = phase(lambda: time.perf_counter() > rested, "left alone for 5 s")
    window.session.color_by("latency")
    window.session.measuring.edit("seconds", seconds)
    window.commands.measure()
    measuring = phase(lambda: not window.session.shown.measurement.is_running, f"measuring for {seconds:g} s")
    rested = time.perf_counter() + 2
    phase(lambda: time.perf_counter() > rested, "the result on the screen")
    run = window.session.shown.run
    assert run is not None
    assert run.complete
    print(f"{len(run.layers)} layers, {run.instrumented.spread.n if run.instrumented else 0} passes")
    print(f"bar {BAR_MS} ms; measuring ÷ left alone {measuring / alone:.1f}")
    window.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "resnet152", float(sys.argv[2]) if len(sys.argv) > 2 else 20.0)
