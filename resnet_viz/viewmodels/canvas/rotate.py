"""Adapts an item of the main path to a vertical drawing.

A vertical drawing is a horizontal one mirrored at the diagonal, except for its texts, which stay level. Coordinates are
still given along and across the main path. So only the boxes of captions differ: a caption extends across the main
path, and the lines of a caption follow one another along it.
"""

from itertools import groupby

import msgspec

from resnet_viz.viewmodels.canvas.drawing import Caption
from resnet_viz.viewmodels.canvas.items import Item

CAPTION_FRAME_GAP = 8.0  # from the end of a caption to the frame around it


def rotated_item(item: Item) -> Item:
    """Return the item with its captions laid out across the main path and its frame extended to hold them."""
    captions: list[Caption] = []
    for _, lines in groupby(item.captions, key=lambda text: (text.y < 0, round(text.x + text.w / 2, 3))):
        captions += _rotated_lines(tuple(lines))
    frame = item.frame
    if frame is not None:
        end = max([frame.y + frame.h, *(text.y + text.h + CAPTION_FRAME_GAP for text in captions)])
        frame = msgspec.structs.replace(frame, h=end - frame.y)
    return msgspec.structs.replace(item, captions=tuple(captions), frame=frame)


def _rotated_lines(lines: tuple[Caption, ...]) -> list[Caption]:
    """Lay out lines that share a center: one after the other along the main path, beginning or ending at the item."""
    middle = lines[0].x + lines[0].w / 2
    x = middle - sum(text.h for text in lines) / 2
    upper_edge, lower_edge = min(text.y for text in lines), max(text.y + text.h for text in lines)
    rotated = []
    for text in lines:
        y = lower_edge - text.w if text.y < 0 else upper_edge
        rotated.append(Caption(text.text, text.role, x, y, text.h, text.w))
        x += text.h
    return rotated
