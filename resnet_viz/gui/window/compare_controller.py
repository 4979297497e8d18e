"""Brings comparisons to their two tabs, and passes on what is asked for there."""

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QScrollArea, QTabWidget

from resnet_viz.errors import UserError
from resnet_viz.gui.compare.blocks_view import ComparisonView
from resnet_viz.gui.compare.networks_view import NetworksView
from resnet_viz.gui.plots.lazy_chart import ChartLoader
from resnet_viz.gui.session.session import Session
from resnet_viz.gui.shown import Changed, CompareState, Shown
from resnet_viz.gui.theme import Theme
from resnet_viz.gui.widgets.message_bar import Notice
from resnet_viz.gui.widgets.save_dialog import ask_where
from resnet_viz.gui.window.views import Views
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.spec.question import Question
from resnet_viz.texts import tr

FORMS = (".csv", ".md", ".tex", ".svg", ".png")
PICTURES = (".svg", ".png")


class CompareController(QObject):
    """Two tabs beside the architecture: two blocks, and two networks; nothing is asked before they are seen."""

    def __init__(self, session: Session, tabs: QTabWidget, loader: ChartLoader, theme: Theme) -> None:
        super().__init__()
        self._session, self._tabs = session, tabs
        self.blocks, self.networks = ComparisonView(loader, theme), NetworksView(theme)
        self._blocks_state = self._networks_state = CompareState()
        self._paired: Question | None = None
        self._compared: tuple[Question, Question] | None = None
        self._page = QScrollArea()
        self._page.setWidget(self.blocks)
        self._page.setWidgetResizable(True)
        self._page.setFrameShape(QScrollArea.Shape.NoFrame)
        tabs.addTab(self._page, tr("Basic against Bottleneck"))
        tabs.addTab(self.networks, tr("Two networks"))
        self._connect()

    def add_views(self, views: Views) -> None:
        """Have each tab brought up to date when it is seen."""
        fields = "question", "convention", "comparison"
        views.add(self._page, self._display_blocks, *fields)
        views.add(self.networks, self._display_networks, *fields)

    def set_theme(self, theme: Theme) -> None:
        """Draw in this theme's colours."""
        self.blocks.set_theme(theme)
        self.networks.set_theme(theme)

    def export(self) -> None:
        """Ask for a file, and write the comparison that is seen, the two blocks where none is."""
        networks = self._tabs.currentWidget() is self.networks
        suggested = "networks.csv" if networks else "blocks.csv"
        path = ask_where(self.blocks.window(), tr("Export the comparison"), suggested, FORMS)
        if path is not None:
            self.export_to(path)

    def export_to(self, path: Path) -> None:
        """Write the comparison that is seen in the form that the suffix names."""
        seen = self.networks if self._tabs.currentWidget() is self.networks else self.blocks
        suffix = path.suffix.lower()
        try:
            if suffix not in FORMS:
                sentence = tr("{path} cannot be written: give a name that ends in {suffixes}.")
                raise UserError(sentence.format(path=path, suffixes=", ".join(FORMS)))
            (seen.save_picture if suffix in PICTURES else seen.save_table)(path)
        except UserError as error:
            self._report(str(error))
        else:
            self._session.noticed.emit(Notice(tr("Exported {name}.").format(name=path.name)))

    def _connect(self) -> None:
        blocks, networks, comparing = self.blocks, self.networks, self._session.comparing
        blocks.setting_edited.connect(self._compare)
        blocks.measure_asked.connect(self._measure)
        blocks.pairs_asked.connect(self._measure_pairs)
        blocks.sweep_asked.connect(self._measure_sweep)
        blocks.spec_chosen.connect(self._open)
        blocks.failed.connect(self._report)
        networks.other_chosen.connect(self._compare_networks)
        networks.measure.clicked.connect(self._measure_networks)
        comparing.noticed.connect(self._forget)

    def _display_blocks(self, shown: Shown, changed: Changed) -> None:
        """Show the two blocks, and ask for what the tab needs and has not asked for."""
        state, before = shown.comparison, self._blocks_state
        self._blocks_state = state
        self.blocks.count_as(shown.convention)
        if state.blocks is not None and state.blocks is not before.blocks:
            self.blocks.show_comparison(state.blocks)
        if state.pairs is not None and state.pairs is not before.pairs:
            self.blocks.show_pairs(state.pairs)
        if state.sweep is not None and state.sweep is not before.sweep:
            self.blocks.show_sweep(state.sweep)
        if state.refusal and state.refusal is not before.refusal:
            self.blocks.show_refusal(state.refusal)
        self.blocks.say(state.measuring, state.progress)
        if self._paired is None:
            self._session.comparing.compare(BlockSetting())
        if self._paired != shown.question:
            self._paired = shown.question
            self._session.comparing.pairs(shown.question)

    def _display_networks(self, shown: Shown, changed: Changed) -> None:
        """Show the network on the screen beside the other one, and ask for the comparison."""
        state, before = shown.comparison, self._networks_state
        self._networks_state = state
        self.networks.count_as(shown.convention)
        self.networks.show_first(shown.question)
        if state.networks is not None and state.networks is not before.networks:
            self.networks.show_comparison(state.networks)
        self.networks.say(state.progress if state.measuring == "networks" else "")
        self._compare_networks()

    def _compare_networks(self, settings: ProfileSettings | None = None) -> None:
        """Count both networks, or measure them; what has been measured is not counted again."""
        first, second = self._session.question, self.networks.second
        if second is not None and (settings is not None or self._compared != (first, second)):
            self._compared = first, second
            self._session.comparing.networks(first, second, settings)

    def _forget(self) -> None:
        """What was refused or stopped may be asked again."""
        self._compared = None

    def _compare(self, setting: BlockSetting) -> None:
        """Count; a match by latency can only be found by measuring."""
        self._session.comparing.compare(setting, self._settings() if setting.match == "latency" else None)

    def _measure(self, setting: BlockSetting) -> None:
        if not self._stopped("blocks"):
            self._session.comparing.compare(setting, self._settings())

    def _measure_pairs(self) -> None:
        if not self._stopped("pairs"):
            self._session.comparing.pairs(self._session.question, self._settings())

    def _measure_sweep(self, setting: BlockSetting, channels: tuple[int, ...]) -> None:
        if not self._stopped("sweep"):
            self._session.comparing.sweep(setting, channels, self._settings())

    def _measure_networks(self) -> None:
        if not self._stopped("networks"):
            self._compare_networks(self._settings())

    def _stopped(self, kind: str) -> bool:
        """Whether this was being measured, and is no more."""
        measuring = self._session.shown.comparison.measuring == kind
        if measuring:
            self._session.comparing.stop()
        return measuring

    def _settings(self) -> ProfileSettings:
        """Those of the Measure panel, as far as they concern a comparison."""
        settings = self._session.shown.measurement.settings
        return settings.but(batch=None, size=None, passes="forward", mode="in-network")

    def _report(self, sentence: str) -> None:
        self._session.noticed.emit(Notice(sentence, "error"))

    def _open(self, question: Question) -> None:
        self._session.replace(question)
        self._tabs.setCurrentIndex(0)
