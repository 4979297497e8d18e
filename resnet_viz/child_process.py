"""The command and the environment with which a module of this package runs in a process of its own."""

import os
import sys
from pathlib import Path

PACKAGE_PARENT = Path(__file__).resolve().parents[1]


def module_command(module: str, *arguments: str) -> list[str]:
    """Return the command that runs a module with this Python.

    `-P` keeps the current folder off the module search path: a file of a stranger may lie there, such as `torch.py`.
    """
    return [sys.executable, "-P", "-m", module, *arguments]


def module_environment() -> dict[str, str]:
    """Return this process's environment, changed so that the child and its children import what this process imports.

    The folder of this package comes first, so that it is found without being installed. Relative and empty entries of
    PYTHONPATH are left out, because they name the current folder or one inside it.
    """
    inherited = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    paths = [str(PACKAGE_PARENT), *(path for path in inherited if os.path.isabs(path))]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONSAFEPATH": "1"}
