"""Files written in one step: a failure leaves the previous content, and links and modes stay."""

import ast
import os
import re
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

import resnet_viz
from resnet_viz.errors import FileProblem
from resnet_viz.storage.atomic import (
    ABANDONED_SECONDS,
    check_writable,
    write_bytes_atomic,
    write_text_atomic,
    write_text_new,
)
from resnet_viz.storage.reading import read_content


def test_a_failure_leaves_the_previous_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when the disk is full: nothing else is left in the folder."""
    target = tmp_path / "n.csv"
    target.write_text("old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copymode", fail)
    with pytest.raises(FileProblem, match=r"n\.csv cannot be written: No space left on device\."):
        write_text_atomic(target, "new text")
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_links_and_modes_stay(tmp_path: Path) -> None:
    """Overwriting through a link changes the file behind it and keeps its mode; a new file has the usual mode."""
    target, link, fresh = tmp_path / "real.json", tmp_path / "link.json", tmp_path / "fresh.json"
    target.write_text("old")
    target.chmod(0o640)
    link.symlink_to(target)
    write_text_atomic(link, "new")
    assert link.is_symlink()
    assert target.read_text() == "new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    write_text_atomic(fresh, "new")
    before = os.umask(0)
    os.umask(before)
    assert stat.S_IMODE(fresh.stat().st_mode) == 0o666 & ~before


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    write_text_atomic(tmp_path / "text", "naïve ÷\n")
    assert read_content(tmp_path / "text").decode() == "naïve ÷\n"
    write_bytes_atomic(tmp_path / "bytes", b"\x00\xff")
    assert read_content(tmp_path / "bytes") == b"\x00\xff"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bytes", "text"]


def test_a_path_is_writable_where_its_folder_exists_and_it_is_no_folder(tmp_path: Path) -> None:
    check_writable(tmp_path / "new.json")
    with pytest.raises(FileProblem, match=r"cannot be written: it is a folder; give the name of a file\."):
        check_writable(tmp_path)
    with pytest.raises(FileProblem, match=r"cannot be written: there is no folder .*missing\."):
        check_writable(tmp_path / "missing" / "new.json")


@pytest.mark.parametrize("write", [write_text_atomic, lambda path, _: check_writable(path)])
def test_names_that_no_file_can_be_written_to_are_sentences(write: object, tmp_path: Path) -> None:
    assert callable(write)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").write_text("kept")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "astray").symlink_to(tmp_path / "missing" / "file")
    for name, reason in (
        ("x" * 256, "File name too long"),
        ("nul\0.json", "no file can have this name"),
        ("loop", "Too many levels of symbolic links"),
        ("pipe", "it is a pipe or a device; give the name of a file"),
        ("/dev/full", "it is a pipe or a device; give the name of a file"),
        ("/dev/null", "it is a pipe or a device; give the name of a file"),
        ("file/inside", "Not a directory"),
        ("astray", f"there is no folder {tmp_path / 'missing'}"),
    ):
        with pytest.raises(FileProblem, match=f" cannot be written: {reason}\\."):
            write(tmp_path / name, "new")
    assert Path("/dev/null").is_char_device()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["astray", "file", "loop", "pipe"]
    assert (tmp_path / "file").read_text() == "kept"


def test_a_link_to_nothing_makes_the_file_behind_it(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_text_atomic(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_the_longest_name_can_be_written(tmp_path: Path) -> None:
    write_text_atomic(tmp_path / ("x" * 255), "new")
    assert (tmp_path / ("x" * 255)).read_text() == "new"


def test_what_the_user_may_not_write_is_refused_before_anything_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The superuser, as whom the tests may run, may write everywhere."""
    target = tmp_path / "file"
    target.write_text("kept")
    protected = {target}
    monkeypatch.setattr(os, "access", lambda path, _: Path(path) not in protected)
    with pytest.raises(FileProblem, match=r"file cannot be written: it is write-protected\."):
        check_writable(target)
    protected.add(tmp_path)
    with pytest.raises(FileProblem, match=r"file cannot be written: its folder does not allow new files\."):
        check_writable(target)


