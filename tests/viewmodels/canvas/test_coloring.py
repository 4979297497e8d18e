"""What colors the cards: quantities of layers, blocks and stages, folded runs, and what is not there."""

from typing import get_args

import pytest

from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.records.quantities import Quantity
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.canvas.coloring import (
    ColorScale,
    KindColors,
    color_names,
    hover_rows,
    node_colors,
    shades,
)
from resnet_viz.viewmodels.canvas.drawing import NodeBox
from resnet_viz.viewmodels.canvas.expansion import expanded_at
from resnet_viz.viewmodels.canvas.layout import layout
from resnet_viz.viewmodels.canvas.structure import structure_of
from tests.gui.small_analysis import small_analysis
from tests.gui.small_run import small_run

RESNET = analyse(preset("resnet50"))
DEEP = analyse(preset("resnet152"))


def node_boxes(level: str, analysis: object = RESNET) -> tuple[NodeBox, ...]:
    """The cards of a network shown at a level."""
    network = structure_of(analysis, costs(analysis))  # type: ignore[arg-type]
    return layout(network, expanded_at(network, level), lambda text, _: 6.0 * len(text)).node_boxes  # type: ignore[arg-type]


@pytest.mark.parametrize("what", [name for name in get_args(Quantity) if name != "latency"])
@pytest.mark.parametrize("level", ["stage", "block", "layer"])
def test_every_card_has_a_shade_and_one_is_the_darkest(what: Quantity, level: str) -> None:
    tint = node_colors(what, RESNET, costs(RESNET), None)
    assert isinstance(tint, ColorScale)
    found = shades(tint, node_boxes(level))
    assert None not in found.parts
    assert max(part for part in found.parts if part is not None) == 1.0
    assert min(part for part in found.parts if part is not None) >= 0.0
    assert (found.title, found.low) == (color_names()[what], "0")


def test_the_stages_have_their_own_colors() -> None:
    assert node_colors("stage", RESNET, costs(RESNET), None) is None


def test_a_shade_is_the_part_of_the_largest() -> None:
    tint = node_colors("macs", RESNET, costs(RESNET), None)
    assert isinstance(tint, ColorScale)
    drawn = node_boxes("layer")
    by_id = dict(zip((box.id for box in drawn), shades(tint, drawn).parts, strict=True))
    most = max(layer.macs for layer in RESNET.layers)
    assert by_id["layer3.2.conv2"] == RESNET.layer_by_id["layer3.2.conv2"].macs / most
    assert by_id["layer3.2.relu1"] == 0.0
    assert shades(tint, drawn).high == "118.0 M"


def test_a_folded_run_has_the_sum_of_its_blocks_or_the_largest_field() -> None:
    run = next(box for box in node_boxes("block", DEEP) if box.kind == "repeat")
    inside = [layer for layer in DEEP.layers if layer.stage == 3 and layer.block is not None and 1 <= layer.block <= 34]
    macs, field = node_colors("macs", DEEP, costs(DEEP), None), node_colors("field", DEEP, costs(DEEP), None)
    assert isinstance(macs, ColorScale)
    assert isinstance(field, ColorScale)
    from resnet_viz.viewmodels.text.numbers import pixels, short

    assert hover_rows(macs, run) == (("macs", short(sum(layer.macs for layer in inside))),)
    assert hover_rows(field, run) == (("receptive field", pixels(max(layer.receptive_field for layer in inside))),)


def test_times_that_are_not_there_are_none_and_say_how_to_get_them() -> None:
    tint = node_colors("latency", RESNET, costs(RESNET), None)
    assert isinstance(tint, ColorScale)
    found = shades(tint, node_boxes("block"))
    assert set(found.parts) == {None}
    assert "press F6" in found.title
    assert isinstance(tint, ColorScale)
    assert hover_rows(tint, node_boxes("block")[0])[0][1] == "not measured yet"


def test_measured_times_shade_blocks_by_their_own_range() -> None:
    spec = preset("resnet18")
    tint = node_colors("latency", small_analysis(spec), costs(small_analysis(spec)), small_run(spec))
    assert isinstance(tint, ColorScale)
    drawn = node_boxes("block", small_analysis(spec))
    by_id = dict(zip((box.id for box in drawn), shades(tint, drawn).parts, strict=True))
    assert by_id["layer4.1"] == 1.0
    assert by_id["layer1.0"] == pytest.approx((30 + 40) / (170 + 180))


def test_every_kind_of_layer_has_its_color_and_its_word() -> None:
    for name in ("resnet50", "resnet34_v1", "maskrcnn_resnet50"):
        analysis = analyse(preset(name))
        found = node_colors("kind", analysis, costs(analysis), None)
        assert isinstance(found, KindColors)
        colors = {layer.kind: found.colors.get(layer.id, found.other) for layer in analysis.layers}
        of_their_own = {kind: color for kind, color in colors.items() if kind not in ("add", "flatten")}
        assert len(set(of_their_own.values())) == len(of_their_own)
        assert {color for color, _ in found.names} == set(of_their_own.values())
