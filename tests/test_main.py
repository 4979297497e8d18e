"""The process: streams, statuses, and one sentence for what is missing around it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from resnet_viz.__main__ import main

ROOT = Path(__file__).parents[1]


def process(*arguments: str, **options: Any) -> "subprocess.CompletedProcess[str]":
    """`python main.py …` as its users start it."""
    command = [sys.executable, str(ROOT / "main.py"), *arguments]
    return subprocess.run(command, text=True, stderr=subprocess.PIPE, check=False, timeout=120, **options)


def test_no_torch_or_qt_for_a_wrong_option() -> None:
    """A sentence is not worth a second of loading."""
    code = (
        "import sys; from resnet_viz.__main__ import main; status = main(['show', 'resnet50', '--width', '-1']);"
        "print(status, sorted({'torch', 'PySide6'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "2 []\n"


def test_status_and_streams() -> None:
    """An error goes to standard error with status 2, an answer to standard output with 0."""
    wrong = process("show", "resnet51", "--block", "bottleneck", stdout=subprocess.PIPE)
    assert (wrong.returncode, wrong.stdout, wrong.stderr.count("\n")) == (2, "", 1)
    right = process("presets", stdout=subprocess.PIPE)
    assert (right.returncode, right.stderr) == (0, "")
    assert "resnet50" in right.stdout


def test_a_reader_that_goes_away() -> None:
    """`… | head -1`: quiet."""
    reader, writer = os.pipe()
    os.close(reader)
    done = process("presets", "--format", "json", stdout=writer)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_behind_standard_output() -> None:
    """One sentence, no traceback."""
    with open("/dev/full", "w") as full:
        done = process("presets", stdout=full)
    assert done.returncode == 2
    assert done.stderr == "The output cannot be written: No space left on device.\n"


def test_a_terminal_without_the_signs() -> None:
    """ASCII shows question marks in place of a traceback."""
    env = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = process("presets", stdout=subprocess.PIPE, env=env)
    assert done.returncode == 0
    assert "32?4d" in done.stdout


def test_interrupted() -> None:
    """130, and no traceback."""
    code = "import resnet_viz.__main__ as entry, signal, time\n"
    code += "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a shell may have ignored it
    code += "entry._dispatch = lambda arguments: print('ready', flush=True) or time.sleep(60)\n"
    code += "raise SystemExit(entry.main([]))"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        time.sleep(0.1)
        child.send_signal(signal.SIGINT)
        _, complaint = child.communicate(timeout=30)
    assert (child.returncode, complaint) == (130, "")


@pytest.mark.parametrize(
    ("missing", "arguments"), [("PySide6", []), ("PySide6", ["resnet50"]), ("torch", ["show", "resnet50"])]
)
def test_a_missing_package(missing: str, arguments: list[str]) -> None:
    """One sentence that says what to install."""
    code = f"import sys; sys.modules['{missing}'] = None\n"
    code += f"from resnet_viz.__main__ import main; sys.exit(main({arguments}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert f"pip install {missing}" in done.stderr


def test_the_window_opens_on_the_architecture(monkeypatch: pytest.MonkeyPatch) -> None:
    """No argument, or a network alone."""
    opened: list[str | None] = []

    def run(arch: str | None) -> int:
        opened.append(arch)
        return 0

    monkeypatch.setattr("resnet_viz.gui.app.run", run)
    assert main([]) == 0
    assert main(["resnet50"]) == 0
    assert opened == [None, "resnet50"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a display")
def test_without_a_display_one_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert main(["resnet50"]) == 2
    assert "There is no display" in capsys.readouterr().err
