"""Signals that end programs leave the event loop, whether it has started or not."""

import subprocess
import sys

import pytest

LOOP = """
import os, signal, sys
from PySide6.QtCore import QCoreApplication, QTimer
from resnet_viz.gui.session.closing_signals import ClosingSignals

application = QCoreApplication([])
signals = ClosingSignals(application)
number = getattr(signal, sys.argv[1])
if sys.argv[2] == "early":
    os.kill(os.getpid(), number)
    application.processEvents()
    sys.exit(signals.status)
QTimer.singleShot(0, lambda: os.kill(os.getpid(), number))
sys.exit(application.exec())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="sends signals")
@pytest.mark.parametrize(
    ("name", "moment", "status"), [("SIGTERM", "late", 143), ("SIGHUP", "late", 129), ("SIGINT", "early", 130)]
)
def test_the_loop_is_left_with_the_status_of_the_signal(name: str, moment: str, status: int) -> None:
    done = subprocess.run([sys.executable, "-c", LOOP, name, moment], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (status, "")
