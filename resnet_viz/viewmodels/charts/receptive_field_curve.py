"""How the receptive field grows over the layers, and what a chosen one sees, beside the size of the image."""

from collections.abc import Sequence
from itertools import count, groupby

import msgspec

from resnet_viz.records.analysis import Analysis, LayerRecord
from resnet_viz.texts import tr
from resnet_viz.viewmodels.charts.bars import part_colors, sections
from resnet_viz.viewmodels.text.numbers import percent, pixels

Point = tuple[float, float]
HEADROOM = 1.08
MAX_TICKS = 4


class CurvePoint(msgspec.Struct, frozen=True):
    """One layer: its color by name, and the pixels across that one of its values sees."""

    id: str
    color: str
    size: int
    on_shortcut: bool


class ReceptiveFieldCurve(msgspec.Struct, frozen=True):
    """Every layer's field in execution order, the longer side of the image, and the middles of the stages."""

    steps: tuple[CurvePoint, ...]
    side: int
    sections: tuple[tuple[float, str], ...]

    @property
    def highest(self) -> float:
        """What the axis ends at: the largest field or the image, and some room."""
        return HEADROOM * max(self.side, *(step.size for step in self.steps))


class CurveDrawing(msgspec.Struct, frozen=True):
    """The same in pixels of the screen within a frame (left, top, right, bottom).

    `areas` are the outlines of the stages with their colors, the ground included; `curve` goes along their tops.
    `marks` are the places of the chosen layers. `ticks` and `names` are places on the axes with their texts.
    """

    frame: tuple[float, float, float, float]
    areas: tuple[tuple[str, tuple[Point, ...]], ...]
    curve: tuple[Point, ...]
    image: float
    marks: tuple[Point, ...]
    ticks: tuple[tuple[float, str], ...]
    names: tuple[tuple[float, str], ...]


def receptive_field_curve(analysis: Analysis) -> ReceptiveFieldCurve:
    """The field of each layer; what the shortcuts see is less than what their sums see."""
    colors = part_colors(analysis.layers)
    steps = tuple(
        CurvePoint(layer.id, color, layer.receptive_field, layer.role == "shortcut")
        for layer, color in zip(analysis.layers, colors, strict=True)
    )
    return ReceptiveFieldCurve(steps, _side(analysis), sections(colors))


def curve_drawing(
    shown: ReceptiveFieldCurve, frame: tuple[float, float, float, float], chosen: Sequence[str] = ()
) -> CurveDrawing:
    """The steps from left to right, each as wide as any; a layer on a shortcut stands below the curve."""
    left, top, right, bottom = frame
    wide, high = (right - left) / len(shown.steps), (bottom - top) / shown.highest

    def up(size: float) -> float:
        return bottom - size * high

    areas, curve, level = [], [], 0
    for color, members in groupby(enumerate(shown.steps), key=lambda item: item[1].color):
        outline: list[Point] = []
        for place, step in members:
            before, level = level, level if step.on_shortcut else step.size
            if outline and level == before:  # one line for a run of equal steps
                outline.pop()
            else:
                outline.append((left + place * wide, up(level)))
            outline.append((left + (place + 1) * wide, up(level)))
        curve += outline
        areas.append((color, ((outline[0][0], bottom), *outline, (outline[-1][0], bottom))))
    wanted = set(chosen)
    return CurveDrawing(
        frame=frame,
        areas=tuple(areas),
        curve=tuple(curve),
        image=up(shown.side),
        marks=tuple(
            (left + (place + 0.5) * wide, up(step.size))
            for place, step in enumerate(shown.steps) if step.id in wanted
        ),
        ticks=tuple((up(value), f"{value:,}") for value in _ticks(shown.highest)),
        names=tuple((left + (middle + 0.5) * wide, name) for middle, name in shown.sections),
    )  # fmt: skip


def point_at(shown: ReceptiveFieldCurve, frame: tuple[float, float, float, float], x: float) -> CurvePoint | None:
    """The layer at a place on the screen; None beside the frame."""
    left, _, right, _ = frame
    place = int((x - left) * len(shown.steps) / (right - left)) if right > left and x >= left else -1
    return shown.steps[place] if 0 <= place < len(shown.steps) else None


def receptive_field_sentence(analysis: Analysis, layer: LayerRecord | None = None) -> str:
    """`layer4.2.conv2 sees 427 px of 224: larger than the image`; of no layer, how far the whole network's grows."""
    side = _side(analysis)
    if layer is not None:
        return f"{layer.id} {_seen(layer.receptive_field, side)}"
    first = next((layer.id for layer in analysis.layers if layer.receptive_field > side), None)
    sentence = tr("The last feature map {sees}").format(sees=_seen(analysis.totals.receptive_field, side))
    if first is None:
        return sentence
    return tr("{sentence}; it grows beyond the image at {layer}").format(sentence=sentence, layer=first)


def point_tooltip(step: CurvePoint, side: int) -> str:
    """What to say of a layer under the pointer."""
    return f"{step.id} {_seen(step.size, side)}"


def last_layer(analysis: Analysis, node_id: str) -> LayerRecord | None:
    """The layer itself, or the last on the main path of a stem, block, stage or head of that name."""
    return next(reversed(analysis.layers_in(node_id)), None)


def _seen(size: int, side: int) -> str:
    values = {"size": pixels(size), "side": f"{side:,}", "part": percent(size / side)}
    whole = tr("sees {size} of {side}: the whole image")
    larger, part = tr("sees {size} of {side}: larger than the image"), tr("sees {size} of {side}: {part} of a side")
    return (larger if size > side else whole if size == side else part).format(**values)


def _side(analysis: Analysis) -> int:
    return max(analysis.spec.input[2:])


def _ticks(highest: float) -> list[int]:
    """Round numbers from 0, a few of them: in steps of 1, 2, 5, 10, 20, 50, …"""
    steps = (digit * 10**power for power in count() for digit in (1, 2, 5))
    step = next(step for step in steps if highest / step <= MAX_TICKS)
    return list(range(0, int(highest) + 1, step))
