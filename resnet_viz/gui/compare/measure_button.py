"""The button that starts a measurement, and stops it while it is running."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton

from resnet_viz.gui.shown import CompareState
from resnet_viz.texts import tr


class MeasureButton(QPushButton):
    """Shows what it measures, or the progress of that; `asked` gives the field of `CompareState` that it stands for."""

    asked = Signal(str)

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self._kind, self._text = kind, text
        self.clicked.connect(lambda: self.asked.emit(kind))

    def display(self, state: CompareState) -> None:
        """Offer to stop while this is being measured, else to measure."""
        stop = tr("Stop · {doing}").format(doing=state.progress)
        self.setText(stop if state.measuring == self._kind else self._text)
