"""The colors of node boxes: by a quantity, by the kind of layer, and what is unknown."""

from typing import get_args

import pytest

from resnet_viz.metrics.conventions import costs
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import Analysis, Level
from resnet_viz.records.quantities import Quantity
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.canvas.coloring import (
    ColorScale,
    KindColors,
    NodeShades,
    color_names,
    hover_rows,
    node_colors,
    shades,
)
from resnet_viz.viewmodels.canvas.drawing import NodeBox
from resnet_viz.viewmodels.text.numbers import pixels, short
from tests.drawings import drawn
from tests.gui.small_analysis import small_analysis
from tests.gui.small_run import small_run

RESNET = analyse(preset("resnet50"))
DEEP = analyse(preset("resnet152"))


def boxes(level: Level, analysis: Analysis = RESNET) -> tuple[NodeBox, ...]:
    """Return the boxes of a network shown at a level."""
    return drawn(analysis, level).node_boxes


def scale_of(quantity: Quantity, analysis: Analysis = RESNET) -> ColorScale:
    """Return the color scale of a quantity, without any measured times."""
    scale = node_colors(quantity, analysis, costs(analysis), None)
    assert isinstance(scale, ColorScale)
    return scale


@pytest.mark.parametrize("quantity", [name for name in get_args(Quantity) if name != "latency"])
@pytest.mark.parametrize("level", ["stage", "block", "layer"])
def test_every_box_has_a_shade_and_one_is_the_darkest(quantity: Quantity, level: Level) -> None:
    found = shades(scale_of(quantity), boxes(level))
    parts = [part for part in found.parts if part is not None]
    assert len(parts) == len(boxes(level))
    assert (max(parts), min(parts) >= 0.0) == (1.0, True)
    assert (found.title, found.low) == (color_names()[quantity], "0")


def test_the_colors_to_choose_from_begin_with_stages_and_kinds() -> None:
    names = color_names()
    assert list(names)[:2] == ["stage", "kind"]
    assert (names["stage"], names["kind"], names["macs"]) == ("Stage", "Kind", "MACs")


def test_the_stages_have_their_own_colors() -> None:
    assert node_colors("stage", RESNET, costs(RESNET), None) is None


def test_a_shade_is_the_part_of_the_largest_value() -> None:
    shown = boxes("layer")
    found = shades(scale_of("macs"), shown)
    by_id = dict(zip((box.id for box in shown), found.parts, strict=True))
    largest = max(layer.macs for layer in RESNET.layers)
    assert by_id["layer3.2.conv2"] == RESNET.layer_by_id["layer3.2.conv2"].macs / largest
    assert by_id["layer3.2.relu1"] == 0.0
    assert found.high == "118.0 M"


def test_where_every_value_is_0_so_is_every_shade() -> None:
    scale = ColorScale("Nothing", {"conv1": 0.0, "maxpool": 0.0}, str)
    assert shades(scale, boxes("block")[:2]) == NodeShades((0.0, 0.0), "Nothing", "0", "0.0")


def test_a_box_without_a_value_has_no_shade_beside_those_that_have_one() -> None:
    scale = ColorScale("Some", {"conv1": 2.0}, str)
    assert shades(scale, boxes("block")[:2]).parts == (1.0, None)


def test_a_repeat_has_the_sum_of_its_blocks_or_the_largest_receptive_field() -> None:
    repeat = next(box for box in boxes("block", DEEP) if box.kind == "repeat")
    inside = [layer for layer in DEEP.layers if layer.stage == 3 and layer.block is not None and 1 <= layer.block <= 34]
    macs = short(sum(layer.macs for layer in inside))
    assert hover_rows(scale_of("macs", DEEP), repeat) == (("macs", macs),)
    field = pixels(max(layer.receptive_field for layer in inside))
    assert hover_rows(scale_of("field", DEEP), repeat) == (("receptive field", field),)


def test_a_repeat_is_unknown_where_one_of_its_blocks_is() -> None:
    repeat = next(box for box in boxes("block", DEEP) if box.kind == "repeat")
    values = {f"layer3.{index}": 1.0 for index in range(1, 35)}
    assert hover_rows(ColorScale("Ones", values, str), repeat) == (("ones", "34.0"),)
    for missing in ("layer3.1", "layer3.34"):
        some = {name: value for name, value in values.items() if name != missing}
        assert hover_rows(ColorScale("Ones", some, str), repeat) == (("ones", "not measured yet"),)


def test_unmeasured_times_have_no_shade_and_say_how_to_get_them() -> None:
    scale = scale_of("latency")
    hint = "latency: not measured yet, press F6"
    assert shades(scale, boxes("block")) == NodeShades((None,) * len(boxes("block")), hint, "", "")
    assert hover_rows(scale, boxes("block")[0]) == (("latency", "not measured yet"),)
    assert shades(ColorScale("Some", {}, str), boxes("block")[:1]) == NodeShades((None,), "", "", "")


def test_measured_times_shade_blocks_by_their_own_range() -> None:
    analysis = small_analysis(preset("resnet18"))
    scale = node_colors("latency", analysis, costs(analysis), small_run(preset("resnet18")))
    assert isinstance(scale, ColorScale)
    assert scale.hint == ""
    shown = boxes("block", analysis)
    by_id = dict(zip((box.id for box in shown), shades(scale, shown).parts, strict=True))
    assert by_id["layer4.1"] == 1.0
    assert by_id["layer1.0"] == pytest.approx((30 + 40) / (170 + 180))


@pytest.mark.parametrize("name", ["resnet50", "resnet34_v1", "maskrcnn_resnet50"])
def test_every_kind_of_layer_has_its_color_and_its_name(name: str) -> None:
    analysis = analyse(preset(name))
    found = node_colors("kind", analysis, costs(analysis), None)
    assert isinstance(found, KindColors)
    colors = {layer.kind: found.colors.get(layer.id, found.other) for layer in analysis.layers}
    of_their_own = {kind: color for kind, color in colors.items() if kind not in ("add", "flatten")}
    assert len(set(of_their_own.values())) == len(of_their_own)
    assert {color for color, _ in found.names} == set(of_their_own.values())
    assert colors["add"] == found.other
    assert len({text for _, text in found.names}) == len(found.names)
