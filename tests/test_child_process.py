"""Child processes run this package and the installed libraries, never a file of the current folder."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from resnet_viz.child_process import PACKAGE_PARENT, module_command, module_environment

PROBE = """
import json, subprocess, sys
from importlib.util import find_spec
own = {"json": json.__file__, "torch": find_spec("torch").origin, "probe": __file__}
if not sys.argv[1:]:
    subprocess.run([sys.executable, "-m", "resnet_viz.probe", "grandchild"], check=True)
print(json.dumps(own))
"""
START = """
import subprocess, sys
sys.path.insert(0, sys.argv[1])
from resnet_viz.child_process import module_command, module_environment
sys.exit(subprocess.run(module_command("resnet_viz.probe"), env=module_environment()).returncode)
"""


@pytest.fixture
def strange(tmp_path: Path) -> Path:
    """A folder with modules of a stranger, which end whatever imports them."""
    folder = tmp_path / "strange"
    for name in ("torch.py", "json.py", "msgspec.py", "resnet_viz/__init__.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("raise SystemExit('code of the current folder ran')")
    return folder


@pytest.mark.parametrize("inherited", ["", ".", os.pathsep])
def test_a_checkout_that_is_not_installed_runs_itself_from_a_strange_folder(
    inherited: str, strange: Path, tmp_path: Path
) -> None:
    """The child and its own child find the checkout's package, the standard library and the installed torch."""
    package = tmp_path / "checkout" / "resnet_viz"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "probe.py").write_text(PROBE)
    shutil.copy(PACKAGE_PARENT / "resnet_viz" / "child_process.py", package)
    environment = {**os.environ, "PYTHONPATH": inherited}
    done = subprocess.run(
        [sys.executable, "-P", "-c", START, str(package.parent)], cwd=strange, env=environment, capture_output=True,
        text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["probe"] for answer in found] == 2 * [str(package / "probe.py")]
    assert not [file for answer in found for file in answer.values() if Path(file).is_relative_to(strange)]


def test_the_command_alone_keeps_the_current_folder_off_the_search_path(strange: Path) -> None:
    """Its own child, which may be of another program, is kept off it by the environment."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(module_command("json.tool"), cwd=strange, env=environment, input=b"[1]", capture_output=True)
    assert (done.returncode, done.stdout.split()) == (0, [b"[", b"1", b"]"]), done.stderr


def test_the_folders_that_the_user_added_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), "", "here", str(tmp_path / "more")]))
    paths = module_environment()["PYTHONPATH"].split(os.pathsep)
    assert paths == [str(PACKAGE_PARENT), str(tmp_path), str(tmp_path / "more")]
