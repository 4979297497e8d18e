"""The engine as a process: strange lines, prints at any time, and the end of its input."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from resnet_viz.child_process import module_command, module_environment
from resnet_viz.engine.protocol import (
    Analyse,
    Answer,
    Failure,
    Measure,
    Message,
    Progress,
    Ready,
    ask,
    decode_message,
    encode,
    value_for,
)
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import ProfileSettings

SMALL = preset("resnet20_cifar")
END_SECONDS = 60
PRINTING = """
import os, sys
print("printed while torch loads", flush=True)
os.system("echo printed by another program")
os.write(1, b"written by C while torch loads, without an end of the line")
sys.path.remove({folder!r})
del sys.modules["torch"]
import torch
def loud(*values):
    print("printed later", flush=True)
    os.write(1, b"written by C later")
torch.set_flush_denormal = loud
"""
"""A module named torch that prints and then loads the true one."""


class Engine:
    """A real engine process, asked and answered line by line."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.process = process

    def send(self, line: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line)
        self.process.stdin.flush()

    def receive(self) -> Message:
        assert self.process.stdout is not None
        return decode_message(self.process.stdout.readline())

    def close_input(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()


@contextmanager
def engine(first_folder: Path, working_folder: Path) -> Iterator[Engine]:
    """A process that imports from `first_folder` before all others, killed at the end if it still runs."""
    environment = module_environment()
    environment["PYTHONPATH"] = os.pathsep.join([str(first_folder), environment["PYTHONPATH"]])
    with subprocess.Popen(
        module_command("resnet_viz", "engine"), env=environment, cwd=working_folder, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        yield Engine(process)
        process.kill()


def test_it_bears_prints_and_strange_lines_and_ends_in_the_middle_of_a_measurement(tmp_path: Path) -> None:
    loud, strange = tmp_path / "loud", tmp_path / "strange"
    for folder in (loud, strange):
        folder.mkdir()
    (loud / "torch.py").write_text(PRINTING.format(folder=str(loud)))
    for name in ("torch.py", "json.py", "resnet_viz.py"):
        (strange / name).write_text("raise SystemExit('code of the current folder ran')")
    with engine(loud, strange) as started:
        for line in (
            b'{"id":1,"request":{"ask":"\xff"}}\n',
            b'{"id":2,"request":{"ask":"analyse","question":' + b"[" * 5_000 + b"]" * 5_000 + b"}}\n",
            b"[" * 100_000_000 + b"\n",
            encode(ask(4, Analyse(SMALL))),
        ):
            started.send(line)
        assert isinstance(started.receive(), Ready)
        assert started.receive() == Failure(1, "a text in it is not encoded in UTF-8")
        assert started.receive() == Failure(None, "its values are nested too deep")
        assert started.receive() == Failure(None, "A request of more than 16 MiB is not accepted.")
        answer = started.receive()
        assert isinstance(answer, Answer)
        assert value_for(Analyse(SMALL), answer).analysis.totals.params == 269_722

        started.send(encode(ask(5, Measure(SMALL, ProfileSettings(device="cpu", batch=1, seconds=3_600)))))
        assert isinstance(started.receive(), Progress)
        started.process.send_signal(signal.SIGINT)  # a terminal sends it to the window's children too
        assert isinstance(started.receive(), Progress)
        started.close_input()
        assert started.process.wait(END_SECONDS) == 0
        assert started.process.stderr is not None
        errors = started.process.stderr.read()
    for part in (b"printed while", b"by another program", b"C while torch loads", b"printed later", b"C later"):
        assert part in errors


def test_it_ends_with_its_input_while_torch_loads(tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text("import time\ntime.sleep(3_600)\n")
    with engine(tmp_path, tmp_path) as started:
        started.close_input()
        assert started.process.wait(END_SECONDS) == 0
