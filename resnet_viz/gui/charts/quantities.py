"""The Charts view: a network's numbers as bars, as a treemap of shares, or as the path of its shapes."""

from PySide6.QtWidgets import QCheckBox

from resnet_viz.gui.plots.bar_plot import BarPlot
from resnet_viz.gui.plots.chart_view import ChartView
from resnet_viz.gui.plots.shape_path_plot import ShapePathPlot
from resnet_viz.gui.plots.treemap_plot import TreemapPlot
from resnet_viz.gui.shown import Shown
from resnet_viz.gui.theme import Theme
from resnet_viz.gui.widgets.choice_box import choice_box
from resnet_viz.records.analysis import Analysis, Level
from resnet_viz.records.costs import Costs
from resnet_viz.records.quantities import Quantity
from resnet_viz.records.run import ProfileRun
from resnet_viz.texts import tr
from resnet_viz.viewmodels.charts.bars import level_names
from resnet_viz.viewmodels.charts.quantities import charts_csv, quantity_chart, shape_path, shares
from resnet_viz.viewmodels.text.quantities import quantity_names

CHART_KINDS = ("bars", "shares", "shapes")


class ChartsView(ChartView):
    """Draws one of three charts of a network, with the times of a run if there is one."""

    def __init__(self, theme: Theme | None = None) -> None:
        super().__init__("chart")
        self.bars, self.shares, self.shapes = BarPlot(theme), TreemapPlot(theme), ShapePathPlot(theme)
        self._analysis: Analysis | None = None
        self._run: ProfileRun | None = None
        self._costs: Costs | None = None
        kinds = zip(CHART_KINDS, (tr("bars"), tr("shares"), tr("shapes")), strict=True)
        self.kind = choice_box(kinds, tr("Kind of chart"))
        self.quantity = choice_box(quantity_names().items(), tr("Quantity"))
        self.level = choice_box(level_names().items(), tr("Level of detail"))
        self.sorting = choice_box(
            (("order", tr("in order")), ("largest", tr("largest first"))), tr("Order of the bars")
        )
        self.cumulative = QCheckBox(tr("cumulative"))
        self.cumulative.setChecked(True)
        plots = (self.bars, self.shares, self.shapes)
        self._lay_out(plots, self.kind, self.quantity, self.level, self.sorting, self.cumulative)
        self.bars.plot.setAccessibleName(tr("Charts"))
        self._connect()
        self.show_network(None)

    def show_network(
        self, analysis: Analysis | None, costs: Costs | None = None, run: ProfileRun | None = None
    ) -> None:
        """Draw a network with its operations by the convention of `costs`, and the times of a run of it."""
        self._analysis, self._costs, self._run = analysis, costs, run
        for index, text in enumerate(quantity_names(costs.convention if costs else "macs").values()):
            self.quantity.setItemText(index, text)
        self._draw()

    def _display(self, shown: Shown) -> None:
        self.show_network(shown.analysis, shown.costs, shown.run)

    def _connect(self) -> None:
        for chooser in (self.kind, self.quantity, self.level, self.sorting):
            chooser.activated.connect(lambda _: self._draw())
        self.cumulative.toggled.connect(self.bars.show_line)

    def _draw(self) -> None:
        """Draw the current page; each of the others is drawn when it is chosen."""
        kind, quantity, level = self.kind.currentData(), self.quantity.currentData(), self.level.currentData()
        self.pages.setCurrentIndex(self.kind.currentIndex())
        self.quantity.setEnabled(kind != "shapes")
        self.level.setEnabled(kind != "shapes")
        self.sorting.setEnabled(kind == "bars")
        self.cumulative.setEnabled(kind == "bars")
        if kind == "shapes":
            self._draw_shapes()
        else:
            draw = self._draw_bars if kind == "bars" else self._draw_shares
            draw(quantity, level)

    def _draw_bars(self, quantity: Quantity, level: Level) -> None:
        chart = quantity_chart(
            self._analysis, self._costs, quantity, level=level, sorting=self.sorting.currentData(), run=self._run
        )  # fmt: skip
        self.title.show_text(chart.title)
        self.bars.show_chart(chart)

    def _draw_shares(self, quantity: Quantity, level: Level) -> None:
        chart = quantity_chart(self._analysis, self._costs, quantity, level=level, run=self._run)
        self.title.show_text(chart.title)
        empty = chart.empty or (
            "" if chart.line else tr("Receptive fields have no shares, because they do not add up.")
        )
        self.shares.show_shares(shares(chart, aspect=self.shares.aspect()), chart.title, empty)

    def _draw_shapes(self) -> None:
        title = tr("Feature-map size against channels, block by block")
        self.title.show_text(title)
        self.shapes.show_path(() if self._analysis is None else shape_path(self._analysis), title)

    def _table(self) -> str | None:
        if self._analysis is None or self._costs is None:
            return None
        return charts_csv(self._analysis, self._costs, self._run)
