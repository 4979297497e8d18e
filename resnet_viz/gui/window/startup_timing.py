"""Tells a benchmark, one JSON line each on standard error, when the window and its first graph have been painted."""

import sys
import time

import msgspec
from PySide6.QtCore import QObject, QTimer

from resnet_viz.gui.window.main_window import MainWindow

VARIABLE = "RESNET_VIZ_TIMING"


class Stopwatch(QObject):
    """Writes `painted` and `graph` with the milliseconds since the start, each once."""

    def __init__(self, window: MainWindow, started: float) -> None:
        super().__init__(window)
        self._started = started
        self._told: set[str] = set()
        window.painted.connect(self._on_window)
        window.canvas.painted_first_graph.connect(self._on_graph)

    def _on_window(self) -> None:
        QTimer.singleShot(0, self, lambda: self._tell("painted"))

    def _on_graph(self) -> None:
        QTimer.singleShot(0, self, lambda: self._tell("graph"))

    def _tell(self, event: str) -> None:
        if event not in self._told:
            self._told.add(event)
            line = {"event": event, "ms_since_start": round((time.monotonic() - self._started) * 1000)}
            sys.stderr.write(msgspec.json.encode(line).decode() + "\n")
            sys.stderr.flush()
