"""The roofline chart: its dots and ceilings, the ranges of its axes, and notes on layers that are not drawn."""

import csv
import io

import msgspec
import pytest

from resnet_viz.records.run import Ceilings
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.charts.roofline import dot_tooltip, roofline_chart, roofline_csv
from resnet_viz.viewmodels.text.numbers import decades
from tests.gui.small_run import around, small_run

RUN = small_run(preset("resnet18"))


def test_a_dot_is_placed_by_flops_per_byte_and_flops_per_second() -> None:
    dot = roofline_chart(RUN).dots[0]
    layer = RUN.layers[0]
    assert dot.intensity == layer.flops / layer.bytes
    assert dot.flops_per_second == pytest.approx(layer.flops / 10e-6)
    assert (dot.id, dot.color, dot.implausible) == ("conv1", "stem", False)
    assert "FLOP per byte" in dot_tooltip(RUN, dot)


def test_the_roof_has_the_measured_ceilings() -> None:
    roof = roofline_chart(RUN).roof
    assert roof is not None
    assert roof.ridge == 10.0
    assert (roof.memory_caption, roof.compute_caption) == ("10.0 GB/s measured", "100 GFLOP/s measured in fp32")


def test_layers_without_arithmetic_are_counted_and_left_out() -> None:
    idle = tuple(msgspec.structs.replace(layer, flops=0) for layer in RUN.layers[:3])
    chart = roofline_chart(msgspec.structs.replace(RUN, layers=(*idle, *RUN.layers[3:])))
    assert len(chart.dots) == len(RUN.layers) - 3
    assert chart.note.startswith("3 layers do no arithmetic and are not drawn")


def test_an_implausible_time_is_marked() -> None:
    implausible = msgspec.structs.replace(RUN.layers[0], doubt="too fast")
    run = msgspec.structs.replace(RUN, layers=(implausible, *RUN.layers[1:]))
    dot = roofline_chart(run).dots[0]
    assert dot.implausible
    assert "implausible: 0.0100 ms is less than the layer's arithmetic takes" in dot_tooltip(run, dot)


def test_layers_above_the_slope_are_explained() -> None:
    """The first layer moves 802,816 bytes in 10 µs, 80 GB/s against 10; the last ones are slower than that."""
    above = sum(1 for layer in RUN.layers if (layer.bytes_per_second or 0) > 10e9)
    assert 0 < above < len(RUN.layers)
    assert roofline_chart(RUN).note == f"{above} layers lie above the slope: their data stays in the cache"


def test_everything_is_within_the_range() -> None:
    chart = roofline_chart(RUN)
    left, right, low, high = chart.ranges
    assert all(left < dot.intensity < right and low < dot.flops_per_second < high for dot in chart.dots)
    assert chart.roof is not None
    assert left < chart.roof.ridge < right


def test_a_chart_without_dots_says_why() -> None:
    chart = roofline_chart(None)
    assert "press Measure latency" in chart.empty
    assert (chart.dots, chart.roof, chart.title, chart.note) == ((), None, "", "")
    assert "no measured ceilings" in roofline_chart(msgspec.structs.replace(RUN, ceilings=None)).empty


def test_the_table_has_dots_and_ceilings() -> None:
    rows = list(csv.DictReader(io.StringIO(roofline_csv(RUN))))
    assert len(rows) == len(RUN.layers) + 1
    assert float(rows[0]["flops_per_second"]) == pytest.approx(RUN.layers[0].flops / 10e-6)
    assert (rows[-1]["id"], float(rows[-1]["bytes_per_second"])) == ("ceiling", 10e9)


def test_decades_have_names() -> None:
    assert decades(-1.5, 3.2) == ((-1.0, "0.1"), (0.0, "1"), (1.0, "10"), (2.0, "100"), (3.0, "10³"))
    assert decades(-4.0, -4.0) == ((-4.0, "10⁻⁴"),)


