"""A network's memory as the window shows it: what is alive at each layer, what training keeps, what fits."""

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
    """What the figures leave out, and by how much that can matter."""
    return tr(
        "Tensors alone are counted, each until its last use: at the end of every layer of a pass that lets go of them "
        "so, as this program's own do, torch's CPU allocator stands at these figures. A module that is simply called "
        "holds the input of its stage, that of its block and the residual branch until they return: at its peak that "
        "is nothing more for ResNet-18, 42 % more for ResNet-50 and 100 % more for PreAct ResNet-110, and the "
        "image that its caller keeps; the batches that fit are those of a pass that lets go. Within a convolution it "
        "stands higher still, because oneDNN and cuDNN copy weights and input into layouts of their own. An "
        "optimiser's state, a CUDA context and an allocator's rounding come on top."
    )


def batches_text(memory: Memory, fits: LargestBatches, size: Callable[[int], str]) -> str:
    """The largest batches that fit, or that not even one image does and what would do; `size` writes bytes."""
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
    """A bar of what is alive for each layer, over them the sum of what training has kept so far."""
    colors = part_colors(analysis.layers)
    bars = [
        Bar(*bar_identity(layer, color), found.live_bytes, _tip(found))
        for layer, color, found in zip(analysis.layers, colors, memory.layers, strict=True)
    ]
    peak = tr("peak {size} at {layer}").format(size=byte_size(memory.peak_bytes), layer=memory.peak_at)
    kept = accumulate((layer.kept_bytes for layer in memory.layers), initial=memory.kept_input_bytes)
    return BarChart(
        bars=tuple(bars),
        title=" · ".join([peak, title_of(memory.spec), shape(memory.spec.input), memory.dtype]),
        axis=tr("alive, MiB"),
        divisor=MEBIBYTE,
        line=tuple(kept)[1:],
        line_axis=tr("kept by training, MiB"),
        line_divisor=MEBIBYTE,
        unit=tr("MiB"),
        line_unit=tr("Σ, MiB"),
        sections=sections(colors),
        stem_and_head=stem_and_head(analysis),
    )


def memory_rows(
    memory: Memory, fits: LargestBatches | None, size: Callable[[int], str] = byte_size, *, full: bool = False
) -> list[tuple[str, str]]:
    """What the network takes, and the largest batches that fit where that is asked, as names and texts.

    `size` writes bytes; `full` says beside them where and for what.
    """
    sums = (
        (tr("parameters"), memory.params_bytes, "{size}"),
        (tr("buffers"), memory.buffers_bytes, "{size}"),
        (tr("peak of live tensors"), memory.peak_bytes, tr("{size} at {layer}")),
        (tr("kept by training"), memory.kept_bytes, tr("{size} for the backward pass")),
        (tr("inference"), memory.inference_bytes, "{size}"),
        (tr("training"), memory.training_bytes, tr("{size} with gradients and what is kept, no optimiser's state")),
    )
    rows = [
        (name, (sentence if full else "{size}").format(size=size(count), layer=memory.peak_at))
        for name, count, sentence in sums
    ]
    if fits is not None:
        rows.append((tr("fits into {n} GiB").format(n=f"{fits.gib:g}"), batches_text(memory, fits, size)))
    return rows


def live_names(layer: LayerMemory) -> str:
    """The tensors that are alive at a layer: `conv1 + relu`."""
    return " + ".join(name or tr("input") for name in layer.alive)


def _tip(layer: LayerMemory) -> str:
    sentence = tr("{size} alive: {names}\nputs out {out} · training keeps {kept}").format(
        size=byte_size(layer.live_bytes),
        names=live_names(layer),
        out=byte_size(layer.output_bytes),
        kept=byte_size(layer.kept_bytes),
    )
    return f"{layer.id}\n{sentence}"
