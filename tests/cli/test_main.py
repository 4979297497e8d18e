"""The command line: help, and one sentence for every mistake of a user."""

import platform
from importlib import metadata
from pathlib import Path

import pytest

from resnet_viz.__main__ import main
from resnet_viz.version import __version__
from tests.cli.asking import Capture, refused


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        ("show resnet51 --block bottleneck", ["51", "50 and 53"]),
        ("show resnet51", ["51", "50 and 52"]),
        ("show resnet50 --blocks 0,4,6,3", ["--blocks", "0", "1 to 2,000"]),
        ("show resnet50 --blocks -1,4", ["--blocks", "-1", "1 to 2,000"]),
        ("show resnet50 --blocks 1000000000", ["--blocks", "1000000000", "1 to 2,000"]),
        ("show resnet50 --blocks 1,1,1,1,1,1,1", ["--blocks", "1 to 6 stages"]),
        ("show resnet50 --blocks 3,four", ["--blocks", "3,four", "3,4,6,3"]),
        ("show resnet50 --blocks=", ["--blocks", "nothing"]),
        ("show resnet50 --blocks=--", ["--blocks", "-- is not accepted"]),
        ("export resnet50 -o--", ["-o", "-- is not accepted"]),
        ("export resnet50 -o=--", ["-o", "-- is not accepted"]),
        ("show resnet50 --width " + "9" * 5_000, ["--width", "999…", "whole number"]),
        ("profile resnet18 --seconds nan", ["--seconds", "nan", "0.1 to 3,600"]),
        ("memory resnet18 --fits-gib nan", ["--fits-gib", "nan"]),
        ("show resnet50 --blocks", ["--blocks", "expected one argument"]),
        ("show resnet50 --width -64", ["--width", "-64", "1 to 65,536"]),
        ("show resnet50 --width 6.4", ["--width", "6.4", "whole number"]),
        ("show resnet50 --groups 3", ["--groups", "3", "divide the 64"]),
        ("show resnet50 --input 1x3x0x224", ["--input", "1x3x0x224", "smallest", "1x3x1x1"]),
        ("show resnet50 --input 3x224x224", ["--input", "3x224x224", "1x3x224x224"]),
        ("show resnet50 --dilate 0,1", ["--dilate", "0,1", "3 values"]),
        ("show resnet50 --dilate 0,1,2", ["--dilate", "0,1,2", "0 or 1"]),
        ("show resnet50 --stages 5", ["--stages", "5", "1 to 4"]),
        ("show resnet50 --shortcut E", ["--shortcut", "E", "A, B, C, D, none"]),
        ("show resnet50 --format xml", ["--format", "xml", "torchsummary"]),
        ("show resnet50 --level block --format torchsummary", ["--level", "block"]),
        ("show resnet50 --blcok basic", ["show", "--blcok", "--help"]),
        ("show resnet50 resnet18", ["'resnet18'"]),
        ("show", ["ARCH is missing"]),
        ("show resnxt50", ["resnxt50", "resnet50"]),
        ("resnxt50", ["resnxt50", "resnet50"]),
        ("resnet51 --block bottleneck", ["'resnet51' is not a command", "show, presets, export"]),
        ("compete", ["'compete' is not a command", "show, presets, export, counters, ledger, memory, compare"]),
        ("--verbose", ["'--verbose' is not a command"]),
        ("export resnet50", ["--output is missing"]),
        ("export resnet50 -o figure.gif", ["figure.gif", "'.gif'", ".svg .pdf .png .json .graphml .csv .md .tex .py"]),
        ("export resnet50 -o figure.svg --colour latency", ["--run", "profile makes one"]),
        ("export resnet50 -o figure.svg --color latency", ["--run", "profile makes one"]),
        ("export resnet50 -o net.csv --part layer3", ["--part", "layer3", "for figures"]),
        ("export resnet50 -o figure", ["figure", "suffix", "is missing", ".json .graphml .csv .md .tex .py"]),
        ("export resnet50 -o no-such-folder/x.csv", ["no-such-folder", "cannot be written"]),
        ("show no-such-file.json", ["no-such-file.json", "cannot be read"]),
    ],
)
def test_a_mistake_gives_one_sentence(capsys: Capture, arguments: str, parts: list[str]) -> None:
    """The sentence has the option, the value and the accepted values."""
    sentence = refused(capsys, *arguments.split())
    assert all(part in sentence for part in parts), sentence
    assert "usage:" not in sentence


def test_a_broken_spec_file_gives_one_sentence(capsys: Capture, tmp_path: Path) -> None:
    """The sentence has the path of the wrong field; a file of another program is told from a broken one."""
    path = tmp_path / "network.json"
    path.write_text('{"block": "basic", "blocks": [2, "many"]}')
    assert 'blocks: [2, "many"] is not accepted; give a list of whole numbers.' in refused(capsys, "show", str(path))
    path.write_text('{"dependencies": {}}')
    assert "is not a network" in refused(capsys, str(path))


def test_help_names_the_commands_and_the_counting(capsys: Capture) -> None:
    """Help goes to standard output, with status 0."""
    assert main(["--help"]) == 0
    printed = capsys.readouterr().out
    assert all(
        word in printed for word in ("show", "export", "presets", "ARCH", "Build, inspect and measure", "COMMAND …")
    )
    assert main(["show", "--help"]) == 0
    assert "FLOPs are 2 × MACs" in " ".join(capsys.readouterr().out.split())


def test_the_version_names_what_the_numbers_depend_on(capsys: Capture) -> None:
    assert main(["--version"]) == 0
    torch = metadata.version("torch")
    printed = capsys.readouterr().out
    assert printed.startswith(
        f"resnet-viz {__version__} (Python {platform.python_version()}, torch {torch}, PySide6 6."
    )
    assert printed.endswith(")\n")


def test_the_version_needs_no_package(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that is not installed is left out."""
    monkeypatch.setattr("sys.path", [])
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"resnet-viz {__version__} (Python {platform.python_version()})\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("show resnet50 --blcok basic", "show has no option --blcok; see resnet-viz show --help."),
        ("show resnet50 --blcok=basic", "show has no option --blcok; see resnet-viz show --help."),
        ("show resnet50 resnet18", "'resnet18' is one argument too many; see resnet-viz show --help."),
        ("show resnet50 --blocks -1,4", "--blocks: -1 is not accepted; give a whole number from 1 to 2,000."),
        ("show resnet50 --blocks=-1,4", "--blocks: -1 is not accepted; give a whole number from 1 to 2,000."),
    ],
)
def test_the_whole_sentence_of_an_unexpected_argument(capsys: Capture, arguments: str, sentence: str) -> None:
    assert refused(capsys, *arguments.split()) == sentence


@pytest.mark.parametrize("command", [("show",), ("compare", "resnet50")])
def test_an_unknown_network_is_one_sentence(command: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "nosuch"]) == 2
    sentence = capsys.readouterr().err
    assert sentence.startswith("There is no network called 'nosuch'")
    assert sentence.count(".") == 1
