"""Finding what of a drawing is in view, and what lies at a point."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz.gui.canvas.drawing.spatial_index import IndexedDrawing, SpanIndex
from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.canvas.coloring import node_colors
from resnet_viz.viewmodels.canvas.page_rows import row_bounds
from tests.drawings import drawn, with_gates

RESNET = analyse(preset("resnet50"))
STAGES, BLOCKS, LAYERS = (drawn(RESNET, level) for level in ("stage", "block", "layer"))


@given(
    st.lists(st.tuples(st.floats(0, 100), st.floats(0, 20))).map(sorted),
    st.floats(-10, 130),
    st.floats(0, 60),
)
def test_every_interval_that_overlaps_a_range_is_found(
    spans: list[tuple[float, float]], left: float, width: float
) -> None:
    found = SpanIndex(spans)(left, left + width)
    overlapping = {i for i, (start, size) in enumerate(spans) if start <= left + width and start + size >= left}
    assert overlapping <= set(found)
    widest = max((size for _, size in spans), default=0.0)
    assert all(left - widest <= spans[index][0] <= left + width for index in found)


def test_the_box_at_a_point_is_the_one_that_contains_it() -> None:
    indexed = IndexedDrawing(LAYERS)
    for box in LAYERS.node_boxes:
        for x, y in ((box.x + box.w / 2, box.y + box.h / 2), (box.x + 0.1, box.y + 0.1)):
            assert indexed.box_at(x, y) == box
            assert indexed.id_at(x, y, 0.0) == box.id
        assert indexed.box_at(box.x - 0.1, box.y) != box


def test_beside_boxes_lie_shortcuts_frames_and_columns() -> None:
    indexed = IndexedDrawing(LAYERS)
    frame = LAYERS.frames[3]
    assert indexed.id_at(frame.x + 1.0, frame.y + 1.0, 0.0) == frame.id
    column = LAYERS.columns[2]
    assert indexed.id_at(column.x + 1.0, LAYERS.top, 0.0) == column.id
    assert indexed.id_at(column.x - 1.0, LAYERS.top, 0.0) is None


@pytest.mark.parametrize(("distance", "found"), [(0.0, "layer3.2.add"), (4.9, "layer3.2.add"), (5.1, None)])
def test_a_shortcut_is_found_within_reach_of_its_line(distance: float, found: str | None) -> None:
    edge = next(edge for edge in BLOCKS.branch_edges if edge.join_ids == ("layer3.2.add",))
    (left, y), (right, _) = edge.points[1:3]
    indexed = IndexedDrawing(BLOCKS)
    assert indexed.branch_at((left + right) / 2, y - distance, 5.0) == found
    assert indexed.branch_at(left + distance, y / 2, 5.0) == found


def test_a_line_that_stands_for_several_shortcuts_is_that_of_what_is_collapsed() -> None:
    drawing = drawn(analyse(preset("resnet152")), "stage")
    edge = next(edge for edge in drawing.branch_edges if len(edge.join_ids) > 1)
    (left, y), (right, _) = edge.points[1:3]
    assert IndexedDrawing(drawing).branch_at((left + right) / 2, y, 1.0) == edge.toggles


def test_the_nearest_box_is_at_most_a_gap_away() -> None:
    indexed = IndexedDrawing(BLOCKS)
    first, second = BLOCKS.node_boxes[:2]
    gap = second.x - first.x - first.w
    assert indexed.nearest_box(first.x + first.w + 0.4 * gap) == first
    assert indexed.nearest_box(first.x + first.w + 0.6 * gap) == second
    assert indexed.nearest_box(first.x - 25.9) == first
    assert indexed.nearest_box(first.x - 26.1) is None


def test_boxes_have_the_color_of_their_column_or_of_their_kind() -> None:
    plain = IndexedDrawing(LAYERS)
    assert [plain.color(box) for box in LAYERS.node_boxes] == [
        LAYERS.columns[b.column].color for b in LAYERS.node_boxes
    ]
    kinds = IndexedDrawing(LAYERS, node_colors("kind", RESNET, costs(RESNET), None))
    by_id = {box.id: kinds.color(box) for box in LAYERS.node_boxes}
    assert (by_id["conv1"], by_id["bn1"], by_id["layer1.0.add"]) == ("stage1", "stage2", "stem")
    assert {column.color for column in kinds.columns} == {"stem"}
    assert (plain.shades, kinds.shades) == (None, None)


def test_a_row_keeps_the_shades_of_its_boxes() -> None:
    indexed = IndexedDrawing(LAYERS, node_colors("macs", RESNET, costs(RESNET), None))
    bounds = row_bounds(LAYERS, 3)
    rows = [indexed.row(*bounds[index : index + 2]) for index in range(3)]
    assert indexed.shades is not None
    assert tuple(part for row in rows for part in (row.shades.parts if row.shades else ())) == indexed.shades.parts
    assert tuple(box for row in rows for box in row.drawing.node_boxes) == LAYERS.node_boxes


@pytest.mark.parametrize(
    ("distance", "found"), [(0.0, "layer3.2.se.multiply"), (4.9, "layer3.2.se.multiply"), (5.1, None)]
)
def test_a_gate_is_found_within_reach_of_its_line(distance: float, found: str | None) -> None:
    """Its line ascends from the middle of its boxes into the `×`."""
    drawing = drawn(with_gates(RESNET), "layer")
    edge = next(edge for edge in drawing.branch_edges if edge.join_ids == ("layer3.2.se.multiply",))
    (x, lane), (_, end) = edge.points[2:]
    assert IndexedDrawing(drawing).branch_at(x + distance, (lane + end) / 2, 5.0) == found
