"""Atomic writing of files, and reading, with a sentence for whatever prevents it."""

import os
import secrets
import shutil
from pathlib import Path

from resnet_viz.errors import FileProblem
from resnet_viz.texts import tr


def write_text_atomic(path: Path, text: str) -> None:
    """Write the text in one step, so that a failure leaves the previous content; raises FileProblem."""
    write_bytes_atomic(path, text.encode())


def write_bytes_atomic(path: Path, content: bytes) -> None:
    """Write the bytes in one step, so that a failure leaves the previous content; raises FileProblem."""
    check_writable(path)
    try:
        _replace(path.resolve(), content)  # a link stays a link
    except OSError as error:
        raise _unwritable(path, error.strerror or str(error)) from error


def check_writable(path: Path) -> None:
    """Raise FileProblem where the path is a folder, or where its folder does not exist."""
    if os.path.isdir(path):  # Path.is_dir raises for a name that is too long
        raise _unwritable(path, tr("it is a folder; give the name of a file"))
    if not os.path.isdir(path.parent):
        raise _unwritable(path, tr("there is no folder {folder}").format(folder=path.parent))


def read_content(path: Path) -> bytes:
    """Return the content of the file; raises FileProblem."""
    try:
        return path.read_bytes()
    except OSError as error:
        sentence = tr("{path} cannot be read: {reason}.")
        raise FileProblem(sentence.format(path=path, reason=error.strerror or str(error))) from error


def _replace(target: Path, content: bytes) -> None:
    temporary = target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with temporary.open("xb") as stream:
            stream.write(content)
        if target.exists():
            shutil.copymode(target, temporary)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _unwritable(path: Path, reason: str) -> FileProblem:
    return FileProblem(tr("{path} cannot be written: {reason}.").format(path=path, reason=reason))
