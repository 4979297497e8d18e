"""The window's state as it is saved between two runs of the program."""

import os
from pathlib import Path

import msgspec
from PySide6.QtCore import QStandardPaths

from resnet_viz.errors import FileProblem
from resnet_viz.gui.theme import ThemeChoice
from resnet_viz.records.analysis import Convention
from resnet_viz.records.quantities import Coloring
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.storage.atomic import write_text_atomic
from resnet_viz.storage.reading import read_content, short_reason
from resnet_viz.texts import tr

STATE_FILE = "RESNET_VIZ_STATE"


class WindowState(msgspec.Struct, frozen=True, kw_only=True):
    """Geometry, panels, theme, columns, open rows, network and selection of the window; layouts as Qt's own bytes."""

    geometry: bytes = b""
    panels: bytes = b""
    splitter: bytes = b""
    theme: ThemeChoice = "system"
    hidden_columns: tuple[str, ...] | None = None
    open_rows: tuple[str, ...] = ()
    spec: ResNetSpec | None = None
    selection: str | None = None
    profile: ProfileSettings | None = None
    color: Coloring = msgspec.field(name="colour", default="stage")
    down: bool = False
    convention: Convention = "macs"


def state_path() -> Path:
    """Return the path of the state file: $RESNET_VIZ_STATE, or else in the user's configuration folder."""
    chosen = os.environ.get(STATE_FILE)
    if chosen:
        return Path(chosen)
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppConfigLocation)
    return Path(folder) / "window.json"


def load_state(path: Path) -> tuple[WindowState, str]:
    """Return the saved state and "", or the defaults and a sentence if the file cannot be read.

    A missing file gives the defaults without a sentence.
    """
    if not os.path.lexists(path):
        return WindowState(), ""
    try:
        return msgspec.json.decode(read_content(path), type=WindowState), ""
    except (FileProblem, UnicodeDecodeError, msgspec.DecodeError, RecursionError) as error:
        sentence = tr("The saved state of the window could not be read and was ignored: {reason}.")
        return WindowState(), sentence.format(reason=short_reason(error))


def save_state(path: Path, state: WindowState) -> str:
    """Write the state file completely or not at all; return a sentence if it cannot be written, else ""."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text_atomic(path, msgspec.json.encode(state).decode())
    except (OSError, FileProblem) as error:
        return tr("The state of the window could not be saved: {reason}.").format(reason=error)
    return ""
