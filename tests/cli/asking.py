"""What a command answers: its JSON, or the one sentence with which it refuses."""

import json
from typing import Any

import pytest

from resnet_viz import __main__
from resnet_viz.__main__ import main

Capture = pytest.CaptureFixture[str]


def answered(capsys: Capture, *arguments: str) -> Any:
    """What a command says as JSON."""
    assert main([*arguments, "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out)


def printed(capsys: Capture, *arguments: str) -> str:
    """What a command prints when all is well."""
    assert main([*arguments]) == 0
    return capsys.readouterr().out


def refused(capsys: Capture, *arguments: str) -> str:
    """The sentence on standard error; nothing else is printed, and the status says that the user can mend it."""
    assert main(list(arguments)) == __main__.MENDABLE
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.endswith("\n")
    assert captured.err.count("\n") == 1
    return captured.err.strip()
