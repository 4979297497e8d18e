"""Only regular files are read, and none without end."""

import os
from pathlib import Path

import pytest

from resnet_viz.errors import FileProblem
from resnet_viz.storage import reading
from resnet_viz.storage.reading import MAX_SHOWN_PATH, read_content, shown_path
from resnet_viz.storage.runs import list_runs, looks_like_run, read_run
from resnet_viz.storage.specs import read_spec

NO_FILE = "it is a pipe or a device; give the name of a file"


def test_a_file_that_is_missing_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match=r"nowhere cannot be read: No such file or directory\."):
        read_content(tmp_path / "nowhere")


@pytest.mark.parametrize("read", [read_content, read_run, read_spec])
def test_what_is_no_regular_file_is_refused(read: object, tmp_path: Path) -> None:
    """A pipe that nobody writes to would be waited for, and a device read without end."""
    assert callable(read)
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "link.json").symlink_to("/dev/zero")
    (tmp_path / "loop.json").symlink_to(tmp_path / "loop.json")
    (tmp_path / "folder.json").mkdir()
    for name, reason in (
        ("pipe.json", NO_FILE),
        ("link.json", NO_FILE),
        ("loop.json", "Too many levels of symbolic links"),
        ("folder.json", "it is a folder; give the name of a file"),
        ("x" * 300, "File name too long"),
        ("nul\0.json", "no file can have this name"),
        ("folder.json/nothing.json", "No such file or directory"),
    ):
        assert not looks_like_run(tmp_path / name)
        with pytest.raises(FileProblem, match=f" cannot be read: {reason}\\."):
            read(tmp_path / name)


def test_a_link_to_a_file_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"content")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert read_content(tmp_path / "link") == b"content"


def test_a_file_of_ten_gigabytes_is_refused(tmp_path: Path) -> None:
    """Its blocks are not on the disk: only its length is large."""
    with (tmp_path / "large.json").open("wb") as stream:
        stream.truncate(10_000_000_000)
    with pytest.raises(FileProblem, match=r"large\.json cannot be read: it has more than 512 MiB\."):
        read_run(tmp_path / "large.json")


def test_a_file_whose_length_is_unknown_is_read_to_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of /proc say that they are empty."""
    assert read_content(Path("/proc/self/status")).startswith(b"Name:")
    monkeypatch.setattr(reading, "MAX_FILE_BYTES", 10)
    (tmp_path / "ten").write_bytes(b"0123456789")
    assert read_content(tmp_path / "ten") == b"0123456789"
    (tmp_path / "eleven").write_bytes(b"0123456789A")
    for path in (Path("/proc/self/status"), tmp_path / "eleven"):
        with pytest.raises(FileProblem, match="it has more than"):
            read_content(path)


def test_the_list_of_runs_leaves_out_pipes_and_devices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESNET_VIZ_RUNS", str(tmp_path))
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "device.json").symlink_to("/dev/zero")
    (tmp_path / "folder.json").mkdir()
    assert list_runs() == ()


def test_a_long_path_is_cut_in_the_middle() -> None:
    assert shown_path(Path("a" * MAX_SHOWN_PATH)) == "a" * MAX_SHOWN_PATH
    assert shown_path(Path("a" * 5_000 + "b" * 5_000)) == "a" * 100 + "…" + "b" * 100
