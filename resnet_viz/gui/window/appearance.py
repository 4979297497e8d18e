"""Applies the chosen theme, and follows the system's color scheme where the choice is "system"."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from resnet_viz.gui.theme import Theme, ThemeChoice, apply, load_theme, resolve


class Appearance(QObject):
    """Holds the current theme; `changed` carries the new one."""

    changed = Signal(object)

    def __init__(self, application: QApplication, choice: ThemeChoice, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._application = application
        self._choice: ThemeChoice = choice
        self.theme: Theme = load_theme(resolve(choice))
        apply(self.theme, application)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow)

    def choose(self, choice: ThemeChoice) -> None:
        """Switch to another theme."""
        self._choice = choice
        self._follow()

    def _follow(self) -> None:
        name = resolve(self._choice)
        if name == self.theme.name:
            return
        self.theme = load_theme(name)
        apply(self.theme, self._application)
        self.changed.emit(self.theme)
