"""The curve of the receptive field: its drawing, and the sentences that compare a layer with the image."""

import itertools

import pytest

from resnet_viz.pipeline import analyse
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.charts.receptive_field_curve import (
    CurvePoint,
    ReceptiveFieldCurve,
    curve_drawing,
    last_layer,
    point_at,
    point_tooltip,
    receptive_field_curve,
    receptive_field_sentence,
)
from tests.spec.random_specs import random_specs

RESNET50 = analyse(preset("resnet50"))
FRAME = (40.0, 10.0, 390.0, 210.0)


def test_the_curve_never_falls_and_ends_at_the_largest_field() -> None:
    """The receptive field of a projection lies below it, because the path that sees the most counts."""
    for spec in random_specs(12, seed=31):
        shown = receptive_field_curve(analyse(spec))
        picture = curve_drawing(shown, FRAME, [point.id for point in shown.points])
        heights = [y for _, y in picture.curve]
        assert all(later <= before for before, later in itertools.pairwise(heights)), spec
        scale = (FRAME[3] - FRAME[1]) / shown.highest
        assert heights[-1] == pytest.approx(FRAME[3] - scale * max(point.size for point in shown.points))
        assert picture.image_y == pytest.approx(FRAME[3] - scale * max(spec.input[2:]))
        assert [x for x, _ in picture.curve] == sorted(x for x, _ in picture.curve)
        for point, (_, y) in zip(shown.points, picture.marks, strict=True):
            assert y == pytest.approx(FRAME[3] - scale * point.size)
        assert len(picture.names) == len(picture.areas)
        assert 1 <= len(picture.ticks) <= 5


def test_the_chosen_layer_is_marked_at_its_height() -> None:
    shown = receptive_field_curve(RESNET50)
    picture = curve_drawing(shown, FRAME, ["layer4.2.conv2"])
    [(x, y)] = picture.marks
    assert (FRAME[3] - y) / (FRAME[3] - picture.image_y) == pytest.approx(427 / 224)
    found = point_at(shown, FRAME, x)
    assert found is not None
    assert (found.id, found.size) == ("layer4.2.conv2", 427)
    assert point_at(shown, FRAME, 39.0) is None
    assert point_at(shown, FRAME, 391.0) is None
    assert [text for _, text in picture.ticks] == ["0", "200", "400", "600"]
    assert [name for _, name in picture.names][:2] == ["stem", "stage 1"]


@pytest.mark.parametrize(
    ("layer", "sentence"),
    [
        ("layer4.2.conv2", "layer4.2.conv2 sees 427 px of 224: larger than the image"),
        ("layer1.2.conv2", "layer1.2.conv2 sees 35 px of 224: 15.6 % of a side"),
        (None, "The last feature map sees 427 px of 224: larger than the image; "
               "it grows beyond the image at layer3.4.conv2"),
    ],
)  # fmt: skip
def test_a_sentence_compares_the_receptive_field_with_the_image(layer: str | None, sentence: str) -> None:
    assert receptive_field_sentence(RESNET50, None if layer is None else RESNET50.layer_by_id[layer]) == sentence


def test_the_sentence_on_a_network_that_never_sees_the_whole_image() -> None:
    large = analyse(preset("resnet18").but(input=(1, 3, 900, 1000), head=False))
    assert receptive_field_sentence(large) == "The last feature map sees 435 px of 1,000: 43.5 % of a side"
    exact = analyse(preset("resnet18").but(input=(1, 3, 435, 100)))
    assert (
        point_tooltip(receptive_field_curve(exact).points[-4], 435)
        == "layer4.1.relu2 sees 435 px of 435: the whole image"
    )


def test_blocks_and_stages_stand_for_their_last_layer() -> None:
    for node, layer in (("stem", "maxpool"), ("layer2", "layer2.3.relu3"), ("layer3.0", "layer3.0.relu3"),
                        ("head", "fc"), ("layer3.0.conv1", "layer3.0.conv1")):  # fmt: skip
        found = last_layer(RESNET50, node)
        assert found is not None
        assert found.id == layer
    assert last_layer(RESNET50, "layer9") is None


