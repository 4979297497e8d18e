"""Files written in one step: a failure leaves the previous content, and links and modes stay."""

import os
import shutil
import stat
from pathlib import Path

import pytest

from resnet_viz.errors import FileProblem
from resnet_viz.storage.atomic import check_writable, read_content, write_bytes_atomic, write_text_atomic


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


def test_a_file_that_is_missing_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match=r"nowhere cannot be read: No such file or directory\."):
        read_content(tmp_path / "nowhere")


def test_a_path_is_writable_where_its_folder_exists_and_it_is_no_folder(tmp_path: Path) -> None:
    check_writable(tmp_path / "new.json")
    with pytest.raises(FileProblem, match=r"cannot be written: it is a folder; give the name of a file\."):
        check_writable(tmp_path)
    with pytest.raises(FileProblem, match=r"cannot be written: there is no folder .*missing\."):
        check_writable(tmp_path / "missing" / "new.json")
