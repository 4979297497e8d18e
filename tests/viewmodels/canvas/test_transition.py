"""What a drawing grows out of when it is opened."""

from itertools import pairwise

import pytest

from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.canvas.layout import layout
from resnet_viz.viewmodels.canvas.nodes import opened_at, toggled
from resnet_viz.viewmodels.canvas.outline import outline
from resnet_viz.viewmodels.canvas.transition import Warp, span_of
from tests.drawings import LEVELS, drawn, measure
from tests.spec.random_specs import random_specs


def test_the_way_back_keeps_the_order_and_both_ends() -> None:
    for spec in random_specs(40, seed=8):
        analysis = analyse(spec)
        for coarse, detailed in pairwise(LEVELS):
            small, large = drawn(analysis, coarse), drawn(analysis, detailed)
            warp = Warp(large, small)
            places = [warp(large.width * step / 200) for step in range(201)]
            assert places == sorted(places), spec
            assert (places[0], places[-1]) == pytest.approx((0.0, small.width))


@pytest.mark.parametrize("name", ["stem", "layer1", "layer3", "head"])
def test_a_stage_comes_out_of_its_card(name: str) -> None:
    analysis = analyse(preset("resnet50"))
    small, large = drawn(analysis, "stage"), drawn(analysis, "layer")
    inside, card = span_of(large, name), span_of(small, name)
    assert inside is not None
    assert card is not None
    warp = Warp(large, small)
    assert (warp(inside[0]), warp(inside[1])) == pytest.approx(card)


def test_a_run_comes_out_of_its_card() -> None:
    network = outline(analyse(preset("resnet152")), costs(analyse(preset("resnet152"))))
    closed = opened_at(network, "block")
    small, large = (layout(network, opened, measure) for opened in (closed, toggled(closed, "layer3.1-34")))
    card = next(card for card in small.cards if card.kind == "run" and card.opens == "layer3.1-34")
    assert span_of(small, "layer3.1-34") == (card.x, card.x + card.w)
    first, last = (next(card for card in large.cards if card.id == f"layer3.{place}") for place in (1, 34))
    assert span_of(large, "layer3.1-34") == (first.x, last.x + last.w)
    assert Warp(large, small)(first.x) == pytest.approx(card.x)


def test_what_is_not_there_reaches_nowhere() -> None:
    assert span_of(drawn(analyse(preset("resnet18")), "block"), "layer3.20") is None
    assert span_of(None, "layer1") is None
