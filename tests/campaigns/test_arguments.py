"""Random arguments: every call ends with status 0, 2 or 130, an answer or one sentence, and never a traceback."""

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from resnet_viz.__main__ import main
from resnet_viz.spec.presets import preset
from resnet_viz.storage.runs import save_run
from tests.campaigns.extent import extent, random_source
from tests.campaigns.vectors import random_vector
from tests.gui.small_run import small_run

ROOT = Path(__file__).resolve().parents[2]
LONGEST_SENTENCE = 1_200
INTERRUPTED_AT = """
import signal, sys
class Finder:
    left = {number}
    def find_spec(self, name, path=None, target=None):
        self.left -= 1
        if self.left == 0:
            signal.raise_signal(signal.SIGINT)
signal.signal(signal.SIGINT, signal.default_int_handler)
from resnet_viz.__main__ import main
sys.meta_path.insert(0, Finder())
sys.exit(main(["show", "resnet18"]))
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with a run and an empty file, which is the current one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RESNET_VIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("RESNET_VIZ_STATE", str(tmp_path / "window.json"))
    save_run(small_run(preset("resnet18")), tmp_path / "run.json")
    (tmp_path / "empty.json").touch()


@pytest.fixture
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither window, figure nor measurement: the arguments are what is tried, not what they lead to."""

    def measured(*_: object) -> Iterator[object]:
        yield small_run(preset("resnet18"))

    def nothing(*_: object) -> Iterator[object]:
        yield from ()

    monkeypatch.setattr("resnet_viz.gui.app.run", lambda arch: 0)
    monkeypatch.setattr("resnet_viz.__main__._draw", lambda figure: 5.0)
    monkeypatch.setattr("resnet_viz.measurement.profile", measured)
    monkeypatch.setattr("resnet_viz.selfcheck.checks.checks", nothing)


@pytest.mark.usefixtures("_quick")
def test_any_arguments_end_with_an_answer_or_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    chance, answered = random_source(), 0
    count = extent(daily=60, long=1_400)
    for _ in range(count):
        vector = random_vector(chance)
        status = main(vector)
        captured = capsys.readouterr()
        answered += status == 0
        assert status in (0, 2), vector
        if status == 2:
            assert captured.err.removesuffix("\n").splitlines()[-1:], vector
        for line in (captured.out + captured.err).replace("\t", " ").split("\n"):
            assert line.isprintable(), (vector, line)
        assert len(captured.err) < LONGEST_SENTENCE, vector
        assert "Traceback" not in captured.err
    assert 0.1 * count < answered < 0.9 * count


@pytest.mark.skipif(sys.platform == "win32", reason="no POSIX shell")
def test_processes_end_likewise_wherever_their_output_goes() -> None:
    chance = random_source()
    for _ in range(extent(daily=3, long=100)):
        vector = _of_a_process(chance)
        streams = chance.choice(
            ("", ">&-", "2>&-", ">&- 2>&-", "| true", "| head -1", ">/dev/full", "2>/dev/full", "<&-")
        )
        shell = f'"$@" {streams}'
        if streams.startswith("|"):
            shell = f'{{ "$@"; echo "status $?" >&2; }} {streams}'
        command = ["sh", "-c", shell, "sh", sys.executable, str(ROOT / "main.py"), *vector]
        environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "QT_QPA_PLATFORM")}
        done = subprocess.run(command, env=environment, capture_output=True, check=False, timeout=300)
        errors = done.stderr.decode(errors="replace")
        statuses = (0, 2) if not streams.startswith("|") else (0,)
        assert done.returncode in statuses, (vector, streams, errors)
        assert "Traceback" not in errors, (vector, streams)
        assert "Exception ignored" not in errors, (vector, streams)
        if streams.startswith("|"):
            assert errors.splitlines()[-1] in ("status 0", "status 2"), (vector, streams, errors)


def test_an_interrupt_while_torch_loads_is_quiet() -> None:
    """A library that catches everything around an import may swallow the interrupt; the command then goes on."""
    chance, statuses = random_source(), []
    for _ in range(extent(daily=1, long=40)):
        code = INTERRUPTED_AT.format(number=chance.randint(1, 700))
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode in (0, 130), code
        assert done.stderr == "", code
        statuses.append(done.returncode)
    assert statuses.count(130) > 0.7 * len(statuses)


def _of_a_process(chance: random.Random) -> list[str]:
    """Return arguments that a process can be given and that neither measure nor take long."""
    while True:
        vector = random_vector(chance)
        too_long = any("\0" in argument or len(argument) > 100_000 for argument in vector)
        if vector and vector[0] not in ("profile", "selfcheck", "compare") and not too_long:
            return vector
