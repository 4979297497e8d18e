"""`export`: a network as a file for other programs, or as a figure."""

import argparse
import sys
from pathlib import Path
from typing import get_args

from resnet_viz.cli.parser import Parser, choice, number, whole_number
from resnet_viz.cli.spec_options import _analyse, add_spec_options
from resnet_viz.errors import SpecError, UserError
from resnet_viz.export.figure_request import (
    Figure,
    FigureColour,
    FigureDirection,
    FigureLevel,
    FigureOptions,
    FigureTheme,
    is_figure,
)
from resnet_viz.export.formats import Wanted, check_target, export_file, suffixes
from resnet_viz.export.overlays import Metric
from resnet_viz.records.run import ProfileRun
from resnet_viz.storage.runs import read_run
from resnet_viz.texts import tr

LEAST_POINTS = 4.0


def _add_export(commands: "argparse._SubParsersAction[Parser]") -> None:
    text = tr("write the graph, the table, the PyTorch source or an overlay of a network to a file")
    export = commands.add_parser("export", help=text, description=text, allow_abbrev=False)
    add_spec_options(export)
    named = tr("the suffix names the form: {suffixes}").format(suffixes=" ".join(suffixes()))
    export.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help=named)
    _add_figure(export)


def _add_figure(export: argparse.ArgumentParser) -> None:
    group = export.add_argument_group(tr("figures (.svg .pdf .png)"))
    for field, kind, text in (
        ("level", FigureLevel, tr("what is opened; block")),
        ("colour", FigureColour, tr("what colours the cards; stage")),
        ("theme", FigureTheme, tr("light or dark; light")),
        ("direction", FigureDirection, tr("where the trunk runs to; right")),
    ):
        words = get_args(kind)
        group.add_argument(f"--{field}", type=choice(*words), metavar="|".join(words), help=text)
    group.add_argument(
        "--rows",
        type=whole_number,
        metavar="N",
        help=tr("so many rows; else, with --width-mm, what suits a page"),
    )
    text = tr("this stage or block alone, such as layer3 or layer3.0")
    group.add_argument("--part", metavar="ID", help=text)
    group.add_argument("--width-mm", type=number, metavar="MM", help=tr("the width on paper"))
    group.add_argument("--scale", type=number, metavar="X", help=tr("pixels of a .png for each of the figure's; 2"))
    group.add_argument("--transparent", action="store_const", const=True, help=tr("no background"))
    group.add_argument("--no-legend", dest="legend", action="store_const", const=False, help=tr("no legend"))
    text = tr(
        "Netron: open the .onnx in its page or window, then drop the .netron.json on it. Model Explorer: open the .pt2 "
        "of torch.export, then give it the .nodedata.json by Add per-node data."
    )
    group = export.add_argument_group(tr("overlays (.netron.json .nodedata.json) and .graphml"), text)
    words = get_args(Metric)
    text = tr("the number that a .nodedata.json shows; latency with --run, else macs")
    group.add_argument("--metric", type=choice(*words), metavar="|".join(words), help=text)
    text = tr("a run of the same network: its times in the file, or for --colour latency")
    group.add_argument("--run", type=Path, metavar="RUN.json", help=text)


def _export(options: argparse.Namespace) -> None:
    check_target(options.output)
    if options.metric is not None and not options.output.name.lower().endswith(".nodedata.json"):
        raise SpecError("--metric", options.metric, tr("only a .nodedata.json shows one number a node; leave it out"))
    if is_figure(options.output):
        _draw_figure(options)
        print(tr("{path} written.").format(path=options.output))
        return
    for field in FigureOptions.__struct_fields__:
        if getattr(options, field) is not None:
            accepted = tr("it is for figures (.svg .pdf .png), which {path} is not").format(path=options.output)
            raise SpecError(field, getattr(options, field), accepted)
    export_file(_analyse(options), options.output, Wanted(_run_of(options), options.metric))
    print(tr("{path} written.").format(path=options.output))


def _draw_figure(options: argparse.Namespace) -> None:
    given = {field: getattr(options, field) for field in FigureOptions.__struct_fields__}
    wanted = FigureOptions(**{field: value for field, value in given.items() if value is not None})
    run = _run_of(options)
    if wanted.colour == "latency" and run is None:
        raise UserError(tr("--colour latency needs --run with a run of the same network; profile makes one."))
    analysis = _analyse(options)
    if options.draw is None:
        raise UserError(tr("Figures cannot be drawn here."))
    points = options.draw(Figure(analysis, wanted, options.output, run))
    if points < LEAST_POINTS:
        sentence = tr("The smallest words are {n:.1f} points high on paper: a wider figure, --rows, a --part of the "
                      "network or fewer layers (--level) can be read.")  # fmt: skip
        print(sentence.format(n=points), file=sys.stderr)


def _run_of(options: argparse.Namespace) -> ProfileRun | None:
    return None if options.run is None else read_run(options.run)[0]
