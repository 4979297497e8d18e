"""`counters`, also called `ledger`: the total of every counter for one network, and why they differ."""

import argparse
from collections.abc import Iterator, Sequence
from textwrap import fill

from resnet_viz.cli.output import print_answer
from resnet_viz.cli.parser import Commands, add_command, add_format
from resnet_viz.cli.spec_options import add_spec_options, analysis_of, crosschecks_of
from resnet_viz.counters.rules import PTFLOPS_ONCE, counter_report
from resnet_viz.export.tables import TERMINAL_COLUMNS, heading, terminal_table
from resnet_viz.records.counters import CounterReport, CounterRow
from resnet_viz.texts import tr
from resnet_viz.viewmodels.counters import CounterLine, counter_lines, headings
from resnet_viz.viewmodels.text.numbers import exact, mebibytes


def add(commands: Commands) -> None:
    """Add the command and its options."""
    text = tr("every counter's total for a network, and why they differ")
    parser = add_command(commands, "counters", text, _run, aliases=["ledger"])
    add_spec_options(parser)
    text = tr("count by the rules only, without running the installed counters")
    parser.add_argument("--no-crosschecks", action="store_true", help=text)
    parser.add_argument("--no-opinions", dest="no_crosschecks", action="store_true", help=argparse.SUPPRESS)
    add_format(parser)


def _run(options: argparse.Namespace) -> None:
    analysis = analysis_of(options)
    report = counter_report(analysis, crosschecks_of(options, analysis))
    print_answer(options, report, _page(report))


def _page(report: CounterReport) -> Iterator[str]:
    """Yield the parts of the page, which is no wider than a terminal unless a counter differs."""
    lines = counter_lines(report)
    operations, sizes = ([line for line in lines if line.row.unit == unit] for unit in ("operations", "bytes"))
    yield heading(report.spec)
    plain = tr("{n} MACs: the multiply-adds of convolutions and linear layers, bias not counted")
    yield _wrapped(plain.format(n=exact(report.macs)))
    yield _table(operations, tr("counter"))
    first = sizes[0].row
    yield tr("{size}: the outputs of all layers, in fp32").format(size=_amount(first, first.base))
    yield _table(sizes, "torchsummary")
    yield from map(_explanation, lines)


def _table(lines: Sequence[CounterLine], title: str) -> str:
    return terminal_table("lrrrl", (title, *[*headings()][2:]), map(_cells, lines))


def _cells(line: CounterLine) -> tuple[str, ...]:
    row = line.row
    name = tr("ptflops hooks only") if row.tool == PTFLOPS_ONCE else row.tool
    return (
        row.quantity if row.unit == "bytes" else name,
        _amount(row, row.count),
        _amount(row, row.difference, "+"),
        line.published,
        line.crosscheck_sentence if line.crosscheck_color == "error" else line.crosscheck,
    )


def _explanation(line: CounterLine) -> str:
    row = line.row
    sentences = [row.sentence, *(f"{part.kind} {_amount(row, part.count, '+')}" for part in row.parts), *line.sources]
    if row.crosscheck is not None:
        result = tr("run here, version {version}: {sentence}")
        sentences.append(result.format(version=row.crosscheck.version, sentence=row.crosscheck.sentence))
    return "\n".join([f"{row.tool} · {row.quantity}", *(_wrapped(text, "  ") for text in sentences)])


def _amount(row: CounterRow, count: int, plus: str = "") -> str:
    """Write a count of the row, with `plus` before it where it is positive; bytes as torchsummary prints them."""
    text = mebibytes(count, 2) if row.unit == "bytes" else exact(count)
    return plus + text if count > 0 else text


def _wrapped(text: str, indent: str = "") -> str:
    return fill(text, TERMINAL_COLUMNS, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
