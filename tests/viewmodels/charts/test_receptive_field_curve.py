"""The growth of the receptive field: its curve, its marks, and what is said of a layer."""

import itertools

import pytest

from resnet_viz.pipeline import analyse
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.charts.receptive_field_curve import (
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
    """What a projection sees lies below it: the largest path counts."""
    for spec in random_specs(40, seed=31):
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
def test_what_is_said_of_it(layer: str | None, sentence: str) -> None:
    assert receptive_field_sentence(RESNET50, None if layer is None else RESNET50.layer_by_id[layer]) == sentence


def test_a_network_that_never_sees_the_whole_image() -> None:
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
