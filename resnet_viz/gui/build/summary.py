"""The summary below the build panel: four number tiles, and the line about other counters."""

from PySide6.QtWidgets import QWidget

from resnet_viz.gui.shown import Changed, Shown
from resnet_viz.gui.widgets.labels import tooltip
from resnet_viz.gui.widgets.layouts import column, named, set_look
from resnet_viz.gui.widgets.tiles import TileView, show_tiles, tile_grid
from resnet_viz.records.analysis import Analysis
from resnet_viz.records.costs import Costs
from resnet_viz.texts import tr
from resnet_viz.viewmodels.parts import NumberTile
from resnet_viz.viewmodels.summary import CrossCheckLine, crosscheck_line, tiles

TILE_COUNT = 4


class SummaryView(QWidget):
    """Shows the four tiles and the cross-check line of a network."""

    def __init__(self) -> None:
        super().__init__()
        self.tiles = [TileView() for _ in range(TILE_COUNT)]
        self.crosschecks = named("crosscheckLine", wraps=True)
        column(tile_grid(self.tiles), self.crosschecks, owner=self, spacing=8)
        self._show_nothing()

    def display(self, shown: Shown, changed: Changed) -> None:
        """Show the totals of the analyzed network, and the results of other counters."""
        if shown.analysis is not None and shown.costs is not None and "costs" in changed:
            self.show_analysis(shown.analysis, shown.costs)
        self.show_crosschecks(crosscheck_line(shown.crosschecks, waiting=shown.waiting))

    def show_analysis(self, analysis: Analysis, costs: Costs) -> None:
        """Show the network's totals."""
        show_tiles(self.tiles, tiles(analysis, costs))

    def show_crosschecks(self, line: CrossCheckLine) -> None:
        """Show whether other counters agree, with a sentence for each in the tooltip."""
        self.crosschecks.setText(line.text)
        self.crosschecks.setToolTip(tooltip(line.detail))
        self.crosschecks.setAccessibleDescription(line.detail)
        set_look(self.crosschecks, "status", line.status)

    def _show_nothing(self) -> None:
        names = (tr("parameters"), tr("MACs"), tr("peak activation memory"), tr("receptive field"))
        show_tiles(self.tiles, [NumberTile("…", name, " ", tr("not counted yet")) for name in names])
