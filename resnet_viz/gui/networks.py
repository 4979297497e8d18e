"""The view of the network on the screen against another one: which other, and both side by side."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from resnet_viz.errors import UserError
from resnet_viz.export.specs import find_spec
from resnet_viz.gui.form import say
from resnet_viz.gui.network_comparison import NetworkComparisonView
from resnet_viz.gui.theme import Theme, load_theme
from resnet_viz.network_comparisons import NetworkComparison
from resnet_viz.presets import PRESETS, title_of
from resnet_viz.spec import ResNetSpec
from resnet_viz.texts import tr


class NetworksView(QWidget):
    """Asks for the other network by name and shows the comparison."""

    other_chosen = Signal(ResNetSpec)

    def __init__(self, theme: Theme | None = None) -> None:
        super().__init__()
        self.first = QLabel()
        self.other = QComboBox()
        self.refusal = QLabel()
        self.measure = QPushButton(tr("Measure both"))
        self.comparison = NetworkComparisonView(theme or load_theme("light"))
        self.nothing = QLabel(tr("Choose the network to hold beside the one on the screen."))
        self._lay_out()
        self.other.activated.connect(lambda _: self._choose())

    def show_first(self, spec: ResNetSpec) -> None:
        """The network on the screen."""
        self.first.setText(tr("{network} against").format(network=title_of(spec)))

    def show_comparison(self, compared: NetworkComparison) -> None:
        """Both networks side by side."""
        self.nothing.hide()
        self.comparison.show()
        self.comparison.show_comparison(compared)

    def say(self, doing: str) -> None:
        """What is being measured, on the button that stops it; empty where nothing is."""
        self.measure.setText(tr("Stop · {doing}").format(doing=doing) if doing else tr("Measure both"))

    def set_theme(self, theme: Theme) -> None:
        """Draw in this theme's colours."""
        self.comparison.set_theme(theme)

    def _choose(self) -> None:
        try:
            spec = find_spec(self.other.currentText().strip())
        except UserError as error:
            say(self.refusal, str(error))
            return
        say(self.refusal, "")
        self.other_chosen.emit(spec)

    def _lay_out(self) -> None:
        self.other.addItems(list(PRESETS))
        self.other.setEditable(True)
        self.other.setCurrentIndex(-1)
        self.other.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.other.setMinimumContentsLength(24)
        self.other.setAccessibleName(tr("Network to compare with"))
        self.other.setToolTip(tr("A preset, any depth such as resnet77, or the path of a saved network"))
        self.refusal.setWordWrap(True)
        say(self.refusal, "")
        self.nothing.setObjectName("muted")
        self.nothing.setMargin(12)
        self.comparison.hide()
        row = QHBoxLayout()
        row.setContentsMargins(10, 8, 8, 4)
        row.addWidget(self.first)
        row.addWidget(self.other)
        row.addWidget(self.measure)
        row.addWidget(self.refusal, 1)
        row.addStretch(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.nothing)
        column.addWidget(self.comparison, 1)
        column.addStretch(0)
