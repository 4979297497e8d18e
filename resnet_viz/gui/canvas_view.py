"""Which part of a drawing is on the screen, how large, and how it moves."""

from dataclasses import dataclass

SMALLEST, LARGEST = 0.005, 6.0
LARGEST_FIT = 1.4
LOWEST = 0.3  # a long network seen whole keeps this height, so that its profile can still be read


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


def fitting(box: tuple[float, float, float, float], area: tuple[float, float, float, float]) -> View:
    """The view that shows a box of the scene (left, top, right, bottom) in the middle of an area of pixels."""
    left, top, right, bottom = box
    area_left, area_top, area_right, area_bottom = area
    wide, high = max(1.0, right - left), max(1.0, bottom - top)
    scale = min((area_right - area_left) / wide, (area_bottom - area_top) / high, LARGEST_FIT)
    scale = max(SMALLEST, scale)
    middle_x, middle_y = (area_left + area_right) / 2, (area_top + area_bottom) / 2
    return View(scale, middle_x - (left + right) / 2 * scale, middle_y - (top + bottom) / 2 * max(scale, LOWEST))
