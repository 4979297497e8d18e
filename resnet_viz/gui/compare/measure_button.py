"""The button that asks for a measurement, and while that goes on for its end."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton

from resnet_viz.gui.shown import CompareState
from resnet_viz.texts import tr


class MeasureButton(QPushButton):
    """Says what would be measured, or how far that has come; `asked` has the kind, as `CompareState` calls it."""

    asked = Signal(str)

    def __init__(self, kind: str, words: str) -> None:
        super().__init__(words)
        self._kind, self._words = kind, words
        self.clicked.connect(lambda: self.asked.emit(kind))

    def display(self, state: CompareState) -> None:
        """Show whether this is being measured."""
        stop = tr("Stop · {doing}").format(doing=state.progress)
        self.setText(stop if state.measuring == self._kind else self._words)
