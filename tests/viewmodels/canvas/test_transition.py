"""Positions of an expanded drawing in the collapsed one, between which a transition is animated."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.canvas.drawing import Drawing
from resnet_viz.viewmodels.canvas.expansion import expanded_at, toggled
from resnet_viz.viewmodels.canvas.layout import layout
from resnet_viz.viewmodels.canvas.structure import structure_of
from resnet_viz.viewmodels.canvas.transition import PositionMap, span_of
from tests.drawings import LEVELS, drawn, measure
from tests.spec.random_specs import random_specs

RESNET = analyse(preset("resnet50"))
STAGES, BLOCKS, LAYERS = (drawn(RESNET, level) for level in LEVELS)


def span(drawing: Drawing, name: str) -> tuple[float, float]:
    """Return the ends of a node that is drawn."""
    found = span_of(drawing, name)
    assert found is not None
    return found


def test_positions_keep_their_order_and_the_ends_of_the_drawing() -> None:
    for spec in random_specs(40, seed=8):
        analysis = analyse(spec)
        for collapsed_level, expanded_level in pairwise(LEVELS):
            collapsed, expanded = drawn(analysis, collapsed_level), drawn(analysis, expanded_level)
            positions = PositionMap(expanded, collapsed)
            mapped = [positions(expanded.width * step / 200) for step in range(201)]
            assert mapped == sorted(mapped), spec
            assert (mapped[0], mapped[-1]) == pytest.approx((0.0, collapsed.width))


@given(st.floats(0.0, 1.0))
def test_between_two_ends_positions_are_interpolated(fraction: float) -> None:
    """From the left end of the drawing to the first column, and from one column to the next."""
    positions = PositionMap(LAYERS, STAGES)
    second, third = LAYERS.columns[1:3]
    for start, stop in ((0.0, LAYERS.columns[0].x), (second.x + second.w, third.x)):
        between = positions(start) + fraction * (positions(stop) - positions(start))
        assert positions(start + fraction * (stop - start)) == pytest.approx(between, abs=1e-6)


@pytest.mark.parametrize("name", ["stem", "layer1", "layer3", "head"])
def test_a_stage_grows_out_of_its_box(name: str) -> None:
    positions = PositionMap(LAYERS, STAGES)
    assert tuple(map(positions, span(LAYERS, name))) == pytest.approx(span(STAGES, name))


@pytest.mark.parametrize("column", range(6))
def test_a_column_grows_out_of_itself(column: int) -> None:
    positions = PositionMap(LAYERS, STAGES)
    before, after = STAGES.columns[column], LAYERS.columns[column]
    assert (positions(after.x), positions(after.x + after.w)) == pytest.approx((before.x, before.x + before.w))


def test_a_block_grows_out_of_its_box() -> None:
    """Its frame in the one drawing is its box in the other."""
    frame = next(frame for frame in LAYERS.frames if frame.id == "layer2.1")
    box = next(box for box in BLOCKS.node_boxes if box.id == "layer2.1")
    assert span(LAYERS, "layer2.1") == (frame.x, frame.x + frame.w)
    assert span(BLOCKS, "layer2.1") == (box.x, box.x + box.w)
    positions = PositionMap(LAYERS, BLOCKS)
    assert (positions(frame.x), positions(frame.x + frame.w)) == pytest.approx((box.x, box.x + box.w))


def test_an_expanded_stage_reaches_from_its_first_box_to_its_last() -> None:
    first, last = (next(box for box in BLOCKS.node_boxes if box.id == name) for name in ("layer2.0", "layer2.3"))
    assert span(BLOCKS, "layer2") == (first.x, last.x + last.w)
    first_frame, last_frame = (next(f for f in LAYERS.frames if f.id == name) for name in ("layer2.0", "layer2.3"))
    assert span(LAYERS, "layer2") == (first_frame.x, last_frame.x + last_frame.w)


def test_a_repeat_grows_out_of_its_box() -> None:
    network = structure_of(analyse(preset("resnet152")), costs(analyse(preset("resnet152"))))
    blocks = expanded_at(network, "block")
    collapsed, expanded = (layout(network, ids, measure) for ids in (blocks, toggled(blocks, "layer3.1-34")))
    box = next(box for box in collapsed.node_boxes if box.kind == "repeat" and box.toggles == "layer3.1-34")
    first, last = (next(box for box in expanded.node_boxes if box.id == f"layer3.{index}") for index in (1, 34))
    assert span_of(collapsed, "layer3.1-34") == (box.x, box.x + box.w)
    assert span_of(expanded, "layer3.1-34") == (first.x, last.x + last.w)
    positions = PositionMap(expanded, collapsed)
    assert (positions(first.x), positions(last.x + last.w)) == pytest.approx((box.x, box.x + box.w))


@pytest.mark.parametrize("name", ["layer3.20", "layer3.1-34", "layer9", "layer2.0.conv1"])
def test_a_node_that_is_not_drawn_has_no_span(name: str) -> None:
    assert span_of(BLOCKS, name) is None
    assert span_of(None, name) is None


@pytest.mark.parametrize("name", ["conv1", "maxpool", "avgpool", "fc"])
def test_a_layer_outside_blocks_grows_out_of_its_own_box(name: str) -> None:
    before, after = (next(box for box in drawing.node_boxes if box.id == name) for drawing in (BLOCKS, LAYERS))
    positions = PositionMap(LAYERS, BLOCKS)
    assert (positions(after.x), positions(after.x + after.w)) == pytest.approx((before.x, before.x + before.w))
