"""A whole view as a picture file."""

from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtWidgets import QWidget

from resnet_viz.errors import UserError
from resnet_viz.export.writing import check_place, write_bytes_whole
from resnet_viz.texts import tr


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
