"""The receptive field of a chosen layer, drawn to scale over the input image."""

import msgspec

from resnet_viz.metrics.receptive_field import ReceptiveFieldBox
from resnet_viz.texts import tr

Rect = tuple[float, float, float, float]


class BoxDrawing(msgspec.Struct, frozen=True):
    """Left, top, width and height in pixels of the screen: the image, the whole box, and its part within the image."""

    image: Rect
    box: Rect
    inside: Rect
    caption: str


def box_drawing(box: ReceptiveFieldBox, width: float, height: float, margin: float) -> BoxDrawing:
    """Image and box as large as the room allows, padding included, in the middle of it."""
    left, top = min(0, box.left), min(0, box.top)
    right, bottom = max(box.width, box.right + 1), max(box.height, box.bottom + 1)
    across, down = max(1.0, width - 2 * margin), max(1.0, height - 2 * margin)
    scale = min(across / (right - left), down / (bottom - top))
    x = (width - scale * (right - left)) / 2 - scale * left
    y = (height - scale * (bottom - top)) / 2 - scale * top

    def placed(first: int, upper: int, last: int, lower: int) -> Rect:
        return x + scale * first, y + scale * upper, scale * (last + 1 - first), scale * (lower + 1 - upper)

    return BoxDrawing(
        image=placed(0, 0, box.width - 1, box.height - 1),
        box=placed(box.left, box.top, box.right, box.bottom),
        inside=placed(*box.inside),
        caption=box_caption(box),
    )


def box_caption(box: ReceptiveFieldBox) -> str:
    """`pixel 28, 28 sees 35×35 px of 224×224`."""
    sides = f"{box.right - box.left + 1:,}×{box.bottom - box.top + 1:,}"
    sentence = tr("pixel {column}, {row} sees {sides} px of {width}×{height}")
    return sentence.format(
        column=box.column, row=box.row, sides=sides, width=f"{box.width:,}", height=f"{box.height:,}"
    )
