"""Draws the pictures of the README and the documentation: the window itself, offscreen, with real engines.

Run: python -m tests.golden.draw_window   (writes resources/pictures; needs the font Inter and about a minute; shrinks
the pictures with pngquant where that is installed)
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["RESNET_VIZ_STATE"] = str(Path(tempfile.mkdtemp()) / "window.json")
os.environ["RESNET_VIZ_RUNS"] = tempfile.mkdtemp()

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from resnet_viz.__main__ import main
from resnet_viz.gui.app import ENGINE
from resnet_viz.gui.session.engine_client import Engines
from resnet_viz.gui.window.main_window import MainWindow
from resnet_viz.gui.window.opening import open_window

PICTURES = Path(__file__).resolve().parents[2] / "resources" / "pictures"
SIZE, COMPARISON_SIZE = (1640, 960), (1440, 900)
PAUSE, LONGEST_WAIT = 1.5, 120.0


def draw() -> None:
    """Draw every picture anew."""
    application = QApplication([])
    application.setStyle("Fusion")
    application.setFont(QFont("Inter", 9))
    window = open_window(application, "resnet50", Engines.of(ENGINE), started=time.monotonic())
    window.resize(*SIZE)
    _wait(lambda: bool(window.session.shown.crosschecks) and not window.session.shown.waiting)
    window.session.select("layer2.0")
    for theme in ("light", "dark"):
        window.actions_[f"theme_{theme}"].trigger()
        window.canvas.fit()
        _save(window, f"window-{theme}.png")
    window.actions_["theme_light"].trigger()
    window.resize(*COMPARISON_SIZE)
    window.tabs.setCurrentIndex(1)
    _wait(lambda: None not in (window.session.shown.comparison.blocks, window.session.shown.comparison.pairs))
    _save(window, "compare.png")
    window.close()
    main(["export", "resnet50", "-o", str(PICTURES / "resnet50.svg"), "--color", "macs"])


def _save(window: MainWindow, name: str) -> None:
    end = time.monotonic() + PAUSE
    _wait(lambda: time.monotonic() > end and window.views.is_settled)
    path = PICTURES / name
    window.grab().save(str(path))
    if shutil.which("pngquant"):
        subprocess.run(["pngquant", "--force", "--ext", ".png", "--quality", "80-100", str(path)], check=True)


def _wait(until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST_WAIT
    while not until():
        if time.monotonic() > deadline:
            raise TimeoutError("the window is not ready")
        QApplication.processEvents()
        time.sleep(0.005)


if __name__ == "__main__":
    draw()
