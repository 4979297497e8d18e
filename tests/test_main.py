"""The process: streams, exit statuses, and one sentence where something is missing."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from resnet_viz.__main__ import main

ROOT = Path(__file__).parents[1]


def process(*arguments: str, **options: Any) -> "subprocess.CompletedProcess[str]":
    """Run `python main.py` with these arguments."""
    command = [sys.executable, str(ROOT / "main.py"), *arguments]
    return subprocess.run(command, text=True, stderr=subprocess.PIPE, check=False, timeout=120, **options)


def test_a_wrong_option_is_refused_without_importing_torch_or_qt() -> None:
    code = (
        "import sys; from resnet_viz.__main__ import main; status = main(['show', 'resnet50', '--width', '-1']);"
        "print(status, sorted({'torch', 'PySide6'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "2 []\n"


def test_errors_and_answers_have_their_status_and_stream() -> None:
    """An error goes to standard error with status 2, an answer to standard output with 0."""
    wrong = process("show", "resnet51", "--block", "bottleneck", stdout=subprocess.PIPE)
    assert (wrong.returncode, wrong.stdout, wrong.stderr.count("\n")) == (2, "", 1)
    right = process("presets", stdout=subprocess.PIPE)
    assert (right.returncode, right.stderr) == (0, "")
    assert "resnet50" in right.stdout


def test_a_closed_pipe_is_no_error() -> None:
    """A reader such as `head -1` that stops reading causes no message."""
    reader, writer = os.pipe()
    os.close(reader)
    done = process("presets", "--format", "json", stdout=writer)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(sys.platform == "win32", reason="no POSIX shell")
@pytest.mark.parametrize(
    ("shell", "status", "sentence"),
    [
        ("{presets} >&-", 0, ""),
        ("{presets} >&- 2>&-", 0, ""),
        ("{presets} <&- >&-", 0, ""),
        ("{wrong} 2>&-", 2, ""),
        ("{wrong} >&- 2>&-", 2, ""),
        ("{wrong} 2>/dev/full", 2, ""),
        ("{wrong} >&-", 2, "There is no network called 'nosuch'"),
    ],
)
def test_a_closed_stream_changes_neither_status_nor_sentence(shell: str, status: int, sentence: str) -> None:
    program = f"{sys.executable} {ROOT / 'main.py'}"
    line = shell.format(presets=f"{program} presets", wrong=f"{program} show nosuch")
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stdout) == (status, "")
    assert done.stderr.startswith(sentence)
    assert done.stderr.count("\n") == bool(sentence)


@pytest.mark.skipif(sys.platform == "win32", reason="no POSIX shell")
def test_a_file_does_not_take_the_number_of_a_closed_stream(tmp_path: Path) -> None:
    """What a library prints to descriptor 1 would otherwise end up in the exported file."""
    written = tmp_path / "network.csv"
    line = f"{sys.executable} {ROOT / 'main.py'} export resnet18 -o {written} >&-"
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert "written" not in written.read_text("utf8")


@pytest.mark.parametrize("name", ["\x1b]0;title\x07", "\x9b31mred", "\u202egnp.exe", "two\nlines", "\udcff"])
def test_a_name_reaches_the_terminal_without_anything_that_it_obeys(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", name]) == 2
    sentence = capsys.readouterr().err
    assert sentence.removesuffix("\n").isprintable()
    assert rf"\u{ord(next(char for char in name if not char.isprintable())):04x}" in sentence


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_behind_standard_output_is_one_sentence() -> None:
    with open("/dev/full", "w") as full:
        done = process("presets", stdout=full)
    assert done.returncode == 2
    assert done.stderr == "The output cannot be written: No space left on device.\n"


def test_a_terminal_without_a_character_shows_a_question_mark() -> None:
    env = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = process("presets", stdout=subprocess.PIPE, env=env)
    assert done.returncode == 0
    assert "32?4d" in done.stdout


def test_an_interrupt_exits_quietly_with_130() -> None:
    code = "import signal, time\nfrom resnet_viz.__main__ import main\nfrom resnet_viz.cli import main as commands\n"
    code += "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a shell may have ignored it
    code += "commands.run = lambda arguments, draw: print('ready', flush=True) or time.sleep(60)\n"
    code += "raise SystemExit(main(['show']))"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        time.sleep(0.1)
        child.send_signal(signal.SIGINT)
        _, errors = child.communicate(timeout=30)
    assert (child.returncode, errors) == (130, "")


@pytest.mark.parametrize(
    ("missing", "arguments"), [("PySide6", []), ("PySide6", ["resnet50"]), ("torch", ["show", "resnet50"])]
)
def test_a_missing_package_is_one_sentence_with_the_install_command(missing: str, arguments: list[str]) -> None:
    code = f"import sys; sys.modules['{missing}'] = None\n"
    code += f"from resnet_viz.__main__ import main; sys.exit(main({arguments}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert f"pip install {missing}" in done.stderr


def test_the_window_opens_without_arguments_or_on_one_network(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str | None] = []

    def run(arch: str | None) -> int:
        opened.append(arch)
        return 0

    monkeypatch.setattr("resnet_viz.gui.app.run", run)
    assert main([]) == 0
    assert main(["resnet50"]) == 0
    assert opened == [None, "resnet50"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a display")
def test_a_missing_display_is_one_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert main(["resnet50"]) == 2
    assert "There is no display" in capsys.readouterr().err


class _NeedsLibrary(ModuleType):
    """A module that is imported like one whose system library is missing."""

    def __getattr__(self, name: str) -> object:
        raise ImportError("libEGL.so.1: cannot open shared object file: No such file or directory")


def test_a_missing_system_library_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "resnet_viz.gui.app", _NeedsLibrary("resnet_viz.gui.app"))
    assert main(["resnet50"]) == 2
    sentence = capsys.readouterr().err
    assert sentence.startswith("Qt needs the system library libEGL.so.1, which is missing: install it with  sudo apt")
    assert sentence.count("\n") == 1


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a display")
@pytest.mark.parametrize(
    ("variable", "value", "parts"),
    [
        (
            "DISPLAY",
            ":4711",
            ("The display :4711", "libxcb-cursor0"),
        ),  # the second where Qt's libraries are missing too
        ("WAYLAND_DISPLAY", "nothing", ("The display nothing", "libwayland-cursor0")),
        ("QT_QPA_PLATFORM", "foo", ("QT_QPA_PLATFORM: foo is not accepted; accepted: ",)),
    ],
)
def test_a_display_that_refuses_is_one_sentence(variable: str, value: str, parts: tuple[str, ...]) -> None:
    """Qt itself would end the process with a core dump."""
    environment = {**os.environ, "DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": "", variable: value}
    done = process("resnet50", stdout=subprocess.PIPE, env=environment)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert any(part in done.stderr for part in parts)


@pytest.mark.parametrize(
    "defect",
    [
        ModuleNotFoundError(name="resnet_viz.nothing"),
        ImportError("cannot import name 'run'"),
        FileNotFoundError(2, "missing", "ours.json"),
        KeyError("x"),
    ],
)
def test_a_defect_of_the_program_is_not_hidden(monkeypatch: pytest.MonkeyPatch, defect: Exception) -> None:
    def run(_arguments: list[str], _draw: object) -> int:
        raise defect

    monkeypatch.setattr("resnet_viz.cli.main.run", run)
    with pytest.raises(type(defect)):
        main(["show", "resnet50"])


def test_the_status_of_a_command_is_the_status_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resnet_viz.cli.main.run", lambda _arguments, _draw: 3)
    monkeypatch.setattr(sys, "argv", ["resnet-viz", "show", "resnet50"])
    assert main() == 3
