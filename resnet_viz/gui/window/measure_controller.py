"""Brings a run to everything that shows it: the Measure panel, the charts, the table, the canvas and the inspector."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QTabWidget

from resnet_viz.gui.canvas.widget import Canvas
from resnet_viz.gui.layers.table import LayerTable
from resnet_viz.gui.measure.panel import MeasurePanel
from resnet_viz.gui.plots.lazy_chart import ChartLoader, LateChart, latency_chart, roofline_chart
from resnet_viz.gui.session.measuring import Measuring
from resnet_viz.gui.session.session import Session
from resnet_viz.gui.theme import Theme
from resnet_viz.gui.widgets.message_bar import Notice
from resnet_viz.records.quantities import Coloring
from resnet_viz.records.run import ProfileRun, belongs
from resnet_viz.texts import tr
from resnet_viz.viewmodels.canvas.coloring import tint_of
from resnet_viz.viewmodels.charts.latency import foreign_note
from resnet_viz.viewmodels.measure import latency_facts
from resnet_viz.viewmodels.parts import Fact


class MeasureDesk(QObject):
    """Connects the bench with the panels; a run overlays a network only where it is of that network."""

    shown_changed = Signal()

    def __init__(
        self,
        session: Session,
        *,
        panel: MeasurePanel,
        canvas: Canvas,
        table: LayerTable,
        below: QTabWidget,
        theme: Theme,
    ) -> None:
        super().__init__()
        self.session, self.measuring = session, session.measuring
        self.panel, self._canvas, self._table, self._below = panel, canvas, table, below
        self.colour: Coloring = "stage"
        self._to_show: list[Callable[[], object]] = []
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.timeout.connect(self._show_next)
        self.loader = ChartLoader(self)
        self.latency = LateChart(latency_chart, self.loader, theme)
        self.roofline = LateChart(roofline_chart, self.loader, theme)
        below.addTab(self.latency, tr("Latency"))
        below.addTab(self.roofline, tr("Roofline"))
        connect_panel(panel, self.measuring)
        panel.measure_asked.connect(self.measure)
        panel.runs.open_asked.connect(self.open_run)
        self._connect_charts()
        session.analysed.connect(self.show)
        canvas.painted_first_graph.connect(self.loader.start)

    def measure(self) -> None:
        """Measure the network on the screen and show what comes."""
        analysis = self.session.analysis
        if analysis is None:
            self.measuring.noticed.emit(Notice(tr("The network is still being traced; measure it when it is shown.")))
            return
        self._below.setCurrentWidget(self.latency)
        self.session.hold_opinions()
        self.measuring.measure(analysis.spec)

    def stop(self) -> None:
        """Stop the run, or else the analysis."""
        if self.measuring.running:
            self.measuring.stop()
        else:
            self.session.cancel()

    def colour_by(self, what: Coloring) -> None:
        """Colour the canvas by stage, or by a quantity."""
        self.colour = what
        self.show()

    def facts(self, node_id: str | None) -> tuple[Fact, ...]:
        """What the inspector says of a node's time."""
        run, other = self._fitting()
        return () if run is None else latency_facts(run, other, node_id)

    def fitting_run(self) -> ProfileRun | None:
        """The run on the screen, if it is of the network on the screen."""
        return self._fitting()[0]

    def show(self) -> None:
        """The run over the network on the screen, if it is of that network; else its charts say so."""
        for chart in (self.latency, self.roofline):
            self._show_chart(chart)
        self._show_in_table()
        self._colour_canvas()
        self.shown_changed.emit()

    def _show_in_table(self) -> None:
        self._table.show_run(*self._fitting())

    def _colour_canvas(self) -> None:
        analysis, costs = self.session.analysis, self.session.costs
        if analysis is not None and costs is not None:
            self._canvas.set_tint(tint_of(self.colour, analysis, costs, self._fitting()[0]))

    def open_run(self, path: Path) -> None:
        """Show a run of the list, and its network."""
        run = self.measuring.open(path)
        if run is not None and not belongs(run, self.session.analysis):
            self.session.replace(run.spec)
        self._below.setCurrentWidget(self.latency)

    def close(self) -> None:
        """Let the charts' thread end."""
        self._next.stop()
        self.loader.wait()

    def _fitting(self) -> tuple[ProfileRun | None, ProfileRun | None]:
        analysis = self.session.analysis
        run = self.measuring.run if belongs(self.measuring.run, analysis) else None
        return run, self.measuring.other if run is not None else None

    def _connect_charts(self) -> None:
        self.measuring.run_changed.connect(self._take_run)
        self.session.selected.connect(self._select)
        for chart in (self.latency, self.roofline):
            chart.node_chosen.connect(self.session.select)
            chart.failed.connect(lambda sentence: self.measuring.noticed.emit(Notice(sentence, "error")))

    def _take_run(self, run: ProfileRun | None, other: ProfileRun | None) -> None:
        """Bring a run to one view after the other, the window's events between them: it may stream in every second."""
        self._to_show = [
            lambda: self.panel.show_run(run),
            lambda: self._show_chart(self.latency),
            lambda: self._show_chart(self.roofline),
            self._show_in_table,
            self._colour_canvas,
            self.shown_changed.emit,
        ]
        self._next.start()

    def _show_chart(self, chart: LateChart) -> None:
        bench = self.measuring
        chart.show_values(bench.run, bench.other, foreign_note(bench.run, self.session.analysis))

    def _show_next(self) -> None:
        show, *self._to_show = self._to_show
        show()
        if self._to_show:
            self._next.start()

    def _select(self, node_id: str | None) -> None:
        self.latency.select(node_id)
        self.roofline.select(node_id)


def connect_panel(panel: MeasurePanel, bench: Measuring) -> None:
    """Let the panel show what the bench knows, and the bench do what the panel asks for."""
    panel.edited.connect(bench.edit)
    panel.first_shown.connect(bench.prepare)
    panel.stop_asked.connect(bench.stop)
    panel.runs.compare_asked.connect(bench.compare_with)
    bench.devices_changed.connect(panel.show_devices)
    bench.settings_changed.connect(panel.show_settings)
    bench.progressed.connect(panel.show_progress)
    bench.running_changed.connect(panel.show_running)
    bench.runs_changed.connect(panel.runs.show_runs)
    bench.refused.connect(panel.show_refusal)
