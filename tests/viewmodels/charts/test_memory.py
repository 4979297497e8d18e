"""The memory chart, and the rows of texts on what a network needs and which batches fit."""

from itertools import pairwise

from msgspec.structs import replace

from resnet_viz.metrics.memory import largest_batches, memory
from resnet_viz.pipeline import analyse
from resnet_viz.spec.presets import preset
from resnet_viz.viewmodels.charts.memory import batches_text, memory_chart, memory_rows
from resnet_viz.viewmodels.text.numbers import byte_size

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


def test_the_rows_say_on_demand_where_the_peak_is_and_what_is_counted() -> None:
    """The terminal and the window have the same rows; the terminal's are longer and in its own units."""
    found = memory(RESNET50)
    short, full = dict(memory_rows(found, None)), dict(memory_rows(found, None, str, full=True))
    assert list(short) == list(full)
    assert short["peak of live tensors"] == "9.2 MiB"
    assert full["peak of live tensors"] == f"{found.peak_bytes} at layer1.0.downsample.1"
    assert full["saved for backward"] == str(found.kept_bytes)
    assert full["parameters"] == str(found.params_bytes)


def test_axes_and_stages_of_the_memory_chart() -> None:
    result = memory(RESNET50)
    chart = memory_chart(RESNET50, result)
    assert chart.title == "peak 9.2 MiB at layer1.0.downsample.1 · ResNet-50 · 1×3×224×224 · fp32"
    assert chart.axis_names == ("live, MiB", "MiB")
    assert chart.line_axis_names == ("saved for backward, MiB", "Σ, MiB")
    assert chart.divisor == chart.line_divisor == 2**20
    assert [name for _, name in chart.sections] == ["stem", "stage 1", "stage 2", "stage 3", "stage 4", "head"]
    assert chart.stem_and_head == {"conv1": "stem", "bn1": "stem", "relu": "stem", "maxpool": "stem",
                                   "avgpool": "head", "flatten": "head", "fc": "head"}  # fmt: skip
    assert [bar.id for bar in chart.bars] == [layer.id for layer in RESNET50.layers]
    assert chart.bars[0].tooltip == "conv1\n3.6 MiB live: input + conv1\noutput 3.1 MiB · saved for backward 3.1 MiB"


def test_the_line_adds_up_what_is_saved_with_the_input_before_the_first_layer() -> None:
    result = memory(RESNET50)
    line = memory_chart(RESNET50, result).line
    assert len(line) == len(RESNET50.layers)
    assert line[0] == result.kept_input_bytes + result.layers[0].kept_bytes
    steps = [later - before for before, later in pairwise(line)]
    assert steps == [layer.kept_bytes for layer in result.layers[1:]]


def test_the_sentence_on_batches_that_fit() -> None:
    result = memory(RESNET50)
    rows = dict(memory_rows(result, largest_batches(result, 1.0)))
    assert rows["fits into 1 GiB"] == batches_text(result, largest_batches(result, 1.0), byte_size)
    assert dict(memory_rows(result, largest_batches(result, 0.1234)))["fits into 0.1234 GiB"]
    fitting = replace(largest_batches(result, 1.0), inference_batch=12_345, training_batch=6_789)
    assert batches_text(result, fitting, byte_size) == "up to batch 12,345 for inference, 6,789 for training"
    nothing = largest_batches(result, 0.0001)
    first, second = memory_rows(result, None)[4:6]
    assert batches_text(result, nothing, byte_size) == (
        f"not even one image: inference needs {first[1]}, training {second[1]}"
    )


def test_the_names_of_the_rows() -> None:
    result = memory(RESNET50)
    short, full = memory_rows(result, None), dict(memory_rows(result, None, full=True))
    assert [name for name, _ in short] == [
        "parameters", "buffers", "peak of live tensors", "saved for backward", "inference", "training"
    ]  # fmt: skip
    assert (
        full["training"] == f"{dict(short)['training']} with gradients and saved tensors, without the optimizer's state"
    )
    assert full["inference"] == dict(short)["inference"]
