"""A widget that paints itself in the theme's colors."""

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from resnet_viz.gui.theme import Theme, load_theme


class PaintedWidget(QWidget):
    """Paints a ground; each kind says what stands on it. `name` is what a screen reader says."""

    def __init__(self, name: str, theme: Theme | None = None) -> None:
        super().__init__()
        self._theme = theme or load_theme("light")
        self.setAccessibleName(name)

    def set_theme(self, theme: Theme) -> None:
        """Draw in this theme's colors."""
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt override
        """Everything."""
        painter = QPainter(self)
        self.paint_all(painter)
        painter.end()

    def paint_all(self, painter: QPainter) -> None:
        """The ground, and all that stands on it."""
        painter.fillRect(self.rect(), self._theme.color("canvas"))
        self._paint(painter)

    def _paint(self, painter: QPainter) -> None:
        """What stands on the ground."""
        raise NotImplementedError
