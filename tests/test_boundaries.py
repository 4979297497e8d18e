"""Who may import whom: proven in fresh interpreters, and every contract seen to fail when it is broken."""

import os
import pkgutil
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
QT = ("PySide6", "shiboken6", "pyqtgraph")
TORCH = ("torch", "torchinfo", "fvcore")
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["tool"]["importlinter"]["contracts"]
IMPORT_WITHOUT = """
import importlib, sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {blocked!r}:
            raise ImportError(name + " is forbidden here")
sys.meta_path.insert(0, Blocked())
for module in {modules!r}:
    importlib.import_module(module)
"""


def _modules(name: str) -> list[str]:
    """A module, or a package with all that is in it."""
    folder = ROOT.joinpath(*name.split("."))
    found = pkgutil.walk_packages([str(folder)], f"{name}.") if folder.is_dir() else ()
    return [name, *(module.name for module in found)]


def _sources(contract: str) -> list[str]:
    """The modules that a contract of pyproject.toml speaks of."""
    names = next(found["source_modules"] for found in CONTRACTS if found["name"] == contract)
    return [module for name in names for module in _modules(name)]


def _python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)


def test_values_load_without_torch_and_without_qt() -> None:
    modules = ["resnet_viz", "resnet_viz.__main__", *_sources("Values load without torch")]
    done = _python(IMPORT_WITHOUT.format(blocked={*TORCH, *QT}, modules=modules))
    assert done.returncode == 0, done.stderr


def test_the_window_opens_without_torch_networkx_or_numpy() -> None:
    """numpy comes with pyqtgraph, for the charts alone, which are loaded behind the first picture."""
    opening = ["resnet_viz.gui.app", "resnet_viz.gui.window.opening"]
    done = _python(IMPORT_WITHOUT.format(blocked={*TORCH, "networkx", "numpy", "pyqtgraph"}, modules=opening))
    assert done.returncode == 0, done.stderr
    done = _python(IMPORT_WITHOUT.format(blocked={*TORCH, "networkx"}, modules=_modules("resnet_viz.gui")))
    assert done.returncode == 0, done.stderr


def test_all_but_the_window_loads_without_qt() -> None:
    done = _python(IMPORT_WITHOUT.format(blocked=set(QT), modules=_sources("Only gui knows Qt")))
    assert done.returncode == 0, done.stderr


def test_the_second_opinions_are_loaded_late() -> None:
    done = _python(
        IMPORT_WITHOUT.format(blocked={"torchinfo", "fvcore", "ptflops"}, modules=["resnet_viz.engine.server"])
    )
    assert done.returncode == 0, done.stderr


BREAKS = {
    "layers": ("spec/network.py", "import resnet_viz.records.analysis"),
    "siblings": ("cli/parser.py", "import resnet_viz.gui.theme"),
    "no place": ("stray.py", ""),
    "window": ("gui/widgets/form.py", "import resnet_viz.gui.plots.plot"),
    "panels": ("gui/build/panel.py", "import resnet_viz.gui.canvas.widget"),
    "no place in the window": ("gui/stray.py", ""),
    "view-models": ("viewmodels/summary.py", "import resnet_viz.viewmodels.build"),
    "view-models' words": ("viewmodels/text/numbers.py", "import resnet_viz.viewmodels.parts"),
    "no place in the view-models": ("viewmodels/stray.py", ""),
    "qt": ("viewmodels/text/numbers.py", "import PySide6.QtCore"),
    "engine": ("gui/theme.py", "import resnet_viz.engine.server"),
    "profiling": ("gui/theme.py", "import resnet_viz.profiling.statistics"),
    "torch": ("records/analysis.py", "import torch"),
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "resnet_viz", tmp_path / "resnet_viz", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_contracts_are_kept(copy: Path) -> None:
    done = _lint(copy)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("name", BREAKS)
def test_a_contract_that_is_broken_fails(name: str, copy: Path) -> None:
    file, line = BREAKS[name]
    path = copy / "resnet_viz" / file
    path.write_text(f"{path.read_text('utf8') if path.exists() else ''}\n{line}\n", "utf8")
    done = _lint(copy)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout
