"""The Latency view: a bar with quartiles for each layer, block or stage, the unaccounted time, and their sum."""

from PySide6.QtWidgets import QCheckBox

from resnet_viz.gui.plots.bar_plot import BarPlot
from resnet_viz.gui.plots.chart_view import ChartView
from resnet_viz.gui.shown import Shown
from resnet_viz.gui.theme import Theme
from resnet_viz.gui.widgets.choice_box import choice_box
from resnet_viz.gui.widgets.labels import tooltip
from resnet_viz.records.run import ProfileRun
from resnet_viz.texts import tr
from resnet_viz.viewmodels.charts.bars import Bar, level_names
from resnet_viz.viewmodels.charts.latency import bar_tooltip, latency_chart, latency_csv, other_network_note
from resnet_viz.viewmodels.text.runs import other_input_note


class LatencyView(ChartView):
    """Draws a run, with another one beside it if wanted; hover for figures, click to choose."""

    def __init__(self, theme: Theme | None = None) -> None:
        super().__init__("latency")
        self.bars = BarPlot(theme, tooltip=self._tooltip)
        self._run: ProfileRun | None = None
        self._other: ProfileRun | None = None
        self.level = choice_box(level_names().items(), tr("A bar for each"))
        sortings = (("order", tr("in order")), ("slowest", tr("slowest first")))
        self.sorting = choice_box(sortings, tr("Order of the bars"))
        self.cumulative = QCheckBox(tr("cumulative"))
        self.corrected = QCheckBox(tr("without timestamps"))
        self.corrected.setToolTip(
            tooltip(tr("Times without the timestamps that they contain; pale, as they were measured"))
        )
        self._lay_out((self.bars,), self.level, self.sorting, self.cumulative, self.corrected)
        self.bars.plot.setAccessibleName(tr("Latency"))
        self.bars.show_line(False)
        for chooser in (self.level, self.sorting):
            chooser.activated.connect(lambda _: self._draw())
        self.cumulative.toggled.connect(self.bars.show_line)
        self.corrected.toggled.connect(lambda _: self._draw())
        self._draw()

    def show_run(self, run: ProfileRun | None, other: ProfileRun | None = None, note: str = "") -> None:
        """Draw a run and another beside it, with a note above them; pan and zoom stay if the bars are the same."""
        self._run, self._other = run, other
        self.show_other_network_note(note)
        self._draw()

    def _display(self, shown: Shown) -> None:
        self.show_run(shown.measured, shown.other, other_network_note(shown.foreign, shown.analysis))
        self.show_other_input_note(other_input_note(shown.run, shown.analysis))

    def _draw(self) -> None:
        known = self._run is not None and self._run.timestamp_correction_us is not None
        self.corrected.setEnabled(known)
        chart = latency_chart(
            self._run,
            level=self.level.currentData(),
            sorting=self.sorting.currentData(),
            other=self._other,
            corrected=known and self.corrected.isChecked(),
        )
        self.title.show_text(chart.title)
        self.bars.show_chart(chart)

    def _tooltip(self, bar: Bar) -> str:
        return "" if self._run is None else bar_tooltip(self._run, bar, self._other)

    def _table(self) -> str | None:
        return None if self._run is None else latency_csv(self._run, self._other)
