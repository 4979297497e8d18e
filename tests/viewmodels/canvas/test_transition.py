"""What a drawing grows out of when it is opened."""

from itertools import pairwise

import pytest

from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.canvas.expansion import expanded_at, toggled
from resnet_viz.viewmodels.canvas.layout import layout
from resnet_viz.viewmodels.canvas.structure import structure_of
from resnet_viz.viewmodels.canvas.transition import PositionMap, span_of
from tests.drawings import LEVELS, drawn, measure
from tests.spec.random_specs import random_specs


def test_the_way_back_keeps_the_order_and_both_ends() -> None:
    for spec in random_specs(40, seed=8):
        analysis = analyse(spec)
        for coarse, detailed in pairwise(LEVELS):
            small, large = drawn(analysis, coarse), drawn(analysis, detailed)
            warp = PositionMap(large, small)
            places = [warp(large.width * step / 200) for step in range(201)]
            assert places == sorted(places), spec
            assert (places[0], places[-1]) == pytest.approx((0.0, small.width))


@pytest.mark.parametrize("name", ["stem", "layer1", "layer3", "head"])
def test_a_stage_comes_out_of_its_card(name: str) -> None:
    analysis = analyse(preset("resnet50"))
    small, large = drawn(analysis, "stage"), drawn(analysis, "layer")
    inside, box = span_of(large, name), span_of(small, name)
    assert inside is not None
    assert box is not None
    warp = PositionMap(large, small)
    assert (warp(inside[0]), warp(inside[1])) == pytest.approx(box)


def test_a_run_comes_out_of_its_card() -> None:
    network = structure_of(analyse(preset("resnet152")), costs(analyse(preset("resnet152"))))
    closed = expanded_at(network, "block")
    small, large = (layout(network, expanded, measure) for expanded in (closed, toggled(closed, "layer3.1-34")))
    box = next(box for box in small.node_boxes if box.kind == "repeat" and box.toggles == "layer3.1-34")
    assert span_of(small, "layer3.1-34") == (box.x, box.x + box.w)
    first, last = (next(box for box in large.node_boxes if box.id == f"layer3.{place}") for place in (1, 34))
    assert span_of(large, "layer3.1-34") == (first.x, last.x + last.w)
    assert PositionMap(large, small)(first.x) == pytest.approx(box.x)


def test_what_is_not_there_reaches_nowhere() -> None:
    assert span_of(drawn(analyse(preset("resnet18")), "block"), "layer3.20") is None
    assert span_of(None, "layer1") is None
