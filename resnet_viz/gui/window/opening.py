"""Puts a window together from the state file, a session and a theme."""

import os

from PySide6.QtWidgets import QApplication

from resnet_viz.errors import UserError
from resnet_viz.gui.session.engine_client import Engines
from resnet_viz.gui.session.saved_state import WindowState, load_state, save_state, state_path
from resnet_viz.gui.session.session import Session
from resnet_viz.gui.widgets.message_bar import Message
from resnet_viz.gui.window.appearance import Appearance
from resnet_viz.gui.window.main_window import MainWindow
from resnet_viz.gui.window.startup_timing import VARIABLE, Stopwatch
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import preset
from resnet_viz.storage.specs import find_spec

FIRST_NETWORK = "resnet50"


def open_window(application: QApplication, arch: str | None, engines: Engines, *, started: float) -> MainWindow:
    """The window, shown, with its session started."""
    path = state_path()
    state, trouble = load_state(path)
    spec, unknown = _first_spec(arch, state)
    appearance = Appearance(application, state.theme)
    session = Session(spec, engines)
    window = MainWindow(session, appearance.theme)
    appearance.setParent(window)
    appearance.changed.connect(window.set_theme)
    window.commands.theme_chosen.connect(appearance.choose)
    window.closing.connect(lambda: save_state(path, window.state()))
    window.restore(state)
    if os.environ.get(VARIABLE):
        Stopwatch(window, started)
    session.start(state.selection if arch is None else None)
    for sentence in (trouble, unknown):
        if sentence:
            session.noticed.emit(Message(sentence, "warning"))
    window.show()
    return window


def _first_spec(arch: str | None, state: WindowState) -> tuple[ResNetSpec, str]:
    """The network that was asked for, else the one that was left, and a sentence where it is not to be had."""
    last = state.spec or preset(FIRST_NETWORK)
    if arch is None:
        return last, ""
    try:
        return find_spec(arch), ""
    except UserError as error:
        return last, str(error)
