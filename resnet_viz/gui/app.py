"""Opens the window: the engine first, so that torch loads while the rest is made."""

import sys
import time

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from resnet_viz.child_process import module_command
from resnet_viz.gui.session.closing_signals import ClosingSignals
from resnet_viz.gui.session.engine_client import Engines
from resnet_viz.resources import resource_folder

ENGINE = module_command("resnet_viz", "engine")


def run(arch: str | None) -> int:
    """Show the window on a network, or on the one it was left with; the exit status when it is closed."""
    started = time.monotonic()
    application = _make_application()
    signals = ClosingSignals(application)
    engines = Engines.of(ENGINE)
    engines.analysis.start()
    from resnet_viz.gui.window.opening import open_window  # not before the engine has been started: it takes a while

    window = open_window(application, arch, engines, started=started)
    status = application.exec() if signals.status is None else signals.status
    window.close()
    return status


def _make_application() -> QApplication:
    application = QApplication(sys.argv[:1])
    application.setApplicationName("resnet_viz")
    application.setDesktopFileName("resnet-viz")  # how a Linux desktop finds the name and icon of the window
    application.setWindowIcon(QIcon(str(resource_folder() / "icons" / "resnet-viz.svg")))
    application.setStyle("Fusion")
    return application
