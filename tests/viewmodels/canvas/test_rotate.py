"""Items adapted to a vertical drawing: captions across the main path, and frames that hold them."""

import pytest

from resnet_viz.viewmodels.canvas.drawing import Caption, Frame, NodeBox
from resnet_viz.viewmodels.canvas.items import Item
from resnet_viz.viewmodels.canvas.rotate import rotated_item

BOX = NodeBox("block", 10.0, -30.0, 40.0, 60.0, "Basic")
FRAME = Frame("layer1.0", "Basic", -50.0, 60.0, 100.0)


def item(*captions: Caption, frame: Frame | None = None) -> Item:
    """Return an item with a box and these captions."""
    return Item(60.0, 10.0, 50.0, (BOX,), captions, frame=frame)


def test_a_caption_extends_across_the_main_path_from_where_it_began() -> None:
    rotated = rotated_item(item(Caption("218 M", "caption", 14.0, 34.0, 32.0, 14.0)))
    assert rotated.captions == (Caption("218 M", "caption", 23.0, 34.0, 14.0, 32.0),)
    assert rotated.node_boxes == (BOX,)


def test_lines_above_follow_one_another_along_the_main_path_and_end_where_they_ended() -> None:
    lines = (
        Caption("1 projection", "caption", 0.0, -72.0, 60.0, 14.0),
        Caption("2 identity", "caption", 5.0, -58.0, 50.0, 14.0),
    )
    first, second = rotated_item(item(*lines)).captions
    assert (first.x, second.x) == (16.0, 30.0)  # both centered at 30 together
    assert (first.y + first.h, second.y + second.h) == (-44.0, -44.0)
    assert (first.h, second.h, first.w) == (60.0, 50.0, 14.0)


def test_lines_below_begin_at_the_same_distance_from_the_box() -> None:
    lines = (
        Caption("668 M", "caption", 14.0, 34.0, 32.0, 14.0),
        Caption("3 SE gates", "caption", 5.0, 48.0, 50.0, 14.0),
    )
    first, second = rotated_item(item(*lines)).captions
    assert (first.y, second.y) == (34.0, 34.0)
    assert second.x == first.x + 14.0


def test_captions_above_and_below_are_laid_out_apart() -> None:
    above = Caption("2 identity", "caption", 5.0, -58.0, 50.0, 14.0)
    below = Caption("218 M", "caption", 14.0, 34.0, 32.0, 14.0)
    rotated = rotated_item(item(above, below))
    assert [caption.x for caption in rotated.captions] == [23.0, 23.0]


def test_lines_with_almost_the_same_center_are_one_caption() -> None:
    one, other = Caption("a", "caption", 0.0, -28.0, 60.0, 14.0), Caption("b", "caption", 5.0004, -14.0, 50.0, 14.0)
    first, second = rotated_item(item(one, other)).captions
    assert second.x == first.x + 14.0


def test_a_caption_at_the_main_path_belongs_below_it() -> None:
    above, at = Caption("a", "caption", 0.0, -14.0, 60.0, 14.0), Caption("b", "caption", 5.0, 0.0, 50.0, 14.0)
    first, second = rotated_item(item(above, at)).captions
    assert (first.x, first.y, second.x, second.y) == (23.0, -60.0, 23.0, 0.0)


@pytest.mark.parametrize(("length", "height"), [(5.0, 100.0), (8.0, 100.0), (20.0, 112.0)])
def test_a_frame_extends_to_eight_units_below_its_captions(length: float, height: float) -> None:
    below = Caption("218 M", "caption", 14.0, 34.0, length, 14.0)
    frame = rotated_item(item(below, frame=FRAME)).frame
    assert frame is not None
    assert (frame.y, frame.h) == (-50.0, height)


def test_a_frame_without_captions_stays() -> None:
    assert rotated_item(item(frame=FRAME)).frame == FRAME