def small_curve(*sizes: int, shortcut: int = -1) -> ReceptiveFieldCurve:
    """A curve of layers a, b, c, …, two in each stage, of which one may be on a shortcut."""
    points = tuple(
        CurvePoint(chr(97 + index), f"stage{1 + index // 2}", size, index == shortcut)
        for index, size in enumerate(sizes)
    )
    return ReceptiveFieldCurve(points, 50, ((0.5, "stage 1"), (2.5, "stage 2")))


def test_the_drawing_of_a_small_curve() -> None:
    """Four layers of 10, 20, 20 and 100 px in a frame of 100 by 216: a pixel is 2 high and a layer 25 wide."""
    drawing = curve_drawing(small_curve(10, 20, 20, 100), (100.0, 0.0, 200.0, 216.0), ["b", "d"])
    assert drawing.frame == (100.0, 0.0, 200.0, 216.0)
    assert drawing.image_y == pytest.approx(116)
    assert [x for x, _ in drawing.marks] == pytest.approx([137.5, 187.5])
    assert [y for _, y in drawing.marks] == pytest.approx([176, 16])
    assert [y for y, _ in drawing.ticks] == pytest.approx([216, 116, 16])
    assert [text for _, text in drawing.ticks] == ["0", "50", "100"]
    assert [(x, name) for x, name in drawing.names] == [(125.0, "stage 1"), (175.0, "stage 2")]
    first, second = (points for _, points in drawing.areas)
    assert [color for color, _ in drawing.areas] == ["stage1", "stage2"]
    assert list(first) == [pytest.approx(point) for point in
                           [(100, 216), (100, 196), (125, 196), (125, 176), (150, 176), (150, 216)]]  # fmt: skip
    assert list(second) == [pytest.approx(point) for point in
                            [(150, 216), (150, 176), (175, 176), (175, 16), (200, 16), (200, 216)]]  # fmt: skip
    assert drawing.curve == (*first[1:-1], *second[1:-1])


def test_consecutive_layers_of_one_height_are_one_segment() -> None:
    drawing = curve_drawing(small_curve(20, 20, 20), FRAME)
    assert [len(outline) for _, outline in drawing.areas] == [4, 4]


def test_a_layer_on_a_shortcut_is_marked_below_the_curve() -> None:
    drawing = curve_drawing(small_curve(40, 10, 60, shortcut=1), FRAME, ["b"])
    heights = [y for _, y in drawing.curve]
    assert drawing.marks[0][1] > max(heights)
    assert heights[:2] == pytest.approx([heights[0]] * 2)


def test_ticks_are_round_numbers_in_up_to_five_places() -> None:
    expected = {
        36: "0 20 40", 49: "0 20 40", 56: "0 20 40 60", 74: "0 20 40 60", 199: "0 100 200", 4000: "0 2,000 4,000"
    }  # fmt: skip
    for size, texts in expected.items():
        assert [text for _, text in curve_drawing(small_curve(size), FRAME).ticks] == texts.split()


def test_a_point_is_found_from_the_left_edge_of_its_layer_to_the_next() -> None:
    curve, frame = small_curve(10, 20, 20, 100), (100.0, 0.0, 200.0, 216.0)
    found = [point_at(curve, frame, x) for x in (99.9, 100.0, 124.9, 125.0, 199.9, 200.0)]
    assert [point and point.id for point in found] == [None, "a", "a", "b", "d", None]
    assert point_at(curve, (100.0, 0.0, 100.0, 216.0), 100.0) is None


def test_the_curve_of_a_network_has_its_layers_stages_and_image() -> None:
    curve = receptive_field_curve(analyse(preset("resnet18").but(input=(1, 3, 64, 96))))
    assert curve.image_side == 96
    assert [name for _, name in curve.sections] == ["stem", "stage 1", "stage 2", "stage 3", "stage 4", "head"]
    assert [point.id for point in curve.points if point.beside] == [
        f"layer{stage}.0.downsample.{index}" for stage in (2, 3, 4) for index in (0, 1)
    ]
    assert curve.points[0] == CurvePoint("conv1", "stem", 7, False)
    assert curve.highest == pytest.approx(1.08 * max(point.size for point in curve.points))
