"""The camera of the canvas: which part of the drawing is in view, at which zoom, and how it moves."""

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF, QSizeF

from resnet_viz.viewmodels.canvas.drawing import Drawing
from resnet_viz.viewmodels.canvas.layout import FOOTER_HEIGHT, HEADER_HEIGHT

HEADER_PX = 60.0  # for the columns' titles above a horizontal drawing
HEADER_COLUMN_PX = 210.0  # for the titles beside a vertical drawing
FOOTER_PX = 44.0  # for legend and minimap
MIN_READABLE_ZOOM = 0.56  # at a smaller zoom a network is not fitted by default: its labels would be too small
MIN_VISIBLE_PX = 28.0  # so much of the drawing always stays in view
MIN_ZOOM, MAX_ZOOM = 0.005, 6.0
MAX_FIT_ZOOM = 1.4
MIN_HEIGHT_ZOOM = 0.3  # a long network seen whole keeps this zoom in height, so that its outline can still be read
SceneRect = tuple[float, float, float, float]
Fit = Literal["whole", "readable"]


@dataclass(frozen=True)
class View:
    """The mapping from the scene to pixels: `scale` pixels per scene unit, with the scene's origin at (`x`, `y`)."""

    scale: float = 1.0
    x: float = 0.0
    y: float = 0.0

    @property
    def height_zoom(self) -> float:
        """Pixels per scene unit in height: `scale`, but at least MIN_HEIGHT_ZOOM."""
        return max(self.scale, MIN_HEIGHT_ZOOM)

    def to_scene(self, px: float, py: float) -> tuple[float, float]:
        """Return the scene point at a pixel."""
        return (px - self.x) / self.scale, (py - self.y) / self.height_zoom

    def pixel_x(self, x: float) -> float:
        """Return the pixel x of a scene x."""
        return self.x + x * self.scale

    def pixel_y(self, y: float) -> float:
        """Return the pixel y of a scene y."""
        return self.y + y * self.height_zoom

    def moved(self, dx: float, dy: float) -> "View":
        """Return the view after the drawing has moved by so many pixels."""
        return View(self.scale, self.x + dx, self.y + dy)

    def zoomed(self, factor: float, px: float, py: float) -> "View":
        """Return the view zoomed by a factor around a pixel, which keeps its scene point."""
        scale = min(MAX_ZOOM, max(MIN_ZOOM, self.scale * factor))
        x, y = self.to_scene(px, py)
        return View(scale, px - x * scale, py - y * max(scale, MIN_HEIGHT_ZOOM))


