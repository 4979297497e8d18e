"""The view of the network on the screen beside another one that the user chooses."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from resnet_viz.errors import UserError
from resnet_viz.gui.compare.measure_button import MeasureButton
from resnet_viz.gui.compare.network_table import NetworkComparisonView
from resnet_viz.gui.shown import Changed, Shown
from resnet_viz.gui.theme import Theme
from resnet_viz.gui.widgets.labels import Label, tooltip
from resnet_viz.gui.widgets.layouts import column, muted, row
from resnet_viz.gui.widgets.pictures import save_view
from resnet_viz.gui.widgets.preset_field import PresetField
from resnet_viz.records.network_pair import NetworkComparison
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import title_of
from resnet_viz.storage.specs import find_spec
from resnet_viz.texts import tr
from resnet_viz.viewmodels.compare.candidates import candidate_groups, candidate_spec, default_candidate
from resnet_viz.viewmodels.parts import preset_groups

MIN_CHOICE_PX = 300


class NetworksView(QWidget):
    """Shows two networks and signals the choice of the second, at first the same network with the other block."""

    other_chosen = Signal()
    measure_asked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._spec: ResNetSpec | None = None
        self._chosen = ""
        self._compared: NetworkComparison | None = None
        self.first = Label()
        self.other = PresetField(preset_groups(), find_spec)
        self.measure = MeasureButton("networks", tr("Measure both"))
        self.comparison = NetworkComparisonView(theme)
        self.nothing = muted(tr("Both networks are being built and counted …"))
        self._lay_out()
        self.other.edited.connect(self._choose)
        self.measure.asked.connect(self.measure_asked)

    @property
    def second(self) -> ResNetSpec | None:
        """The chosen network; None before the first is known, or if its file cannot be read any more."""
        if self._spec is None:
            return None
        try:
            return candidate_spec(self._spec, self._chosen or default_candidate(self._spec), find_spec)
        except UserError:
            return None

    def display(self, shown: Shown, changed: Changed) -> None:
        """Show the network on the screen, the candidates for the other one, and the comparison.

        The chosen candidate stays chosen as long as it is possible.
        """
        if shown.analysis is not None and "analysis" in changed:
            self._show_first(shown.analysis.spec)
        compared = shown.comparison.networks
        self.measure.display(shown.comparison)
        self.nothing.setVisible(compared is None)
        self.comparison.setVisible(compared is not None)
        if compared is not None and (compared is not self._compared or "convention" in changed):
            self.comparison.show_comparison(compared, shown.convention)
        self._compared = compared

    def _show_first(self, spec: ResNetSpec) -> None:
        self._spec = spec
        self.first.setText(tr("{network} against").format(network=title_of(spec)))
        groups = candidate_groups(spec)
        if "=" in self._chosen and self._chosen not in {choice.value for choice in groups[0].choices}:
            self._chosen = ""
        self.other.show_groups(groups)
        self.other.show_value(self._chosen or default_candidate(spec))

    def save_table(self, path: Path) -> None:
        """Write the comparison as .csv, .md or .tex; raises UserError."""
        self.comparison.save_table(path)

    def save_picture(self, path: Path) -> None:
        """Write the view as .png; raises UserError."""
        save_view(self, path)

    def set_theme(self, theme: Theme) -> None:
        """Use the colors of this theme."""
        self.comparison.set_theme(theme)

    def _choose(self, value: str) -> None:
        self._chosen = value
        self.other.show_value(value)
        self.other_chosen.emit()

    def _lay_out(self) -> None:
        self.other.setMinimumWidth(MIN_CHOICE_PX)
        self.other.name_for_readers(tr("Network to compare with"))
        self.other.setToolTip(tooltip(tr("A preset, any depth such as resnet77, or the path of a saved network")))
        self.nothing.setMargin(12)
        self.comparison.hide()
        above = row(self.first, self.other, self.measure, margins=(12, 8, 8, 4), spacing=8)
        above.addStretch(1)
        column(above, self.nothing, (self.comparison, 1), owner=self).addStretch(0)
