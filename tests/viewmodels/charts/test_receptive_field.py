"""The box of a receptive field over the image, to scale."""

import pytest

from resnet_viz.metrics.receptive_field import ReceptiveFieldBox, receptive_field_box
from resnet_viz.pipeline import analyse
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.charts.receptive_field import box_drawing

RESNET50 = analyse(preset("resnet50"))


def test_a_small_field_lies_within_the_image() -> None:
    picture = box_drawing(receptive_field_box(RESNET50, "layer1.2.conv2"), 240, 240, 8)
    assert picture.image == (8, 8, 224, 224)
    assert picture.box == picture.inside
    assert picture.box[2:] == (35, 35)
    assert picture.caption == "pixel 28, 28 sees 35×35 px of 224×224"


def test_a_large_field_reaches_into_the_padding() -> None:
    picture = box_drawing(receptive_field_box(RESNET50, "layer4.2.conv2"), 300, 200, 10)
    assert picture.inside == pytest.approx(picture.image)
    assert picture.box[3] == pytest.approx(180)
    assert picture.box[2] / picture.image[2] == pytest.approx(427 / 224)
    assert picture.box[0] < picture.image[0]


def test_a_wide_image_keeps_its_shape() -> None:
    wide = analyse(preset("resnet18").but(input=(1, 3, 100, 400)))
    picture = box_drawing(receptive_field_box(wide, "conv1"), 400, 400, 0)
    assert picture.image == pytest.approx((0, 150, 400, 100))


def test_a_box_beyond_the_image_is_centered_with_it() -> None:
    """A box from -10 to 29 across and 5 to 14 down, in an image of 20 by 40: 40 by 40 px are drawn, each 2 wide."""
    box = ReceptiveFieldBox("conv1", 3, 4, -10, 5, 29, 14, height=40, width=20)
    drawing = box_drawing(box, 100, 90, 5)
    assert drawing.image == pytest.approx((30, 5, 40, 80))
    assert drawing.box == pytest.approx((10, 15, 80, 20))
    assert drawing.inside == pytest.approx((30, 15, 40, 20))
    assert drawing.caption == "pixel 4, 3 sees 40×10 px of 20×40"


def test_a_drawing_smaller_than_its_margins_is_one_pixel_large() -> None:
    box = ReceptiveFieldBox("conv1", 0, 0, 0, 0, 9, 9, height=10, width=10)
    assert box_drawing(box, 4, 4, 8).image[2:] == pytest.approx((1, 1))
