"""Widgets as picture files, and the dialog that asks where to save one."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtWidgets import QFileDialog, QWidget

from resnet_viz.errors import UserError
from resnet_viz.storage.atomic import check_place, write_bytes_whole
from resnet_viz.texts import tr


def ask_and_save(
    parent: QWidget,
    suggested: str,
    forms: str,
    save: Callable[[Path], object],
    failed: Callable[[str], object],
) -> None:
    """Ask for a place and save there; trouble is told as a sentence."""
    name, chosen = QFileDialog.getSaveFileName(parent, tr("Save"), suggested, forms)
    if not name:
        return
    path = Path(name)
    try:
        save(path if path.suffix else path.with_suffix(chosen.lstrip("*")))
    except UserError as error:
        failed(str(error))


def save_view(view: QWidget, path: Path) -> None:
    """Write what a widget shows as .png, whole or not at all; raises UserError."""
    check_place(path)
    if path.suffix.lower() != ".png":
        raise UserError(tr("{path}: the suffix '{suffix}' is not accepted; give .png.").format(
            path=path, suffix=path.suffix))  # fmt: skip
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    view.grab().save(buffer, "PNG")
    write_bytes_whole(path, bytes(buffer.data().data()))
