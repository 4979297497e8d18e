"""What colors the cards: quantities of layers, blocks and stages, folded runs, and what is not there."""

from typing import get_args

import pytest

from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.records.quantities import Quantity
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.canvas.coloring import (
    Palette,
    Tint,
    color_names,
    hover_rows,
    shades,
    tint_of,
)
from resnet_viz.viewmodels.canvas.drawing import Card
from resnet_viz.viewmodels.canvas.layout import layout
from resnet_viz.viewmodels.canvas.nodes import opened_at
from resnet_viz.viewmodels.canvas.outline import outline
from tests.gui.small_analysis import small_analysis
from tests.gui.small_run import small_run

RESNET = analyse(preset("resnet50"))
DEEP = analyse(preset("resnet152"))


def cards(level: str, analysis: object = RESNET) -> tuple[Card, ...]:
    """The cards of a network shown at a level."""
    network = outline(analysis, costs(analysis))  # type: ignore[arg-type]
    return layout(network, opened_at(network, level), lambda text, _: 6.0 * len(text)).cards  # type: ignore[arg-type]


@pytest.mark.parametrize("what", [name for name in get_args(Quantity) if name != "latency"])
@pytest.mark.parametrize("level", ["stage", "block", "layer"])
def test_every_card_has_a_shade_and_one_is_the_darkest(what: Quantity, level: str) -> None:
    tint = tint_of(what, RESNET, costs(RESNET), None)
    assert isinstance(tint, Tint)
    found = shades(tint, cards(level))
    assert None not in found.parts
    assert max(part for part in found.parts if part is not None) == 1.0
    assert min(part for part in found.parts if part is not None) >= 0.0
    assert (found.title, found.low) == (color_names()[what], "0")


def test_the_stages_have_their_own_colors() -> None:
    assert tint_of("stage", RESNET, costs(RESNET), None) is None


def test_a_shade_is_the_part_of_the_largest() -> None:
    tint = tint_of("macs", RESNET, costs(RESNET), None)
    assert isinstance(tint, Tint)
    drawn = cards("layer")
    by_id = dict(zip((card.id for card in drawn), shades(tint, drawn).parts, strict=True))
    most = max(layer.macs for layer in RESNET.layers)
    assert by_id["layer3.2.conv2"] == RESNET.layer_by_id["layer3.2.conv2"].macs / most
    assert by_id["layer3.2.relu1"] == 0.0
    assert shades(tint, drawn).high == "118.0 M"


def test_a_folded_run_has_the_sum_of_its_blocks_or_the_largest_field() -> None:
    run = next(card for card in cards("block", DEEP) if card.kind == "run")
    inside = [layer for layer in DEEP.layers if layer.stage == 3 and layer.block is not None and 1 <= layer.block <= 34]
    macs, field = tint_of("macs", DEEP, costs(DEEP), None), tint_of("field", DEEP, costs(DEEP), None)
    assert isinstance(macs, Tint)
    assert isinstance(field, Tint)
    from resnet_viz.viewmodels.text.numbers import pixels, short

    assert hover_rows(macs, run) == (("macs", short(sum(layer.macs for layer in inside))),)
    assert hover_rows(field, run) == (("receptive field", pixels(max(layer.receptive_field for layer in inside))),)


def test_times_that_are_not_there_are_none_and_say_how_to_get_them() -> None:
    tint = tint_of("latency", RESNET, costs(RESNET), None)
    assert isinstance(tint, Tint)
    found = shades(tint, cards("block"))
    assert set(found.parts) == {None}
    assert "press F6" in found.title
    assert isinstance(tint, Tint)
    assert hover_rows(tint, cards("block")[0])[0][1] == "not measured yet"


def test_measured_times_shade_blocks_by_their_own_range() -> None:
    spec = preset("resnet18")
    tint = tint_of("latency", small_analysis(spec), costs(small_analysis(spec)), small_run(spec))
    assert isinstance(tint, Tint)
    drawn = cards("block", small_analysis(spec))
    by_id = dict(zip((card.id for card in drawn), shades(tint, drawn).parts, strict=True))
    assert by_id["layer4.1"] == 1.0
    assert by_id["layer1.0"] == pytest.approx((30 + 40) / (170 + 180))


def test_every_kind_of_layer_has_its_color_and_its_word() -> None:
    for name in ("resnet50", "resnet34_v1", "maskrcnn_resnet50"):
        analysis = analyse(preset(name))
        found = tint_of("kind", analysis, costs(analysis), None)
        assert isinstance(found, Palette)
        colors = {layer.kind: found.colors.get(layer.id, found.other) for layer in analysis.layers}
        of_their_own = {kind: color for kind, color in colors.items() if kind not in ("add", "flatten")}
        assert len(set(of_their_own.values())) == len(of_their_own)
        assert {color for color, _ in found.names} == set(of_their_own.values())
