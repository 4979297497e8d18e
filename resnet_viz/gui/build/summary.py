"""The tiles below the build panel, and the line about other counters."""

from PySide6.QtWidgets import QWidget

from resnet_viz.gui.shown import Changed, Shown
from resnet_viz.gui.widgets.layouts import column, named, set_look
from resnet_viz.gui.widgets.tiles import TileView, show_tiles, tile_grid
from resnet_viz.records.analysis import Analysis
from resnet_viz.records.costs import Costs
from resnet_viz.texts import tr
from resnet_viz.viewmodels.parts import NumberTile
from resnet_viz.viewmodels.summary import CrossCheckLine, crosscheck_line, tiles

TILES = 4


class SummaryView(QWidget):
    """Four tiles and the opinion line."""

    def __init__(self) -> None:
        super().__init__()
        self.tiles = [TileView() for _ in range(TILES)]
        self.opinions = named("opinionLine", wraps=True)
        column(tile_grid(self.tiles), self.opinions, owner=self, spacing=8)
        self._show_nothing()

    def display(self, shown: Shown, changed: Changed) -> None:
        """Show the totals of the analysed network, and what other counters say."""
        if shown.analysis is not None and shown.costs is not None and "costs" in changed:
            self.show_analysis(shown.analysis, shown.costs)
        self.show_opinions(crosscheck_line(shown.crosschecks, waiting=shown.waiting))

    def show_analysis(self, analysis: Analysis, costs: Costs) -> None:
        """Show the network's totals."""
        show_tiles(self.tiles, tiles(analysis, costs))

    def show_opinions(self, line: CrossCheckLine) -> None:
        """Show what other counters say, their sentences on demand."""
        self.opinions.setText(line.text)
        self.opinions.setToolTip(line.detail)
        self.opinions.setAccessibleDescription(line.detail)
        set_look(self.opinions, "tone", line.tone)

    def _show_nothing(self) -> None:
        names = (tr("parameters"), tr("MACs"), tr("peak activation"), tr("receptive field"))
        show_tiles(self.tiles, [NumberTile("…", name, " ", tr("not counted yet")) for name in names])
