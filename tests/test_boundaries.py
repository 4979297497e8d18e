"""Who may import whom: proven in fresh interpreters, and every contract seen to fail when it is broken."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
QT = ("PySide6", "shiboken6", "pyqtgraph")
TORCH = ("torch", "torchinfo", "fvcore")
CHARTS = (
    "latency",
    "roofline",
    "plotting",
    "live_plot",
    "chart_view",
    "bar_plot",
    "charts",
    "shares_plot",
    "shapes_plot",
    "memory",
    "depth_charts",
    "sweep_chart",
)
FOLDERS_WITHOUT_TORCH = ("export", "viewmodels")
MODULES_WITHOUT_TORCH = (
    "resnet_viz", "resnet_viz.errors", "resnet_viz.texts", "resnet_viz.spec", "resnet_viz.depths", "resnet_viz.presets",
    "resnet_viz.records", "resnet_viz.comparisons", "resnet_viz.network_comparisons", "resnet_viz.runs",
    "resnet_viz.settings", "resnet_viz.engine.protocol", "resnet_viz.graph.elements", "resnet_viz.graph.rules",
    "resnet_viz.graph.fold", "resnet_viz.metrics.rollup", "resnet_viz.metrics.run_comparison",
    "resnet_viz.metrics.ledger", "resnet_viz.metrics.published", "resnet_viz.metrics.torchsummary",
    "resnet_viz.metrics.conventions", "resnet_viz.metrics.memory", "resnet_viz.metrics.receptive_field",
    "resnet_viz.metrics.compare", "resnet_viz.metrics.matching", "resnet_viz.metrics.kept",
    "resnet_viz.metrics.network_comparison", "resnet_viz.metrics.network_pairs", "resnet_viz.metrics.crossover",
    "resnet_viz.selfcheck.outcome", "resnet_viz.__main__",
)  # fmt: skip
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


def _modules(folder: str) -> list[str]:
    names = (path.stem for path in sorted((ROOT / "resnet_viz" / folder).glob("*.py")))
    return [f"resnet_viz.{folder}.{name}" for name in names if name != "__init__"]


def _python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)


def test_values_load_without_torch_and_without_qt() -> None:
    modules = [*MODULES_WITHOUT_TORCH, *(name for folder in FOLDERS_WITHOUT_TORCH for name in _modules(folder))]
    done = _python(IMPORT_WITHOUT.format(blocked={*TORCH, *QT}, modules=modules))
    assert done.returncode == 0, done.stderr


def test_the_window_loads_without_torch_or_networkx() -> None:
    """numpy comes with pyqtgraph, for the charts alone, which are loaded behind the first picture."""
    at_once = [name for name in _modules("gui") if name.rpartition(".")[2] not in CHARTS]
    done = _python(IMPORT_WITHOUT.format(blocked={*TORCH, "networkx", "numpy", "pyqtgraph"}, modules=at_once))
    assert done.returncode == 0, done.stderr
    done = _python(IMPORT_WITHOUT.format(blocked={*TORCH, "networkx"}, modules=_modules("gui")))
    assert done.returncode == 0, done.stderr


def test_the_engine_and_the_command_line_load_without_qt() -> None:
    modules = ["resnet_viz.cli", "resnet_viz.engine.server", "resnet_viz.pipeline", "resnet_viz.profiling.run",
               "resnet_viz.selfcheck.checks"]  # fmt: skip
    done = _python(IMPORT_WITHOUT.format(blocked=set(QT), modules=modules))
    assert done.returncode == 0, done.stderr


def test_the_second_opinions_are_loaded_late() -> None:
    done = _python(
        IMPORT_WITHOUT.format(blocked={"torchinfo", "fvcore", "ptflops"}, modules=["resnet_viz.engine.server"])
    )
    assert done.returncode == 0, done.stderr


BREAKS = {
    "layers": ("spec.py", "import resnet_viz.records"),
    "siblings": ("cli.py", "import resnet_viz.gui.theme"),
    "qt": ("viewmodels/units.py", "import PySide6.QtCore"),
    "engine": ("gui/theme.py", "import resnet_viz.engine.server"),
    "torch": ("records.py", "import torch"),
    "profiling": ("gui/theme.py", "import resnet_viz.profiling.statistics"),
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
    path.write_text(f"{path.read_text('utf8')}\n{line}\n", "utf8")
    done = _lint(copy)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout
