"""The dialog that asks where to save a file."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from resnet_viz.errors import UserError
from resnet_viz.texts import tr


def ask_where(parent: QWidget, title: str, suggested: str, suffixes: Sequence[str]) -> Path | None:
    """Ask where to save a file; add the chosen suffix if none is typed. Return None if the dialog is canceled."""
    name, chosen = QFileDialog.getSaveFileName(
        parent, title, suggested, ";;".join(f"*{suffix}" for suffix in suffixes), f"*{Path(suggested).suffix}"
    )
    return with_a_suffix(Path(name), chosen.lstrip("*")) if name else None


def with_a_suffix(path: Path, suffix: str) -> Path:
    """Return the path, with the suffix if it has none; the root of a file system, which has no name, as it is."""
    return path if path.suffix or not path.name else path.with_suffix(suffix)


def ask_and_save(
    parent: QWidget,
    suggested: str,
    suffixes: Sequence[str],
    save: Callable[[Path], object],
    failed: Callable[[str], object],
) -> None:
    """Ask where to save a file and save it; report an error as a sentence."""
    path = ask_where(parent, tr("Save"), suggested, suffixes)
    try:
        if path is not None:
            save(path)
    except UserError as error:
        failed(str(error))
