"""The command that explains: every published cost of one network."""

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from resnet_viz.cli_options import add_spec_options, choice, spec_of
from resnet_viz.export.ledger import ledger_report
from resnet_viz.records import Analysis
from resnet_viz.texts import tr

if TYPE_CHECKING:
    from resnet_viz.cli import Parser

FORMATS = ("table", "json")
Say = Callable[[str], None]


def add_commands(commands: "argparse._SubParsersAction[Parser]") -> None:
    """The parser of the ledger."""
    text = tr("every counter's total for a network, and why they differ")
    parser = commands.add_parser("ledger", help=text, description=text, allow_abbrev=False)
    add_spec_options(parser)
    text = tr("count by the rules alone, without running the counters that are installed")
    parser.add_argument("--no-opinions", action="store_true", help=text)
    _add_format(parser)


def ledger(options: argparse.Namespace, say: Say) -> None:
    """The totals by every counter's rules, beside those of the counters that could be run."""
    analysis = _analysed(options)
    from resnet_viz.metrics import ledger, opinions  # torch

    said = () if options.no_opinions else tuple(opinions.opinion(analysis, tool) for tool in opinions.tools())
    found = ledger.ledger(analysis, said)
    say(_json(found) if options.format == "json" else ledger_report(found))


def _analysed(options: argparse.Namespace) -> Analysis:
    spec = spec_of(options)
    from resnet_viz.pipeline import analyse  # torch: a second that a wrong option need not wait for

    return analyse(spec)


def _add_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", type=choice(*FORMATS), default="table", metavar="|".join(FORMATS))


def _json(value: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=1).decode() + "\n"
