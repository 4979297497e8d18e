"""The commands: parse, call, print."""

import argparse
import re
from collections.abc import Callable, Sequence

from resnet_viz.cli.measure import compare as cli_compare
from resnet_viz.cli.measure import compare_options as cli_compare_options
from resnet_viz.cli.measure import profile as cli_measure
from resnet_viz.cli.measure import runs as cli_runs
from resnet_viz.cli.measure import selfcheck as cli_selfcheck
from resnet_viz.cli.network import counters as cli_ledger
from resnet_viz.cli.network import memory as cli_memory
from resnet_viz.cli.network.export import _add_export, _export
from resnet_viz.cli.network.presets import _presets
from resnet_viz.cli.network.show import _add_show, _show
from resnet_viz.cli.parser import Parser, choice
from resnet_viz.cli.spec_options import naming_the_option
from resnet_viz.errors import SpecError, UserError
from resnet_viz.export.figure_request import (
    Figure,
)
from resnet_viz.texts import tr

Draw = Callable[[Figure], float]


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


def _parser() -> argparse.ArgumentParser:
    about = tr("Any ResNet built, traced, counted and shown. Without a command a window opens, on ARCH if it is given.")
    usage = tr("resnet-viz [ARCH]\n       resnet-viz COMMAND …")
    parser = Parser(prog="resnet-viz", description=about, usage=usage, allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, prog="resnet-viz")
    _add_show(commands)
    _add_export(commands)
    cli_ledger.add_commands(commands)
    cli_memory._add_memory(commands)
    cli_compare_options.add_command(commands)
    cli_measure.add_commands(commands)
    presets = commands.add_parser("presets", help=tr("list the networks that have a name"), allow_abbrev=False)
    presets.add_argument("--format", type=choice("table", "json"), default="table", metavar="table|json")
    return parser


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
    "memory": lambda options: cli_memory.memory(options, _say),
    "compare": lambda options: cli_compare.compare(options, _say),
    "profile": lambda options: cli_measure.profile(options, _say),
    "devices": lambda options: cli_measure.devices(options, _say),
    "runs": lambda options: cli_runs.runs(options, _say),
    "selfcheck": lambda options: cli_selfcheck.selfcheck(options, _say),
}
