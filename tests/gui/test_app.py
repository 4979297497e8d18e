"""The application: opened as `python main.py ARCH` opens it, and closed at once."""

import json
import os
import subprocess
import sys
from pathlib import Path

OPEN = """
import json
from PySide6.QtWidgets import QApplication
from resnet_viz.gui import app

def exec(application):
    window = next(widget for widget in application.topLevelWidgets() if widget.windowTitle())
    icon = window.windowIcon().pixmap(64, 64).toImage()
    colors = {icon.pixelColor(x, y).name() for x in range(64) for y in range(64)}
    print(json.dumps([window.isVisible(), application.desktopFileName(), sorted(colors)]))
    return 7

QApplication.exec = exec
print(app.run("resnet18"))
"""


def test_the_window_has_its_icon_and_its_name_for_the_desktop(tmp_path: Path) -> None:
    environment = {**os.environ, "RESNET_VIZ_STATE": str(tmp_path / "window.json")}
    done = subprocess.run([sys.executable, "-c", OPEN], env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    shown, status = map(json.loads, done.stdout.splitlines())
    visible, desktop_file, colors = shown
    assert visible
    assert desktop_file == "resnet-viz"
    assert {"#2f7bd1", "#7a4fd0"} <= set(colors), "a convolution, and the shortcut around it"
    assert status == 7, "the event loop's status is the program's"
