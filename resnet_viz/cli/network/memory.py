"""`memory`: live tensors, their peak, and the batch that fits."""

import argparse
from collections.abc import Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any, get_args

import msgspec

from resnet_viz.cli.parser import Say, _add_format, _json, choice, number, whole_number
from resnet_viz.cli.spec_options import _analysed, add_spec_options
from resnet_viz.export.graph import shape_text
from resnet_viz.export.tables import TERMINAL, text_table
from resnet_viz.metrics.memory import fits
from resnet_viz.metrics.memory import memory as memory_of
from resnet_viz.records.memory import Fits, LayerMemory, Memory
from resnet_viz.records.table import Column, Table
from resnet_viz.spec.presets import title_of
from resnet_viz.spec.profiling import Dtype
from resnet_viz.texts import tr
from resnet_viz.viewmodels.charts.memory import _size, batches_text, note

if TYPE_CHECKING:
    from resnet_viz.cli.parser import Parser


def _add_memory(commands: "argparse._SubParsersAction[Parser]") -> None:
    text = tr("what a network takes in memory: which tensors are alive at each layer, and what training keeps")
    parser = commands.add_parser("memory", help=text, description=text, epilog=note(), allow_abbrev=False)
    add_spec_options(parser)
    dtypes = get_args(Dtype)
    parser.add_argument("--dtype", type=choice(*dtypes), default="fp32", metavar="|".join(dtypes))
    text = tr("images in the input, in place of --input's")
    parser.add_argument("--batch", type=whole_number, metavar="N", help=text)
    text = tr("the largest batches that fit into a memory of so many GiB")
    parser.add_argument("--fits-gib", type=number, metavar="GIB", help=text)
    text = tr("every layer in the table, in place of those around the peak; JSON always has all")
    parser.add_argument("--layers", action="store_true", help=text)
    _add_format(parser)


def memory(options: argparse.Namespace, say: Say) -> None:
    """What the network takes in a dtype and at a batch, and the largest batch that fits."""
    analysis = _analysed(options)
    found = memory_of(analysis, options.dtype, options.batch)
    fitting = None if options.fits_gib is None else fits(found, options.fits_gib)
    if options.format == "json":
        say(_json(memory_content(found, fitting)))
    else:
        say(memory_report(found, fitting, all_layers=options.layers))


NEIGHBOURS = 2
"""The layers before and after the peak that are printed where not all are."""


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
