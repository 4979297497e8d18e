"""Run a command and return its output: JSON, a page, or the sentence of a refusal."""

import json
from typing import Any

import pytest

from resnet_viz import __main__
from resnet_viz.__main__ import main

Capture = pytest.CaptureFixture[str]


def answered(capsys: Capture, *arguments: str) -> Any:
    """Run a command and return its JSON."""
    assert main([*arguments, "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out)


def printed(capsys: Capture, *arguments: str) -> str:
    """Run a command that succeeds and return its output."""
    assert main([*arguments]) == 0
    return capsys.readouterr().out


def refused(capsys: Capture, *arguments: str) -> str:
    """Run a command that is refused and return its sentence, the only output, which is on standard error."""
    assert main(list(arguments)) == __main__.USAGE_ERROR
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.endswith("\n")
    assert captured.err.count("\n") == 1
    return captured.err.strip()
