"""Brings comparisons to their two tabs, and passes on what is asked for there."""

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QScrollArea, QTabWidget

from resnet_viz.compare.channel_sweep import evenly
from resnet_viz.errors import UserError
from resnet_viz.gui.compare.blocks_view import ComparisonView
from resnet_viz.gui.compare.networks_view import NetworksView
from resnet_viz.gui.plots.lazy_chart import PlotLibraryLoader
from resnet_viz.gui.session.session import Session
from resnet_viz.gui.shown import Changed, Shown
from resnet_viz.gui.theme import Theme
from resnet_viz.gui.widgets.message_bar import Message
from resnet_viz.gui.widgets.save_dialog import ask_where
from resnet_viz.gui.window.views import Views
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.spec.question import Question
from resnet_viz.texts import tr

FORMS = (".csv", ".md", ".tex", ".svg", ".png")
PICTURES = (".svg", ".png")
MEASURED = (16, 1_024, 9)  # channels of a sweep that is measured, and how many of them


class CompareController(QObject):
    """Two tabs beside the architecture: two blocks, and two networks; nothing is asked before they are seen."""

    def __init__(self, session: Session, tabs: QTabWidget, loader: PlotLibraryLoader, theme: Theme) -> None:
        super().__init__()
        self._session, self._tabs = session, tabs
        self.blocks, self.networks = ComparisonView(loader, theme), NetworksView(theme)
        self._is_asked = False
        self._paired: Question | None = None
        self._compared: tuple[Question, Question] | None = None
        self._page = QScrollArea()
        self._page.setWidget(self.blocks)
        self._page.setWidgetResizable(True)
        self._page.setFrameShape(QScrollArea.Shape.NoFrame)
        tabs.addTab(self._page, tr("Basic against Bottleneck"))
        tabs.addTab(self.networks, tr("Two networks"))
        for view in (self.blocks, self.networks):
            view.measure_asked.connect(self._measure)
        self.blocks.setting_edited.connect(self._compare)
        self.blocks.spec_chosen.connect(self._open)
        self.networks.other_chosen.connect(self._compare_networks)

    def add_views(self, views: Views) -> None:
        """Have each tab brought up to date when it is seen."""
        fields = "analysis", "convention", "comparison"
        views.add(self._page, self._display_blocks, *fields)
        views.add(self.networks, self._display_networks, *fields)

    def set_theme(self, theme: Theme) -> None:
        """Draw in this theme's colors."""
        self.blocks.set_theme(theme)
        self.networks.set_theme(theme)

    def export(self) -> None:
        """Ask for a file, and write the comparison that is seen, the two blocks where none is."""
        suggested = "blocks.csv" if self._seen is self.blocks else "networks.csv"
        path = ask_where(self.blocks.window(), tr("Export the comparison"), suggested, FORMS)
        if path is not None:
            self.export_to(path)

    def export_to(self, path: Path) -> None:
        """Write the comparison that is seen in the form that the suffix names."""
        seen, suffix = self._seen, path.suffix.lower()
        try:
            if suffix not in FORMS:
                sentence = tr("{path} cannot be written: give a name that ends in {suffixes}.")
                raise UserError(sentence.format(path=path, suffixes=", ".join(FORMS)))
            (seen.save_picture if suffix in PICTURES else seen.save_table)(path)
        except UserError as error:
            self._report(str(error))
        else:
            self._session.noticed.emit(Message(tr("Exported {name}.").format(name=path.name)))

    @property
    def _seen(self) -> ComparisonView | NetworksView:
        return self.networks if self._tabs.currentWidget() is self.networks else self.blocks

    def _display_blocks(self, shown: Shown, changed: Changed) -> None:
        """Show the two blocks, and ask for what the tab needs and has not asked for."""
        self.blocks.display(shown, changed)
        if not self._is_asked:
            self._is_asked = True
            self._session.comparing.compare(BlockSetting())
        if shown.analysis is not None and self._paired != shown.analysis.spec:
            self._paired = shown.analysis.spec
            self._session.comparing.pairs(self._paired)

    def _display_networks(self, shown: Shown, changed: Changed) -> None:
        """Show the network on the screen beside the other one, and ask for the comparison."""
        self.networks.display(shown, changed)
        if shown.analysis is not None and self._compared != (shown.analysis.spec, self.networks.second):
            self._compare_networks()

    def _compare_networks(self, settings: ProfileSettings | None = None) -> None:
        """Count both networks, or measure them."""
        analysis, second = self._session.analysis, self.networks.second
        if analysis is not None and second is not None:
            self._compared = analysis.spec, second
            self._session.comparing.networks(analysis.spec, second, settings)

    def _compare(self, setting: BlockSetting) -> None:
        """Count; a match by latency can only be found by measuring."""
        self._session.comparing.compare(setting, self._settings() if setting.match == "latency" else None)

    def _measure(self, kind: str) -> None:
        """Measure what a button stands for, or end it where it is being measured."""
        session, settings, setting = self._session, self._settings(), self.blocks.setting
        if session.shown.comparison.measuring == kind:
            session.comparing.stop()
        elif kind == "blocks":
            session.comparing.compare(setting, settings)
        elif kind == "pairs":
            session.comparing.pairs(self._paired or session.question, settings)
        elif kind == "sweep":
            session.comparing.sweep(setting, evenly(*MEASURED), settings)
        else:
            self._compare_networks(settings)

    def _settings(self) -> ProfileSettings:
        """Those of the Measure panel, as far as they concern a comparison."""
        settings = self._session.shown.measurement.settings
        return settings.but(batch=None, size=None, passes="forward", mode="in-network")

    def _report(self, sentence: str) -> None:
        self._session.noticed.emit(Message(sentence, "error"))

    def _open(self, question: Question) -> None:
        self._session.replace(question)
        self._tabs.setCurrentIndex(0)
