"""Which part of a drawing is on the screen, how large, and how it moves."""

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QSizeF

from resnet_viz.viewmodels.layout import FOOTER, HEADER
from resnet_viz.viewmodels.picture import Layout

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
    """Follows a drawing: `fitted` as long as nobody has moved it."""

    def __init__(self) -> None:
        self.view = View()
        self.fitted: Fit | None = "readable"

    def take(self, drawing: Layout | None, size: QSizeF) -> None:
        """Another drawing: fitted as the one before, or where that was."""
        if self.fitted == "whole":
            self.fit(drawing, size)
        elif self.fitted == "readable":
            self.fit_readably(drawing, size)
        else:
            self.view = _held(self.view, drawing, size)

    def fit(self, drawing: Layout | None, size: QSizeF) -> None:
        """Bring the whole drawing into view."""
        self.fitted = "whole"
        if drawing is not None:
            box = (0.0, drawing.top + HEADER, drawing.width, drawing.bottom - FOOTER)
            self.view = fitting(box, _area(size, down=drawing.down))

    def fit_readably(self, drawing: Layout | None, size: QSizeF) -> None:
        """Fit, but where that would be too small to read, start at the left with what is readable."""
        self.fit(drawing, size)
        self.fitted = "readable"
        if drawing is None or self.view.scale >= READING:
            return
        left, top, right, bottom = _area(size, down=drawing.down)
        content = (0.0, drawing.top + HEADER, 1.0, drawing.bottom - FOOTER)
        scale = min(1.0, fitting(content, (left, top, right, bottom)).scale)
        if scale > self.view.scale:
            middle = (drawing.top + HEADER + drawing.bottom - FOOTER) / 2
            self.view = View(scale, left, (top + bottom) / 2 - middle * scale)

    def centre(self, box: Box, size: QSizeF, *, down: bool) -> None:
        """Bring a box of the scene (left, top, width, height) into the middle, with some surroundings."""
        x, y, w, h = box
        room = 0.6 * max(w, h)
        self.view = fitting((x - room, y - room, x + w + room, y + h + room), _area(size, down=down))
        self.fitted = None

    def reveal(self, box: Box, size: QSizeF) -> None:
        """Move sideways as little as brings a box of the scene into view."""
        left, right = self.view.across(box[0]), self.view.across(box[0] + box[2])
        if left < SEEN:
            self.view = self.view.moved(round(SEEN - left), 0)
        elif right > size.width() - SEEN:
            self.view = self.view.moved(round(max(size.width() - SEEN - right, SEEN - left)), 0)
        else:
            return
        self.fitted = None

    def pan(self, dx: float, dy: float, drawing: Layout | None, size: QSizeF) -> None:
        """Move the drawing by so many pixels, never quite out of view."""
        self._go(self.view.moved(dx, dy), drawing, size)

    def zoom(self, factor: float, pixel: tuple[float, float], drawing: Layout | None, size: QSizeF) -> None:
        """Zoom; what is under the pixel stays there."""
        self._go(self.view.zoomed(factor, *pixel), drawing, size)

    def look_at(self, x: float, drawing: Layout | None, size: QSizeF) -> None:
        """Bring a scene x into the middle."""
        self._go(View(self.view.scale, size.width() / 2 - x * self.view.scale, self.view.y), drawing, size)

    def resized(self, before: QSizeF, drawing: Layout | None, size: QSizeF) -> None:
        """Stay fitted, or keep the middle height."""
        if self.fitted:
            self.take(drawing, size)
        elif before.isValid():
            self.view = self.view.moved(0, (size.height() - before.height()) / 2)

    def _go(self, view: View, drawing: Layout | None, size: QSizeF) -> None:
        self.fitted = None
        self.view = _held(view, drawing, size)


def _area(size: QSizeF, *, down: bool) -> Box:
    """The pixels along and across the trunk that a fitted drawing may take."""
    if down:
        return 6.0, HEADER_COLUMN, max(60.0, size.width() - FOOTER_PIXELS), max(240.0, size.height() - 12)
    return 4.0, HEADER_PIXELS + 6, max(60.0, size.width() - 4), max(140.0, size.height() - FOOTER_PIXELS)


def _held(view: View, drawing: Layout | None, size: QSizeF) -> View:
    """The view moved so far that the drawing is not quite out of it."""
    if drawing is None:
        return view
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
