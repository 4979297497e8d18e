"""The application: opened as `python main.py ARCH` opens it, and closed at once."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from resnet_viz.gui.session.saved_state import load_state
from resnet_viz.spec.presets import preset

ROOT = Path(__file__).resolve().parents[2]

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


@pytest.mark.skipif(sys.platform == "win32", reason="sends signals")
def test_ctrl_c_closes_the_window_with_its_state_saved_and_its_engines_ended(tmp_path: Path) -> None:
    """A terminal sends the signal to the window and to its engines alike."""
    state = tmp_path / "window.json"
    environment = {**os.environ, "RESNET_VIZ_STATE": str(state), "RESNET_VIZ_TIMING": "1"}
    command = [sys.executable, str(ROOT / "main.py"), "resnet34"]
    with subprocess.Popen(
        command, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as window:
        assert window.stderr is not None
        assert any("painted" in line for line in window.stderr)
        engines = psutil.Process(window.pid).children()
        os.killpg(window.pid, signal.SIGINT)
        try:
            _, errors = window.communicate(timeout=60)
        finally:
            window.kill()
    assert window.returncode == 128 + signal.SIGINT
    assert "Traceback" not in errors
    assert "QProcess" not in errors
    assert load_state(state)[0].spec == preset("resnet34")
    assert engines
    assert psutil.wait_procs(engines, timeout=60)[1] == []
