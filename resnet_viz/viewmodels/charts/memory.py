"""The memory chart: live tensors at each layer, tensors saved for backward, and the batches that fit."""

from collections.abc import Callable
from itertools import accumulate

from resnet_viz.records.analysis import Analysis
from resnet_viz.records.memory import LargestBatches, LayerMemory, Memory
from resnet_viz.spec.presets import title_of
from resnet_viz.texts import tr
from resnet_viz.viewmodels.charts.bars import Bar, BarChart, bar_identity, part_colors, sections, stem_and_head
from resnet_viz.viewmodels.text.numbers import byte_size, shape

MEBIBYTE = 1024.0**2


def memory_caveat() -> str:
    """Return a paragraph on what the figures leave out and how much that can be."""
    return tr(
        "Only tensors are counted, each until its last use, as in a pass that frees every tensor at once. Calling the "
        "module as usual needs more, because Python keeps the input of the stage, the input of the block and the "
        "residual branch until the calls return: at the peak nothing more for ResNet-18, 42 % more for ResNet-50 and "
        "67 % more for PreAct ResNet-110, plus the image that the caller holds. Also not counted: the copies that "
        "oneDNN and cuDNN make inside a convolution, the optimizer's state unless it is named, the CUDA "
        "context and the allocator's rounding."
    )


def batches_text(memory: Memory, fits: LargestBatches, size: Callable[[int], str]) -> str:
    """Return a sentence on the largest batches that fit, or on the bytes that one image needs; `size` formats bytes."""
    least = [size(fixed + image) for fixed, image in zip(memory.fixed_bytes, memory.image_bytes, strict=True)]
    if fits.inference_batch == 0:
        sentence = tr("not even one image: inference needs {inference}, training {training}")
        return sentence.format(inference=least[0], training=least[1])
    inference = f"{fits.inference_batch:,}"
    if fits.training_batch == 0:
        sentence = tr("up to batch {n} for inference, not even one image for training, which needs {size}")
        return sentence.format(n=inference, size=least[1])
    sentence = tr("up to batch {inference} for inference, {training} for training")
    return sentence.format(inference=inference, training=f"{fits.training_batch:,}")


def memory_chart(analysis: Analysis, memory: Memory) -> BarChart:
    """Return bars of the bytes of live tensors at each layer, and the cumulative bytes saved for backward as a line."""
    colors = part_colors(analysis.layers)
    bars = [
        Bar(*bar_identity(layer, color), layer_memory.live_bytes, _tooltip(layer_memory))
        for layer, color, layer_memory in zip(analysis.layers, colors, memory.layers, strict=True)
    ]
    peak = tr("peak {size} at {layer}").format(size=byte_size(memory.peak_bytes), layer=memory.peak_at)
    saved = accumulate((layer.kept_bytes for layer in memory.layers), initial=memory.kept_input_bytes)
    return BarChart(
        bars=tuple(bars),
        title=" · ".join([peak, title_of(memory.spec), shape(memory.spec.input), memory.dtype]),
        axis=tr("live, MiB"),
        divisor=MEBIBYTE,
        line=tuple(saved)[1:],
        line_axis=tr("saved for backward, MiB"),
        line_divisor=MEBIBYTE,
        unit=tr("MiB"),
        line_unit=tr("Σ, MiB"),
        sections=sections(colors),
        stem_and_head=stem_and_head(analysis),
    )


def memory_rows(
    memory: Memory, fits: LargestBatches | None, size: Callable[[int], str] = byte_size, *, full: bool = False
) -> list[tuple[str, str]]:
    """Return names and texts of the memory that a network needs and, with `fits`, of the largest batches that fit.

    `size` formats bytes; `full` adds where the peak is and what is counted.
    """
    sums = (
        (tr("parameters"), memory.params_bytes, "{size}"),
        (tr("buffers"), memory.buffers_bytes, "{size}"),
        (tr("peak of live tensors"), memory.peak_bytes, tr("{size} at {layer}")),
        (tr("saved for backward"), memory.kept_bytes, "{size}"),
        (tr("inference"), memory.inference_bytes, "{size}"),
        (
            tr("training"),
            memory.training_bytes,
            tr("{size} with gradients and saved tensors, without the optimizer's state"),
        ),
    )
    rows = [
        (name, (sentence if full else "{size}").format(size=size(count), layer=memory.peak_at))
        for name, count, sentence in sums
    ]
    if fits is not None:
        rows.append((tr("fits into {n} GiB").format(n=f"{fits.gib:g}"), batches_text(memory, fits, size)))
    return rows


def live_names(layer: LayerMemory) -> str:
    """Join the names of the tensors that are live at a layer: `conv1 + relu`."""
    return " + ".join(name or tr("input") for name in layer.alive)


def _tooltip(layer: LayerMemory) -> str:
    sentence = tr("{size} live: {names}\noutput {out} · saved for backward {saved}").format(
        size=byte_size(layer.live_bytes),
        names=live_names(layer),
        out=byte_size(layer.output_bytes),
        saved=byte_size(layer.kept_bytes),
    )
    return f"{layer.id}\n{sentence}"
