"""A network's memory as the window shows it: what is alive at each layer, what training keeps, what fits."""

from itertools import accumulate

from resnet_viz.metrics.memory import Fits, LayerMemory, Memory, batches_text
from resnet_viz.presets import title_of
from resnet_viz.records import Analysis
from resnet_viz.texts import tr
from resnet_viz.viewmodels.bars import Bar, BarChart, ends_of, look, part_colors, sections
from resnet_viz.viewmodels.units import byte_size, shape

MEBIBYTE = 1024.0**2


def memory_chart(analysis: Analysis, memory: Memory) -> BarChart:
    """A bar of what is alive for each layer, over them the sum of what training has kept so far."""
    colors = part_colors(analysis.layers)
    bars = [
        Bar(*look(layer, color), found.live_bytes, _tip(found))
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
        ends=ends_of(analysis),
    )


def memory_rows(memory: Memory, fits: Fits) -> tuple[tuple[str, str], ...]:
    """What the network takes, and the largest batches that fit, as names and texts."""
    return (
        (tr("parameters"), byte_size(memory.params_bytes)),
        (tr("buffers"), byte_size(memory.buffers_bytes)),
        (tr("alive at the peak"), byte_size(memory.peak_bytes)),
        (tr("kept by training"), byte_size(memory.kept_bytes)),
        (tr("inference"), byte_size(memory.inference_bytes)),
        (tr("training"), byte_size(memory.training_bytes)),
        (tr("fits into {n} GiB").format(n=f"{fits.gib:g}"), batches_text(memory, fits, byte_size)),
    )


def _tip(layer: LayerMemory) -> str:
    alive = " + ".join(name or tr("input") for name in layer.alive)
    puts_out, kept = byte_size(layer.output_bytes), byte_size(layer.kept_bytes)
    last = tr("puts out {out} · training keeps {kept}").format(out=puts_out, kept=kept)
    return "\n".join(
        [layer.id, tr("{size} alive: {names}").format(size=byte_size(layer.live_bytes), names=alive), last]
    )
