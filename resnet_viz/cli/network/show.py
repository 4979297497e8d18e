"""The command `show`: prints a network's layers and totals."""

import argparse

from resnet_viz.cli.output import page_text, remark, say
from resnet_viz.cli.parser import Commands, add_choice, add_command, add_format
from resnet_viz.cli.spec_options import add_spec_options, analysis_of, crosschecks_of
from resnet_viz.errors import SpecError
from resnet_viz.export.graph import as_json
from resnet_viz.export.tables import aligned, csv_table, latex_table, markdown_table, table_of, text_table
from resnet_viz.export.torchsummary import overflow_note, summary_table
from resnet_viz.metrics.rollup import groups
from resnet_viz.records.analysis import Analysis, CrossCheckResult, Level
from resnet_viz.texts import tr
from resnet_viz.viewmodels.text.numbers import exact, mebibytes, pixels, shape

TABLES = {"csv": csv_table, "markdown": markdown_table, "latex": latex_table}


def add(commands: Commands) -> None:
    """Add the command and its options."""
    counting = tr(
        "MACs are the multiply-adds of convolutions and linear layers, without bias. FLOPs are 2 × MACs plus the "
        "elementwise work: per output element, 2 for batch norm, 1 for ReLU and addition and k² for max pool, and 1 "
        "per input element for average pool."
    )
    show = add_command(commands, "show", tr("print the layers and numbers of a network"), _run, epilog=counting)
    add_spec_options(show)
    add_choice(show, "--level", values=Level, default="layer", help=tr("the rows of the table (default: layer)"))
    add_format(show, *TABLES, "torchsummary")
    text = tr("do not run the other counters under the table")
    show.add_argument("--no-crosschecks", action="store_true", help=text)
    show.add_argument("--no-opinions", dest="no_crosschecks", action="store_true", help=argparse.SUPPRESS)


def _run(options: argparse.Namespace) -> None:
    level: Level = options.level
    if options.format == "torchsummary" and level != "layer":
        raise SpecError("--level", level, tr("torchsummary lists layers only, so leave it out"))
    analysis = analysis_of(options)
    match options.format:
        case "json":
            text = as_json(analysis, () if level == "layer" else groups(analysis, level))
        case "csv" | "markdown" | "latex" as form:
            text = TABLES[form](table_of(analysis, level, full=form == "csv"))
        case "torchsummary":
            text = summary_table(analysis)
            if note := overflow_note(analysis):
                remark(note)
        case _:
            text = page_text(_page(analysis, level, crosschecks_of(options, analysis)))
    say(text, end="")


def _page(analysis: Analysis, level: Level, crosschecks: tuple[CrossCheckResult, ...]) -> tuple[str, ...]:
    table, totals = table_of(analysis, level), analysis.totals
    sums = (
        (tr("layers"), exact(totals.layers)),
        (tr("parameters"), f"{exact(totals.params)} ({mebibytes(totals.params_bytes)})"),
        (tr("MACs"), exact(totals.macs)),
        (tr("FLOPs"), exact(totals.flops)),
        (tr("activations"), tr("{n} output elements of conv and linear layers").format(n=exact(totals.activations))),
        (tr("peak activation memory"), mebibytes(totals.peak_activation_bytes)),
        (tr("receptive field"), pixels(totals.receptive_field)),
    )
    features = [
        (layer.feature_level, shape(layer.output), layer.id)
        for layer in analysis.layers
        if layer.feature_level is not None
    ]
    checks = "\n".join(map(_crosscheck_line, crosschecks))
    return table.title, text_table(table), aligned(sums), aligned(features), "\n".join(analysis.remarks), checks


def _crosscheck_line(result: CrossCheckResult) -> str:
    mark = {True: "✓", False: "✗", None: "·"}[result.agrees]
    return f"{mark} {result.sentence} ({result.tool} {result.version})"
