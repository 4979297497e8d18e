"""How far one value travels through the window: calls from one of its files to another, and the files passed.

`python -m tests.benchmarks.walk` opens a window with the tests' engine and walks an edit to the canvas, a run to the
latency chart, and a click to table and inspector; `--list` names every function on the way. Calls within a file, those
that Qt makes to paint or to size a widget, and the insides of the drawing are not counted.
"""

import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["RESNET_VIZ_STATE"] = str(Path(tempfile.mkdtemp()) / "window.json")
os.environ["RESNET_VIZ_RUNS"] = tempfile.mkdtemp()

from PySide6.QtWidgets import QApplication

from resnet_viz.gui.session.engine_client import Engines
from resnet_viz.gui.session.session import Session
from resnet_viz.gui.theme import load_theme
from resnet_viz.gui.window.main_window import MainWindow
from resnet_viz.spec.presets import preset
from resnet_viz.storage.runs import save_run
from tests.gui.small_run import small_run

ROOT = Path(__file__).resolve().parents[2]
WINDOW = f"{ROOT / 'resnet_viz' / 'gui'}{os.sep}"
ENGINE = (
    f"import runpy, sys; sys.path.insert(0, {str(ROOT)!r}); runpy.run_module('tests.gui.fake_engine', None, '__main__')"
)
QT_CALLS = {"paintEvent", "event", "data", "headerData", "rowCount", "columnCount", "resizeEvent", "sizeHint",
            "filterAcceptsRow", "lessThan", "showEvent"}  # fmt: skip
DRAWING = ("canvas/drawing/", "canvas/interaction/", "canvas/scene.py")
PATIENCE_S = 20.0


class Walk:
    """Counts the calls between the window's files while something is done."""

    def __init__(self) -> None:
        self.calls: Counter[tuple[str, str]] = Counter()

    def __call__(self, frame: FrameType, event: str, _: object) -> None:
        code, before = frame.f_code, frame.f_back
        if event != "call" or before is None or not code.co_filename.startswith(WINDOW) or code.co_name[0] == "<":
            return
        file, caller = (path.removeprefix(WINDOW) for path in (code.co_filename, before.f_code.co_filename))
        within_window = before.f_code.co_filename.startswith(WINDOW)
        if within_window and file != caller and not file.startswith(DRAWING) and not _called_by_qt(frame):
            self.calls[file, code.co_qualname] += 1


def _called_by_qt(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_name in QT_CALLS and frame.f_code.co_filename.startswith(WINDOW):
            return True
        frame = frame.f_back
    return False


def main(*, listed: bool) -> None:
    """Print the walks."""
    app = QApplication([])
    session = Session(preset("resnet18"), Engines.of((sys.executable, "-c", ENGINE, "good")))
    window = MainWindow(session, load_theme("light"))

    def walk(name: str, do: Callable[[], object], done: Callable[[], bool]) -> None:
        counted, end = Walk(), time.monotonic() + PATIENCE_S
        sys.setprofile(counted)
        do()
        while not (done() and window.views.is_settled) and time.monotonic() < end:
            app.processEvents()
        sys.setprofile(None)
        files = {file for file, _ in counted.calls}
        print(f"{name:38} {counted.calls.total():3} calls between files, {len(files):2} files")
        for (file, function), number in sorted(counted.calls.items()) if listed else ():
            print(f"    {number} {file} {function}")

    def shows(name: str) -> bool:
        return session.shown.analysis is not None and session.shown.analysis.spec == preset(name)

    window.show()
    walk("spec to window", session.start, lambda: shows("resnet18"))
    walk("edit to canvas", lambda: session.edit("depth", 34), lambda: shows("resnet34"))
    window.pages.setCurrentWidget(window.pages.latency)
    end = time.monotonic() + PATIENCE_S
    while window.pages.latency.chart is None and time.monotonic() < end:
        app.processEvents()
    path = Path(os.environ["RESNET_VIZ_RUNS"]) / "run.json"
    save_run(small_run(preset("resnet34")), path)
    walk("run to latency chart", lambda: session.measuring.open(path), lambda: session.shown.run is not None)
    window.pages.setCurrentWidget(window.table)
    app.processEvents()
    node = "layer1.0.conv1"
    walk("click to table and inspector", lambda: window.canvas.choose(node), lambda: session.shown.selection == node)
    window.close()


if __name__ == "__main__":
    main(listed="--list" in sys.argv)
