"""The roofline as values: dots, ceilings, and what cannot be drawn."""

import csv
import io

import msgspec
import pytest

from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.charts.roofline import dot_tooltip, roofline_chart, roofline_csv
from resnet_viz.viewmodels.text.numbers import decades
from tests.gui.small_run import small_run

RUN = small_run(preset("resnet18"))


def test_a_dot_is_work_by_bytes_and_time() -> None:
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


def test_a_doubted_time_is_marked() -> None:
    doubted = msgspec.structs.replace(RUN.layers[0], doubt="too fast")
    run = msgspec.structs.replace(RUN, layers=(doubted, *RUN.layers[1:]))
    dot = roofline_chart(run).dots[0]
    assert dot.implausible
    assert "too fast" in dot_tooltip(run, dot)


def test_layers_above_the_slope_are_explained() -> None:
    """The first layer moves 802,816 bytes in 10 µs, 80 GB/s against 10; the last ones are slower than that."""
    above = sum(1 for layer in RUN.layers if (layer.bytes_per_second or 0) > 10e9)
    assert 0 < above < len(RUN.layers)
    assert f"{above} layers lie above the slope: their data stays in the cache" in roofline_chart(RUN).note


def test_everything_is_within_the_range() -> None:
    chart = roofline_chart(RUN)
    left, right, low, high = chart.ranges
    assert all(left < dot.intensity < right and low < dot.flops_per_second < high for dot in chart.dots)
    assert chart.roof is not None
    assert left < chart.roof.ridge < right


def test_nothing_to_draw_is_said() -> None:
    assert "press Measure latency" in roofline_chart(None).empty
    assert "no measured ceilings" in roofline_chart(msgspec.structs.replace(RUN, ceilings=None)).empty


def test_the_table_has_dots_and_ceilings() -> None:
    rows = list(csv.DictReader(io.StringIO(roofline_csv(RUN))))
    assert len(rows) == len(RUN.layers) + 1
    assert float(rows[0]["flops_per_second"]) == pytest.approx(RUN.layers[0].flops / 10e-6)
    assert (rows[-1]["id"], float(rows[-1]["bytes_per_second"])) == ("ceiling", 10e9)


def test_decades_have_names() -> None:
    assert decades(-1.5, 3.2) == ((-1.0, "0.1"), (0.0, "1"), (1.0, "10"), (2.0, "100"), (3.0, "10³"))
    assert decades(-4.0, -4.0) == ((-4.0, "10⁻⁴"),)
