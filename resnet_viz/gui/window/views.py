"""Brings a network to the views of its numbers: charts, memory, the ledger of counts, and its source."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QTabWidget

from resnet_viz.counters.rules import ledger
from resnet_viz.gui.charts.receptive_field import FieldPanel
from resnet_viz.gui.counters import LedgerView
from resnet_viz.gui.plots.lazy_chart import ChartLoader, LateChart, memory_chart, number_charts
from resnet_viz.gui.session.session import Session
from resnet_viz.gui.source_code import CodeView
from resnet_viz.gui.theme import Theme
from resnet_viz.gui.widgets.message_bar import Notice
from resnet_viz.gui.window.measure_controller import MeasureDesk
from resnet_viz.texts import tr


class NumbersDesk(QObject):
    """Connects the session with these views; a view that is not seen waits until it is."""

    def __init__(self, session: Session, desk: MeasureDesk, below: QTabWidget, theme: Theme) -> None:
        super().__init__()
        self._session, self._desk, self._below = session, desk, below
        loader: ChartLoader = desk.loader
        self.charts = LateChart(number_charts, loader, theme)
        self.memory = LateChart(memory_chart, loader, theme)
        self.ledger, self.field, self.code = LedgerView(theme), FieldPanel(theme), CodeView(theme)
        below.insertTab(1, self.charts, tr("Charts"))
        below.addTab(self.memory, tr("Memory"))
        below.addTab(self.ledger, tr("Ledger"))
        below.setTabToolTip(
            below.addTab(self.field, tr("Field")), tr("The receptive field's growth, and the chosen layer's")
        )
        below.addTab(self.code, tr("Code"))
        self.field.node_chosen.connect(session.select)
        for chart in (self.charts, self.memory):
            chart.node_chosen.connect(session.select)
            chart.failed.connect(lambda sentence: session.noticed.emit(Notice(sentence, "error")))
        session.analysed.connect(lambda _: self._show())
        session.opinions_changed.connect(lambda _: self._show_ledger())
        session.selected.connect(self._select)
        desk.shown_changed.connect(self._show_charts)
        below.currentChanged.connect(lambda _: self._show())

    def set_theme(self, theme: Theme) -> None:
        """Draw in this theme's colours."""
        for view in (self.charts, self.memory, self.ledger, self.field, self.code):
            view.set_theme(theme)

    def _show(self) -> None:
        self._show_charts()
        self.memory.show_values(self._session.analysis)
        self._show_ledger()
        self._show_field()
        if self._session.analysis is not None and self._below.currentWidget() is self.code:
            self.code.show_spec(self._session.analysis.spec)

    def _show_charts(self) -> None:
        self.charts.show_values(self._session.analysis, self._session.costs, self._desk.fitting_run())

    def _show_ledger(self) -> None:
        if self._below.currentWidget() is not self.ledger:
            return
        analysis = self._session.analysis
        opinions = self._session.opinions
        found = None if analysis is None else ledger(analysis, opinions)
        self.ledger.show_ledger(found, self._session.waiting_counters)

    def _select(self, node_id: str | None) -> None:
        self.charts.select(node_id)
        self.memory.select(node_id)
        self._show_field()

    def _show_field(self) -> None:
        if self._below.currentWidget() is self.field:
            self.field.show_network(self._session.analysis, self._session.selection)
