"""What measuring costs beside the passes: the window's longest gap, and the stopping rule's time.

`python tests/benchmarks/measure.py [NETWORK] [SECONDS]` opens a real window offscreen with real engines, measures, and
prints the longest gap of the event loop in three phases, beside the same window left alone. A frame a user waits for
is one of these gaps. Before that it prints how long the stopping rule looks at the passes of a network of 1,000 layers,
and by how much longer than at those of 250.
"""

import os
import random
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
from resnet_viz.profiling.sampling.samples import Samples
from resnet_viz.profiling.sampling.stopping import StoppingRule

BAR_MS = 50
LAYERS, PASSES = (250, 1_000), 4_000
LINEAR_BAR = 1.5


def stopping_seconds(layers: int) -> float:
    """The time of all looks at noisy passes of so many layers, a fifth of which are never certain."""
    chance = random.Random(0)
    noise = [chance.gauss(1.0, 0.02) for _ in range(997)]
    samples = Samples()
    rule = StoppingRule(samples)
    spent = 0.0
    for number in range(PASSES):
        row = [1e4 * noise[(number * 31 + layer * 17) % 997] for layer in range(layers)]
        for layer in range(0, layers, 5):
            row[layer] = 1e4 * (1 + (number + layer) % 2)
        samples.rows.append(row)
        samples.uninstrumented.append(1e6)
        begin = time.perf_counter()
        assert not rule()
        spent += time.perf_counter() - begin
    return spent


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
    few, many = map(stopping_seconds, LAYERS)
    print(f"stopping rule: {1e6 * many / PASSES:.1f} µs a pass of {LAYERS[1]:,} layers over {PASSES:,} passes")
    ratio = many / few / (LAYERS[1] / LAYERS[0])
    print(f"bar {LINEAR_BAR} × linear in the layers; {ratio:.2f} × linear")
    main(sys.argv[1] if len(sys.argv) > 1 else "resnet152", float(sys.argv[2]) if len(sys.argv) > 2 else 20.0)
