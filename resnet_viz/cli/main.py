"""The command line: parses the arguments and runs the command."""

import argparse
import platform
import re
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version

from resnet_viz.cli.measure import compare, devices, profile, runs, selfcheck
from resnet_viz.cli.network import counters, export, memory, presets, show
from resnet_viz.cli.parser import Commands, Parser
from resnet_viz.cli.spec_options import with_option_name
from resnet_viz.errors import SpecError, UserError
from resnet_viz.export.figure_request import Figure
from resnet_viz.texts import tr
from resnet_viz.version import __version__

Draw = Callable[[Figure], float]
COMMANDS = (show, presets, export, counters, memory, compare, profile, devices, runs, selfcheck)


def run(arguments: Sequence[str], draw: Draw | None = None) -> int:
    """Run a command, which prints its answer, and return the exit status; raises UserError with the sentence to show.

    `draw` writes a figure and returns the height of its smallest text in points; it is passed in because it needs Qt.
    """
    versions = _versions() if "--version" in arguments else ""  # reading the packages' versions takes a moment
    parser, commands = make_parser(versions)
    if arguments[0] not in (*commands.choices, "-h", "--help", "--version"):
        raise UserError(_not_a_command(arguments[0], commands.choices))
    _check_values(arguments)
    options = argparse.Namespace(draw=draw)
    try:
        _, unknown = parser.parse_known_args(_join_negative_values(arguments), options)
    except SystemExit as exited:  # argparse has printed the help
        return int(exited.code or 0)
    if unknown:
        raise UserError(_unexpected(options.command, unknown[0]))
    try:
        options.run(options)
    except SpecError as error:
        raise with_option_name(error) from None
    return 0


def make_parser(versions: str = "") -> tuple[Parser, Commands]:
    """Return the parser of all commands, and the commands by name; `versions` is what --version prints."""
    about = tr("Build, inspect and measure any ResNet. Without a command a window opens, on ARCH if it is given.")
    usage = tr("resnet-viz [ARCH]\n       resnet-viz COMMAND …")
    parser = Parser(prog="resnet-viz", description=about, usage=usage)
    parser.add_argument("--version", action="version", version=versions, help=tr("print the version and exit"))
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", prog="resnet-viz")
    for command in COMMANDS:
        command.add(commands)
    return parser, commands


def _join_negative_values(arguments: Sequence[str]) -> list[str]:
    """Turn `--blocks -1,2` into `--blocks=-1,2`, because argparse would take the value for an option.

    The spec then refuses the value in its own words.
    """
    joined: list[str] = []
    for argument in arguments:
        last = joined[-1] if joined else ""
        if re.match(r"-[0-9]", argument) and last.startswith("--") and "=" not in last:
            joined[-1] = f"{last}={argument}"
        else:
            joined.append(argument)
    return joined


def _check_values(arguments: Sequence[str]) -> None:
    """Raise UserError for `--width=--`: argparse takes these dashes for the end of the options and finds no value."""
    for argument in arguments:
        option = re.fullmatch("(--[^=]+)=--|(-[^-])=?--", argument)
        if option:
            raise UserError(tr("{option}: -- is not accepted; give a value.").format(option=option[1] or option[2]))


def _not_a_command(word: str, names: Iterable[str]) -> str:
    sentence = tr("'{word}' is not a command; the commands are {names}. A network's name alone opens the window.")
    return sentence.format(word=word, names=", ".join(names))


def _unexpected(command: str, argument: str) -> str:
    name = argument.partition("=")[0]
    if name.startswith("-"):
        sentence = tr("{command} has no option {option}; see resnet-viz {command} --help.")
    else:
        sentence = tr("'{argument}' is one argument too many; see resnet-viz {command} --help.")
    return sentence.format(command=command, option=name, argument=argument)


def _versions() -> str:
    """Return `resnet-viz 0.1.0 (Python 3.11.7, torch 2.13.0, PySide6 6.11.1)`: what a report of a defect needs."""
    packages = {"torch": _installed("torch"), "PySide6": _installed("PySide6-Essentials")}
    parts = [f"Python {platform.python_version()}", *(f"{name} {found}" for name, found in packages.items() if found)]
    return f"resnet-viz {__version__} ({', '.join(parts)})"


def _installed(package: str) -> str:
    """Return the version of a package without importing it; "" where it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
