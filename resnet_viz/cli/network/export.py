"""The command `export`: writes a network as a file for other programs, or as a figure."""

import argparse
from pathlib import Path

from resnet_viz.cli.output import remark, say
from resnet_viz.cli.parser import Commands, Parser, add_choice, add_command, given, number, whole_number
from resnet_viz.cli.spec_options import add_spec_options, analysis_of
from resnet_viz.errors import SpecError, UserError
from resnet_viz.export.figure_request import (
    Figure,
    FigureDirection,
    FigureLevel,
    FigureOptions,
    FigureTheme,
    is_figure,
)
from resnet_viz.export.formats import ExportOptions, check_target, export_file, suffixes
from resnet_viz.metrics.conventions import costs
from resnet_viz.records.analysis import Analysis
from resnet_viz.records.quantities import Coloring, Metric
from resnet_viz.records.run import ProfileRun, is_run_of
from resnet_viz.storage.runs import read_run
from resnet_viz.texts import tr
from resnet_viz.viewmodels.text.runs import other_input_note

LEGIBLE_POINTS = 4.0


def add(commands: Commands) -> None:
    """Add the command and its options."""
    text = tr("write the graph, the table, the PyTorch source or an overlay of a network to a file")
    export = add_command(commands, "export", text, _run)
    add_spec_options(export)
    text = tr("the suffix names the format: {suffixes}").format(suffixes=" ".join(suffixes()))
    export.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help=text)
    _add_figure(export)
    _add_overlays(export)


def _add_figure(export: Parser) -> None:
    group = export.add_argument_group(tr("figures (.svg .pdf .png)"))
    add_choice(
        group, "--level", values=FigureLevel, help=tr("the level to which the network is expanded (default: block)")
    )
    add_choice(
        group,
        "--color",
        "--colour",
        dest="color",
        values=Coloring,
        help=tr("what the color of a layer shows (default: stage)"),
    )
    add_choice(group, "--theme", values=FigureTheme, help=tr("the colors of background and text (default: light)"))
    add_choice(group, "--direction", values=FigureDirection, help=tr("the direction of the main path (default: right)"))
    text = tr("the number of rows (default: 1; with --width-mm, as many as the page needs)")
    group.add_argument("--rows", type=whole_number, metavar="N", help=text)
    text = tr("draw only this stage or block, such as layer3 or layer3.0")
    group.add_argument("--part", metavar="ID", help=text)
    group.add_argument("--width-mm", type=number, metavar="MM", help=tr("the width on paper"))
    group.add_argument(
        "--scale", type=number, metavar="X", help=tr("pixels of a .png per pixel of the figure (default: 2)")
    )
    group.add_argument("--transparent", action="store_const", const=True, help=tr("no background"))
    group.add_argument("--no-legend", dest="legend", action="store_const", const=False, help=tr("no legend"))


def _add_overlays(export: Parser) -> None:
    text = tr(
        "Netron: open the .onnx in its page or window, then drop the .netron.json on it. Model Explorer: open the .pt2 "
        "of torch.export, then load the .nodedata.json with Add per-node data."
    )
    group = export.add_argument_group(tr("overlays (.netron.json .nodedata.json) and .graphml"), text)
    text = tr("the number that a .nodedata.json shows (default: latency with --run, else macs)")
    add_choice(group, "--metric", values=Metric, help=text)
    text = tr("a run of the same network, whose times are written to the file or shown by --color latency")
    group.add_argument("--run", dest="run_file", type=Path, metavar="RUN.json", help=text)


def _run(options: argparse.Namespace) -> None:
    check_target(options.output)
    if options.metric is not None and not options.output.name.lower().endswith(".nodedata.json"):
        raise SpecError(
            "--metric", options.metric, tr("only a .nodedata.json has one number per node, so leave it out")
        )
    if is_figure(options.output):
        _draw_figure(options)
    else:
        for field, value in given(options, FigureOptions.__struct_fields__).items():
            accepted = tr("it is for figures (.svg .pdf .png), which {path} is not").format(path=options.output)
            raise SpecError(field, value, accepted)
        run, analysis = _run_of(options), analysis_of(options)
        _remark_other_input(run, analysis)
        export_file(analysis, options.output, ExportOptions(run, options.metric))
    say(tr("{path} written.").format(path=options.output))


def _draw_figure(options: argparse.Namespace) -> None:
    figure_options = FigureOptions(**given(options, FigureOptions.__struct_fields__))
    run = _run_of(options)
    if figure_options.color == "latency" and run is None:
        raise UserError(tr("--color latency needs --run with a run of the same network; profile makes one."))
    analysis = analysis_of(options)
    _remark_other_input(run, analysis)
    if options.draw is None:
        raise UserError(tr("Figures cannot be drawn here."))
    points = options.draw(Figure(analysis, costs(analysis), figure_options, options.output, run))
    if points < LEGIBLE_POINTS:
        sentence = tr(
            "The smallest text is {n:.1f} points high on paper; a wider figure, --rows, a --part of the network or a "
            "coarser --level makes it legible."
        )
        remark(sentence.format(n=points))


def _remark_other_input(run: ProfileRun | None, analysis: Analysis) -> None:
    if is_run_of(run, analysis) and (note := other_input_note(run, analysis)):
        remark(note)


def _run_of(options: argparse.Namespace) -> ProfileRun | None:
    return None if options.run_file is None else read_run(options.run_file)[0]
