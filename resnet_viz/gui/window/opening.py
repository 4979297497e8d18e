"""Opens the main window with the state that the last one saved."""

import os

from PySide6.QtWidgets import QApplication

from resnet_viz.errors import UserError
from resnet_viz.gui.session.engine_client import Engines
from resnet_viz.gui.session.saved_state import WindowState, load_state, save_state, state_path
from resnet_viz.gui.session.session import Session
from resnet_viz.gui.widgets.message_bar import Message
from resnet_viz.gui.window.appearance import Appearance
from resnet_viz.gui.window.main_window import MainWindow
from resnet_viz.gui.window.startup_timing import VARIABLE, StartupTiming
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import preset
from resnet_viz.storage.specs import find_spec

FIRST_NETWORK = "resnet50"


def open_window(application: QApplication, arch: str | None, engines: Engines, *, started: float) -> MainWindow:
    """Show the window on `arch`, or on the last network if None, and start its session.

    `started` is the start of the program by the monotonic clock, in seconds.
    """
    path = state_path()
    state, broken_state = load_state(path)
    spec, unknown_arch = _first_spec(arch, state)
    appearance = Appearance(application, state.theme)
    session = Session(spec, engines)
    window = MainWindow(session, appearance.theme)
    appearance.setParent(window)
    appearance.changed.connect(window.set_theme)
    window.commands.theme_chosen.connect(appearance.choose)
    window.closing.connect(lambda: save_state(path, window.state()))
    window.restore(state)
    if os.environ.get(VARIABLE):
        StartupTiming(window, started)
    session.start(state.selection if arch is None else None)
    for sentence in (broken_state, unknown_arch):
        if sentence:
            session.noticed.emit(Message(sentence, "warning"))
    window.show()
    return window


def _first_spec(arch: str | None, state: WindowState) -> tuple[ResNetSpec, str]:
    """Return the requested network, or else the last one with a sentence that says why."""
    last = state.spec or preset(FIRST_NETWORK)
    if arch is None:
        return last, ""
    try:
        return find_spec(arch), ""
    except UserError as error:
        return last, str(error)
