"""A window that cannot open is explained before Qt tries."""

import ctypes
import sys
from collections.abc import Collection

import pytest

from resnet_viz.errors import UserError
from resnet_viz.gui import display
from resnet_viz.gui.display import check_display, missing_library

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a display")


class Function:
    """A function of a C library, whose result's type can be set."""

    restype: object = None

    def __init__(self, result: int | None) -> None:
        self._result = result

    def __call__(self, *_: object) -> int | None:
        return self._result


class Library:
    """X11's or Wayland's client library, with a display that refuses or accepts a connection."""

    def __init__(self, *, accepts: bool) -> None:
        self.xcb_connect = Function(4096)  # a connection with an error is no null pointer
        self.xcb_connection_has_error = Function(0 if accepts else 1)
        self.wl_display_connect = Function(4096 if accepts else None)
        self.xcb_disconnect = self.wl_display_disconnect = Function(0)


def loading(
    monkeypatch: pytest.MonkeyPatch, *, missing: Collection[str] = (), plugins_need: str = "", accepts: bool = True
) -> list[str]:
    """Let libraries be missing, and every plugin of Qt need one; return the names of those that are loaded."""
    loaded: list[str] = []

    def load(name: str) -> Library:
        wanted = plugins_need if "/libq" in name else name
        if wanted in missing:
            raise OSError(f"{wanted}: cannot open shared object file: No such file or directory")
        loaded.append(name)
        return Library(accepts=accepts)

    monkeypatch.setattr(ctypes, "CDLL", load)
    return loaded


@pytest.fixture(autouse=True)
def _no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*display.DISPLAY_VARIABLES, *display.PLUGIN_VARIABLES):
        monkeypatch.delenv(name, raising=False)


def refusal() -> str:
    with pytest.raises(UserError) as found:
        check_display()
    return str(found.value)


def test_without_a_display_there_is_no_window() -> None:
    assert refusal().startswith("There is no display to open a window on")


def test_all_missing_libraries_are_in_one_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    missing = ("libxcb-cursor.so.0", "libxcb-shape.so.0", "libxcb-xkb.so.1", "libwayland-client.so.0")
    loading(monkeypatch, missing=missing, plugins_need="libxcb-cursor.so.0")
    assert refusal() == (
        "Qt needs the system library libxcb-cursor.so.0, which is missing: install it with"
        "  sudo apt install libxcb-cursor0 libxcb-shape0 libxcb-xkb1  or  sudo dnf install libxcb xcb-util-cursor"
    )


def test_a_library_whose_package_is_unknown_is_named() -> None:
    error = OSError("libstrange.so.3: cannot open shared object file: No such file or directory")
    assert missing_library(error) == (
        "Qt needs the system library libstrange.so.3, which is missing: install the package that contains it."
    )
    assert missing_library(ImportError("cannot import name 'run'")) is None


def test_a_plugin_with_another_fault_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")

    def load(name: str) -> object:
        raise OSError(f"{name}: undefined symbol: qt_version")

    monkeypatch.setattr(ctypes, "CDLL", load)
    assert "platform plugin xcb cannot be loaded" in refusal()
    assert "undefined symbol" in refusal()


@pytest.mark.parametrize(("variable", "value"), [("DISPLAY", ":7"), ("WAYLAND_DISPLAY", "wayland-7")])
def test_a_display_that_refuses_is_named(variable: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, value)
    loading(monkeypatch, accepts=False)
    assert refusal().startswith(f"The display {value} cannot be opened")
    loading(monkeypatch, accepts=True)
    check_display()


def test_one_of_two_platforms_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """X11 answers, and Wayland's library is missing."""
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    loaded = loading(monkeypatch, missing=["libwayland-client.so.0"])
    check_display()
    assert any(name.endswith("libqxcb.so") for name in loaded)


def test_a_platform_without_a_display_needs_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen:fontconfig=1")
    loaded = loading(monkeypatch, accepts=False)
    check_display()
    assert [name.rpartition("/")[2] for name in loaded] == ["libqoffscreen.so"]


def test_a_platform_that_qt_does_not_have_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "foo")
    assert refusal().startswith("QT_QPA_PLATFORM: foo is not accepted; accepted: ")
    assert "xcb" in refusal()
    monkeypatch.setenv("QT_PLUGIN_PATH", "/a/folder/with/more")
    check_display()


def test_other_systems_have_a_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    check_display()
