"""Lays out the growth of the receptive field over the layers, and compares it with the size of the image in words."""

from collections.abc import Sequence
from itertools import count, groupby

import msgspec

from resnet_viz.records.analysis import Analysis, LayerRecord
from resnet_viz.texts import tr
from resnet_viz.viewmodels.charts.bars import part_colors, sections
from resnet_viz.viewmodels.text.numbers import percent, pixels

Point = tuple[float, float]
Frame = tuple[float, float, float, float]
HEADROOM_FACTOR = 1.08
MAX_TICKS = 4


class CurvePoint(msgspec.Struct, frozen=True):
    """One layer of the curve, its color's name and its receptive field in pixels, on the main path or `beside` it."""

    id: str
    color: str
    size: int
    beside: bool


class ReceptiveFieldCurve(msgspec.Struct, frozen=True):
    """The receptive field of each layer in execution order, the image's longer side, and the middles of the stages."""

    points: tuple[CurvePoint, ...]
    image_side: int
    sections: tuple[tuple[float, str], ...]

    @property
    def highest(self) -> float:
        """The upper end of the axis in pixels: above the largest receptive field and the image."""
        return HEADROOM_FACTOR * max(self.image_side, *(point.size for point in self.points))


class CurveDrawing(msgspec.Struct, frozen=True):
    """The curve in screen pixels within a frame (left, top, right, bottom).

    `areas` are the colors and closed outlines of the stages, `curve` the line along their tops, and `image_y` the
    height of the image's side. `marks` are the chosen layers. `ticks` are heights and `names` horizontal positions,
    with their texts.
    """

    frame: Frame
    areas: tuple[tuple[str, tuple[Point, ...]], ...]
    curve: tuple[Point, ...]
    image_y: float
    marks: tuple[Point, ...]
    ticks: tuple[tuple[float, str], ...]
    names: tuple[tuple[float, str], ...]


def receptive_field_curve(analysis: Analysis) -> ReceptiveFieldCurve:
    """Return the curve of a network.

    Layers on a shortcut see less than the sum that follows them, and a gate sees the whole map.
    """
    colors = part_colors(analysis.layers)
    points = tuple(
        CurvePoint(layer.id, color, layer.receptive_field, layer.role in ("shortcut", "gate"))
        for layer, color in zip(analysis.layers, colors, strict=True)
    )
    return ReceptiveFieldCurve(points, _side(analysis), sections(colors))


def curve_drawing(curve: ReceptiveFieldCurve, frame: Frame, chosen: Sequence[str] = ()) -> CurveDrawing:
    """Lay the layers out from left to right, each equally wide; marks of layers on a shortcut lie below the line,
    those of a gate above it."""
    left, top, right, bottom = frame
    wide, high = (right - left) / len(curve.points), (bottom - top) / curve.highest

    def up(size: float) -> float:
        return bottom - size * high

    areas, line, level = [], [], 0
    for color, members in groupby(enumerate(curve.points), key=lambda item: item[1].color):
        outline: list[Point] = []
        for index, point in members:
            before, level = level, level if point.beside else point.size
            if outline and level == before:  # one segment for consecutive layers of one height
                outline.pop()
            else:
                outline.append((left + index * wide, up(level)))
            outline.append((left + (index + 1) * wide, up(level)))
        line += outline
        areas.append((color, ((outline[0][0], bottom), *outline, (outline[-1][0], bottom))))
    wanted = set(chosen)
    return CurveDrawing(
        frame=frame,
        areas=tuple(areas),
        curve=tuple(line),
        image_y=up(curve.image_side),
        marks=tuple(
            (left + (index + 0.5) * wide, up(point.size))
            for index, point in enumerate(curve.points) if point.id in wanted
        ),
        ticks=tuple((up(value), f"{value:,}") for value in _ticks(curve.highest)),
        names=tuple((left + (middle + 0.5) * wide, name) for middle, name in curve.sections),
    )  # fmt: skip


def point_at(curve: ReceptiveFieldCurve, frame: Frame, x: float) -> CurvePoint | None:
    """Return the layer drawn at a horizontal position; None outside the frame."""
    left, _, right, _ = frame
    if not left <= x < right:
        return None
    return curve.points[int((x - left) * len(curve.points) / (right - left))]


def receptive_field_sentence(analysis: Analysis, layer: LayerRecord | None = None) -> str:
    """Compare a layer's receptive field, or without a layer that of the last feature map, with the image's size."""
    side = _side(analysis)
    if layer is not None:
        return _sees(layer.id, layer.receptive_field, side)
    first = next((layer.id for layer in analysis.layers if layer.role != "gate" and layer.receptive_field > side), None)
    sentence = _sees(tr("The last feature map"), analysis.totals.receptive_field, side)
    if first is None:
        return sentence
    return tr("{sentence}; it grows beyond the image at {layer}").format(sentence=sentence, layer=first)


def point_tooltip(point: CurvePoint, image_side: int) -> str:
    """Compare the receptive field of the layer under the pointer with the image."""
    return _sees(point.id, point.size, image_side)


def last_layer(analysis: Analysis, node_id: str) -> LayerRecord | None:
    """Return the layer of this id, or the last one of the stem, block, stage or head of this id; None without one."""
    return next(reversed(analysis.layers_in(node_id)), None)


def _sees(name: str, size: int, side: int) -> str:
    if size > side:
        sentence = tr("{name} sees {size} of {side}: larger than the image")
    elif size == side:
        sentence = tr("{name} sees {size} of {side}: the whole image")
    else:
        sentence = tr("{name} sees {size} of {side}: {part} of a side")
    return sentence.format(name=name, size=pixels(size), side=f"{side:,}", part=percent(size / side))


def _side(analysis: Analysis) -> int:
    return max(analysis.spec.input[2:])


def _ticks(highest: float) -> list[int]:
    """Return a few round numbers from 0 up, in steps of 1, 2, 5, 10, 20, 50, …"""
    steps = (digit * 10**power for power in count() for digit in (1, 2, 5))
    step = next(step for step in steps if highest / step <= MAX_TICKS)
    return list(range(0, int(highest) + 1, step))
