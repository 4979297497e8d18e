"""A change in the open window, from the edit to the repainted canvas, with the real engine (bar: 150 ms for ResNet-50).

Run: python tests/benchmarks/edit.py
"""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["RESNET_VIZ_STATE"] = str(Path(tempfile.mkdtemp()) / "window.json")

from resnet_viz.gui import app as application
from resnet_viz.gui.session.engine_client import Engines
from resnet_viz.gui.window.main_window import MainWindow
from resnet_viz.gui.window.opening import open_window
from resnet_viz.spec.presets import preset

PAIRS = (("resnet50", "resnet53"), ("resnet152", "resnet155"), ("resnet1001", "resnet1004"))
REPEATS = 10


def main() -> None:
    """Print the median of the change there and back, and the engine's own share of it."""
    app = application._make_application()
    engines = Engines.of(application.ENGINE)
    engines.analysis.start()
    window = open_window(app, "resnet50", engines, started=time.monotonic())
    window.resize(1600, 980)
    wait(app.processEvents, lambda: window.session.analysis is not None)
    for pair in PAIRS:
        shown, traced = [], []
        for number in range(REPEATS + 2):
            seconds, engine_seconds = change(window, app.processEvents, pair[number % 2])
            if number > 1:
                shown.append(seconds)
                traced.append(engine_seconds)
        print(
            f"{pair[0]:12} edit to picture {median(shown) * 1e3:6.0f} ms, tracing {median(traced) * 1e3:6.0f} ms of it"
        )
    window.close()


def change(window: MainWindow, turn: Callable[[], None], name: str) -> tuple[float, float]:
    """Seconds until the canvas shows this network, and the engine's part."""
    spec = preset(name)
    start = time.perf_counter()
    window.session.replace(spec)
    scene = window.canvas.scene
    wait(turn, lambda: scene.lookup is not None and scene.lookup.analysis.spec == spec)
    window.canvas.repaint()
    return time.perf_counter() - start, window.session.shown.seconds or 0.0


def wait(turn: Callable[[], None], done: Callable[[], bool]) -> None:
    """Turn the event loop until it is done."""
    while not done():
        turn()
        if not done():
            time.sleep(0.0005)


if __name__ == "__main__":
    main()
