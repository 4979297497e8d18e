"""`show`: a network's layers and totals."""

import argparse
import sys
from collections.abc import Sequence

from resnet_viz.cli.parser import Parser, choice
from resnet_viz.cli.spec_options import _analyse, add_spec_options
from resnet_viz.errors import SpecError
from resnet_viz.export.graph import as_json, shape_text
from resnet_viz.export.tables import Level, csv_table, latex_table, markdown_table, table_of, text_table
from resnet_viz.export.torchsummary import overflow_note, summary_table
from resnet_viz.metrics.rollup import groups
from resnet_viz.records.analysis import Analysis, Opinion
from resnet_viz.texts import tr

FORMATS = ("table", "json", "csv", "markdown", "latex", "torchsummary")
LEVELS: tuple[Level, ...] = ("layer", "block", "stage")


def _add_show(commands: "argparse._SubParsersAction[Parser]") -> None:
    counting = tr(
        "MACs are the multiply-adds of convolutions and linear layers, without bias. FLOPs are 2 × MACs plus the "
        "elementwise work: norm 2, act 1, add 1 an output element, max pool k² an output element, average pool 1 an "
        "input element."
    )
    text = tr("print the layers and numbers of a network")
    show = commands.add_parser("show", help=text, description=text, epilog=counting, allow_abbrev=False)
    add_spec_options(show)
    show.add_argument("--level", type=choice(*LEVELS), metavar="|".join(LEVELS), help=tr("a row for each of these"))
    show.add_argument("--format", type=choice(*FORMATS), default="table", metavar="|".join(FORMATS))
    text = tr("do not run the other counters under the table")
    show.add_argument("--no-opinions", action="store_true", help=text)


def _show(options: argparse.Namespace) -> None:
    level: Level = options.level or "layer"
    if options.format == "torchsummary" and level != "layer":
        accepted = tr("torchsummary knows layers alone, so leave it out")
        raise SpecError("--level", level, accepted)
    analysis = _analyse(options)
    print(_shown(analysis, level, options), end="")
    note = overflow_note(analysis) if options.format == "torchsummary" else None
    if note:
        print(note, file=sys.stderr)


def _shown(analysis: Analysis, level: Level, options: argparse.Namespace) -> str:
    match options.format:
        case "json":
            return as_json(analysis, () if level == "layer" else groups(analysis, level))
        case "csv":
            return csv_table(table_of(analysis, level, full=True))
        case "markdown":
            return markdown_table(table_of(analysis, level))
        case "latex":
            return latex_table(table_of(analysis, level))
        case "torchsummary":
            return summary_table(analysis)
    opinions = () if options.no_opinions else _opinions(analysis)
    return report(analysis, level, opinions)


def _opinions(analysis: Analysis) -> tuple[Opinion, ...]:
    from resnet_viz.counters import crosscheck as opinions  # torch

    return tuple(opinions.opinion(analysis, tool) for tool in opinions.tools())


_MEBIBYTE = 1024**2


def report(analysis: Analysis, level: Level, opinions: Sequence[Opinion]) -> str:
    """The whole page, its parts divided by empty lines."""
    table = table_of(analysis, level)
    parts = [table.title, text_table(table), _aligned(_sums(analysis)), _aligned(_features(analysis))]
    parts += ["\n".join(analysis.remarks), "\n".join(_said(opinion) for opinion in opinions)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _sums(analysis: Analysis) -> list[tuple[str, ...]]:
    totals = analysis.totals
    return [
        (tr("layers"), f"{totals.layers:,}"),
        (tr("parameters"), f"{totals.params:,} ({_mebibytes(totals.params_bytes)})"),
        (tr("MACs"), f"{totals.macs:,}"),
        (tr("FLOPs"), f"{totals.flops:,}"),
        (tr("activations"), tr("{n} put out by conv and linear layers").format(n=f"{totals.activations:,}")),
        (tr("peak activation memory"), _mebibytes(totals.peak_activation_bytes)),
        (tr("receptive field"), f"{totals.receptive_field:,} px"),
    ]


def _features(analysis: Analysis) -> list[tuple[str, ...]]:
    return [
        (layer.feature_level, shape_text(layer.output, "×"), layer.id)
        for layer in analysis.layers
        if layer.feature_level is not None
    ]


def _said(opinion: Opinion) -> str:
    mark = {True: "✓", False: "✗", None: "·"}[opinion.agrees]
    return f"{mark} {opinion.sentence} ({opinion.tool} {opinion.version})"


def _aligned(rows: list[tuple[str, ...]]) -> str:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def _mebibytes(count: int) -> str:
    return f"{count / _MEBIBYTE:,.1f} MiB"
