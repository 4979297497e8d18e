"""The commands that explain: every published cost of one network, and what it takes in memory."""

import argparse
from collections.abc import Callable
from textwrap import fill
from typing import TYPE_CHECKING

from resnet_viz.cli.parser import Say, _add_format, _json
from resnet_viz.cli.spec_options import _analysed, add_spec_options
from resnet_viz.counters.published import printed_sentence
from resnet_viz.counters.rules import NEVER_RUN, PTFLOPS_ONCE
from resnet_viz.counters.rules import ledger as ledger_of
from resnet_viz.export.graph import shape_text
from resnet_viz.export.tables import NOTHING, TERMINAL, text_table
from resnet_viz.records.counters import Ledger, LedgerRow
from resnet_viz.records.table import Column, Table
from resnet_viz.spec.presets import title_of
from resnet_viz.texts import tr

if TYPE_CHECKING:
    from resnet_viz.cli.parser import Parser


def add_commands(commands: "argparse._SubParsersAction[Parser]") -> None:
    """The parsers of the explaining commands."""
    text = tr("every counter's total for a network, and why they differ")
    parser = commands.add_parser("ledger", help=text, description=text, allow_abbrev=False)
    add_spec_options(parser)
    text = tr("count by the rules alone, without running the counters that are installed")
    parser.add_argument("--no-opinions", action="store_true", help=text)
    _add_format(parser)


def ledger(options: argparse.Namespace, say: Say) -> None:
    """The totals by every counter's rules, beside those of the counters that could be run."""
    analysis = _analysed(options)
    from resnet_viz.counters import crosscheck as opinions  # torch

    said = () if options.no_opinions else tuple(opinions.opinion(analysis, tool) for tool in opinions.tools())
    found = ledger_of(analysis, said)
    say(_json(found) if options.format == "json" else ledger_report(found))


MEBIBYTE = 1024**2


def ledger_report(ledger: Ledger) -> str:
    """The whole page, its parts divided by empty lines, no wider than a terminal unless a counter differs."""
    title = f"{title_of(ledger.spec)} · {shape_text(ledger.spec.input, '×')}"
    plain = tr("{n} MACs: the multiply-adds of convolutions and linear layers, bias not counted")
    operations = [row for row in ledger.rows if row.unit == "operations"]
    sizes = [row for row in ledger.rows if row.unit == "bytes"]
    outputs = tr("{size}: what the layers put out, in fp32").format(size=amount(sizes[0], sizes[0].base))
    parts = [title, _wrapped(plain.format(n=f"{ledger.macs:,}")), text_table(_table(operations, tr("counter"), _name))]
    parts += [outputs, text_table(_table(sizes, "torchsummary", lambda row: row.quantity))]
    parts += ["\n".join(_explained(row)) for row in ledger.rows]
    return "\n\n".join(parts) + "\n"


def amount(row: LedgerRow, count: int) -> str:
    """A count of the row with its thousands separated; bytes as MiB with two digits, as torchsummary prints them."""
    return f"{count / MEBIBYTE:,.2f} MiB" if row.unit == "bytes" else f"{count:,}"


def verdict(row: LedgerRow) -> str:
    """Whether the counter itself, run on this machine, found the same."""
    opinion = row.opinion
    if row.tool in NEVER_RUN:
        return NOTHING
    if opinion is None or opinion.count is None:
        return tr("not run")
    if opinion.agrees:
        return tr("✓ same")
    return tr("✗ {version} finds {n}").format(version=opinion.version, n=f"{opinion.count:,}")


def _name(row: LedgerRow) -> str:
    return tr("ptflops hooks alone") if row.tool == PTFLOPS_ONCE else row.tool


def _table(rows: list[LedgerRow], heading: str, name: Callable[[LedgerRow], str]) -> Table:
    columns = (
        Column("name", heading),
        Column("count", tr("total"), numeric=True),
        Column("difference", tr("beyond"), numeric=True),
        Column("published", tr("printed"), numeric=True),
        Column("verdict", tr("run here")),
    )
    return Table("", columns, tuple((name(row), *_cells(row)) for row in rows), {})


def _cells(row: LedgerRow) -> tuple[str, ...]:
    difference = amount(row, row.difference)
    sign = "+" if row.difference > 0 else ""
    return amount(row, row.count), sign + difference, row.published or NOTHING, verdict(row)


def _explained(row: LedgerRow) -> list[str]:
    signed = (f"{part.kind} {'+' if part.count > 0 else ''}{amount(row, part.count)}" for part in row.parts)
    told = [printed_sentence(found) for found in row.printed]
    if row.opinion is not None:
        ran = tr("run here, version {version}: {sentence}")
        told.append(ran.format(version=row.opinion.version, sentence=row.opinion.sentence))
    return [f"{row.tool} · {row.quantity}", *(_wrapped(text, "  ") for text in (row.sentence, *signed, *told))]


def _wrapped(text: str, indent: str = "") -> str:
    return fill(text, TERMINAL, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
