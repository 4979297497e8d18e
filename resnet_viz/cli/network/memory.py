"""`memory`: the live tensors of a network, their peak, and the largest batches that fit."""

import argparse
from textwrap import fill
from typing import get_args

import msgspec

from resnet_viz.cli.output import print_answer
from resnet_viz.cli.parser import Commands, add_choice, add_command, add_format, number, whole_number
from resnet_viz.cli.spec_options import add_spec_options, analysis_of
from resnet_viz.export.tables import TERMINAL_COLUMNS, aligned, heading, terminal_table
from resnet_viz.metrics.memory import largest_batches
from resnet_viz.metrics.memory import memory as memory_of
from resnet_viz.metrics.training_memory import training_peak_bytes
from resnet_viz.records.memory import LargestBatches, LayerMemory, Memory
from resnet_viz.spec.profiling import Dtype, Optimizer
from resnet_viz.texts import tr
from resnet_viz.viewmodels.charts.memory import live_names, memory_caveat, memory_rows
from resnet_viz.viewmodels.text.numbers import byte_size, exact

NEIGHBORS = 2
"""The number of layers printed before the peak, and as many after it, unless all are printed."""


def add(commands: Commands) -> None:
    """Add the command and its options."""
    text = tr("the memory of a network: the live tensors at each layer, and what training saves for backward")
    parser = add_command(commands, "memory", text, _run, epilog=memory_caveat())
    add_spec_options(parser)
    add_choice(parser, "--dtype", values=Dtype, default="fp32")
    text = tr("images in the batch, in place of --input's")
    parser.add_argument("--batch", type=whole_number, metavar="N", help=text)
    text = tr("find the largest batches that fit into this many GiB")
    parser.add_argument("--fits-gib", type=number, metavar="GIB", help=text)
    text = tr("print every layer and not only those around the peak; JSON always has all")
    parser.add_argument("--layers", action="store_true", help=text)
    add_format(parser)


def _run(options: argparse.Namespace) -> None:
    analysis = analysis_of(options)
    memory = memory_of(analysis, options.dtype, options.batch)
    batches = None if options.fits_gib is None else largest_batches(memory, options.fits_gib)
    steps = {name: training_peak_bytes(analysis, options.dtype, options.batch, name) for name in get_args(Optimizer)}
    sums: dict[str, object] = {"inference_bytes": memory.inference_bytes, "training_bytes": memory.training_bytes}
    sums |= {"fits": batches, "training_step_peak_bytes": steps}
    page = _page(memory, batches, steps, all_layers=options.layers)
    print_answer(options, msgspec.structs.asdict(memory) | sums, page)


def _page(
    memory: Memory, batches: LargestBatches | None, steps: dict[Optimizer, int], *, all_layers: bool
) -> tuple[str, ...]:
    """Return the parts of the page: the layers, then their sums, which are last so that they stay on the screen."""
    peak = [layer.id for layer in memory.layers].index(memory.peak_at)
    layers, selection = memory.layers, ""
    if not all_layers:
        layers = layers[max(0, peak - NEIGHBORS) : peak + NEIGHBORS + 1]
    if len(layers) < len(memory.layers):
        selection = tr("Layers around the peak (--layers prints all {n})").format(n=exact(len(memory.layers)))
    titles = (tr("name"), tr("output"), tr("live"), tr("saved"), tr("live tensors"))
    table = terminal_table("lrrrl", titles, map(_cells, layers))
    sizes: dict[str, str] = {name: _size(peak) for name, peak in steps.items()}
    peaks = tr("{sgd} with SGD and momentum, {adam} with Adam").format_map(sizes)
    sums = aligned([*memory_rows(memory, batches, _size, full=True), (tr("peak of a training step"), peaks)])
    title = f"{heading(memory.spec)} · {memory.dtype}"
    return title, selection, table, sums, fill(memory_caveat(), TERMINAL_COLUMNS, break_on_hyphens=False)


def _cells(layer: LayerMemory) -> tuple[str, ...]:
    sizes = (layer.output_bytes, layer.live_bytes, layer.kept_bytes)
    return layer.id, *map(_size, sizes), live_names(layer)


def _size(count: int) -> str:
    return byte_size(count, digits=2, largest="MiB")
