"""Tiles: one large number each, with its name and a second number."""

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame, QGridLayout

from resnet_viz.gui.widgets.labels import tooltip
from resnet_viz.gui.widgets.layouts import column, named
from resnet_viz.viewmodels.parts import NumberTile


class TileView(QFrame):
    """One tile."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("tile")
        self.value, self.name, self.note = (named(part) for part in ("tileValue", "tileName", "tileNote"))
        column(self.value, self.name, self.note, owner=self, margins=(10, 7, 10, 8), spacing=1)

    def show_tile(self, tile: NumberTile) -> None:
        """Show the numbers of a tile."""
        self.value.setText(tile.value)
        self.name.setText(tile.name)
        self.note.setText(tile.note)
        self.setToolTip(tooltip(tile.exact))
        self.setAccessibleName(f"{tile.name}: {tile.exact}")


def show_tiles(views: Sequence[TileView], tiles: Sequence[NumberTile]) -> None:
    """Show these tiles; surplus views keep their content."""
    for view, tile in zip(views, tiles, strict=False):
        view.show_tile(tile)


def tile_grid(views: Sequence[TileView]) -> QGridLayout:
    """Lay out the tiles in two columns."""
    grid = QGridLayout()
    grid.setSpacing(8)
    for index, view in enumerate(views):
        grid.addWidget(view, index // 2, index % 2)
    return grid
