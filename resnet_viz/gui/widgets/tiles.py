"""A tile: one large number with its name."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout

from resnet_viz.viewmodels.parts import Tile


class TileView(QFrame):
    """One number large, its name, and a second number."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("tile")
        self.value, self.name, self.note = (_label(part) for part in ("tileValue", "tileName", "tileNote"))
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 7, 10, 8)
        column.setSpacing(1)
        for label in (self.value, self.name, self.note):
            column.addWidget(label)

    def show_tile(self, tile: Tile) -> None:
        """Show a tile's numbers."""
        self.value.setText(tile.value)
        self.name.setText(tile.name)
        self.note.setText(tile.note)
        self.setToolTip(tile.exact)
        self.setAccessibleName(f"{tile.name}: {tile.exact}")


def _label(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
    return label
