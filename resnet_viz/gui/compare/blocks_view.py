"""The view of two blocks: their setting, drawings, figures and conclusions, and charts of whole networks below."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QScrollArea, QSplitter, QWidget

from resnet_viz.compare.channel_sweep import geometric_range, sweep
from resnet_viz.errors import UserError
from resnet_viz.export.tables import save_tables
from resnet_viz.gui.compare.block_form import BlockForm
from resnet_viz.gui.compare.block_picture import MAX_SCALE, BlockPicture
from resnet_viz.gui.compare.figure_table import FiguresWithSentences, FigureTable
from resnet_viz.gui.plots.lazy_chart import PlotLibraryLoader
from resnet_viz.gui.shown import Changed, CompareState, Shown
from resnet_viz.gui.theme import Theme
from resnet_viz.gui.widgets.layouts import column, muted, row, sentences
from resnet_viz.gui.widgets.pictures import save_view
from resnet_viz.records.analysis import Convention
from resnet_viz.records.block_pair import BlockComparison, Sweep
from resnet_viz.spec.block_pair import BlockSetting
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.texts import tr
from resnet_viz.viewmodels.compare.block_drawing import block_drawings
from resnet_viz.viewmodels.compare.conclusions import block_sentences
from resnet_viz.viewmodels.compare.figures import block_rows, block_titles
from resnet_viz.viewmodels.compare.tables import block_tables

SWEEP_RANGE = (16, 2_048, 50)  # least and greatest channels, and the number of points
MIN_BLOCKS_PX, MIN_CHARTS_PX = 390, 210  # heights; the page scrolls where there is less space
PICTURE_GAP_PX = 6  # between the drawings and the figures
BLOCKS_TO_CHARTS = (560, 440)  # proportion of their heights


class BlocksView(QWidget):
    """Shows a comparison of two blocks, and signals another setting, a request to measure or a network to open."""

    setting_edited = Signal(BlockSetting)
    measure_asked = Signal(str)
    spec_chosen = Signal(ResNetSpec)

    def __init__(self, loader: PlotLibraryLoader, theme: Theme) -> None:
        super().__init__()
        self._theme, self._loader = theme, loader
        self.setting = BlockSetting()
        self._state = CompareState()
        self._convention: Convention = "macs"
        self.form, self.picture, self.table = BlockForm(), BlockPicture(theme), FigureTable()
        self.sentences = sentences((8, 4, 8, 4))
        self.measure = self.form.measure
        self._swept: Sweep | None = None  # counted here, or measured by the engine
        self.charts: Any = None
        self.sweep: Any = None
        self._waiting = muted(tr("The charts are being loaded …"))
        self._below = column((self._waiting, 1))
        self._lay_out()
        self.table.show_rows((tr("Basic"), tr("Bottleneck")), ())
        self.sentences.setText(tr("Both blocks are being built and counted …"))
        self.form.setting_edited.connect(self._ask)
        self.measure.asked.connect(self.measure_asked)
        loader.loaded.connect(self._fill)

    def display(self, shown: Shown, changed: Changed) -> None:
        """Show both blocks and the networks, a refused setting, and the progress of a measurement."""
        new, old, before = shown.comparison, self._state, self._convention
        self._state, self._convention = new, shown.convention
        if new.blocks is not None and new.blocks is not old.blocks:
            self.setting = new.blocks.setting
            self.form.show_setting(self.setting)
        if new.blocks is not None and (new.blocks is not old.blocks or shown.convention != before):
            self._show_figures(new.blocks)
        if new.sweep is not old.sweep:
            self._swept = new.sweep
        if new.refusal and new.refusal is not old.refusal:
            self.form.show_refusal(new.refusal)
        self.measure.display(new)
        self._draw_charts()

    def set_theme(self, theme: Theme) -> None:
        """Use the colors of this theme."""
        self._theme = theme
        for view in filter(None, (self.picture, self.charts, self.sweep)):
            view.set_theme(theme)

    def save_picture(self, path: Path) -> None:
        """Write the whole view as .png, or both drawings as .svg; raises UserError."""
        if path.suffix.lower() == ".png":
            save_view(self, path)
        else:
            self.picture.save_picture(path)

    def save_table(self, path: Path) -> None:
        """Write the figures as .csv, .md or .tex; raises UserError."""
        if self._state.blocks is None:
            raise UserError(tr("The blocks have not been counted yet."))
        save_tables(block_tables(self._state.blocks, self._convention), path)

    def showEvent(self, event: QShowEvent) -> None:  # Qt override
        """Load the charts when the view is first shown."""
        super().showEvent(event)
        self._loader.start()
        self._fill()

    def _show_figures(self, compared: BlockComparison) -> None:
        self.picture.show_drawings(block_drawings(compared, self._convention))
        self.table.show_rows(block_titles(compared), block_rows(compared, self._convention))
        self.sentences.setText(" ".join(block_sentences(compared, self._convention)))

    def _lay_out(self) -> None:
        self._waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        scroll = QScrollArea()
        scroll.setWidget(self.picture)
        scroll.setWidgetResizable(True)
        scroll.setMinimumWidth(self.picture.minimumWidth() + 2)
        scroll.setMaximumWidth(round(MAX_SCALE * self.picture.sizeHint().width()))
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        upper, below = QWidget(), QWidget()
        upper.setMinimumHeight(MIN_BLOCKS_PX)
        row((scroll, 11), (FiguresWithSentences(self.table, self.sentences), 10), owner=upper, margins=(0, 0, 8, 0),
            spacing=PICTURE_GAP_PX)  # fmt: skip
        below.setLayout(self._below)
        below.setMinimumHeight(MIN_CHARTS_PX)
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.addWidget(upper)
        parts.addWidget(below)
        parts.setSizes(BLOCKS_TO_CHARTS)
        column(self.form, (parts, 1), owner=self)

    def _ask(self, setting: BlockSetting) -> None:
        self.setting = setting
        self.setting_edited.emit(setting)

    def _fill(self) -> None:
        """Create the charts once their module is loaded and the view is visible."""
        if self.charts is not None or not self._loader.is_loaded or not self.isVisible():
            return
        from resnet_viz.gui.compare.depth_charts import DepthCharts  # pyqtgraph is slow to import
        from resnet_viz.gui.compare.sweep_chart import SweepChart

        self._waiting.hide()
        self.charts, self.sweep = DepthCharts(self._theme), SweepChart(self._theme)
        self._below.addLayout(row((self.charts, 4), (self.sweep, 1)), 1)
        for chart in (self.charts, self.sweep):
            chart.measure.asked.connect(self.measure_asked)
        self.charts.spec_chosen.connect(self.spec_chosen)
        self._draw_charts()

    def _draw_charts(self) -> None:
        """Draw the networks, and a sweep in the setting that is shown; another number of channels only moves a line."""
        if self.charts is None:
            return
        blocks = self._state.blocks
        self.charts.show_pairs(self._state.pairs, self._convention)
        if blocks is not None:
            if self._swept is None or not self._swept.setting.differs_in_channels_alone(blocks.setting):
                self._swept = sweep(blocks.setting, geometric_range(*SWEEP_RANGE))
            self.sweep.show_sweep(self._swept, blocks.setting.channels, self._convention)
        for chart in (self.charts, self.sweep):
            chart.measure.display(self._state)
