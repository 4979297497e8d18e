"""Where a long drawing may be broken."""

from itertools import pairwise

import pytest

from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import Level
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.canvas.page_rows import row_bounds, row_of
from tests.drawings import LEVELS, drawn


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", ["resnet50", "resnet34_v1", "maskrcnn_resnet50"])
def test_nothing_is_cut(name: str, level: Level) -> None:
    drawing = drawn(analyse(preset(name)), level)
    boxes = [(box.x, box.x + box.w) for box in drawing.node_boxes]
    boxes += [(box.x, box.x + box.w) for box in drawing.captions]
    boxes += [(box.x, box.x + box.w) for box in drawing.frames]
    boxes += [(edge.points[0][0], edge.points[-1][0]) for edge in drawing.shortcut_edges]
    for rows in (2, 3, 5):
        edges = row_bounds(drawing, rows)
        assert (edges[0], edges[-1]) == (0.0, drawing.width)
        assert list(edges) == sorted(set(edges))
        for edge in edges[1:-1]:
            assert all(not left < edge < right for left, right in boxes)


def test_rows_are_about_equally_long() -> None:
    drawing = drawn(analyse(preset("resnet152")), "layer")
    lengths = [stop - start for start, stop in pairwise(row_bounds(drawing, 6))]
    assert len(lengths) == 6
    assert max(lengths) < 1.15 * min(lengths)


def test_more_rows_than_there_are_places_are_as_many_as_there_are() -> None:
    drawing = drawn(analyse(preset("resnet18")), "stage")
    assert 2 < len(row_bounds(drawing, 50)) < 20


def test_the_rows_are_the_whole_drawing() -> None:
    drawing = drawn(analyse(preset("resnet50")), "layer")
    rows = [row_of(drawing, start, stop) for start, stop in pairwise(row_bounds(drawing, 4))]
    for part in ("node_boxes", "captions", "frames", "shortcut_edges"):
        assert tuple(thing for line in rows for thing in getattr(line, part)) == getattr(drawing, part)
    for line, (start, stop) in zip(rows, pairwise(row_bounds(drawing, 4)), strict=True):
        assert all(start <= edge.x and edge.stop <= stop for edge in line.main_edges)
        assert all(start <= column.x and column.x + column.w <= stop for column in line.columns if column.w)
    assert sum(column.w for line in rows for column in line.columns) == pytest.approx(
        sum(column.w for column in drawing.columns)
    )
