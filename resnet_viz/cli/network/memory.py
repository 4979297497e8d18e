"""`memory`: live tensors, their peak, and the batch that fits."""

import argparse
from textwrap import fill

import msgspec

from resnet_viz.cli.output import print_answer
from resnet_viz.cli.parser import Commands, add_choice, add_command, add_format, number, whole_number
from resnet_viz.cli.spec_options import add_spec_options, analysis_of
from resnet_viz.export.tables import TERMINAL_COLUMNS, aligned, heading, terminal_table
from resnet_viz.metrics.memory import fits
from resnet_viz.metrics.memory import memory as memory_of
from resnet_viz.records.memory import Fits, LayerMemory, Memory
from resnet_viz.spec.profiling import Dtype
from resnet_viz.texts import tr
from resnet_viz.viewmodels.charts.memory import live_names, memory_caveat, memory_rows
from resnet_viz.viewmodels.text.numbers import byte_size, exact

NEIGHBOURS = 2
"""The layers before and after the peak that are printed where not all are."""


def add(commands: Commands) -> None:
    """The command and its options."""
    text = tr("what a network takes in memory: which tensors are alive at each layer, and what training keeps")
    parser = add_command(commands, "memory", text, _run, epilog=memory_caveat())
    add_spec_options(parser)
    add_choice(parser, "--dtype", words=Dtype, default="fp32")
    text = tr("images in the input, in place of --input's")
    parser.add_argument("--batch", type=whole_number, metavar="N", help=text)
    text = tr("the largest batches that fit into a memory of so many GiB")
    parser.add_argument("--fits-gib", type=number, metavar="GIB", help=text)
    text = tr("every layer in the table, in place of those around the peak; JSON always has all")
    parser.add_argument("--layers", action="store_true", help=text)
    add_format(parser)


def _run(options: argparse.Namespace) -> None:
    memory = memory_of(analysis_of(options), options.dtype, options.batch)
    fitting = None if options.fits_gib is None else fits(memory, options.fits_gib)
    sums = {"inference_bytes": memory.inference_bytes, "training_bytes": memory.training_bytes, "fits": fitting}
    page = _page(memory, fitting, all_layers=options.layers)
    print_answer(options, msgspec.structs.asdict(memory) | sums, page)


def _page(memory: Memory, fitting: Fits | None, *, all_layers: bool) -> tuple[str, ...]:
    """The layers around the peak or all, then what they come to, which is then what stays on the screen."""
    at = [layer.id for layer in memory.layers].index(memory.peak_at)
    layers, chosen = memory.layers, ""
    if not all_layers:
        layers = layers[max(0, at - NEIGHBOURS) : at + NEIGHBOURS + 1]
    if len(layers) < len(memory.layers):
        chosen = tr("around the peak; --layers has all {n}").format(n=exact(len(memory.layers)))
    names = (tr("name"), tr("output"), tr("alive"), tr("kept"), tr("alive are"))
    table = terminal_table("lrrrl", names, map(_cells, layers))
    sums = aligned(memory_rows(memory, fitting, _size, full=True))
    title = f"{heading(memory.spec)} · {memory.dtype}"
    return title, chosen, table, sums, fill(memory_caveat(), TERMINAL_COLUMNS, break_on_hyphens=False)


def _cells(layer: LayerMemory) -> tuple[str, ...]:
    sizes = (layer.output_bytes, layer.live_bytes, layer.kept_bytes)
    return layer.id, *map(_size, sizes), live_names(layer)


def _size(count: int) -> str:
    return byte_size(count, digits=2, largest="MiB")
