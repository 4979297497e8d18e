"""What `memory` prints: the sums of a network's memory, and what is alive at each layer."""

from collections.abc import Sequence
from textwrap import fill
from typing import Any

import msgspec

from resnet_viz.export.graphs import shape_text
from resnet_viz.export.tables import TERMINAL, Column, Table, csv_table, text_table
from resnet_viz.metrics.memory import Fits, LayerMemory, Memory, batches_text
from resnet_viz.presets import title_of
from resnet_viz.texts import tr

KIBIBYTE = 1024
NEIGHBOURS = 2
"""The layers before and after the peak that are printed where not all are."""


def note() -> str:
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


def memory_report(memory: Memory, fits: Fits | None = None, *, all_layers: bool = False) -> str:
    """The whole page, its parts divided by empty lines: the layers around the peak or all, then what they come to."""
    title = f"{title_of(memory.spec)} · {shape_text(memory.spec.input, '×')} · {memory.dtype}"
    rows = list(_sums(memory))
    if fits is not None:
        rows.append((tr("fits into {n} GiB").format(n=f"{fits.gib:g}"), batches_text(memory, fits, _size)))
    width = max(len(name) for name, _ in rows)
    sums = "\n".join(f"{name.ljust(width)}  {text}" for name, text in rows)
    layers = memory.layers if all_layers else _around_the_peak(memory)
    parts = [title, text_table(_table(layers)), sums, fill(note(), TERMINAL, break_on_hyphens=False)]
    if len(layers) < len(memory.layers):
        parts.insert(1, tr("around the peak; --layers has all {n}").format(n=f"{len(memory.layers):,}"))
    return "\n\n".join(parts) + "\n"


def memory_csv(memory: Memory) -> str:
    """Bytes of each layer, and the ids of what is alive, for a program."""
    names = ("id", "output_bytes", "live_bytes", "kept_bytes", "alive")
    rows = tuple(
        (
            layer.id,
            layer.output_bytes,
            layer.live_bytes,
            layer.kept_bytes,
            " ".join(name or "input" for name in layer.alive),
        )
        for layer in memory.layers
    )
    return csv_table(Table("", tuple(Column(name, name) for name in names), rows, {}))


def memory_content(memory: Memory, fits: Fits | None = None) -> dict[str, Any]:
    """Every field and sum for JSON; `fits` is null where nothing was asked."""
    sums = {"inference_bytes": memory.inference_bytes, "training_bytes": memory.training_bytes}
    content: dict[str, Any] = msgspec.to_builtins(memory)
    return {**content, **sums, "fits": msgspec.to_builtins(fits)}


def _sums(memory: Memory) -> list[tuple[str, str]]:
    peak = tr("{size} at {layer}").format(size=_size(memory.peak_bytes), layer=memory.peak_at)
    kept = tr("{size} for the backward pass").format(size=_size(memory.kept_bytes))
    training = tr("{size} with gradients and what is kept, no optimiser's state")
    return [
        (tr("parameters"), _size(memory.params_bytes)),
        (tr("buffers"), _size(memory.buffers_bytes)),
        (tr("peak of live tensors"), peak),
        (tr("kept by training"), kept),
        (tr("inference"), _size(memory.inference_bytes)),
        (tr("training"), training.format(size=_size(memory.training_bytes))),
    ]


def _around_the_peak(memory: Memory) -> Sequence[LayerMemory]:
    at = [layer.id for layer in memory.layers].index(memory.peak_at)
    return memory.layers[max(0, at - NEIGHBOURS) : at + NEIGHBOURS + 1]


def _table(layers: Sequence[LayerMemory]) -> Table:
    columns = (
        Column("id", tr("name")),
        Column("output_bytes", tr("output"), numeric=True),
        Column("live_bytes", tr("alive"), numeric=True),
        Column("kept_bytes", tr("kept"), numeric=True),
        Column("alive", tr("alive are")),
    )
    return Table("", columns, tuple(_cells(layer) for layer in layers), {})


def _cells(layer: LayerMemory) -> tuple[str, ...]:
    alive = " + ".join(name or tr("input") for name in layer.alive)
    return layer.id, _size(layer.output_bytes), _size(layer.live_bytes), _size(layer.kept_bytes), alive


def _size(count: int) -> str:
    if count < KIBIBYTE:
        return f"{count} B"
    if count < KIBIBYTE**2:
        return f"{count / KIBIBYTE:,.2f} KiB"
    return f"{count / KIBIBYTE**2:,.2f} MiB"
