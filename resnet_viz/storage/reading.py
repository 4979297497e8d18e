"""Reading of files, with a sentence for whatever prevents it: only regular files, and none without end."""

import os
import stat
from pathlib import Path
from typing import BinaryIO

from resnet_viz.errors import FileProblem
from resnet_viz.texts import tr

MAX_FILE_BYTES = 1 << 29
"""More than any file of this program, whose largest are runs of many hours with millions of samples."""
MAX_SHOWN_PATH, MAX_REASON = 200, 400


def read_content(path: Path) -> bytes:
    """Return the content of the file; raises FileProblem."""
    try:
        with open_regular(path) as stream:
            is_short = os.fstat(stream.fileno()).st_size <= MAX_FILE_BYTES
            content = stream.read(MAX_FILE_BYTES + 1) if is_short else b""
    except (OSError, ValueError) as error:
        raise unreadable(path, reason_of(error)) from error
    if not is_short or len(content) > MAX_FILE_BYTES:
        raise unreadable(path, tr("it has more than {n} MiB").format(n=MAX_FILE_BYTES >> 20))
    return content


def open_regular(path: Path) -> BinaryIO:
    """Open a regular file for reading; raises OSError or, for a name that no file can have, ValueError.

    Pipes and devices, of which reading may never end, are refused before they are opened.
    """
    if reason := irregular(path):
        raise OSError(reason)
    return os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)), "rb")


def irregular(path: Path) -> str:
    """Return what the path is, behind its links, if not a regular file: "it is a folder"; else an empty text.

    Raises OSError if there is nothing, and ValueError for a name that no file can have.
    """
    mode = os.stat(path).st_mode
    if stat.S_ISDIR(mode):
        return tr("it is a folder; give the name of a file")
    if not stat.S_ISREG(mode):
        return tr("it is a pipe or a device; give the name of a file")
    return ""


def reason_of(error: OSError | ValueError) -> str:
    """Return the reason of an error of the file system, or of a name that it cannot have."""
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return tr("no file can have this name")


def unreadable(path: Path, reason: str) -> FileProblem:
    """Return the error for a file that cannot be read."""
    return FileProblem(tr("{path} cannot be read: {reason}.").format(path=shown_path(path), reason=reason))


def shown_path(path: Path) -> str:
    """Return the path for a sentence, the middle of a very long one left out."""
    return _shortened(str(path), MAX_SHOWN_PATH)


def short_reason(error: Exception) -> str:
    """Return the text of an error to stand within a sentence: without its full stop, the middle of a long one left out.

    A decoder names the value at the beginning and the field at the end.
    """
    return _shortened(str(error).removesuffix("."), MAX_REASON)


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length // 2]}…{text[-length // 2 :]}"
