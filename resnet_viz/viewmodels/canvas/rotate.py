"""An item of the trunk made ready for a trunk that runs from top to bottom.

A drawing from top to bottom is the one from left to right mirrored at its diagonal, words excepted: places are still
given as (along the trunk, across it). So only what words take up differs: a caption is as long across the trunk as it
is wide, and lines above one another lie along the trunk.
"""

from itertools import groupby

import msgspec

from resnet_viz.viewmodels.canvas.drawing import Caption
from resnet_viz.viewmodels.canvas.items import Plan

FRAME_ROOM = 8.0  # between the end of a caption and its frame


def turned_plan(plan: Plan) -> Plan:
    """The same with the boxes of its captions turned, and a frame that is wide enough for them."""
    captions: list[Caption] = []
    for _, lines in groupby(plan.captions, key=lambda text: (text.y < 0, round(text.x + text.w / 2, 3))):
        captions += _turned_lines(tuple(lines))
    frame = plan.frame
    if frame is not None:
        end = max([frame.y + frame.h, *(text.y + text.h + FRAME_ROOM for text in captions)])
        frame = msgspec.structs.replace(frame, h=end - frame.y)
    return msgspec.structs.replace(plan, captions=tuple(captions), frame=frame)


def _turned_lines(lines: tuple[Caption, ...]) -> list[Caption]:
    """Lines of one middle: beside one another along the trunk, each ending or beginning where the drawing does."""
    middle = lines[0].x + lines[0].w / 2
    first = middle - sum(text.h for text in lines) / 2
    near = max(text.y + text.h for text in lines)
    turned = []
    for text in lines:
        across = near - text.w if text.y < 0 else text.y
        turned.append(Caption(text.text, text.role, first, across, text.h, text.w))
        first += text.h
    return turned
