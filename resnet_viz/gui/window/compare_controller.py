"""Brings comparisons to their views: two blocks at one place, and the network on the screen against another."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QScrollArea, QTabWidget

from resnet_viz.errors import UserError
from resnet_viz.gui.compare.blocks_view import ComparisonView
from resnet_viz.gui.compare.networks_view import NetworksView
from resnet_viz.gui.plots.lazy_chart import ChartLoader
from resnet_viz.gui.session.session import Session
from resnet_viz.gui.theme import Theme
from resnet_viz.gui.widgets.message_bar import Notice
from resnet_viz.gui.widgets.save_dialog import ask_where
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.texts import tr

FORMS = (".csv", ".md", ".tex", ".svg", ".png")
PICTURES = (".svg", ".png")


class CompareDesk(QObject):
    """Connects the session's comparer with two tabs beside the architecture; nothing is asked before they are seen."""

    def __init__(self, session: Session, tabs: QTabWidget, loader: ChartLoader, theme: Theme) -> None:
        super().__init__()
        self._session, self._tabs = session, tabs
        self.blocks, self.networks = ComparisonView(loader, theme), NetworksView(theme)
        self._paired: ResNetSpec | None = None
        self._seen = False
        self._held: tuple[ResNetSpec, ResNetSpec] | None = None
        self._page = QScrollArea()
        self._page.setWidget(self.blocks)
        self._page.setWidgetResizable(True)
        self._page.setFrameShape(QScrollArea.Shape.NoFrame)
        tabs.addTab(self._page, tr("Basic against Bottleneck"))
        tabs.addTab(self.networks, tr("Two networks"))
        tabs.currentChanged.connect(lambda _: self._show())
        session.analysed.connect(lambda _: self._show())
        self._connect_blocks()
        self.networks.other_chosen.connect(self._compare_networks)
        self.networks.measure.clicked.connect(self._measure_networks)

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
            self._session.noticed.emit(Notice(str(error), "error"))
        else:
            self._session.noticed.emit(Notice(tr("Exported {name}.").format(name=path.name)))

    def _connect_blocks(self) -> None:
        comparer, view, noticed = self._session.comparing, self.blocks, self._session.noticed
        wires: tuple[tuple[Any, Callable[..., object]], ...] = (
            (view.setting_edited, self._compare),
            (view.measure_asked, self._measure),
            (view.pairs_asked, self._measure_pairs),
            (view.sweep_asked, self._measure_sweep),
            (view.spec_chosen, self._open),
            (view.failed, lambda sentence: noticed.emit(Notice(sentence, "error"))),
            (comparer.blocks_compared, view.show_comparison),
            (comparer.pairs_found, view.show_pairs),
            (comparer.swept, view.show_sweep),
            (comparer.refused, view.show_refusal),
            (comparer.networks_compared, self.networks.show_comparison),
            (comparer.noticed, noticed.emit),
            (comparer.noticed, self._forget),
            (comparer.progressed, self._say),
            (
                comparer.measuring_changed,
                lambda kind: self._say(tr("the engine is starting") if kind else ""),
            ),
        )
        for signal, slot in wires:
            signal.connect(slot)

    def _show(self) -> None:
        """Ask for what the tab that is seen has not shown yet."""
        spec, seen = self._session.spec, self._tabs.currentWidget()
        for view in (self.blocks, self.networks):
            view.count_as(self._session.convention)
        if seen is self._page:
            if not self._seen:
                self._seen = True
                self._session.comparing.compare(BlockSetting())
            if spec != self._paired:
                self._paired = spec
                self._session.comparing.pairs(spec)
        elif seen is self.networks:
            self.networks.show_first(spec)
            self._compare_networks()

    def _compare_networks(self, settings: ProfileSettings | None = None) -> None:
        """Count both networks, or measure them; what has been measured is not counted again."""
        second = self.networks.second
        both = None if second is None else (self._session.spec, second)
        if both is not None and (both != self._held or settings is not None):
            self._held = both
            self._session.comparing.networks(*both, settings)

    def _forget(self) -> None:
        """What was refused or stopped may be asked again."""
        self._held = None

    def _compare(self, setting: BlockSetting) -> None:
        """Count; a match by latency can only be found by measuring."""
        self._session.comparing.compare(setting, self._settings() if setting.match == "latency" else None)

    def _measure(self, setting: BlockSetting) -> None:
        if not self._stopped("blocks"):
            self._session.comparing.compare(setting, self._settings())

    def _measure_pairs(self) -> None:
        if not self._stopped("pairs"):
            self._session.comparing.pairs(self._session.spec, self._settings())

    def _measure_sweep(self, setting: BlockSetting, channels: tuple[int, ...]) -> None:
        if not self._stopped("sweep"):
            self._session.comparing.sweep(setting, channels, self._settings())

    def _measure_networks(self) -> None:
        if not self._stopped("networks"):
            self._compare_networks(self._settings())

    def _stopped(self, kind: str) -> bool:
        """Whether this was being measured, and is no more."""
        measuring = self._session.comparing.measuring == kind
        if measuring:
            self._session.comparing.stop()
        return measuring

    def _settings(self) -> ProfileSettings:
        """Those of the Measure panel, as far as they concern a comparison."""
        return self._session.measuring.settings.but(batch=None, size=None, passes="forward", mode="in-network")

    def _say(self, doing: str) -> None:
        kind = self._session.comparing.measuring
        self.blocks.say(kind, doing)
        self.networks.say(doing if kind == "networks" else "")

    def _open(self, spec: ResNetSpec) -> None:
        self._session.replace(spec)
        self._tabs.setCurrentIndex(0)
