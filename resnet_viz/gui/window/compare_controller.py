"""Connects the two tabs of comparisons with the session."""

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QScrollArea, QTabWidget

from resnet_viz.compare.channel_sweep import geometric_range
from resnet_viz.errors import UserError
from resnet_viz.gui.compare.blocks_view import BlocksView
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

EXPORT_SUFFIXES = (".csv", ".md", ".tex", ".svg", ".png")
PICTURE_SUFFIXES = (".svg", ".png")
MEASURED_RANGE = (16, 1_024, 9)  # least and greatest channels of a measured sweep, and the number of points


class CompareController(QObject):
    """The tabs of two blocks and of two networks; nothing is compared before its tab is first shown."""

    def __init__(self, session: Session, tabs: QTabWidget, loader: PlotLibraryLoader, theme: Theme) -> None:
        super().__init__()
        self._session, self._tabs = session, tabs
        self.blocks, self.networks = BlocksView(loader, theme), NetworksView(theme)
        self._is_block_pair_asked = False
        self._paired_question: Question | None = None
        self._compared_networks: tuple[Question, Question] | None = None
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
        """Keep each tab up to date while it is visible."""
        fields = "analysis", "convention", "comparison"
        views.add(self._page, self._display_blocks, *fields)
        views.add(self.networks, self._display_networks, *fields)

    def set_theme(self, theme: Theme) -> None:
        """Use the colors of this theme."""
        self.blocks.set_theme(theme)
        self.networks.set_theme(theme)

    def export(self) -> None:
        """Ask for a file, and write the comparison on the screen, else that of the two blocks."""
        suggested = "blocks.csv" if self._seen is self.blocks else "networks.csv"
        path = ask_where(self.blocks.window(), tr("Export the comparison"), suggested, EXPORT_SUFFIXES)
        if path is not None:
            self.export_to(path)

    def export_to(self, path: Path) -> None:
        """Write the comparison on the screen in the format of the suffix, and report the outcome as a message."""
        view, suffix = self._seen, path.suffix.lower()
        try:
            if suffix not in EXPORT_SUFFIXES:
                sentence = tr("{path} cannot be written: give a name that ends in {suffixes}.")
                raise UserError(sentence.format(path=path, suffixes=", ".join(EXPORT_SUFFIXES)))
            (view.save_picture if suffix in PICTURE_SUFFIXES else view.save_table)(path)
        except UserError as error:
            self._report(str(error))
        else:
            self._session.noticed.emit(Message(tr("Exported {name}.").format(name=path.name)))

    @property
    def _seen(self) -> BlocksView | NetworksView:
        return self.networks if self._tabs.currentWidget() is self.networks else self.blocks

    def _display_blocks(self, shown: Shown, changed: Changed) -> None:
        """Show the two blocks, and ask for the comparisons of the tab that are missing."""
        self.blocks.display(shown, changed)
        if not self._is_block_pair_asked:
            self._is_block_pair_asked = True
            self._session.comparing.compare(BlockSetting())
        if shown.analysis is not None and self._paired_question != shown.analysis.spec:
            self._paired_question = shown.analysis.spec
            self._session.comparing.pairs(self._paired_question)

    def _display_networks(self, shown: Shown, changed: Changed) -> None:
        """Show both networks, and ask for their comparison unless it has been asked for."""
        self.networks.display(shown, changed)
        if shown.analysis is not None and self._compared_networks != (shown.analysis.spec, self.networks.second):
            self._compare_networks()

    def _compare_networks(self, settings: ProfileSettings | None = None) -> None:
        """Compare both networks; with settings measure them too."""
        analysis, second = self._session.analysis, self.networks.second
        if analysis is not None and second is not None:
            self._compared_networks = analysis.spec, second
            self._session.comparing.networks(analysis.spec, second, settings)

    def _compare(self, setting: BlockSetting) -> None:
        """Compare both blocks by counting; a match by latency has to be measured."""
        self._session.comparing.compare(setting, self._settings() if setting.match == "latency" else None)

    def _measure(self, kind: str) -> None:
        """Start the measurement of a button, or stop it if it is running."""
        session, settings, setting = self._session, self._settings(), self.blocks.setting
        if session.shown.comparison.measuring == kind:
            session.comparing.stop()
        elif kind == "blocks":
            session.comparing.compare(setting, settings)
        elif kind == "pairs":
            session.comparing.pairs(self._paired_question or session.question, settings)
        elif kind == "sweep":
            session.comparing.sweep(setting, geometric_range(*MEASURED_RANGE), settings)
        else:
            self._compare_networks(settings)

    def _settings(self) -> ProfileSettings:
        """Return the settings of the Measure panel that apply to a comparison."""
        settings = self._session.shown.measurement.settings
        return settings.but(batch=None, size=None, passes="forward", mode="in-network")

    def _report(self, sentence: str) -> None:
        self._session.noticed.emit(Message(sentence, "error"))

    def _open(self, question: Question) -> None:
        self._session.replace(question)
        self._tabs.setCurrentIndex(0)
