"""Who may import whom: proven in fresh interpreters, and every contract seen to fail when it is broken."""

import ast
import os
import pkgutil
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import grimp
import networkx
import pytest

ROOT = Path(__file__).resolve().parent.parent
QT = ("PySide6", "shiboken6", "pyqtgraph")
TORCH = ("torch", "torchinfo", "fvcore")
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["tool"]["importlinter"]["contracts"]
MOST_FILES, MOST_LINES = 15, 400
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


def test_other_counters_are_imported_only_when_they_are_run() -> None:
    done = _python(
        IMPORT_WITHOUT.format(blocked={"torchinfo", "fvcore", "ptflops"}, modules=["resnet_viz.engine.server"])
    )
    assert done.returncode == 0, done.stderr


FLOW = "The folder list is the data flow"
WINDOW = "Inside the window: app, window, session, panels, plots, widgets, what is shown"
VIEWMODELS = "Inside the view-models: subjects do not know each other"
NO_QT = "Only gui knows Qt"
MESSAGES = "The window knows the engine by its messages alone"
NO_TORCH = "Values load without torch"
BREAKS = {
    "layers": ("spec/network.py", "import resnet_viz.records.analysis", {FLOW}),
    "siblings": ("cli/parser.py", "import resnet_viz.gui.theme", {FLOW, NO_QT}),
    "no place": ("stray.py", "", {FLOW}),
    "a place that is kept": ("weights/__init__.py", "import resnet_viz.device.cuda", {FLOW}),
    "window": ("gui/widgets/form.py", "import resnet_viz.gui.plots.plot", {WINDOW}),
    "panels": ("gui/build/panel.py", "import resnet_viz.gui.canvas.widget", {WINDOW}),
    "no place in the window": ("gui/stray.py", "", {WINDOW}),
    "view-models": ("viewmodels/summary.py", "import resnet_viz.viewmodels.build", {VIEWMODELS}),
    "view-models' words": ("viewmodels/text/numbers.py", "import resnet_viz.viewmodels.parts", {VIEWMODELS}),
    "no place in the view-models": ("viewmodels/stray.py", "", {VIEWMODELS}),
    "qt": ("viewmodels/text/numbers.py", "import PySide6.QtCore", {NO_QT}),
    "engine": ("gui/theme.py", "import resnet_viz.engine.server", {MESSAGES}),
    "profiling": ("gui/theme.py", "import resnet_viz.profiling.statistics", {MESSAGES}),
    "torch": ("records/analysis.py", "import torch", {NO_TORCH, MESSAGES}),
}


def test_every_contract_is_broken_once() -> None:
    assert {contract["name"] for contract in CONTRACTS} == {name for *_, broken in BREAKS.values() for name in broken}


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
    file, line, contracts = BREAKS[name]
    path = copy / "resnet_viz" / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{path.read_text('utf8') if path.exists() else ''}\n{line}\n", "utf8")
    done = _lint(copy)
    assert done.returncode == 1, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert {found.removesuffix(" BROKEN") for found in lines if found.endswith(" BROKEN")} == contracts


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Imports inside functions and for the type checker alone are imports too."""
    imports = grimp.build_graph("resnet_viz", exclude_type_checking_imports=False, cache_dir=None)
    graph = networkx.DiGraph(
        (module, imported)
        for module in imports.modules
        for imported in imports.find_modules_directly_imported_by(module)
    )
    assert graph.has_edge("resnet_viz.cli.spec_options", "resnet_viz.pipeline"), "late imports are not seen"
    assert graph.has_edge("resnet_viz.export.graph", "resnet_viz.records.analysis")
    assert [sorted(circle) for circle in networkx.strongly_connected_components(graph) if len(circle) > 1] == []


def test_folders_and_files_stay_small() -> None:
    files = list(ROOT.joinpath("resnet_viz").rglob("*.py"))
    folders = Counter(file.parent for file in files if file.name != "__init__.py")
    assert len(files) > 200
    folders.update(file.parent for file in ROOT.joinpath("tests").rglob("*.py") if file.name != "__init__.py")
    assert {folder: count for folder, count in folders.items() if count > MOST_FILES} == {}
    long = {file: len(file.read_text("utf8").splitlines()) for file in files}
    assert {file: count for file, count in long.items() if count > MOST_LINES} == {}


def _late_imports(file: Path) -> Iterator[int]:
    """The lines of imports inside functions without a comment on them or on the import before them."""
    lines = file.read_text("utf8").splitlines()
    for function in ast.walk(ast.parse("\n".join(lines))):
        if isinstance(function, ast.FunctionDef):
            late = [node for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)]
            told = {node.end_lineno for node in late if "#" in lines[node.lineno - 1]}
            yield from (node.lineno for node in late if not {node.end_lineno, node.lineno - 1} & told)


def test_an_import_inside_a_function_has_its_reason_beside_it() -> None:
    found = {file: list(_late_imports(file)) for file in ROOT.joinpath("resnet_viz").rglob("*.py")}
    assert {file: lines for file, lines in found.items() if lines} == {}


def test_no_module_is_reached_by_a_string() -> None:
    files = ROOT.joinpath("resnet_viz").rglob("*.py")
    assert [file for file in files if re.search(r"\b(import_module|__import__)\b", file.read_text("utf8"))] == []
