"""A network's memory as a chart and as rows of texts."""

from resnet_viz.metrics.memory import largest_batches, memory
from resnet_viz.pipeline import analyse
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.charts.memory import memory_chart, memory_rows

RESNET50 = analyse(preset("resnet50"))


def test_the_memory_chart_has_its_peak() -> None:
    found = memory(RESNET50)
    chart = memory_chart(RESNET50, found)
    highest = max(chart.bars, key=lambda bar: bar.value or 0)
    assert (highest.id, highest.value) == ("layer1.0.downsample.1", found.peak_bytes)
    assert "layer1.0.bn3" in highest.tooltip
    assert chart.line[-1] == found.kept_bytes
    assert "peak 9.2 MiB at layer1.0.downsample.1" in chart.title
    rows = dict(memory_rows(found, largest_batches(found, 24)))
    assert rows["parameters"] == "97.5 MiB"
    assert rows["fits into 24 GiB"].startswith("up to batch 2,")
    rows = dict(memory_rows(found, largest_batches(found, 0.15)))
    assert rows["fits into 0.15 GiB"].endswith(f"not even one image for training, which needs {rows['training']}")


def test_the_rows_say_where_and_for_what_on_demand() -> None:
    """The terminal and the window have the same rows; the terminal's are longer and in its own units."""
    found = memory(RESNET50)
    short, full = dict(memory_rows(found, None)), dict(memory_rows(found, None, str, full=True))
    assert list(short) == list(full)
    assert short["peak of live tensors"] == "9.2 MiB"
    assert full["peak of live tensors"] == f"{found.peak_bytes} at layer1.0.downsample.1"
    assert full["saved for backward"] == str(found.kept_bytes)
    assert full["parameters"] == str(found.params_bytes)
