"""The commands that explain: every published cost of one network, and what it takes in memory."""

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, get_args

import msgspec

from resnet_viz.cli_options import add_spec_options, choice, number, spec_of, whole_number
from resnet_viz.export.ledger import ledger_report
from resnet_viz.export.memory import memory_content, memory_report, note
from resnet_viz.metrics.ledger import ledger as ledger_of
from resnet_viz.metrics.memory import fits
from resnet_viz.metrics.memory import memory as memory_of
from resnet_viz.records import Analysis
from resnet_viz.settings import Dtype
from resnet_viz.texts import tr

if TYPE_CHECKING:
    from resnet_viz.cli import Parser

FORMATS = ("table", "json")
Say = Callable[[str], None]


def add_commands(commands: "argparse._SubParsersAction[Parser]") -> None:
    """The parsers of the explaining commands."""
    text = tr("every counter's total for a network, and why they differ")
    parser = commands.add_parser("ledger", help=text, description=text, allow_abbrev=False)
    add_spec_options(parser)
    text = tr("count by the rules alone, without running the counters that are installed")
    parser.add_argument("--no-opinions", action="store_true", help=text)
    _add_format(parser)
    _add_memory(commands)


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


def ledger(options: argparse.Namespace, say: Say) -> None:
    """The totals by every counter's rules, beside those of the counters that could be run."""
    analysis = _analysed(options)
    from resnet_viz.metrics import opinions  # torch

    said = () if options.no_opinions else tuple(opinions.opinion(analysis, tool) for tool in opinions.tools())
    found = ledger_of(analysis, said)
    say(_json(found) if options.format == "json" else ledger_report(found))


def memory(options: argparse.Namespace, say: Say) -> None:
    """What the network takes in a dtype and at a batch, and the largest batch that fits."""
    analysis = _analysed(options)
    found = memory_of(analysis, options.dtype, options.batch)
    fitting = None if options.fits_gib is None else fits(found, options.fits_gib)
    if options.format == "json":
        say(_json(memory_content(found, fitting)))
    else:
        say(memory_report(found, fitting, all_layers=options.layers))


def _analysed(options: argparse.Namespace) -> Analysis:
    spec = spec_of(options)
    from resnet_viz.pipeline import analyse  # torch: a second that a wrong option need not wait for

    return analyse(spec)


def _add_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", type=choice(*FORMATS), default="table", metavar="|".join(FORMATS))


def _json(value: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=1).decode() + "\n"
