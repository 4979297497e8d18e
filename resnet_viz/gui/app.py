"""Opens the window: the engine first, so that torch loads while the rest is made."""

import sys
import time

from PySide6.QtWidgets import QApplication

from resnet_viz.gui.session.engine_client import EngineClient

ENGINE = (sys.executable, "-m", "resnet_viz", "engine")


def run(arch: str | None) -> int:
    """Show the window on a network, or on the one it was left with; the exit status when it is closed."""
    started = time.monotonic()
    application = _make_application()
    engine = EngineClient(ENGINE)
    engine.start()
    from resnet_viz.gui.window.opening import open_window  # not before the engine has been started: it takes a while

    adviser, measurer, comparer = (EngineClient(ENGINE) for _ in range(3))  # each starts when it is first asked
    window = open_window(
        application, arch, engine=engine, adviser=adviser, measurer=measurer, comparer=comparer, started=started
    )
    status = application.exec()
    window.close()
    return status


def _make_application() -> QApplication:
    application = QApplication(sys.argv[:1])
    application.setApplicationName("resnet_viz")
    application.setStyle("Fusion")
    return application
