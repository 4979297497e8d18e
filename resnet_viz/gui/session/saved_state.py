"""What the window remembers between two runs."""

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
from resnet_viz.storage.atomic import write_whole
from resnet_viz.texts import tr

STATE_FILE = "RESNET_VIZ_STATE"


class WindowState(msgspec.Struct, frozen=True, kw_only=True):
    """The window's place, panels, theme and columns, the network and the chosen node; layouts as Qt's own bytes."""

    geometry: bytes = b""
    panels: bytes = b""
    splitter: bytes = b""
    theme: ThemeChoice = "system"
    hidden_columns: tuple[str, ...] | None = None
    more_open: bool = False
    spec: ResNetSpec | None = None
    selection: str | None = None
    profile: ProfileSettings | None = None
    color: Coloring = msgspec.field(name="colour", default="stage")
    down: bool = False
    convention: Convention = "macs"


def state_path() -> Path:
    """The state file: where the environment says, else in the user's configuration folder."""
    chosen = os.environ.get(STATE_FILE)
    if chosen:
        return Path(chosen)
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppConfigLocation)
    return Path(folder) / "window.json"


def load_state(path: Path) -> tuple[WindowState, str]:
    """What the file holds, and a sentence where it is broken; the defaults where there is none."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=WindowState), ""
    except FileNotFoundError:
        return WindowState(), ""
    except (OSError, UnicodeDecodeError, msgspec.DecodeError) as error:
        sentence = tr("The window's saved state could not be read and was left out: {reason}.")
        return WindowState(), sentence.format(reason=error)


def save_state(path: Path, state: WindowState) -> str:
    """Write the file whole or not at all; a sentence where it cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, msgspec.json.encode(state).decode())
    except (OSError, FileProblem) as error:
        return tr("The window's state could not be saved: {reason}.").format(reason=error)
    return ""
