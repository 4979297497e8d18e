"""Mutants of a tiny package are killed, survive or time out as its tests deserve."""

import json
import subprocess
import sys
from pathlib import Path

SOURCE = """
LIMIT = 3


def count(limit):
    number = 0
    while number < limit:
        number += 1
    return number


def unused(number):
    return number + 5


def cached():
    return 7


def after():
    return 9
"""
TESTS = """
import os
import subprocess
import sys

import pytest

from resnet_viz.part.module import LIMIT, after, cached, count


@pytest.fixture(scope="module")
def seven():
    return cached()


def test_the_first_user(seven):
    assert after() == 9


def test_the_second_user(seven):
    assert seven == 7


def test_limit():
    code = "from resnet_viz.part.module import LIMIT; print(LIMIT)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "3\\n"


def test_count():
    assert count(2) >= 2
"""
SCRIPT = """
import json, sys
from pathlib import Path
from tests.mutation.mutants import mutants_of
from tests.mutation.runner import Runner

root, scratch = map(Path, sys.argv[1:])
runner = Runner(root, scratch, jobs=2, libraries=(), slack_s=1)
found = runner.run(mutants_of(root, "part"), runner.baseline("part"))
print(json.dumps({f'{mutant.line} {mutant.new}': verdict for mutant, verdict in found}))
"""


def test_verdicts(tmp_path: Path) -> None:
    root, scratch = tmp_path / "root", tmp_path / "scratch"
    for folder in ("resnet_viz/part", "tests/part"):
        (root / folder).mkdir(parents=True)
        (root / folder / "__init__.py").touch()
        (root / folder).with_name("__init__.py").touch()
    scratch.mkdir()
    (root / "pyproject.toml").write_text('[tool.pytest.ini_options]\nqt_api = "pyside6"\n', "utf8")
    (root / "resnet_viz/part/module.py").write_text(SOURCE, "utf8")
    (root / "tests/part/test_module.py").write_text(TESTS, "utf8")
    command = [sys.executable, "-c", SCRIPT, str(root), str(scratch)]
    here = Path(__file__).resolve().parents[2]
    done = subprocess.run(command, cwd=here, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "2 LIMIT = 4": "killed",
        "6 number = 1": "survived",
        "7 while number <= limit:": "survived",
        "7 while True:": "timed out",
        "7 while False:": "killed",
        "8 pass": "timed out",
        "8 number -= 1": "timed out",
        "8 number += 2": "survived",
        "9 return None": "killed",
        "13 return number - 5": "survived",
        "13 return number + 6": "survived",
        "13 return None": "survived",
        "17 return 8": "killed",
        "21 return 10": "killed",
    }
    assert (root / "resnet_viz/part/module.py").read_text("utf8") == SOURCE
