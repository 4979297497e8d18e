"""Reports to a benchmark when the window and its first graph are painted, as JSON lines on standard error."""

import sys
import time

import msgspec
from PySide6.QtCore import QObject, QTimer

from resnet_viz.gui.window.main_window import MainWindow

VARIABLE = "RESNET_VIZ_TIMING"


class StartupTiming(QObject):
    """Writes the events `painted` and `graph` once each, with the milliseconds since the start."""

    def __init__(self, window: MainWindow, started: float) -> None:
        super().__init__(window)
        self._started = started
        self._reported: set[str] = set()
        window.painted.connect(self._on_window)
        window.canvas.painted_first_graph.connect(self._on_graph)

    def _on_window(self) -> None:
        QTimer.singleShot(0, self, lambda: self._report("painted"))

    def _on_graph(self) -> None:
        QTimer.singleShot(0, self, lambda: self._report("graph"))

    def _report(self, event: str) -> None:
        if event not in self._reported:
            self._reported.add(event)
            line = {"event": event, "ms_since_start": round((time.monotonic() - self._started) * 1000)}
            sys.stderr.write(msgspec.json.encode(line).decode() + "\n")
            sys.stderr.flush()