def test_the_ranges_of_the_axes_leave_room_for_dots_ridge_and_captions() -> None:
    chart = roofline_chart(RUN)
    intensities = [dot.intensity for dot in chart.dots] + [10.0]
    speeds = [dot.flops_per_second for dot in chart.dots] + [100e9]
    assert chart.ranges == pytest.approx((min(intensities) / 2, max(intensities) * 2, min(speeds) / 2, max(speeds) * 6))
    slow = roofline_chart(small_run(preset("resnet18"), slower=1e6))
    assert slow.ranges[3] == pytest.approx(6 * 100e9)
    fast_memory = msgspec.structs.replace(RUN, ceilings=Ceilings(1e6, 100e9, 5.0, 0))
    assert roofline_chart(fast_memory).ranges[1] == pytest.approx(2 * 100e9 / 1e6)


def test_the_title_and_the_colors_of_the_dots() -> None:
    chart = roofline_chart(RUN)
    assert chart.title == "ResNet-18 · N=1 · fp32 · A processor"
    assert chart.color_key[:2] == (("stem", "stem"), ("stage1", "stage 1"))
    assert [dot.color for dot in chart.dots[-2:]] == ["stage4", "head"]
    assert chart.empty == ""
    assert roofline_chart(msgspec.structs.replace(RUN, ceilings=None)).title == chart.title
    assert dot_tooltip(RUN, chart.dots[0]).splitlines()[-1] == "294.00 FLOP per byte"


def test_a_single_layer_is_counted_in_the_singular() -> None:
    idle, fast = msgspec.structs.replace(RUN.layers[0], flops=0, bytes=0), RUN.layers[1]
    chart = roofline_chart(msgspec.structs.replace(RUN, layers=(idle, fast)))
    assert chart.note == (
        "1 layer does no arithmetic and is not drawn · 1 layer lies above the slope: its data stays in the cache"
    )


def test_a_layer_that_moves_nothing_is_left_out_of_the_chart_and_has_no_intensity() -> None:
    still = msgspec.structs.replace(RUN.layers[0], bytes=0)
    run = msgspec.structs.replace(RUN, layers=(still, *RUN.layers[1:]), ceilings=None)
    rows = list(csv.DictReader(io.StringIO(roofline_csv(run))))
    assert (rows[0]["flop_per_byte"], rows[0]["bound"], len(rows)) == ("", "launch", len(RUN.layers))
    assert list(rows[0]) == ["id", "flop_per_byte", "flops_per_second", "bytes_per_second", "bound", "doubt"]
    assert float(rows[1]["flop_per_byte"]) == pytest.approx(0.25)
    with_ceilings = msgspec.structs.replace(run, ceilings=RUN.ceilings)
    assert [dot.id for dot in roofline_chart(with_ceilings).dots] == [layer.id for layer in RUN.layers[1:]]


@pytest.mark.parametrize(
    "ceilings", [Ceilings(1e300, 1.0, 1.0, 0), Ceilings(1.0, 5e-324, 1.0, 0), Ceilings(-1, 1, 1, 0)]
)
def test_ceilings_without_a_place_on_the_axes_are_as_none(ceilings: Ceilings) -> None:
    chart = roofline_chart(msgspec.structs.replace(RUN, ceilings=ceilings))
    assert (chart.dots, chart.roof) == ((), None)
    assert chart.empty == "This run has no layers or no measured ceilings."


def test_layers_without_a_place_on_the_axes_are_left_out() -> None:
    """Negative operations, bytes or times, and times so short that a rate has no finite value."""
    first, second, *others = RUN.layers
    for changes in ({"flops": -1}, {"bytes": -1}, {"spread": around(1e-300)}, {"spread": around(-1.0)}):
        odd = msgspec.structs.replace(first, **changes)
        chart = roofline_chart(msgspec.structs.replace(RUN, layers=(odd, second, *others)))
        assert [dot.id for dot in chart.dots] == [layer.id for layer in (second, *others)]
        assert all(0 < end < 1e20 for end in chart.ranges)