SMALL_DISK = """
import resource, sys
from pathlib import Path
from resnet_viz.errors import FileProblem
from resnet_viz.storage.atomic import write_text_atomic, write_text_new
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
folder = Path(sys.argv[1])
for write, place in ((write_text_atomic, (folder / "n.csv",)), (write_text_new, (folder, "n", ".csv"))):
    try:
        write(*place, "x" * 2000)
    except FileProblem as problem:
        print(problem)
"""


def test_a_disk_that_takes_no_more_leaves_everything_as_it_was(tmp_path: Path) -> None:
    """The system refuses in the middle of the file, as when the disk is full."""
    (tmp_path / "n.csv").write_text("old")
    done = subprocess.run([sys.executable, "-c", SMALL_DISK, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.count("n.csv cannot be written: File too large.\n") == 2
    assert (tmp_path / "n.csv").read_text() == "old"
    assert list(tmp_path.iterdir()) == [tmp_path / "n.csv"]


def test_the_content_is_on_the_disk_before_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash of the system must not leave an empty file in place of the previous one."""
    target, seen = tmp_path / "file", []
    target.write_text("old")
    monkeypatch.setattr(os, "fsync", lambda _: seen.append(target.read_text()))
    write_text_atomic(target, "new")
    assert seen == ["old", "new"]  # the file first, then the folder with its name


def test_what_a_dead_program_left_is_removed(tmp_path: Path) -> None:
    """What another program may still be writing stays, and so does everything with another name."""
    old = time.time() - ABANDONED_SECONDS - 60
    left, busy = tmp_path / ".0123456789abcdef.part", tmp_path / ".fedcba9876543210.part"
    others = [tmp_path / name for name in ("film.part", ".0123456789abcdeg.part", ".0123456789abcdef.part.txt")]
    for path in (left, busy, *others):
        path.write_text("half")
        os.utime(path, (old, old))
    os.utime(busy)
    (tmp_path / ".00112233445566ff.part").mkdir()
    write_text_atomic(tmp_path / "new", "new")
    assert not left.exists()
    assert sorted(tmp_path.iterdir()) == sorted([busy, *others, tmp_path / ".00112233445566ff.part", tmp_path / "new"])


@pytest.mark.parametrize("has_links", [True, False])
def test_a_new_file_takes_a_name_that_is_free(has_links: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a file system without hard links as well."""
    if not has_links:
        monkeypatch.setattr(os, "link", _unsupported)
    (tmp_path / "run (2).json").symlink_to(tmp_path / "nowhere")
    paths = [write_text_new(tmp_path, "run", ".json", str(number)) for number in range(3)]
    assert [path.name for path in paths] == ["run.json", "run (3).json", "run (4).json"]
    assert [path.read_text() for path in paths] == ["0", "1", "2"]
    assert len(list(tmp_path.iterdir())) == 4


def _unsupported(*_: object) -> None:
    raise OSError(95, "Operation not supported")


def test_a_name_that_another_program_takes_first_is_left_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = os.link

    def late(source: Path, target: Path) -> None:
        if target.name == "run.json":
            target.write_text("theirs")
        link(source, target)

    monkeypatch.setattr(os, "link", late)
    path = write_text_new(tmp_path, "run", ".json", "ours")
    assert (path.name, path.read_text()) == ("run (2).json", "ours")
    assert (tmp_path / "run.json").read_text() == "theirs"


def test_nothing_else_in_the_program_writes_files() -> None:
    """A file that is written elsewhere would be left half where the disk is full or the program is ended."""
    package = Path(resnet_viz.__file__).parent
    writers = {
        f"{path.relative_to(package)}: {ast.unparse(call)}"
        for path in package.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and _writes(call)
    }
    assert {writer.partition(":")[0] for writer in writers} == {"storage/atomic.py"}, writers


def _writes(call: ast.Call) -> bool:
    """True for `write_text`, `write_bytes`, and `open` of a file in a mode that is not reading."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    modes = [
        argument.value
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]
    return name in ("write_text", "write_bytes") or (
        name == "open" and any(re.fullmatch("[rwxab+]*[wxa+][wxab+]*", mode) for mode in modes)
    )
