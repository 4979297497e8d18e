"""Puts a text or bytes into a file whole or not at all, and reads them back; a sentence for whatever prevents it."""

import os
import secrets
import shutil
from pathlib import Path

from resnet_viz.errors import FileProblem
from resnet_viz.texts import tr


def write_whole(path: Path, text: str) -> None:
    """Put the text into the file in one step, so that a failure leaves what was there before.

    Raises FileProblem.
    """
    write_bytes_whole(path, text.encode())


def write_bytes_whole(path: Path, content: bytes) -> None:
    """The same for what is no text."""
    check_place(path)
    try:
        _replace(path.resolve(), content)  # a link stays a link
    except OSError as error:
        raise _unwritable(path, error.strerror or str(error)) from error


def check_place(path: Path) -> None:
    """Raise FileProblem where no file of that name can be."""
    if os.path.isdir(path):  # Path.is_dir raises for a name that is too long
        raise _unwritable(path, tr("it is a folder; give the name of a file"))
    if not os.path.isdir(path.parent):
        raise _unwritable(path, tr("there is no folder {folder}").format(folder=path.parent))


def read_content(path: Path) -> bytes:
    """All that is in the file; raises FileProblem."""
    try:
        return path.read_bytes()
    except OSError as error:
        sentence = tr("{path} cannot be read: {reason}.")
        raise FileProblem(sentence.format(path=path, reason=error.strerror or str(error))) from error


def _replace(target: Path, content: bytes) -> None:
    draft = target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        _write_draft(draft, target, content)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _write_draft(draft: Path, target: Path, content: bytes) -> None:
    with draft.open("xb") as stream:
        stream.write(content)
    if target.exists():
        shutil.copymode(target, draft)


def _unwritable(path: Path, reason: str) -> FileProblem:
    return FileProblem(tr("{path} cannot be written: {reason}.").format(path=path, reason=reason))
