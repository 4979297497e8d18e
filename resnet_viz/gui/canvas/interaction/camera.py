"""Which part of a drawing is on the screen, how large, and how it moves."""

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF, QSizeF

from resnet_viz.viewmodels.canvas.drawing import Layout
from resnet_viz.viewmodels.canvas.layout import FOOTER, HEADER

HEADER_PIXELS = 60.0  # of the window, for the bands' titles above a trunk that runs to the right
HEADER_COLUMN = 210.0  # for the titles beside one that runs down
FOOTER_PIXELS = 44.0  # for legend and minimap
READING = 0.56  # below this scale a network is not shown whole of itself: its labels would be too small
SEEN = 28.0  # pixels of the drawing that always stay in view
SMALLEST, LARGEST = 0.005, 6.0
LARGEST_FIT = 1.4
LOWEST = 0.3  # a long network seen whole keeps this height, so that its profile can still be read
Box = tuple[float, float, float, float]
Fit = Literal["whole", "readable"]


@dataclass(frozen=True)
class View:
    """`scale` pixels a scene unit; the scene's origin is at pixel (`x`, `y`)."""

    scale: float = 1.0
    x: float = 0.0
    y: float = 0.0

    @property
    def high(self) -> float:
        """Pixels a scene unit upwards: `scale`, but never so low that the pyramid is lost."""
        return max(self.scale, LOWEST)

    def scene(self, px: float, py: float) -> tuple[float, float]:
        """The scene point at a pixel."""
        return (px - self.x) / self.scale, (py - self.y) / self.high

    def across(self, x: float) -> float:
        """The pixel of a scene x."""
        return self.x + x * self.scale

    def down(self, y: float) -> float:
        """The pixel of a scene y."""
        return self.y + y * self.high

    def moved(self, dx: float, dy: float) -> "View":
        """The view after the drawing went by so many pixels."""
        return View(self.scale, self.x + dx, self.y + dy)

    def zoomed(self, factor: float, px: float, py: float) -> "View":
        """The view zoomed so that what is at a pixel stays there."""
        scale = min(LARGEST, max(SMALLEST, self.scale * factor))
        across, down = self.scene(px, py)
        return View(scale, px - across * scale, py - down * max(scale, LOWEST))


class Camera:
    """Follows a drawing on a canvas whose trunk runs right or `down`: `fitted` as long as nobody has moved it.

    `size` is the canvas's along and across the trunk, as all pixels are that it takes; `real` mirrors them.
    """

    def __init__(self) -> None:
        self.view = View()
        self.fitted: Fit | None = "readable"
        self.drawing: Layout | None = None
        self.size = QSizeF()
        self.down = False

    @property
    def canvas(self) -> QSizeF:
        """The canvas's width and height."""
        return self.size.transposed() if self.down else self.size

    def real(self, point: QPointF) -> QPointF:
        """A pixel of the canvas from its place along and across the trunk, or the other way round."""
        return QPointF(point.y(), point.x()) if self.down else point

    def take(self, drawing: Layout | None) -> None:
        """Another drawing: fitted as the one before, or where that was."""
        self.drawing = drawing
        if self.fitted == "whole":
            self.fit()
        elif self.fitted == "readable":
            self.fit_readably()
        else:
            self._go(self.view)

    def resize(self, canvas: QSizeF) -> None:
        """The canvas has this width and height: stay fitted, or keep the middle height."""
        before, self.size = self.size, canvas.transposed() if self.down else canvas
        if self.fitted:
            self.take(self.drawing)
        elif before.isValid():
            self.view = self.view.moved(0, (self.size.height() - before.height()) / 2)

    def turn(self, *, down: bool) -> None:
        """Let the trunk run down, or to the right, on the same canvas."""
        self.size, self.down = (self.size.transposed() if down != self.down else self.size), down

    def fit(self) -> None:
        """Bring the whole drawing into view."""
        self.fitted = "whole"
        if self.drawing is not None:
            box = (0.0, self.drawing.top + HEADER, self.drawing.width, self.drawing.bottom - FOOTER)
            self.view = fitting(box, self._area())

    def fit_readably(self) -> None:
        """Fit, but where that would be too small to read, start at the left with what is readable."""
        self.fit()
        self.fitted = "readable"
        drawing = self.drawing
        if drawing is None or self.view.scale >= READING:
            return
        left, top, right, bottom = self._area()
        content = (0.0, drawing.top + HEADER, 1.0, drawing.bottom - FOOTER)
        scale = min(1.0, fitting(content, (left, top, right, bottom)).scale)
        if scale > self.view.scale:
            middle = (drawing.top + HEADER + drawing.bottom - FOOTER) / 2
            self.view = View(scale, left, (top + bottom) / 2 - middle * scale)

    def center(self, box: Box) -> None:
        """Bring a box of the scene (left, top, width, height) into the middle, with some surroundings."""
        x, y, w, h = box
        room = 0.6 * max(w, h)
        self.view = fitting((x - room, y - room, x + w + room, y + h + room), self._area())
        self.fitted = None

    def reveal(self, box: Box) -> None:
        """Move sideways as little as brings a box of the scene into view."""
        left, right = self.view.across(box[0]), self.view.across(box[0] + box[2])
        if left < SEEN:
            self.view = self.view.moved(round(SEEN - left), 0)
        elif right > self.size.width() - SEEN:
            self.view = self.view.moved(round(max(self.size.width() - SEEN - right, SEEN - left)), 0)
        else:
            return
        self.fitted = None

    def pan(self, dx: float, dy: float) -> None:
        """Move the drawing by so many pixels, never quite out of view."""
        self._go(self.view.moved(dx, dy))

    def zoom(self, factor: float, point: QPointF) -> None:
        """Zoom; what is under the pixel stays there."""
        self._go(self.view.zoomed(factor, point.x(), point.y()))

    def look_at(self, x: float) -> None:
        """Bring a scene x into the middle."""
        self._go(View(self.view.scale, self.size.width() / 2 - x * self.view.scale, self.view.y))

    def _go(self, view: View) -> None:
        self.fitted = None
        self.view = view if self.drawing is None else _held(view, self.drawing, self.size)

    def _area(self) -> Box:
        """The pixels along and across the trunk that a fitted drawing may take."""
        width, height = self.size.width(), self.size.height()
        if self.down:
            return 6.0, HEADER_COLUMN, max(60.0, width - FOOTER_PIXELS), max(240.0, height - 12)
        return 4.0, HEADER_PIXELS + 6, max(60.0, width - 4), max(140.0, height - FOOTER_PIXELS)


def _held(view: View, drawing: Layout, size: QSizeF) -> View:
    """The view moved so far that the drawing is not quite out of it."""
    x = min(max(view.x, SEEN - drawing.width * view.scale), size.width() - SEEN)
    y = min(max(view.y, SEEN - drawing.bottom * view.high), size.height() - SEEN - drawing.top * view.high)
    return View(view.scale, x, y)


def fitting(box: Box, area: Box) -> View:
    """The view that shows a box of the scene (left, top, right, bottom) in the middle of an area of pixels."""
    left, top, right, bottom = box
    area_left, area_top, area_right, area_bottom = area
    wide, high = max(1.0, right - left), max(1.0, bottom - top)
    scale = min((area_right - area_left) / wide, (area_bottom - area_top) / high, LARGEST_FIT)
    scale = max(SMALLEST, scale)
    middle_x, middle_y = (area_left + area_right) / 2, (area_top + area_bottom) / 2
    return View(scale, middle_x - (left + right) / 2 * scale, middle_y - (top + bottom) / 2 * max(scale, LOWEST))
