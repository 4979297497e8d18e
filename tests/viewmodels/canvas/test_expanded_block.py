"""An expanded block where its texts are wider than usual."""

import pytest

from resnet_viz.metrics.conventions import costs
from resnet_viz.viewmodels.canvas.drawing import TextRole
from resnet_viz.viewmodels.canvas.expanded_block import expanded_block_item
from resnet_viz.viewmodels.canvas.items import Item
from resnet_viz.viewmodels.canvas.structure import structure_of
from resnet_viz.viewmodels.text.numbers import shape_of_one
from tests.drawings import analysis_of, measure


def wide(text: str, role: TextRole) -> float:
    """Return the width of a text in a font three times as wide as usual."""
    return 3 * measure(text, role)


def item_of(stage: int, **changes: object) -> Item:
    """Return the first block of a stage in the wide font."""
    analysis = analysis_of(blocks=(1, 1), input=(1, 3, 64, 64), **changes)
    network = structure_of(analysis, costs(analysis))
    return expanded_block_item(network.sections[stage].blocks[0], network, wide)


@pytest.mark.parametrize(("shortcut", "note"), [("none", "Basic, plain"), ("A", "Basic")])
def test_a_frame_has_room_for_its_title(shortcut: str, note: str) -> None:
    frame = item_of(1, block="basic", shortcut=shortcut).frame
    assert frame is not None
    assert (frame.title, frame.note) == ("layer1.0", note)
    needed = wide("layer1.0", "label") + 8 + wide(note, "note") + 2 * 14 + 8
    assert frame.w == pytest.approx(needed)


@pytest.mark.parametrize("order", ["pre", "post"])
@pytest.mark.parametrize("shortcut", ["A", "B"])
def test_the_boxes_of_a_shortcut_lie_within_its_line(order: str, shortcut: str) -> None:
    item = item_of(2, block="basic", order=order, shortcut=shortcut)
    (edge,) = item.branch_edges
    boxes = [box for box in item.node_boxes if box.kind == "shortcut"]
    assert edge.points[1][0] + 16 <= boxes[0].x + 1e-6
    assert boxes[-1].x + boxes[-1].w <= edge.points[2][0]
    assert all(box.y + box.h / 2 == pytest.approx(edge.points[1][1]) for box in boxes)
    add = next(box for box in item.node_boxes if box.kind == "add")
    assert edge.points[-1] == pytest.approx((add.x + add.w / 2, add.y))


def test_a_shortcut_inside_a_block_leaves_the_main_path_halfway_between_two_boxes() -> None:
    item = item_of(2, block="basic", order="pre", shortcut="B")
    (shortcut,) = item.branch_edges
    x = shortcut.points[0][0]
    (edge,) = (edge for edge in item.main_edges if edge.x < x < edge.stop)
    assert x == pytest.approx((edge.x + edge.stop) / 2)


def test_a_label_is_never_longer_than_its_box() -> None:
    for box in item_of(1).node_boxes:
        role: TextRole = "note" if box.kind in ("minor", "shortcut") else "label"
        if box.kind != "add":
            assert wide(box.label, role) <= (box.h if box.rotated else box.w)


@pytest.mark.parametrize("size", [1.0, 1.4, 1.8, 2.2, 2.6, 3.0, 3.4])
def test_a_shape_is_shown_exactly_where_no_caption_is_in_its_way(size: float) -> None:
    """It begins 7 units below the main path and is 14 units wide."""

    def sized(text: str, role: TextRole) -> float:
        return size * measure(text, role)

    analysis = analysis_of(blocks=(1, 1), input=(1, 3, 64, 64))
    block = structure_of(analysis, costs(analysis)).sections[1].blocks[0]
    item = expanded_block_item(block, structure_of(analysis, costs(analysis)), sized)
    for edge, layer in zip(item.main_edges, block.main, strict=False):
        middle, bottom = (edge.x + edge.stop) / 2, 7.0 + sized(shape_of_one(layer.output), "note")
        beside = [text for text in item.captions if text.x < middle + 7 and text.x + text.w > middle - 7]
        assert bool(edge.shape) == all(text.y >= bottom for text in beside)


def test_a_shape_is_left_out_where_a_caption_would_be_in_its_way() -> None:
    """In the wide font captions reach below the gaps between the boxes."""
    item = item_of(1)
    captions = [(text.x, text.x + text.w, text.y) for text in item.captions]
    shown = [edge for edge in item.main_edges if edge.shape]
    hidden = [edge for edge in item.main_edges if not edge.shape]
    assert shown
    assert hidden
    for edge in shown:
        bottom = 7.0 + wide(edge.shape, "note")
        beside = [top for left, right, top in captions if left < edge.shape_x + 7 and right > edge.shape_x - 7]
        assert all(top >= bottom for top in beside)