class Camera:
    """The view of a drawing on a canvas; `fit_mode` is None once a person has moved or zoomed it.

    `size` is the canvas's size along and across the main path. All pixels that the methods take are in the same order;
    `swap_axes` converts them from and to those of a vertical canvas.
    """

    def __init__(self) -> None:
        self.view = View()
        self.fit_mode: Fit | None = "readable"
        self.drawing: Drawing | None = None
        self.size = QSizeF()
        self.vertical = False

    @property
    def canvas(self) -> QSizeF:
        """The canvas's width and height."""
        return self.size.transposed() if self.vertical else self.size

    def swap_axes(self, point: QPointF) -> QPointF:
        """Convert a point along and across the main path to a pixel of the canvas, or back."""
        return QPointF(point.y(), point.x()) if self.vertical else point

    def set_drawing(self, drawing: Drawing | None) -> None:
        """Show another drawing, fitted like the one before, or in its view where that was moved."""
        self.drawing = drawing
        if self.fit_mode == "whole":
            self.fit()
        elif self.fit_mode == "readable":
            self.fit_readably()
        else:
            self._set_view(self.view)

    def resize(self, canvas: QSizeF) -> None:
        """Adapt to the canvas's new width and height: stay fitted, or keep the middle of the height."""
        before, self.size = self.size, canvas.transposed() if self.vertical else canvas
        if self.fit_mode:
            self.set_drawing(self.drawing)
        elif before.isValid():
            self.view = self.view.moved(0, (self.size.height() - before.height()) / 2)

    def set_direction(self, *, vertical: bool) -> None:
        """Let the main path run down or to the right on the same canvas."""
        self.size, self.vertical = (self.size.transposed() if vertical != self.vertical else self.size), vertical

    def fit(self) -> None:
        """Bring the whole drawing into view."""
        self.fit_mode = "whole"
        if self.drawing is not None:
            rect = (0.0, self.drawing.top + HEADER_HEIGHT, self.drawing.width, self.drawing.bottom - FOOTER_HEIGHT)
            self.view = view_fitting(rect, self._fit_area())

    def fit_readably(self) -> None:
        """Fit the drawing, or show its beginning at a readable zoom where the whole would be too small."""
        self.fit()
        self.fit_mode = "readable"
        drawing = self.drawing
        if drawing is None or self.view.scale >= MIN_READABLE_ZOOM:
            return
        left, top, right, bottom = self._fit_area()
        content = (0.0, drawing.top + HEADER_HEIGHT, 1.0, drawing.bottom - FOOTER_HEIGHT)
        scale = min(1.0, view_fitting(content, (left, top, right, bottom)).scale)
        if scale > self.view.scale:
            middle = (drawing.top + HEADER_HEIGHT + drawing.bottom - FOOTER_HEIGHT) / 2
            self.view = View(scale, left, (top + bottom) / 2 - middle * scale)

    def center(self, rect: SceneRect) -> None:
        """Bring a rectangle of the scene (left, top, width, height) into the middle, with some surroundings."""
        x, y, w, h = rect
        room = 0.6 * max(w, h)
        self.view = view_fitting((x - room, y - room, x + w + room, y + h + room), self._fit_area())
        self.fit_mode = None

    def reveal(self, rect: SceneRect) -> None:
        """Move along the main path as little as needed to bring a rectangle of the scene into view."""
        left, right = self.view.pixel_x(rect[0]), self.view.pixel_x(rect[0] + rect[2])
        if left < MIN_VISIBLE_PX:
            self.view = self.view.moved(round(MIN_VISIBLE_PX - left), 0)
        elif right > self.size.width() - MIN_VISIBLE_PX:
            self.view = self.view.moved(
                round(max(self.size.width() - MIN_VISIBLE_PX - right, MIN_VISIBLE_PX - left)), 0
            )
        else:
            return
        self.fit_mode = None

    def pan(self, dx: float, dy: float) -> None:
        """Move the drawing by so many pixels, never fully out of view."""
        self._set_view(self.view.moved(dx, dy))

    def zoom(self, factor: float, point: QPointF) -> None:
        """Zoom by a factor around a pixel, which keeps its scene point."""
        self._set_view(self.view.zoomed(factor, point.x(), point.y()))

    def center_on(self, x: float) -> None:
        """Bring a scene x into the middle."""
        self._set_view(View(self.view.scale, self.size.width() / 2 - x * self.view.scale, self.view.y))

    def _set_view(self, view: View) -> None:
        self.fit_mode = None
        self.view = view if self.drawing is None else _clamped(view, self.drawing, self.size)

    def _fit_area(self) -> SceneRect:
        """Return the rectangle of pixels (left, top, right, bottom) that a fitted drawing may fill."""
        width, height = self.size.width(), self.size.height()
        if self.vertical:
            return 6.0, HEADER_COLUMN_PX, max(60.0, width - FOOTER_PX), max(240.0, height - 12)
        return 4.0, HEADER_PX + 6, max(60.0, width - 4), max(140.0, height - FOOTER_PX)


def _clamped(view: View, drawing: Drawing, size: QSizeF) -> View:
    """Return the view, moved so far that a part of the drawing is visible."""
    x = min(max(view.x, MIN_VISIBLE_PX - drawing.width * view.scale), size.width() - MIN_VISIBLE_PX)
    y = min(
        max(view.y, MIN_VISIBLE_PX - drawing.bottom * view.height_zoom),
        size.height() - MIN_VISIBLE_PX - drawing.top * view.height_zoom,
    )
    return View(view.scale, x, y)


def view_fitting(rect: SceneRect, area: SceneRect) -> View:
    """Return the view that shows a rectangle of the scene in the middle of an area of pixels.

    Both are given as (left, top, right, bottom).
    """
    left, top, right, bottom = rect
    area_left, area_top, area_right, area_bottom = area
    width, height = max(1.0, right - left), max(1.0, bottom - top)
    scale = min((area_right - area_left) / width, (area_bottom - area_top) / height, MAX_FIT_ZOOM)
    scale = max(MIN_ZOOM, scale)
    middle_x, middle_y = (area_left + area_right) / 2, (area_top + area_bottom) / 2
    return View(
        scale, middle_x - (left + right) / 2 * scale, middle_y - (top + bottom) / 2 * max(scale, MIN_HEIGHT_ZOOM)
    )
