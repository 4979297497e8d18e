"""The Charts view: a network's numbers as bars, as shares, or as the way of its shapes."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QStackedWidget, QVBoxLayout, QWidget

from resnet_viz.export.writing import write_whole
from resnet_viz.gui.bar_plot import BarPlot
from resnet_viz.gui.plotting import Title, ask_and_save, controls, small_button
from resnet_viz.gui.shapes_plot import ShapesPlot
from resnet_viz.gui.shares_plot import SharesPlot
from resnet_viz.gui.theme import Theme, load_theme
from resnet_viz.gui.words import combo
from resnet_viz.records import Analysis, Convention
from resnet_viz.runs import ProfileRun
from resnet_viz.texts import tr
from resnet_viz.viewmodels.bars import BarChart
from resnet_viz.viewmodels.charts import (
    Quantity,
    charts_csv,
    quantity_chart,
    quantity_names,
    shape_path,
    shares,
)
from resnet_viz.viewmodels.latency import Level

WAYS = ("bars", "shares", "shapes")


class ChartsView(QWidget):
    """Draws a network, with the times of a run where there are any."""

    node_chosen = Signal(str)
    failed = Signal(str)

    def __init__(self, theme: Theme | None = None) -> None:
        super().__init__()
        theme = theme or load_theme("light")
        self._analysis: Analysis | None = None
        self._run: ProfileRun | None = None
        self._convention: Convention = "macs"
        self._chart = BarChart((), "", "")
        names = quantity_names()
        self.way = combo(((way, text) for way, text in zip(WAYS, _ways(), strict=True)), tr("How to draw"))
        self.quantity = combo(names.items(), tr("What to draw"))
        self.level = combo((("layer", tr("layers")), ("block", tr("blocks")), ("stage", tr("stages"))), tr("For each"))
        self.sorting = combo((("order", tr("in order")), ("largest", tr("largest first"))), tr("Order of the bars"))
        self.cumulative = QCheckBox(tr("running sum"))
        self.cumulative.setChecked(True)
        self.title = Title()
        self.bars, self.shares, self.shapes = BarPlot(theme), SharesPlot(theme), ShapesPlot(theme)
        self._pages = QStackedWidget()
        self._lay_out()
        self._connect()
        self.show_network(None)

    def show_network(
        self, analysis: Analysis | None, run: ProfileRun | None = None, convention: Convention = "macs"
    ) -> None:
        """Draw a network (its plain counts) by a convention of counting, and the times of a run of it."""
        self._analysis, self._run = analysis, run
        if convention == self._convention:
            self._draw()
        else:
            self.set_convention(convention)

    def set_convention(self, convention: Convention) -> None:
        """Count operations by this convention, in bars, texts and tables."""
        self._convention = convention
        for place, text in enumerate(quantity_names(convention).values()):
            self.quantity.setItemText(place, text)
        self._draw()

    def select(self, node_id: str | None) -> None:
        """Mark a node; no signal."""
        for page in (self.bars, self.shares, self.shapes):
            page.select(node_id)

    def set_theme(self, theme: Theme) -> None:
        """Draw in this theme's colours."""
        for page in (self.bars, self.shares, self.shapes):
            page.set_theme(theme)

    def save_picture(self, path: Path) -> None:
        """Write the chart that is seen as .png or .svg; raises UserError."""
        (self.bars, self.shares, self.shapes)[self.way.currentIndex()].save_picture(path)

    def save_csv(self, path: Path) -> None:
        """Write every quantity of every layer, block and stage; raises UserError."""
        if self._analysis is not None:
            write_whole(path, charts_csv(self._analysis, self._run, self._convention))

    def _lay_out(self) -> None:
        for page in (self.bars, self.shares, self.shapes):
            self._pages.addWidget(page)
        buttons = (
            small_button(tr("Picture…"), tr("Save the chart as a picture"), self._ask_picture),
            small_button("CSV…", tr("Save the figures as a table"), self._ask_csv),
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        row = (self.way, self.quantity, self.level, self.sorting, self.cumulative, self.title, *buttons)
        column.addLayout(controls(*row))
        column.addWidget(self._pages, 1)
        self.bars.plot.setAccessibleName(tr("Charts"))

    def _connect(self) -> None:
        for chooser in (self.way, self.quantity, self.level, self.sorting):
            chooser.activated.connect(lambda _: self._draw())
        self.cumulative.toggled.connect(self.bars.show_line)
        self.bars.node_chosen.connect(self.node_chosen)
        self.shares.node_chosen.connect(self.node_chosen)
        self.shapes.node_chosen.connect(self.node_chosen)

    def _draw(self) -> None:
        """The page that is seen; the others wait until they are."""
        way, quantity, level = self.way.currentData(), self.quantity.currentData(), self.level.currentData()
        self._pages.setCurrentIndex(WAYS.index(way))
        self.quantity.setEnabled(way != "shapes")
        self.level.setEnabled(way != "shapes")
        self.sorting.setEnabled(way == "bars")
        self.cumulative.setEnabled(way == "bars")
        draw: dict[str, Callable[[Quantity, Level], None]] = {
            "bars": self._draw_bars,
            "shares": self._draw_shares,
            "shapes": self._draw_shapes,
        }
        draw[way](quantity, level)

    def _draw_bars(self, quantity: Quantity, level: Level) -> None:
        chart = quantity_chart(
            self._analysis, quantity, level=level, sorting=self.sorting.currentData(), run=self._run,
            convention=self._convention,
        )  # fmt: skip
        self.title.show_title(chart.title)
        self.bars.show_chart(chart)

    def _draw_shares(self, quantity: Quantity, level: Level) -> None:
        chart = quantity_chart(self._analysis, quantity, level=level, run=self._run, convention=self._convention)
        self.title.show_title(chart.title)
        empty = chart.empty or ("" if chart.line else tr("A receptive field has no shares: it is not added up."))
        self.shares.show_shares(shares(chart, aspect=self.shares.aspect()), chart.title, empty)

    def _draw_shapes(self, _quantity: Quantity, _level: Level) -> None:
        title = tr("Feature-map size against channels, block by block")
        self.title.show_title(title)
        self.shapes.show_path(() if self._analysis is None else shape_path(self._analysis), title)

    def _ask_picture(self) -> None:
        ask_and_save(self, "chart.png", "*.png;;*.svg", self.save_picture, self.failed.emit)

    def _ask_csv(self) -> None:
        ask_and_save(self, "numbers.csv", "*.csv", self.save_csv, self.failed.emit)


def _ways() -> tuple[str, str, str]:
    return tr("bars"), tr("shares"), tr("shapes")
