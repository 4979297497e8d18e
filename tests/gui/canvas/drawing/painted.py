"""Pictures of what the canvas's functions paint, for tests."""

from collections.abc import Callable

from PySide6.QtGui import QFont, QGuiApplication, QImage, QPainter

from resnet_viz.gui.canvas.drawing.style import Style
from resnet_viz.gui.theme import ThemeName, load_theme

WHITE = 0xFFFFFFFF


def style_of(theme: ThemeName = "light") -> Style:
    """Return the style of a theme in the application's font."""
    return Style(load_theme(theme), QFont(QGuiApplication.font()))


def painted(paint: Callable[[QPainter], object], width: int, height: int) -> QImage:
    """Return a white picture on which `paint` has painted."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(WHITE)
    painter = QPainter(image)
    paint(painter)
    painter.end()
    return image


def colors_in(image: QImage, left: int, top: int, width: int, height: int) -> set[int]:
    """Return the colors of the pixels in a rectangle."""
    return {image.pixel(x, y) for x in range(left, left + width) for y in range(top, top + height)}
