"""The commands: parse, call, print."""

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn, get_args

import msgspec

from resnet_viz import cli_compare, cli_compare_options, cli_ledger, cli_measure
from resnet_viz.cli_options import add_spec_options, choice, naming_the_option, number, spec_of, whole_number
from resnet_viz.errors import SpecError, UserError
from resnet_viz.export.figures import (
    Figure,
    FigureColour,
    FigureDirection,
    FigureLevel,
    FigureOptions,
    FigureTheme,
    is_figure,
)
from resnet_viz.export.files import Wanted, check_target, export_file, suffixes
from resnet_viz.export.graphs import as_json
from resnet_viz.export.overlays import Metric
from resnet_viz.export.report import report
from resnet_viz.export.runs import read_run
from resnet_viz.export.tables import Column, Level, Table, csv_table, latex_table, markdown_table, table_of, text_table
from resnet_viz.export.torchsummary import overflow_note, summary_table
from resnet_viz.metrics.rollup import groups
from resnet_viz.presets import PRESETS
from resnet_viz.records import Analysis, Opinion
from resnet_viz.runs import ProfileRun
from resnet_viz.texts import tr

FORMATS = ("table", "json", "csv", "markdown", "latex", "torchsummary")
Draw = Callable[[Figure], float]
LEVELS: tuple[Level, ...] = ("layer", "block", "stage")

LEAST_POINTS = 4.0


def run(arguments: Sequence[str], draw: Draw | None = None) -> int:
    """Do what the arguments ask and print the answer; raises UserError with the sentence to show.

    `draw` draws a figure, which is the window's art.
    """
    if arguments[0] not in (*_COMMANDS, "-h", "--help"):
        raise UserError(_not_a_command(arguments[0]))
    parser = _parser()
    try:
        options, strangers = parser.parse_known_args(_joined(arguments))
    except SystemExit as done:  # argparse has printed the help
        return int(done.code or 0)
    if strangers:
        raise UserError(_unexpected(options.command, strangers[0]))
    try:
        options.draw = draw
        _COMMANDS[options.command](options)
    except SpecError as error:
        raise naming_the_option(error) from None
    except cli_measure.Interrupted as interrupted:
        raise KeyboardInterrupt from interrupted
    return 0


def _say(text: str) -> None:
    print(text, end="")


class Parser(argparse.ArgumentParser):
    """argparse with its complaints as one sentence."""

    def error(self, message: str) -> NoReturn:
        """Raise the sentence in place of printing the usage and leaving."""
        missing = re.fullmatch("the following arguments are required: (.*)", message)
        if missing:
            message = tr("{names} is missing").format(names=missing[1])
        sentence = message.removeprefix("argument ").removesuffix(".")
        if "not accepted" in sentence:
            raise UserError(f"{sentence}.")
        raise UserError(tr("{problem}; see {program} --help.").format(problem=sentence, program=self.prog))


def _parser() -> argparse.ArgumentParser:
    about = tr("Any ResNet built, traced, counted and shown. Without a command a window opens, on ARCH if it is given.")
    usage = tr("resnet-viz [ARCH]\n       resnet-viz COMMAND …")
    parser = Parser(prog="resnet-viz", description=about, usage=usage, allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, prog="resnet-viz")
    _add_show(commands)
    _add_export(commands)
    cli_ledger.add_commands(commands)
    cli_compare_options.add_command(commands)
    cli_measure.add_commands(commands)
    presets = commands.add_parser("presets", help=tr("list the networks that have a name"), allow_abbrev=False)
    presets.add_argument("--format", type=choice("table", "json"), default="table", metavar="table|json")
    return parser


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


def _presets(options: argparse.Namespace) -> None:
    if options.format == "json":
        print(msgspec.json.format(msgspec.json.encode(list(PRESETS.values())), indent=1).decode())
        return
    columns = tuple(Column(name, name) for name in ("name", "title", "description"))
    rows = tuple((found.name, found.title, found.description) for found in PRESETS.values())
    print(text_table(Table(tr("Presets"), columns, rows, {})))


def _analyse(options: argparse.Namespace) -> Analysis:
    spec = spec_of(options)
    from resnet_viz.pipeline import analyse  # torch: a second that a wrong option need not wait for

    return analyse(spec)


def _opinions(analysis: Analysis) -> tuple[Opinion, ...]:
    from resnet_viz.metrics import opinions  # torch

    return tuple(opinions.opinion(analysis, tool) for tool in opinions.tools())


def _joined(arguments: Sequence[str]) -> list[str]:
    """`--blocks -1,2` as `--blocks=-1,2`: argparse would take the value for an option, and the spec can judge it."""
    joined: list[str] = []
    for argument in arguments:
        last = joined[-1] if joined else ""
        if re.match(r"-[0-9]", argument) and last.startswith("--") and "=" not in last:
            joined[-1] = f"{last}={argument}"
        else:
            joined.append(argument)
    return joined


def _not_a_command(word: str) -> str:
    sentence = tr("'{word}' is not a command; the commands are {names}, and a network alone opens the window.")
    return sentence.format(word=word, names=", ".join(_COMMANDS))


def _unexpected(command: str, argument: str) -> str:
    name = argument.partition("=")[0]
    if not name.startswith("-"):
        return tr("'{argument}' is one too many; see resnet-viz {command} --help.").format(
            argument=argument, command=command
        )
    sentence = tr("{command} has no option {option}; see resnet-viz {command} --help.")
    return sentence.format(command=command, option=name)


_COMMANDS: dict[str, Callable[[argparse.Namespace], None]] = {
    "show": _show,
    "presets": _presets,
    "export": _export,
    "ledger": lambda options: cli_ledger.ledger(options, _say),
    "memory": lambda options: cli_ledger.memory(options, _say),
    "compare": lambda options: cli_compare.compare(options, _say),
    "profile": lambda options: cli_measure.profile(options, _say),
    "devices": lambda options: cli_measure.devices(options, _say),
    "runs": lambda options: cli_measure.runs(options, _say),
    "selfcheck": lambda options: cli_measure.selfcheck(options, _say),
}
