"""The window under a real X server, beside the offscreen platform of the other tests.

The tests of `gui/window/x11_cases.py` run in a process of their own.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CASES = ROOT / "tests" / "gui" / "window" / "x11_cases.py"
MISSING = "These tests need an X server and what Qt needs for it: apt-get install " + " ".join((
    "xvfb", "libxcb-cursor0", "libxkbcommon-x11-0", "libxcb-icccm4", "libxcb-keysyms1", "libxcb-shape0",
    "libxcb-image0", "libxcb-render-util0",
))  # fmt: skip
SCREEN = "3200x2000x24"  # has room for the window at twice its size

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="X11 is the window system of Linux")


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """The name of the display of an X server that runs for these tests."""
    assert shutil.which("Xvfb"), MISSING
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", SCREEN, "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as stream:
        number = stream.readline().strip()
    try:
        assert number, "Xvfb ended without a display"
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(timeout=60)


@pytest.mark.parametrize(("scale", "cases", "count"), [("1", "test", 6), ("2", "opens or selects or moves", 3)])
def test_the_window_works_under_an_x_server(scale: str, cases: str, count: int, display: str, tmp_path: Path) -> None:
    """At the usual and at twice the number of pixels, as on a HiDPI screen."""
    platform = {"RESNET_VIZ_TEST_PLATFORM": "xcb", "QT_QPA_PLATFORM": "xcb", "QT_SCALE_FACTOR": scale}
    removed = ("WAYLAND_DISPLAY", "PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT")
    kept = {name: value for name, value in os.environ.items() if name not in removed}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-x",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        str(CASES),
        "-k",
        cases,
    ]
    command += ["--basetemp", str(tmp_path / "cases")]
    done = subprocess.run(
        command, cwd=ROOT, env={**kept, **platform, "DISPLAY": display}, capture_output=True, text=True, timeout=300
    )
    needed = MISSING if "could not be initialized" in done.stdout + done.stderr else ""
    assert done.returncode == 0, f"{needed}\n{done.stdout[-6_000:]}{done.stderr[-2_000:]}"
    assert f"{count} passed" in done.stdout
