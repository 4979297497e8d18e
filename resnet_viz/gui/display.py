"""Finds out on Linux why Qt cannot open a window, before Qt does: it would end the process with its own message."""

import ctypes
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from resnet_viz.errors import SpecError, UserError
from resnet_viz.texts import tr

# By file of a system library: its package on Debian and Ubuntu, and on Fedora and its relatives.
PACKAGES = {
    "libEGL.so.1": ("libegl1", "libglvnd-egl"),
    "libGL.so.1": ("libgl1", "libglvnd-glx"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig"),
    "libfreetype.so.6": ("libfreetype6", "freetype"),
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2"),
    "libgthread-2.0.so.0": ("libglib2.0-0", "glib2"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11"),
    "libX11.so.6": ("libx11-6", "libX11"),
    "libX11-xcb.so.1": ("libx11-xcb1", "libX11-xcb"),
    "libxcb.so.1": ("libxcb1", "libxcb"),
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms"),
    "libxcb-randr.so.0": ("libxcb-randr0", "libxcb"),
    "libxcb-render-util.so.0": ("libxcb-render-util0", "xcb-util-renderutil"),
    "libxcb-render.so.0": ("libxcb-render0", "libxcb"),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb"),
    "libxcb-shm.so.0": ("libxcb-shm0", "libxcb"),
    "libxcb-sync.so.1": ("libxcb-sync1", "libxcb"),
    "libxcb-util.so.1": ("libxcb-util1", "xcb-util"),
    "libxcb-xfixes.so.0": ("libxcb-xfixes0", "libxcb"),
    "libxcb-xkb.so.1": ("libxcb-xkb1", "libxcb"),
    "libwayland-client.so.0": ("libwayland-client0", "libwayland-client"),
    "libwayland-cursor.so.0": ("libwayland-cursor0", "libwayland-cursor"),
}
NOT_FOUND = "cannot open shared object file"
PLUGIN_VARIABLES = ("QT_PLUGIN_PATH", "QT_QPA_PLATFORM_PLUGIN_PATH")  # folders of more plugins
DISPLAY_VARIABLES = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def check_display() -> None:
    """Raise UserError if Qt has no platform on which it can open a window here; imports Qt only where it is needed.

    A plugin for a platform is loaded here as Qt will load it, and its display is opened and closed once, in some
    milliseconds in all. Other systems than Linux always have a display.
    """
    if sys.platform != "linux":
        return
    if not any(os.environ.get(name) for name in DISPLAY_VARIABLES):
        raise UserError(
            tr("There is no display to open a window on; the commands, such as show and profile, need none.")
        )
    problems: list[str] = []
    for platform in _platforms():
        problem = _problem(platform)
        if problem is None:
            return
        problems.append(problem)
    raise UserError(problems[0])


def missing_library(error: OSError | ImportError) -> str | None:
    """Return the sentence about the system library that could not be loaded, or None if the error is another one."""
    library, _, reason = str(error).partition(": ")
    if not reason.startswith(NOT_FOUND):
        return None
    missing = [library, *(other for other in PACKAGES if other != library and not _can_load(other))]
    if library not in PACKAGES:
        sentence = tr("Qt needs the system library {name}, which is missing: install the package that contains it.")
        return sentence.format(name=library)
    if not library.startswith("libwayland"):
        missing = [name for name in missing if not name.startswith("libwayland")]
    packages = [sorted({PACKAGES[name][column] for name in missing}) for column in (0, 1)]
    sentence = tr(
        "Qt needs the system library {name}, which is missing: install it with"
        "  sudo apt install {debian}  or  sudo dnf install {fedora}"
    )
    return sentence.format(name=library, debian=" ".join(packages[0]), fedora=" ".join(packages[1]))


def _platforms() -> Iterator[str]:
    """The platforms that Qt will try, by their names, without the options behind a colon."""
    chosen = os.environ.get("QT_QPA_PLATFORM", "")
    if chosen:
        yield from (name.partition(":")[0] for name in chosen.split(";"))
        return
    if os.environ.get("DISPLAY"):
        yield "xcb"
    if os.environ.get("WAYLAND_DISPLAY"):
        yield "wayland"


def _problem(platform: str) -> str | None:
    """Return the reason why no window can be opened on this platform, or None if there seems to be none."""
    from PySide6.QtCore import QLibraryInfo  # not before the window is opened

    folder = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)) / "platforms"
    names = (
        platform,
        platform.partition("-")[0],
        f"{platform}-generic",
    )  # a plugin may offer several, or have a suffix
    plugin = next((folder / f"libq{name}.so" for name in names if (folder / f"libq{name}.so").exists()), None)
    if plugin is None:
        if any(os.environ.get(name) for name in PLUGIN_VARIABLES):
            return None
        known = ", ".join(sorted(file.stem.removeprefix("libq") for file in folder.glob("libq*.so")))
        return str(SpecError("QT_QPA_PLATFORM", platform, tr("accepted: {names}").format(names=known)))
    try:
        ctypes.CDLL(str(plugin))
        is_open = _is_display_open(platform)
    except OSError as error:
        sentence = tr("The window cannot open: Qt's platform plugin {name} cannot be loaded ({reason}).")
        return missing_library(error) or sentence.format(name=platform, reason=error)
    if not is_open:
        sentence = tr(
            "The display {name} cannot be opened: nothing answers there, or it refuses this user; the commands, such "
            "as show and profile, need none."
        )
        variable = "WAYLAND_DISPLAY" if platform == "wayland" else "DISPLAY"
        return sentence.format(name=os.environ.get(variable) or tr("without a name"))
    return None


def _is_display_open(platform: str) -> bool:
    """Return whether the display of X11 or Wayland accepts a connection; True for other platforms."""
    if platform == "xcb":
        xcb = ctypes.CDLL("libxcb.so.1")  # loaded with the plugin
        xcb.xcb_connect.restype = ctypes.c_void_p
        connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
        has_error = xcb.xcb_connection_has_error(connection)
        xcb.xcb_disconnect(connection)
        return not has_error
    if platform == "wayland":
        wayland = ctypes.CDLL("libwayland-client.so.0")
        wayland.wl_display_connect.restype = ctypes.c_void_p
        display = wayland.wl_display_connect(None)
        if display is not None:
            wayland.wl_display_disconnect(ctypes.c_void_p(display))
        return display is not None
    return True


def _can_load(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
