"""Lays out a layer's receptive field over the input image, to scale."""

import msgspec

from resnet_viz.metrics.receptive_field import ReceptiveFieldBox
from resnet_viz.texts import tr

Rect = tuple[float, float, float, float]


class BoxDrawing(msgspec.Struct, frozen=True):
    """Rectangles (left, top, width, height) in screen pixels: the image, the box, and its part within the image."""

    image: Rect
    box: Rect
    inside: Rect
    caption: str


def box_drawing(box: ReceptiveFieldBox, width: float, height: float, margin: float) -> BoxDrawing:
    """Center image and box, padding included, in a drawing of this size, as large as `margin` on each side allows."""
    left, top = min(0, box.left), min(0, box.top)
    right, bottom = max(box.width, box.right + 1), max(box.height, box.bottom + 1)
    across, down = max(1.0, width - 2 * margin), max(1.0, height - 2 * margin)
    scale = min(across / (right - left), down / (bottom - top))
    x = (width - scale * (right - left)) / 2 - scale * left
    y = (height - scale * (bottom - top)) / 2 - scale * top

    def on_screen(first: int, upper: int, last: int, lower: int) -> Rect:
        return x + scale * first, y + scale * upper, scale * (last + 1 - first), scale * (lower + 1 - upper)

    return BoxDrawing(
        image=on_screen(0, 0, box.width - 1, box.height - 1),
        box=on_screen(box.left, box.top, box.right, box.bottom),
        inside=on_screen(*box.inside),
        caption=box_caption(box),
    )


def box_caption(box: ReceptiveFieldBox) -> str:
    """Return a sentence such as `pixel 28, 28 sees 35×35 px of 224×224`."""
    sides = f"{box.right - box.left + 1:,}×{box.bottom - box.top + 1:,}"
    sentence = tr("pixel {column}, {row} sees {sides} px of {width}×{height}")
    return sentence.format(
        column=box.column, row=box.row, sides=sides, width=f"{box.width:,}", height=f"{box.height:,}"
    )
