"""The base of the widgets that paint themselves in the colors of the theme."""

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from resnet_viz.gui.theme import Theme, load_theme


class PaintedWidget(QWidget):
    """Paints the background; subclasses paint the content. `name` is the accessible name."""

    def __init__(self, name: str, theme: Theme | None = None) -> None:
        super().__init__()
        self._theme = theme or load_theme("light")
        self.setAccessibleName(name)

    def set_theme(self, theme: Theme) -> None:
        """Switch to another theme."""
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt override
        """Paint the widget."""
        painter = QPainter(self)
        self.paint_all(painter)
        painter.end()

    def paint_all(self, painter: QPainter) -> None:
        """Paint the background and the content."""
        painter.fillRect(self.rect(), self._theme.color("canvas"))
        self._paint(painter)

    def _paint(self, painter: QPainter) -> None:
        """Paint the content."""
        raise NotImplementedError
