"""Atomic writing of files, with a sentence for whatever prevents it."""

import os
import re
import secrets
import shutil
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from resnet_viz.errors import FileProblem
from resnet_viz.storage.reading import irregular, reason_of, shown_path
from resnet_viz.texts import tr

ABANDONED_SECONDS = 3_600.0
"""A temporary file that was not changed for so long is left over from a program that was ended while it wrote."""
_TEMPORARY = re.compile(r"\.[0-9a-f]{16}\.part")


def write_text_atomic(path: Path, text: str) -> None:
    """Write the text in one step, so that a failure leaves the previous content; raises FileProblem."""
    write_bytes_atomic(path, text.encode(errors="replace"))  # only a damaged name has half a surrogate pair


def write_bytes_atomic(path: Path, content: bytes) -> None:
    """Write the bytes in one step, so that a failure leaves the previous content; raises FileProblem.

    A link stays a link, and the file behind it keeps its permissions.
    """
    check_writable(path)
    with _sentences(path):
        target = path.resolve()
        with _temporary(target.parent, content) as temporary:
            if target.exists():
                shutil.copymode(target, temporary)
            temporary.replace(target)
            _make_lasting(target.parent)


def write_text_new(folder: Path, stem: str, suffix: str, text: str) -> Path:
    """Write the text in one step to a new file, and return its path; raises FileProblem.

    Where the name is taken, also by a program that writes at this moment, a number is added to it: `name (2).json`.
    """
    path = folder / f"{stem}{suffix}"
    with _sentences(path), _temporary(folder, text.encode(errors="replace")) as temporary:
        number = 1
        while not _named(temporary, path):
            number += 1
            path = folder / f"{stem} ({number}){suffix}"
        _make_lasting(folder)
    return path


def check_writable(path: Path) -> None:
    """Raise FileProblem where the path is a folder, a pipe or a device, or where no file can be written there."""
    with _sentences(path):
        try:
            reason = irregular(path)
        except FileNotFoundError:
            reason = ""
        if reason:
            raise _unwritable(path, reason)
        target = Path(os.path.realpath(path))
        if not target.parent.is_dir():
            raise _unwritable(path, tr("there is no folder {folder}").format(folder=shown_path(target.parent)))
        if not os.access(target.parent, os.W_OK | os.X_OK):
            raise _unwritable(path, tr("its folder does not allow new files"))
        if target.exists() and not os.access(target, os.W_OK):
            raise _unwritable(path, tr("it is write-protected"))


@contextmanager
def _sentences(path: Path) -> Iterator[None]:
    """Turn errors of the file system into FileProblem."""
    try:
        yield
    except (OSError, ValueError) as error:
        raise _unwritable(path, reason_of(error)) from error


@contextmanager
def _temporary(folder: Path, content: bytes) -> Iterator[Path]:
    """Write the content to a temporary file in the folder, where it can be renamed, and remove what is left of it."""
    _remove_abandoned(folder)
    temporary = folder / f".{secrets.token_hex(8)}.part"
    try:
        with temporary.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())  # else a crash of the system could leave an empty file under the new name
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def _named(temporary: Path, path: Path) -> bool:
    """Give the temporary file a name, unless that is taken; return whether it has it now."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    except OSError:  # a file system without hard links
        try:
            path.open("xb").close()
        except FileExistsError:
            return False
        temporary.replace(path)
    return True


def _make_lasting(folder: Path) -> None:
    """Write a new name in the folder to the disk, where the system can; the file itself is complete already."""
    if sys.platform != "win32":
        with suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _remove_abandoned(folder: Path) -> None:
    """Remove the temporary files of programs that were ended while they wrote."""
    oldest = time.time() - ABANDONED_SECONDS
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if _TEMPORARY.fullmatch(entry.name):
                status = entry.stat(follow_symlinks=False)
                if stat.S_ISREG(status.st_mode) and status.st_mtime < oldest:
                    os.unlink(entry.path)


def _unwritable(path: Path, reason: str) -> FileProblem:
    return FileProblem(tr("{path} cannot be written: {reason}.").format(path=shown_path(path), reason=reason))
