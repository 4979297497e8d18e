"""The output of commands: what a terminal would obey is visible, and JSON means the same."""

import ast
import json
from pathlib import Path

import msgspec
import pytest

from resnet_viz.cli.output import remark, say
from resnet_viz.records.run import Environment
from resnet_viz.spec.presets import preset
from resnet_viz.storage.runs import run_json, save_run
from tests.cli.asking import Capture, answered, printed
from tests.gui.small_run import small_run

CLI = Path(__file__).resolve().parents[2] / "resnet_viz" / "cli"
HOSTILE = "\x1b[2J\x1b]52;c;cm0=\x07 \x9b1m \u202egnp.exe\u2066 \r\u2028"


def test_a_text_is_printed_with_its_lines_and_tabs(capsys: Capture) -> None:
    say("a\tb\n\x1b[1mc")
    remark("d\u202ee")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("a\tb\n\\u001b[1mc\n", "d\\u202ee\n")


@pytest.mark.parametrize("form", ["table", "json"])
def test_a_file_cannot_control_the_terminal(form: str, capsys: Capture, tmp_path: Path) -> None:
    run = small_run(preset("resnet18"))
    layers = tuple(msgspec.structs.replace(layer, doubt=HOSTILE) for layer in run.layers)
    place = Environment(device=HOSTILE, name=HOSTILE, torch=HOSTILE, flags={HOSTILE: HOSTILE})
    hostile = msgspec.structs.replace(run, place=place, layers=layers, warnings=(HOSTILE,), fallbacks=(HOSTILE,))
    hostile = msgspec.structs.replace(hostile, ceilings=None)  # with them, a layer's doubt is put into words anew
    path = tmp_path / "run.json"
    path.write_text(run_json(hostile), "utf8")
    shown = printed(capsys, "runs", str(path), "--format", form)
    assert all(line.replace("\t", "").isprintable() for line in shown.split("\n"))
    assert r"\u202egnp.exe" in shown
    if form == "json":
        assert json.loads(shown)["place"]["name"] == HOSTILE


def test_json_with_escapes_means_the_same(capsys: Capture, tmp_path: Path) -> None:
    run = small_run(preset("resnet18"))
    save_run(msgspec.structs.replace(run, warnings=("\x7f\u061c\x85",)), tmp_path / "run.json")
    assert answered(capsys, "runs", str(tmp_path / "run.json"))["warnings"] == ["\x7f\u061c\x85"]


def test_nothing_else_in_the_commands_prints() -> None:
    files = [file for file in CLI.rglob("*.py") if file.name not in ("output.py", "progress.py")]
    assert len(files) > 15
    for file in files:
        for node in ast.walk(ast.parse(file.read_text("utf8"))):
            assert not (isinstance(node, ast.Name) and node.id == "print"), file
            assert not (isinstance(node, ast.Attribute) and node.attr in ("stdout", "write")), file
