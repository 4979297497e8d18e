"""Receptive field and jump of every layer, in input pixels along the longer side (Araujo et al., Distill 2019)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from resnet_viz.graph.calls import INPUT, Call, sources
from resnet_viz.records.analysis import Analysis, Geometry, Kind, Shape


@dataclass(frozen=True)
class ReceptiveField:
    """`size`: the input pixels that one output pixel sees; `jump`: the input pixels between neighboring outputs."""

    size: int
    jump: int


def receptive_fields(calls: Sequence[Call]) -> dict[str, ReceptiveField]:
    """The field of each call by id; where paths meet, from the first pixel that either sees to the last."""
    height, width = calls[0].input_shapes[0][2:]
    steps = (
        (call.id, call.inputs, call.operation.geometry, call.operation.kind, call.input_shapes[0]) for call in calls
    )
    found = _extents_along(steps, 2 if height >= width else 3)
    return {name: ReceptiveField(extent.last - extent.first + 1, extent.jump) for name, extent in found.items()}


class ReceptiveFieldBox(msgspec.Struct, frozen=True):
    """The input pixels that one output pixel of a layer sees, the first and the last of them included.

    `row` and `column` are the output pixel. The box may reach over the edges of the image, into the padding;
    `inside` is its part within the image of `height` × `width` pixels: left, top, right, bottom.
    """

    id: str
    row: int
    column: int
    left: int
    top: int
    right: int
    bottom: int
    height: int
    width: int

    @property
    def inside(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom, cut off at the edges of the image."""
        return max(0, self.left), max(0, self.top), min(self.width - 1, self.right), min(self.height - 1, self.bottom)


class Extent(NamedTuple):
    """What output pixel 0 sees along one side, and the input pixels between neighboring outputs."""

    first: int
    last: int
    jump: int


LayerWindow = tuple[str, Sequence[str], Geometry | None, Kind, Shape]
"""A layer's id, the ids that it reads, its window and kind, and the shape of its first input."""
Extents = tuple[dict[str, Extent], dict[str, Extent]]
"""The extents of every layer, down and across."""


def receptive_field_box(
    analysis: Analysis, layer_id: str, at: tuple[int, int] | None = None, known: Extents | None = None
) -> ReceptiveFieldBox:
    """What a layer's output pixel `at` (row, column; the middle one without it) sees of the image, by the largest path;
    `known` are the network's `extents`, where several boxes are wanted.

    Raises KeyError for a layer that is not there and IndexError for a pixel that is not.
    """
    layer = analysis.layer_by_id[layer_id]
    rows, columns = layer.output[2:] if len(layer.output) == 4 else (1, 1)
    row, column = at or (rows // 2, columns // 2)
    if not (0 <= row < rows and 0 <= column < columns):
        raise IndexError(f"{layer_id} has {rows} × {columns} pixels")
    down, across = (side[layer_id] for side in known or extents(analysis))
    _, _, height, width = analysis.spec.input
    return ReceptiveFieldBox(
        id=layer_id,
        row=row,
        column=column,
        left=across.first + column * across.jump,
        top=down.first + row * down.jump,
        right=across.last + column * across.jump,
        bottom=down.last + row * down.jump,
        height=height,
        width=width,
    )


def extents(analysis: Analysis) -> Extents:
    """What output pixel 0 of each layer sees of the image."""
    steps = [
        (layer.id, sources(analysis, layer.id), layer.geometry, layer.kind, layer.inputs[0])
        for layer in analysis.layers
    ]
    return _extents_along(steps, 2), _extents_along(steps, 3)


def _extents_along(steps: Iterable[LayerWindow], side: int) -> dict[str, Extent]:
    """The extent of each layer along one side, 2 for rows and 3 for columns."""
    found = {INPUT: Extent(0, 0, 1)}
    for name, reads, window, kind, shape in steps:
        found[name] = _extent_after(_union([found[source] for source in reads]), window, kind, shape, side)
    return found


def _union(before: Sequence[Extent]) -> Extent:
    """What paths that meet see together."""
    if len(before) == 1:
        return before[0]
    return Extent(min(e.first for e in before), max(e.last for e in before), max(e.jump for e in before))


def _extent_after(before: Extent, window: Geometry | None, kind: Kind, shape: Shape, side: int) -> Extent:
    """The extent behind an operation; global pooling sees its whole input, and so moves nowhere."""
    if window is not None:
        first = before.first - window.padding * before.jump
        reach = (window.kernel - 1) * window.dilation - window.padding
        return Extent(first, before.last + reach * before.jump, before.jump * window.stride)
    if kind == "pool":
        return before._replace(last=before.last + (shape[side] - 1) * before.jump)
    return before
