"""Computes each layer's receptive field and jump in input pixels along the longer side (Araujo et al., 2019).

The field is that of the spatial path, on which each pixel sees its neighbors. What channel attention sees of the whole
map is left out behind its `×`, and what the statistics of group norm, EvoNorm and filter response norm see of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from resnet_viz.graph.calls import INPUT, Call, sources
from resnet_viz.records.analysis import Analysis, Geometry, Kind, Shape


@dataclass(frozen=True)
class ReceptiveField:
    """The input pixels along one side that one output pixel depends on, and those between neighboring output pixels."""

    size: int
    jump: int


def receptive_fields(calls: Sequence[Call]) -> dict[str, ReceptiveField]:
    """Return the receptive field of each call by id; at a `+` it reaches over those of both paths."""
    height, width = calls[0].input_shapes[0][2:]
    windows = (
        (call.id, call.inputs, call.operation.geometry, call.operation.kind, call.input_shapes[0]) for call in calls
    )
    extent_by_id = _extents_along(windows, 2 if height >= width else 3)
    return {name: ReceptiveField(extent.last - extent.first + 1, extent.jump) for name, extent in extent_by_id.items()}


class ReceptiveFieldBox(msgspec.Struct, frozen=True):
    """The box of input pixels that one output pixel of a layer depends on; all four bounds are part of it.

    `row` and `column` locate the output pixel; `height` and `width` are those of the image. The box may reach over the
    edges of the image, into the padding.
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
        """Left, top, right and bottom of the part within the image, in pixels."""
        return max(0, self.left), max(0, self.top), min(self.width - 1, self.right), min(self.height - 1, self.bottom)


class Extent(NamedTuple):
    """The first and last input pixel that output pixel 0 depends on along one side, and the jump to the next output."""

    first: int
    last: int
    jump: int


LayerWindow = tuple[str, Sequence[str], Geometry | None, Kind, Shape]
"""A layer's id, the ids of its inputs, its sliding window, its kind, and the shape of its first input."""
Extents = tuple[dict[str, Extent], dict[str, Extent]]
"""The extents of every layer by id, first along the rows, then along the columns."""


def receptive_field_box(
    analysis: Analysis, layer_id: str, at: tuple[int, int] | None = None, known: Extents | None = None
) -> ReceptiveFieldBox:
    """Return the input pixels that a layer's output pixel depends on, by the path that sees the most.

    `at` is the output pixel's row and column, by default the middle one; `known` saves computing the network's
    `extents` again for each of several boxes. Raises KeyError for an unknown layer and IndexError for an unknown pixel.
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
    """Return the extents of every layer, down and across the image."""
    windows = [
        (layer.id, sources(analysis, layer.id), layer.geometry, layer.kind, layer.inputs[0])
        for layer in analysis.layers
    ]
    return _extents_along(windows, 2), _extents_along(windows, 3)


def _extents_along(windows: Iterable[LayerWindow], dimension: int) -> dict[str, Extent]:
    """Return the extent of each layer along a dimension of its shape, 2 for rows or 3 for columns."""
    extent_by_id = {INPUT: Extent(0, 0, 1)}
    for name, reads, window, kind, shape in windows:
        spatial = reads[:1] if kind == "multiply" else reads
        before = _union([extent_by_id[source] for source in spatial])
        extent_by_id[name] = _extent_after(before, window, kind, shape, dimension)
    return extent_by_id


def _union(extents: Sequence[Extent]) -> Extent:
    """Return the smallest extent that holds those of all paths that meet, which have the same jump."""
    return Extent(min(e.first for e in extents), max(e.last for e in extents), extents[0].jump)


def _extent_after(before: Extent, window: Geometry | None, kind: Kind, shape: Shape, dimension: int) -> Extent:
    """Return the extent after an operation on an input of this shape, all of which a global pooling sees."""
    if window is not None:
        first = before.first - window.padding * before.jump
        reach = (window.kernel - 1) * window.dilation - window.padding
        return Extent(first, before.last + reach * before.jump, before.jump * window.stride)
    if kind == "pool":
        return before._replace(last=before.last + (shape[dimension] - 1) * before.jump)
    return before
