#!/usr/bin/env python3
"""Builds the wheel, installs it alone into a fresh environment, and uses it from an empty folder.

Run: .venv/bin/python .ci/wheel.py

The environment that runs this lends the new one its packages, so that none is fetched twice, but not the checkout:
every file has to come out of the wheel.
"""

import os
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WINDOW_SECONDS = 60
OPEN_WINDOW = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from resnet_viz import __file__ as package
from resnet_viz.gui.window.documentation import page_titles
from resnet_viz.resources import resource_folder

checkout, seconds = Path(sys.argv[1]), int(sys.argv[2])
assert checkout not in Path(package).parents, package
assert Path(package).parent in resource_folder().parents, resource_folder()

def look():
    window = next(found for found in QApplication.topLevelWidgets() if hasattr(found, "actions_"))
    if window.session.shown.analysis is None or not window.views.is_settled:
        return
    timer.stop()
    assert not window.windowIcon().isNull()
    assert window.pages.tabText(0) == "Layers (69)", window.pages.tabText(0)
    window.actions_["documentation"].trigger()
    pages = window.documentation
    for row, title in enumerate(page_titles().values()):
        pages.titles.setCurrentRow(row)
        text = pages.page.toPlainText()
        assert len(text) > 300, (title, text)
    print("The window showed ResNet-18 and", len(page_titles()), "pages of its documentation.")
    pages.close()
    window.close()

original = QApplication.exec
timer = QTimer(interval=200)
timer.timeout.connect(look)

def run(application):
    timer.start()
    QTimer.singleShot(seconds * 1000, lambda: application.exit(3))
    return original()

QApplication.exec = run
from resnet_viz.__main__ import main
sys.exit(main(["resnet18"]))
"""


def check() -> None:
    """Build, install and use the wheel; raises where something is missing."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--wheel-dir", name, str(ROOT))
        (wheel,) = folder.glob("*.whl")
        _look_inside(wheel)
        environment = folder / "environment"
        _run(sys.executable, "-m", "venv", str(environment))
        python = _installed(environment, wheel)
        _use(python, folder)
        print(f"{wheel.name}, {wheel.stat().st_size / 1024:.0f} KiB: installed, opened and used from an empty folder.")


def _look_inside(wheel: Path) -> None:
    """Compare the wheel with the checkout: every module and every resource, and nothing of the tests."""
    inside = set(zipfile.ZipFile(wheel).namelist())
    tracked = _run("git", "-C", str(ROOT), "ls-files", "resnet_viz", "resources").splitlines()
    expected = {path.replace("resources/", "resnet_viz/_resources/", 1) for path in tracked}
    assert len(expected) > 200
    assert expected - inside == set(), sorted(expected - inside)
    assert not any(path.startswith("tests/") for path in inside)
    for shared in ("share/applications/resnet-viz.desktop", "share/icons/hicolor/scalable/apps/resnet-viz.svg"):
        assert any(path.endswith(f".data/data/{shared}") for path in inside), shared


def _installed(environment: Path, wheel: Path) -> Path:
    """Install the wheel, lend the packages of this environment, and return the new one's Python."""
    scripts = environment / ("Scripts" if os.name == "nt" else "bin")
    _run(str(scripts / "python"), "-m", "pip", "install", "-q", "--no-deps", "--no-index", str(wheel))
    packages = _run(str(scripts / "python"), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    Path(packages, "lent.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf8")  # a .pth there is not read
    return scripts / "python"


def _use(python: Path, folder: Path) -> None:
    empty = folder / "empty"
    empty.mkdir()
    command = python.with_name("resnet-viz")

    def ask(*arguments: str) -> str:
        return _run(str(command), *arguments, folder=empty)

    assert ask("--version").startswith("resnet-viz ")
    assert "11,689,512" in ask("show", "resnet18")
    ask("export", "resnet18", "-o", "net.py")
    counted = "import net; print(sum(weights.numel() for weights in net.build().parameters()))"
    assert _run(str(python), "-c", counted, folder=empty) == "11689512\n"
    ask("export", "resnet18", "-o", "figure.svg")
    assert "ResNet-18" in (empty / "figure.svg").read_text("utf8")
    print(_run(str(python), "-P", "-c", OPEN_WINDOW, str(ROOT), str(WINDOW_SECONDS), folder=empty).strip())


def _run(*command: str, folder: Path | None = None) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment["QT_QPA_PLATFORM"] = "offscreen"
    if folder is not None:
        environment |= {"RESNET_VIZ_STATE": str(folder / "state.json"), "RESNET_VIZ_RUNS": str(folder / "runs")}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    check()
