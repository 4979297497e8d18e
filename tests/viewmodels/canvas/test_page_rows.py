"""Where a long drawing may be broken."""

from itertools import pairwise

import pytest

from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import Level
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.canvas.page_rows import row, row_edges
from tests.drawings import LEVELS, drawn


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", ["resnet50", "resnet34_v1", "maskrcnn_resnet50"])
def test_nothing_is_cut(name: str, level: Level) -> None:
    drawing = drawn(analyse(preset(name)), level)
    boxes = [(box.x, box.x + box.w) for box in drawing.cards]
    boxes += [(box.x, box.x + box.w) for box in drawing.captions]
    boxes += [(box.x, box.x + box.w) for box in drawing.frames]
    boxes += [(route.stroke[0][0], route.stroke[-1][0]) for route in drawing.routes]
    for rows in (2, 3, 5):
        edges = row_edges(drawing, rows)
        assert (edges[0], edges[-1]) == (0.0, drawing.width)
        assert list(edges) == sorted(set(edges))
        for edge in edges[1:-1]:
            assert all(not left < edge < right for left, right in boxes)


def test_rows_are_about_equally_long() -> None:
    drawing = drawn(analyse(preset("resnet152")), "layer")
    lengths = [stop - start for start, stop in pairwise(row_edges(drawing, 6))]
    assert len(lengths) == 6
    assert max(lengths) < 1.15 * min(lengths)


def test_more_rows_than_there_are_places_are_as_many_as_there_are() -> None:
    drawing = drawn(analyse(preset("resnet18")), "stage")
    assert 2 < len(row_edges(drawing, 50)) < 20


def test_the_rows_are_the_whole_drawing() -> None:
    drawing = drawn(analyse(preset("resnet50")), "layer")
    rows = [row(drawing, start, stop) for start, stop in pairwise(row_edges(drawing, 4))]
    for part in ("cards", "captions", "frames", "routes"):
        assert tuple(thing for line in rows for thing in getattr(line, part)) == getattr(drawing, part)
    for line, (start, stop) in zip(rows, pairwise(row_edges(drawing, 4)), strict=True):
        assert all(start <= link.x and link.stop <= stop for link in line.links)
        assert all(start <= band.x and band.x + band.w <= stop for band in line.bands if band.w)
    assert sum(band.w for line in rows for band in line.bands) == pytest.approx(sum(band.w for band in drawing.bands))
