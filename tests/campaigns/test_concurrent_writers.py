"""Programs that save runs at the same moment, and some that are killed while they do: no run is lost or half."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from resnet_viz.spec.presets import preset
from resnet_viz.storage.atomic import ABANDONED_SECONDS
from resnet_viz.storage.runs import list_runs, read_run, save_in_runs_folder, save_run
from tests.campaigns.extent import extent, random_source
from tests.gui.small_run import small_run

WRITER = """
import sys
from pathlib import Path
import msgspec
from resnet_viz.storage.runs import read_run, save_in_runs_folder
template, name, count = sys.argv[1:]
run, _ = read_run(Path(template))
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(count)):
    place = msgspec.structs.replace(run.place, name=f"{name} {number}")
    print(save_in_runs_folder(msgspec.structs.replace(run, place=place)), flush=True)
"""
"""Saves runs that differ in the name of their device alone, so that all ask for the same name, and prints their paths.

It begins when it is told to.
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The runs folder, empty, and beside it a run as a template."""
    monkeypatch.setenv("RESNET_VIZ_RUNS", str(tmp_path / "runs"))
    save_run(small_run(preset("resnet18")), tmp_path / "template.json")
    return tmp_path / "runs"


def started(folder: Path, names: range, count: int) -> Iterator["subprocess.Popen[str]"]:
    """Start writers of this many runs each, and tell all of them to begin once every one is ready."""
    command = [sys.executable, "-c", WRITER, str(folder.parent / "template.json")]
    writers = [
        subprocess.Popen([*command, str(name), str(count)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for name in names
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("begin\n")
        writer.stdin.flush()
    yield from writers


def test_runs_that_are_saved_at_the_same_moment_are_all_kept(folder: Path) -> None:
    """While they are saved, each file in the list is complete."""
    count = extent(daily=12, long=100)
    writers = list(started(folder, range(extent(daily=3, long=8)), count))
    listed = 0
    while any(writer.poll() is None for writer in writers) and listed < count * len(writers):
        entries = list_runs()
        assert len(entries) >= listed
        listed = len(entries)
        for entry in entries[-3:]:
            assert read_run(Path(entry.path))[1] == ""
    paths = {path for writer in writers for path in writer.communicate()[0].split("\n") if path}
    assert [writer.returncode for writer in writers] == [0] * len(writers)
    assert {str(path) for path in folder.iterdir()} == paths
    names = {read_run(Path(path))[0].place.name for path in paths}
    assert names == {f"{name} {number}" for name in range(len(writers)) for number in range(count)}


def test_a_killed_writer_leaves_whole_runs_and_what_it_left_is_removed(folder: Path) -> None:
    chance = random_source()
    for _ in range(extent(daily=2, long=60)):
        (writer,) = started(folder, range(1), 10_000)
        assert writer.stdout is not None
        paths = [writer.stdout.readline().rstrip("\n") for _ in range(chance.randrange(1, 8))]
        time.sleep(chance.random() * 0.003)  # anywhere in the next ones
        writer.send_signal(signal.SIGKILL)
        paths += [line for line in writer.communicate()[0].split("\n") if line.endswith(".json")]
        for path in (*map(Path, paths), *folder.glob("*.json")):
            assert read_run(path)[1] == ""
    (folder / ".0123456789abcdef.part").write_bytes(b"half")
    for left in folder.glob("*.part"):
        os.utime(left, (time.time() - 2 * ABANDONED_SECONDS,) * 2)
    save_in_runs_folder(small_run(preset("resnet18")))
    assert list(folder.glob("*.part")) == list(folder.glob(".*")) == []
