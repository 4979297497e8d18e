"""Rows of a long drawing: their bounds and what each of them holds."""

from itertools import pairwise, product

import pytest
from msgspec.structs import replace

from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import Level
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.canvas.drawing import BranchEdge, Drawing, Frame, MainEdge, NodeBox
from resnet_viz.viewmodels.canvas.page_rows import row_bounds, row_of
from tests.drawings import LEVELS, drawn


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", ["resnet50", "resnet34_v1", "maskrcnn_resnet50"])
def test_nothing_is_cut(name: str, level: Level) -> None:
    drawing = drawn(analyse(preset(name)), level)
    boxes = [(box.x, box.x + box.w) for box in drawing.node_boxes]
    boxes += [(box.x, box.x + box.w) for box in drawing.captions]
    boxes += [(box.x, box.x + box.w) for box in drawing.frames]
    boxes += [(edge.points[0][0], edge.points[-1][0]) for edge in drawing.branch_edges]
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
    for part in ("node_boxes", "captions", "frames", "branch_edges"):
        assert tuple(thing for line in rows for thing in getattr(line, part)) == getattr(drawing, part)
    for line, (start, stop) in zip(rows, pairwise(row_bounds(drawing, 4)), strict=True):
        assert all(start <= edge.x and edge.stop <= stop for edge in line.main_edges)
        assert all(start <= column.x and column.x + column.w <= stop for column in line.columns if column.w)
    assert sum(column.w for line in rows for column in line.columns) == pytest.approx(
        sum(column.w for column in drawing.columns)
    )


def test_an_edge_between_two_rows_has_its_arrow_and_shape_in_the_next() -> None:
    """The row before has the bare line up to its end; the next begins with a line that carries the shape."""
    drawing = drawn(analyse(preset("resnet50")), "block")
    bounds = row_bounds(drawing, 3)
    for bound in bounds[1:-1]:
        broken = next(edge for edge in drawing.main_edges if edge.x < bound < edge.stop)
        before, after = row_of(drawing, 0.0, bound).main_edges[-1], row_of(drawing, bound, drawing.width).main_edges[0]
        assert before == MainEdge(broken.x, bound, False)
        assert (after.x, after.stop, after.arrow) == (bound, broken.stop, True)
        assert (after.shape, after.shape_changed) == (broken.shape, broken.shape_changed)
        assert after.shape_x == max(broken.shape_x, bound + 9.0)


def test_an_edge_within_a_row_is_whole() -> None:
    drawing = drawn(analyse(preset("resnet50")), "block")
    start, stop = row_bounds(drawing, 3)[1:3]
    inside = tuple(edge for edge in drawing.main_edges if start < edge.x and edge.stop < stop)
    assert row_of(drawing, start, stop).main_edges[1:-1] == inside


@pytest.mark.parametrize("rows", [1, 2, 3, 4])
def test_each_row_ends_in_the_middle_of_the_gap_nearest_to_its_share(rows: int) -> None:
    drawing = drawn(analyse(preset("resnet18")), "stage")
    spans = sorted([(box.x, box.x + box.w) for box in drawing.node_boxes])
    spans += [(text.x, text.x + text.w) for text in drawing.captions]
    free = [
        (end + start) / 2
        for (_, end), (start, _) in product(spans, spans)
        if end < start and not any(end < right and left < start for left, right in spans)
    ]
    bounds = row_bounds(drawing, rows)
    assert len(bounds) == rows + 1
    for index, bound in enumerate(bounds[1:-1], 1):
        ideal = drawing.width * index / rows
        assert bound == pytest.approx(min((x for x in free if x > bounds[index - 1]), key=lambda x: abs(x - ideal)))


def of_boxes(*spans: tuple[float, float]) -> Drawing:
    """Return a drawing of boxes with an edge between each two of them."""
    boxes = tuple(NodeBox("block", left, -10.0, right - left, 20.0, "") for left, right in spans)
    edges = tuple(MainEdge(left, right, True) for (_, left), (right, _) in pairwise(spans))
    return Drawing((), (), boxes, (), (), edges, spans[-1][1], -20.0, 20.0)


def test_a_row_never_begins_where_two_boxes_touch() -> None:
    assert row_bounds(of_boxes((0.0, 10.0), (10.0, 20.0), (30.0, 40.0)), 3) == (0.0, 25.0, 40.0)


def test_a_row_never_begins_under_a_shortcut_or_in_a_frame() -> None:
    boxes = of_boxes((0.0, 10.0), (20.0, 30.0), (40.0, 50.0), (60.0, 70.0))
    shortcut = BranchEdge("identity", ((12.0, -5.0), (12.0, -9.0), (32.0, -9.0), (32.0, -5.0)), arrow=True)
    under = replace(boxes, branch_edges=(shortcut,))
    assert row_bounds(under, 4) == (0.0, 11.0, 36.0, 55.0, 70.0)
    assert row_bounds(replace(boxes, frames=(Frame("", "", -20.0, 20.0, 40.0, x=36.0),)), 4) == (
        0.0, 15.0, 33.0, 58.0, 70.0)  # fmt: skip


def test_a_row_has_neither_the_edge_that_ends_where_it_begins_nor_the_one_that_begins_where_it_ends() -> None:
    drawing = of_boxes((0.0, 5.0), (10.0, 20.0), (30.0, 40.0))
    assert row_of(drawing, 10.0, 20.0).main_edges == ()
    assert [box.x for box in row_of(drawing, 10.0, 30.0).node_boxes] == [10.0]
    assert row_of(drawing, 10.0, 30.0).main_edges == (MainEdge(20.0, 30.0, True),)


def test_a_shortcut_lies_in_the_row_in_which_it_begins() -> None:
    edge = BranchEdge("identity", ((10.0, 0.0), (10.0, -9.0), (20.0, -9.0), (20.0, 0.0)), arrow=True)
    drawing = Drawing((), (), (), (), (edge,), (), 30.0, -20.0, 20.0)
    assert row_of(drawing, 10.0, 30.0).branch_edges == (edge,)
    assert row_of(drawing, 0.0, 10.0).branch_edges == ()
